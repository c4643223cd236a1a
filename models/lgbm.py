"""The booster: fitted the same way twice, stopped by households it did not learn from, kept as text."""

import os
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from models.errors import TrainingError
from models.model_config import BoosterConfig

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # waiting threads sleep; must be set before lightgbm is loaded

import lightgbm as lgb

Objective = Literal["binary", "cross_entropy"]


def fit_booster(
    X: np.ndarray,
    y: np.ndarray,
    is_stopping: np.ndarray,
    config: BoosterConfig,
    *,
    categorical: Sequence[int] = (),
    monotone: Sequence[int] = (),
    objective: Objective = "binary",
    num_threads: int = 1,
    weight: np.ndarray | None = None,
) -> lgb.Booster:
    """The booster of the best iteration, judged by log loss on rows that it did not learn from.

    With `refit_all` that many trees are then grown again on all rows, so that nobody's outcome is left unused.

    Args:
        X: Matrix of the features, NaN for unknown.
        y: Outcomes, 0 or 1; probabilities with the objective cross_entropy (the oracle of a simulation).
        is_stopping: Rows that decide when to stop and teach nothing; whole households.
        config: Settings of the booster.
        categorical: Positions of the columns that hold codes.
        monotone: Positions of the columns that may only raise the score; empty for none.
        objective: Loss; cross_entropy accepts probabilities as outcomes.
        num_threads: Threads of this booster, count; written into its text. Two boosters side by side on a thread each
            are done sooner than one after the other on two.
        weight: How much each row teaches, above 0; all alike without it.

    Shapes:
        X (n_rows, n_features); y, is_stopping and weight (n_rows,).

    Raises:
        TrainingError: One of the two parts is empty, or its outcomes do not vary.
    """
    for part, rows in (("fitted", ~is_stopping), ("stopping", is_stopping)):
        if not rows.any() or np.ptp(y[rows]) == 0:
            raise TrainingError(f"The {part} part has {int(rows.sum()):,} rows and outcomes that do not vary.")
    params = _params(config, objective, _signs(X.shape[1], monotone), num_threads)
    codes = list(categorical)
    rows = lgb.Dataset(X, y, weight=weight, params=params, free_raw_data=False, categorical_feature=codes).construct()
    learned, judged = (
        rows.subset(np.flatnonzero(part).tolist(), params=params) for part in (~is_stopping, is_stopping)
    )
    stop = lgb.early_stopping(config.early_stopping_rounds, verbose=False)
    stopped = lgb.train(params, learned, config.max_trees, valid_sets=[judged], callbacks=[stop])
    return lgb.train(params, rows, stopped.best_iteration) if config.refit_all else stopped


def booster_text(booster: lgb.Booster) -> str:
    """The booster as text, cut at its best iteration: the only form in which it is kept."""
    return booster.model_to_string(num_iteration=booster.best_iteration or -1)


def read_booster(text: str) -> lgb.Booster:
    """The booster that a text holds; check its SHA-256 before."""
    return lgb.Booster(model_str=text)


def predict(booster: lgb.Booster, X: np.ndarray, num_threads: int = 1) -> np.ndarray:
    """Probabilities of the rows of a matrix.

    Shapes:
        X (n_rows, n_features); returns (n_rows,) in [0, 1].
    """
    if not len(X):
        return np.zeros(0)
    return np.asarray(booster.predict(X, num_iteration=booster.best_iteration or -1, num_threads=num_threads))


def importance(boosters: Sequence[lgb.Booster], names: Sequence[str]) -> list[dict[str, Any]]:
    """Share of the gain in log loss that each feature brought, averaged over the boosters, largest first."""
    gains = np.mean([booster.feature_importance("gain", booster.best_iteration or -1) for booster in boosters], axis=0)
    shares = gains / max(gains.sum(), 1e-12)
    rows = [{"feature": name, "gain_share": round(float(share), 6)} for name, share in zip(names, shares, strict=True)]
    return sorted(rows, key=lambda row: (-row["gain_share"], row["feature"]))


def _signs(width: int, monotone: Sequence[int]) -> list[int]:
    return [int(place in set(monotone)) for place in range(width)] if monotone else []


def _params(config: BoosterConfig, objective: Objective, signs: list[int], num_threads: int) -> dict[str, Any]:
    params = {
        "objective": objective,
        "metric": "binary_logloss" if objective == "binary" else "cross_entropy",
        "learning_rate": config.learning_rate,
        "num_leaves": config.num_leaves,
        "max_depth": config.max_depth,
        "min_data_in_leaf": config.min_child_samples,
        "bagging_fraction": config.subsample,
        "bagging_freq": config.subsample_freq,
        "feature_fraction": config.colsample,
        "lambda_l2": config.lambda_l2,
        "seed": config.seed,
        "num_threads": num_threads,
        "deterministic": True,
        "force_row_wise": True,
        "verbosity": -1,
    }
    return {**params, "monotone_constraints": signs, "monotone_constraints_method": "advanced"} if signs else params
