"""Features through the champion to scores, in batches, a state at a time."""

from collections.abc import Iterator
from typing import Any

import duckdb
import pyarrow as pa

from models.artefact import ModelVersion
from models.errors import WalklistError
from models.features import Features
from models.score import BORDER, SCHEMA, score_batches
from models.tables import Scores
from pipelines.features.as_of import Occasion
from pipelines.lake import Lake, Record, code_version, fingerprint

BATCH_ROWS = 50_000  # 20 MB of features; small enough that the last batches keep all threads busy
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
    return write_scores(lake, version, features.select(), stamp, place)


def write_scores(lake: Lake, version: ModelVersion, features: str, stamp: str, place: dict[str, Any]) -> Record:
    """Score the rows of a query and write them as one partition of the table of scores.

    Args:
        lake: Data root.
        version: The version that scores.
        features: SELECT that gives voter_id, household_id, election_id and the features.
        stamp: Fingerprint of what the scores are made from.
        place: Partition of the scores: state, version_id and as_of.

    Raises:
        FeatureMismatchError: The rows are not the model's; nothing is written.
        ContractError: A score breaks the contract.
    """
    troubles: list[WalklistError] = []
    with lake.connect() as connection, lake.connect() as writing:
        batches = _read(connection, features, (*BORDER, *version.spec.names))
        scored = _heard(score_batches(version, batches, num_threads=lake.threads), troubles)
        writing.register("scored", pa.RecordBatchReader.from_batches(SCHEMA, scored))
        try:
            return lake.write(Scores, writing, "SELECT * FROM scored", stamp, **place)
        except Exception:
            if troubles:
                raise troubles[0] from None
            raise


def _read(connection: duckdb.DuckDBPyConnection, features: str, names: tuple[str, ...]) -> pa.RecordBatchReader:
    """The named columns in the order of the rows; one that is missing is left out, for the model says so itself."""
    rows = connection.sql(features)
    present = [duckdb.ColumnExpression(name) for name in names if name in rows.columns]
    return rows.select(*present).to_arrow_reader(BATCH_ROWS)


def _heard(batches: Iterator[pa.RecordBatch], troubles: list[WalklistError]) -> Iterator[pa.RecordBatch]:
    """The batches; what stops them is kept, since the SQL engine that reads them tells it in other words."""
    try:
        yield from batches
    except WalklistError as error:
        troubles.append(error)
        raise
