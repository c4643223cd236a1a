"""Features through the champion to scores, in batches, a state at a time."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from models.artefact import ModelVersion
from models.errors import WalklistError
from models.features import Features
from models.score import SCHEMA, score_batches
from models.tables import Scores
from pipelines.features.as_of import Occasion
from pipelines.lake import Lake, Record, code_version, fingerprint

BATCH_ROWS = 125_000
_PROGRAM = ("models/score.py", "models/matrix.py", "models/lgbm.py", "models/calibrate.py", "models/splits.py")


def score_state(lake: Lake, version: ModelVersion, occasion: Occasion) -> Record:
    """Write score_turnout of one state by one version, unless it stands.

    Args:
        lake: Data root; feature_voters of the occasion must stand.
        version: The champion, checked.
        occasion: The election that is scored.

    Raises:
        FeatureMismatchError: The features are not the model's; nothing is written.
        ContractError: A score breaks the contract.
    """
    features = lake.table(Features, state=occasion.state, election_id=occasion.election.election_id)
    place: dict[str, Any] = {"state": occasion.state, "version_id": version.version_id, "as_of": occasion.as_of}
    stamp = fingerprint(features.fingerprint, version.sha256, code_version(*_PROGRAM))
    standing = lake.current(Scores, stamp, **place)
    if standing:
        return standing
    troubles: list[WalklistError] = []
    with lake.connect() as connection, lake.connect() as writing:
        ordered = f"SELECT * FROM ({features.select()}) ORDER BY voter_id"
        batches = connection.sql(ordered).to_arrow_reader(BATCH_ROWS)
        scored = _heard(score_batches(version, batches, num_threads=lake.threads), troubles)
        writing.register("scored", pa.RecordBatchReader.from_batches(SCHEMA, scored))
        try:
            return lake.write(Scores, writing, "SELECT * FROM scored", stamp, **place)
        except Exception:
            if troubles:
                raise troubles[0] from None
            raise


def _heard(batches: Iterator[pa.RecordBatch], troubles: list[WalklistError]) -> Iterator[pa.RecordBatch]:
    """The batches; what stops them is kept, since the SQL engine that reads them tells it in other words."""
    try:
        yield from batches
    except WalklistError as error:
        troubles.append(error)
        raise
