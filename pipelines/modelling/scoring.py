"""Features through the champion to scores, in batches, a state at a time."""

import pyarrow as pa

from models.artefact import ModelVersion
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
    place = {"state": occasion.state, "version_id": version.version_id, "as_of": occasion.as_of}
    stamp = fingerprint(features.fingerprint, version.sha256, code_version(*_PROGRAM))
    standing = lake.current(Scores, stamp, **place)
    if standing:
        return standing
    with lake.connect() as connection, lake.connect() as writing:
        ordered = f"SELECT * FROM ({features.select()}) ORDER BY voter_id"
        batches = connection.sql(ordered).to_arrow_reader(BATCH_ROWS)
        scored = pa.RecordBatchReader.from_batches(SCHEMA, score_batches(version, batches, num_threads=lake.threads))
        writing.register("scored", scored)
        return lake.write(Scores, writing, "SELECT * FROM scored", stamp, **place)
