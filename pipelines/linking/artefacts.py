"""The linkage models that are kept: written once under the hash of their bytes, one of them in use.

```
model/link/NC/current                     the name of the linkage model in use
model/link/NC/<sha256>.json               a linkage model
model/link/NC/quality/<sha256>/current    of that linkage model: the second stage in use
model/link/NC/quality/<sha256>/<sha256>.json
```

Learning is rare: a model stands until a person asks for another, so that links differ only where people do.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import duckdb
import numpy as np

from models.errors import ArtefactError, TrainingError
from models.link_quality import LinkQuality, fit_quality
from pipelines.lake import Lake, point
from pipelines.layouts.source import Vendor
from pipelines.linking.model import LinkModel, train
from pipelines.linking.prepare import RECORDS, VOTERS, prepare_records
from pipelines.linking.reading import IDENTITY, newest_records, newest_voters, of_state
from pipelines.linking.ready import ready_voters
from pipelines.linking.reviewed import LEAST_DECISIONS, keep_reviewed
from pipelines.linking.standard.table import standardise
from pipelines.sql import literal

SEED = 20261103
POOLED = 200_000
"""Records of all sources that a linkage model is learned from, count; a hash says which."""


def model_of(lake: Lake, state: str, vendors: Mapping[str, Vendor], retrain: bool = False) -> LinkModel:
    """The linkage model in use in a state; learned from its voters and all its sources where none stands.

    Args:
        lake: Data root.
        state: Two-letter code.
        vendors: The sources of the state by name.
        retrain: Whether a person asked for a new one.

    Raises:
        ArtefactError: The one that stands is not the bytes that were written; it is never replaced unasked.
        LinkError: Nothing can be learned from what is there.
    """
    standing = None if retrain else kept_model(lake, state)
    return standing or keep_model(lake, state, _learned(lake, state, vendors))


def kept_model(lake: Lake, state: str) -> LinkModel | None:
    """The linkage model in use in a state, its bytes checked before they are understood; none where none stands.

    Raises:
        ArtefactError: Its file is missing or damaged.
    """
    text = _read(_home(lake, state))
    return LinkModel.read(text) if text else None


def keep_model(lake: Lake, state: str, model: LinkModel) -> LinkModel:
    """Keep a linkage model and take it into use."""
    _write(_home(lake, state), model.sha256, model.text)
    return model


def quality_of(lake: Lake, state: str, model: LinkModel, retrain: bool = False) -> LinkQuality | None:
    """The second stage in use for a linkage model; learned where none stands and enough was reviewed, else none.

    It is learned from the rows of core_links that the model gave, so records are linked, reviewed, and linked again.

    Args:
        lake: Data root.
        state: Two-letter code.
        model: The linkage model.
        retrain: Whether a person asked for a new one.

    Raises:
        ArtefactError: The one that stands is not the bytes that were written.
        TrainingError: A person asked, and too little was reviewed, or all decisions are alike.
    """
    home = _home(lake, state) / "quality" / model.sha256
    text = None if retrain else _read(home)
    if text:
        return LinkQuality.read(text)
    try:
        learned = _learned_quality(lake, state, model)
    except TrainingError:
        if retrain:
            raise
        return None
    _write(home, learned.sha256, learned.text)
    return learned


def _learned(lake: Lake, state: str, vendors: Mapping[str, Vendor]) -> LinkModel:
    with ready_voters(lake, newest_voters(lake, state)) as ready:
        ready.prepare()
        connection = ready.connection
        standardise(connection, _select_pooled(connection, lake, state, vendors), "pooled_records")
        prepare_records(connection, "pooled_records")
        return train(connection, VOTERS, RECORDS, SEED)


def _select_pooled(connection: duckdb.DuckDBPyConnection, lake: Lake, state: str, vendors: Mapping[str, Vendor]) -> str:
    """SELECT of raw fields of about POOLED records of all sources of a state, each under a name of its own."""
    parts = [
        f"""SELECT {literal(f"{name} {role} ")} || source_record_id AS record_id, {", ".join(IDENTITY)}
        FROM ({newest_records(lake, role, name).select()})
        WHERE {of_state(state)}"""
        for name, vendor in sorted(vendors.items())
        if state in vendor.states
        for role in vendor.roles
    ]
    every = "\n        UNION ALL ".join(parts or ["SELECT NULL::VARCHAR AS record_id WHERE false"])
    connection.execute(f"CREATE OR REPLACE VIEW every_record AS {every}")
    count = connection.execute("SELECT count(*) FROM every_record").fetchall()[0][0]
    one_in = max(1, round(count / POOLED))
    return f"SELECT * FROM every_record WHERE ('0x' || left(md5(record_id), 8))::BIGINT % {one_in} = 0"


def _learned_quality(lake: Lake, state: str, model: LinkModel) -> LinkQuality:
    with lake.connect() as connection:
        keep_reviewed(connection, lake, state, model.sha256)
        frame = connection.execute("FROM reviewed ORDER BY source, role, source_record_id").df()
    if len(frame) < LEAST_DECISIONS:
        raise TrainingError(f"{len(frame):,} records of {state} were reviewed; {LEAST_DECISIONS} are needed.")
    right, chance = frame["is_right"].to_numpy(dtype=np.float64), frame["chance"].to_numpy(dtype=np.float64)
    return fit_quality(frame, model.traits, right, chance)


def _home(lake: Lake, state: str) -> Path:
    return lake.root / "model" / "link" / state


def _write(home: Path, sha256: str, text: str) -> None:
    """Keep an artefact under its hash, once, and point at it."""
    home.mkdir(parents=True, exist_ok=True)
    file = home / f"{sha256}.json"
    draft = file.with_suffix(".writing")
    draft.write_bytes(text.encode())
    draft.replace(file)
    point(home / "current", sha256)


def _read(home: Path) -> str | None:
    """The artefact in use; nothing where none is."""
    if not (home / "current").is_file():
        return None
    sha256 = (home / "current").read_text(encoding="utf-8").strip()
    file = home / f"{sha256}.json"
    content = file.read_bytes() if file.is_file() else b""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ArtefactError(
            f"{file}: missing, or not the bytes that were written. Restore it from a copy, or ask for a new model."
        )
    return content.decode()
