"""The plain models beside every booster: what a campaign would do without one."""

from typing import Protocol

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, SplineTransformer, StandardScaler
from threadpoolctl import threadpool_limits

from models.errors import TrainingError
from models.model_config import BaselineColumns, BaselineName, ModelConfig

PSEUDO_ROWS = 50  # a value that few people have is drawn towards the overall rate
KNOTS = 6
SMOOTH_FROM = 7  # a column with fewer distinct values than this enters as it is
FITTED_ROWS = 300_000  # 150 spline coefficients cost 0.0003 of log loss at this size; more rows only cost memory
PREDICTED_ROWS = 100_000


class Baseline(Protocol):
    """A plain model: learns from a frame of features and outcomes, gives probabilities."""

    def fit(self, frame: pd.DataFrame, y: np.ndarray) -> "Baseline":
        """Learns; returns itself."""
        ...

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Probabilities `(n_rows,)`."""
        ...


class RateTable:
    """The rate of the outcome by the value of one number, null being a value too.

    The number is the mean of some columns, nulls left out: of four votes, the share of the last four elections open to
    the voter. No columns at all: the constant.

    Attributes:
        rates_: Rate of each value met in training, drawn towards the overall rate by 50 pseudo-rows.
        overall_: Rate of all, given to values never met.
    """

    def __init__(self, columns: list[str]) -> None:
        self.columns = columns

    def fit(self, frame: pd.DataFrame, y: np.ndarray) -> "RateTable":
        """Learns the rates; returns itself."""
        self.overall_ = float(np.mean(y))
        grouped = pd.Series(y, dtype=np.float64).groupby(self._values(frame))
        self.rates_ = (grouped.sum() + PSEUDO_ROWS * self.overall_) / (grouped.size() + PSEUDO_ROWS)
        return self

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """The rate of each row's value."""
        return self.rates_.reindex(self._values(frame)).fillna(self.overall_).to_numpy()

    def _values(self, frame: pd.DataFrame) -> np.ndarray:
        if not self.columns:
            return np.zeros(len(frame))
        share = frame[self.columns].astype(np.float64).mean(axis=1)
        return share.round(4).fillna(-1.0).to_numpy()


class SplineLogistic:
    """Logistic regression on cubic splines of every number, a flag for each unknown, and one column per category.

    The strongest model without interactions: what a good statistician would fit in an afternoon.

    Shapes:
        frame (n_rows, columns); y (n_rows,) of 0/1; returns (n_rows,) in [0, 1].
    """

    def __init__(self, features: list[str]) -> None:
        self.features = features

    def fit(self, frame: pd.DataFrame, y: np.ndarray) -> "SplineLogistic":
        """Learns from at most 300,000 rows, evenly spaced; returns itself."""
        taken = np.unique(np.linspace(0, len(frame) - 1, min(len(frame), FITTED_ROWS)).astype(np.int64))
        sample = self._numbers(frame.iloc[taken])
        with threadpool_limits(1, user_api="blas"):  # more would wait awake, on the processor the boosters need
            self.model_ = _spline_pipeline(sample).fit(sample, y[taken])
        return self

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """Probabilities, in batches so that the splines of all rows never stand in memory at once."""
        starts = range(0, len(frame), PREDICTED_ROWS)
        parts = [self.model_.predict_proba(self._numbers(frame.iloc[at : at + PREDICTED_ROWS]))[:, 1] for at in starts]
        return np.concatenate(parts) if parts else np.zeros(0)

    def _numbers(self, frame: pd.DataFrame) -> pd.DataFrame:
        taken = frame[self.features]
        texts = [name for name in self.features if not pd.api.types.is_numeric_dtype(taken[name].dtype)]
        written = {name: taken[name].astype(object).where(taken[name].notna(), "unknown") for name in texts}
        return taken.astype({name: np.float32 for name in self.features if name not in texts}).assign(**written)


def make_baseline(name: BaselineName, columns: BaselineColumns, features: list[str]) -> Baseline:
    """The baseline of that name, not yet fitted."""
    if name == "spline_logistic":
        return SplineLogistic(features)
    looked_at = {
        "constant": [],
        "last_four_generals": columns.last_four_generals,
        "last_same_kind": [columns.last_same_kind],
    }
    return RateTable(looked_at[name])


def demand_columns(frame: pd.DataFrame, config: ModelConfig) -> None:
    """Refuse a training frame without the columns that the configured baselines look at.

    Raises:
        TrainingError: Columns are missing; all are named.
    """
    four, same = config.baseline_columns.last_four_generals, config.baseline_columns.last_same_kind
    needed = [
        *(four if "last_four_generals" in config.baselines else []),
        *([same] if "last_same_kind" in config.baselines else []),
    ]
    missing = [name for name in needed if name not in frame.columns]
    if missing:
        raise TrainingError(
            f"The baselines of {config.name} look at columns that the training frame lacks: {', '.join(missing)}. "
            "Name others under baseline_columns, or drop the baseline."
        )


def _spline_pipeline(sample: pd.DataFrame) -> Pipeline:
    numeric = [name for name in sample if pd.api.types.is_numeric_dtype(sample[name].dtype)]
    known = [name for name in numeric if sample[name].notna().any()]
    smooth = [name for name in known if sample[name].nunique() >= SMOOTH_FROM and _bends(sample[name])]
    plain = [name for name in known if name not in smooth]
    codes = [name for name in sample if name not in numeric]
    splines = make_pipeline(SimpleImputer(strategy="median"), SplineTransformer(KNOTS, knots="quantile"))
    encoded = make_column_transformer(
        (splines, smooth),
        (SimpleImputer(strategy="median"), plain),
        (_unknown_flags(), known),
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False), codes),
        sparse_threshold=0,
    )
    return make_pipeline(encoded, StandardScaler(), LogisticRegression(C=1.0, solver="newton-cholesky", max_iter=50))


def _bends(values: pd.Series) -> bool:
    inner = values.quantile(np.linspace(0, 1, KNOTS))
    return inner.nunique() == KNOTS


def _unknown_flags() -> Pipeline:
    from sklearn.impute import MissingIndicator

    return make_pipeline(MissingIndicator(features="missing-only", error_on_new=False))
