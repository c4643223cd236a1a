"""A small published world for the tests, and, run as a program, a publisher that a test may kill."""

import sys
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from models.config import read_config
from pipelines.publish.parquet import publish_release
from pipelines.publish.targets import PublicationConfig
from pipelines.tables.published import PublishedVoterScores

CONFIG = Path(__file__).parents[4] / "configs/publications/voter_scores.yaml"
AS_OF = date(2026, 9, 28)
PASSPORT = {
    "turnout": {
        "9f2c": {
            "population": "Registered at the deadline.",
            "reading": "Of voters scored 0.3, three in ten vote.",
            "as_of": AS_OF,
            "valid_until": date(2026, 11, 3),
            "allowed_uses": ["planning", "mobilisation"],
            "refused_uses": ["challenge of a registration"],
        }
    }
}


def config(**changes) -> PublicationConfig:
    known = read_config(PublicationConfig, CONFIG)
    return known.model_copy(update=changes)


def voters(state: str, count: int = 300, seed: int = 0, **columns) -> pa.Table:
    random = np.random.default_rng(seed)
    chance = random.uniform(0, 1, count).astype(np.float32)
    decile = (chance.argsort().argsort() * 10 // count + 1).astype(np.int8)
    unknown = random.uniform(0, 1, count) < 0.1
    given = {
        "voter_id": [f"{state}-{number:09d}" for number in range(count)],
        "county_code": [f"{number % 7:03d}" for number in range(count)],
        "precinct_code": [None if number % 11 == 0 else f"{number % 5:02d}" for number in range(count)],
        "election_id": [f"{state}-2026-11-03-general"] * count,
        "turnout_probability": pa.array(chance, mask=unknown),
        "turnout_decile": pa.array(decile, mask=unknown),
        "turnout_version_id": ["9f2c"] * count,
        "as_of": [AS_OF] * count,
        "snapshot_date": [date(2026, 9, 26)] * count,
        "behind_days": [0] * count,
        "cohort": ["snapshot"] * count,
        "is_out_of_fold": [False] * count,
        **columns,
    }
    return pa.table(given, schema=PublishedVoterScores.schema())


def publish(root: Path, seed: int = 0, size: int = 1000, states: dict | None = None, **rest):
    tables = states or {"NC": voters("NC", seed=seed), "GA": voters("GA", seed=seed + 1)}
    batches = {state: table.to_batches(max_chunksize=size) for state, table in tables.items()}
    given = {"config": config(), "inputs": {"seed": seed}, "passport": PASSPORT, "dictionary": "# Words\n", **rest}
    return publish_release(root, given.pop("config"), batches, **given)


def all_bytes(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


if __name__ == "__main__":
    publish(Path(sys.argv[1]), seed=int(sys.argv[2]), accept_drift=True, reason="test")
