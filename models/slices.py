"""The groups of people for whom a grade is read apart: a good average may hide a bad corner."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from models.evaluate import auc, clustered_rate, log_losses

FEWEST = 300  # below this a rate says too little
AGE_EDGES = (18, 25, 35, 50, 65, 200)
NEW_YEARS = 2.0


def slice_table(p: np.ndarray, frame: pd.DataFrame, households: np.ndarray) -> list[dict[str, Any]]:
    """Quality of some probabilities in each group, in the order everybody, election, registration, age.

    Args:
        p: Probabilities.
        frame: `outcome`, `election_id`, and where present `registration_years` and `age_years`.
        households: Household of each row.

    Returns:
        One row per group: people, mean score, rate, mean error with its 95% interval over households, its z, log loss,
        AUC; groups under 300 people say `too few` and no more.
    """
    return [_graded(slice_name, group, p, frame, households, rows) for slice_name, group, rows in _groups(frame)]


def _groups(frame: pd.DataFrame) -> Iterator[tuple[str, str, np.ndarray]]:
    yield "everybody", "all", np.ones(len(frame), dtype=bool)
    for election in sorted(frame["election_id"].astype(str).unique()):
        yield "election", election, (frame["election_id"].astype(str) == election).to_numpy()
    if "registration_years" in frame:
        years = frame["registration_years"].to_numpy(dtype=np.float64)
        yield "registration", "under 2 years", years < NEW_YEARS
        yield "registration", "2 years or more", years >= NEW_YEARS
        yield "registration", "not known", np.isnan(years)
    if "age_years" in frame:
        yield from _age_bands(frame["age_years"].to_numpy(dtype=np.float64))


def _age_bands(age: np.ndarray) -> Iterator[tuple[str, str, np.ndarray]]:
    for low, high in itertools.pairwise(AGE_EDGES):
        named = f"{low} to {high - 1}" if high < AGE_EDGES[-1] else f"{low} and over"
        yield "age", named, (age >= low) & (age < high)
    yield "age", "not known", np.isnan(age)


def _graded(
    slice_name: str, group: str, p: np.ndarray, frame: pd.DataFrame, households: np.ndarray, rows: np.ndarray
) -> dict[str, Any]:
    named = {"slice": slice_name, "group": group, "people": int(rows.sum())}
    if rows.sum() < FEWEST:
        return {**named, "note": "too few"}
    y = frame["outcome"].to_numpy(dtype=np.float64)[rows]
    error, spread = clustered_rate(p[rows] - y, households[rows])
    figures = {
        "mean_score": p[rows].mean(),
        "rate": y.mean(),
        "mean_error": error,
        "mean_error_low": error - 1.96 * spread,
        "mean_error_high": error + 1.96 * spread,
        "z": error / spread if spread else 0.0,
        "log_loss": log_losses(p[rows], y).mean(),
        "auc": auc(p[rows], y),
    }
    return {
        **named,
        **{name: round(float(value), 6) if np.isfinite(value) else None for name, value in figures.items()},
    }
