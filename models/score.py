"""The one scoring function: a model version and batches of features in, batches of probabilities out."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import pyarrow as pa

from models.artefact import ModelVersion
from models.errors import FeatureMismatchError
from models.lgbm import predict
from models.matrix import to_matrix
from models.splits import household_fold

BORDER = ("voter_id", "household_id", "election_id")
SCHEMA = pa.schema(
    [
        pa.field("voter_id", pa.string(), nullable=False),
        pa.field("election_id", pa.string(), nullable=False),
        pa.field("probability", pa.float32()),
        pa.field("is_out_of_fold", pa.bool_(), nullable=False),
    ]
)


def score_batches(
    version: ModelVersion, batches: Iterator[pa.RecordBatch], num_threads: int = 1
) -> Iterator[pa.RecordBatch]:
    """The scores of each batch, row by row in the order they came.

    A batch is one thread's work from its columns to its scores, so that no thread waits while another builds a matrix;
    at most `num_threads` + 1 batches are in memory.

    Args:
        version: The model version, checked when it was loaded.
        batches: voter_id, household_id, election_id and the features, by name; other columns are left aside.
        num_threads: Batches scored at the same time, count.

    Yields:
        voter_id, election_id, probability (float32, six decimals; null where every feature is unknown), and
        is_out_of_fold: whether the booster that scored never saw the household.

    Raises:
        FeatureMismatchError: A batch is not the model's; nothing of it is scored.
    """
    waiting: deque[Future[pa.RecordBatch]] = deque()
    with ThreadPoolExecutor(num_threads) as pool:
        for batch in batches:
            waiting.append(pool.submit(_score_batch, version, batch))
            if len(waiting) > num_threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def score_matrix(version: ModelVersion, X: np.ndarray, households: np.ndarray) -> np.ndarray:
    """Calibrated probabilities of the rows of a matrix, each from the booster that never saw the household.

    Shapes:
        X (n_rows, n_features), households (n_rows,); returns float64 (n_rows,), NaN where every feature is NaN.
    """
    dealt = household_fold(households, version.folds) if version.folds > 1 else np.zeros(len(X), dtype=np.int64)
    raw = np.full(len(X), np.nan)
    for fold, booster in enumerate(version.boosters):
        raw[dealt == fold] = predict(booster, X[dealt == fold] if version.folds > 1 else X)
    return np.where(np.isnan(X).all(axis=1), np.nan, version.calibrator.apply(raw))


def _score_batch(version: ModelVersion, batch: pa.RecordBatch) -> pa.RecordBatch:
    _demand_border(version, batch)
    X = to_matrix(version.spec, batch)
    p = score_matrix(version, X, batch.column("household_id").cast(pa.string()).to_numpy(zero_copy_only=False))
    probability = pa.array(np.round(p, 6).astype(np.float32), pa.float32(), mask=np.isnan(p))
    out_of_fold = pa.array(np.full(len(p), version.folds > 1), pa.bool_())
    ids = [batch.column(name).cast(pa.string()) for name in ("voter_id", "election_id")]
    return pa.RecordBatch.from_arrays([*ids, probability, out_of_fold], schema=SCHEMA)


def _demand_border(version: ModelVersion, batch: pa.RecordBatch) -> None:
    faults = [f"{name} is missing" for name in BORDER if name not in batch.schema.names]
    present = [name for name in BORDER if name in batch.schema.names]
    faults += [f"{name} is null in {nulls:,} rows" for name in present if (nulls := batch.column(name).null_count)]
    target = version.index["target_election"]
    if "election_id" in present and (other := _others(batch.column("election_id"), target)):
        faults.append(f"election_id is not {target} in {other:,} rows")
    if faults:
        raise FeatureMismatchError(
            f"The frame cannot be scored by {version.name} {version.version_id}: {'; '.join(faults)}."
        )


def _others(values: pa.Array, target: str) -> int:
    counted = {row["values"]: row["counts"] for row in values.cast(pa.string()).value_counts().to_pylist()}
    return sum(count for value, count in counted.items() if value not in (target, None))
