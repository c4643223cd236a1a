"""How good probabilities are: proper scores, calibration, ranking, each with an interval over households."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from models.calibrate import logistic_line, logit, sigmoid

BINS = 20
_MIDDLE = (0.025, 0.975)


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95% interval.

    Attributes:
        value: The figure on the rows as they are.
        low: Lower end of the interval.
        high: Upper end of the interval.
    """

    value: float
    low: float
    high: float

    def to_json(self) -> dict[str, float]:
        """The three numbers, six decimals."""
        return {"value": round(self.value, 6), "low": round(self.low, 6), "high": round(self.high, 6)}


def log_losses(p: np.ndarray, y: np.ndarray) -> np.ndarray:
    """-(y log p + (1-y) log(1-p)) of each row: lower is better; the constant scores the entropy of the rate."""
    kept = np.clip(p, 1e-7, 1 - 1e-7)
    return -(y * np.log(kept) + (1 - y) * np.log1p(-kept))


def equal_mass_bins(p: np.ndarray, bins: int = BINS, seed: int = 0) -> np.ndarray:
    """Bin of each row, 0 the lowest scores, with equally many rows each; ties are dealt at random, by the seed."""
    order = np.lexsort((np.random.default_rng(seed).random(len(p)), p))
    placed = np.empty(len(p), dtype=np.int64)
    placed[order] = np.arange(len(p)) * bins // max(len(p), 1)
    return placed


def calibration_error(p: np.ndarray, y: np.ndarray, bins: np.ndarray, weight: np.ndarray | None = None) -> float:
    """ECE20: sum over bins of n_b/n |mean y - mean p|; lower is better, 0 is perfect."""
    error = np.bincount(bins, (y - p) if weight is None else weight * (y - p), minlength=BINS)
    return float(np.abs(error).sum() / (len(p) if weight is None else weight.sum()))


def auc(p: np.ndarray, y: np.ndarray, weight: np.ndarray | None = None) -> float:
    """Chance that someone who did it scores above someone who did not, ties half; 0.5 is useless, 1 perfect."""
    return _Ranked(p, y).auc(np.ones(len(p)) if weight is None else weight)


def calibration_line(p: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Cox's intercept and slope of y on logit p: 0 and 1 are perfect; a slope below 1 says the scores are too sure."""
    return logistic_line(logit(p), y)


class _Ranked:
    """Rows sorted by score once, so that each weighted AUC is a pass."""

    def __init__(self, p: np.ndarray, y: np.ndarray) -> None:
        self.order = np.argsort(p, kind="stable")
        ordered = p[self.order]
        self.tie = np.concatenate([[0], np.cumsum(np.diff(ordered) > 0)]) if len(p) else np.zeros(0, dtype=np.int64)
        self.y = y[self.order]

    def auc(self, weight: np.ndarray) -> float:
        ordered = weight[self.order]
        did = np.bincount(self.tie, ordered * self.y)
        did_not = np.bincount(self.tie, ordered * (1 - self.y))
        pairs = did.sum() * did_not.sum()
        below = np.cumsum(did_not) - did_not
        return float((did * (below + 0.5 * did_not)).sum() / pairs) if pairs else float("nan")


def household_draws(count: int, repeats: int, seed: int) -> Iterator[np.ndarray]:
    """How often each household counts in each bootstrap draw: 0, 1, 2, ... times, as a whole.

    Args:
        count: Households.
        repeats: Draws, count.
        seed: Seed of the draws.

    Yields:
        float64 `(count,)`: as many households as there are, drawn with replacement.
    """
    draws = np.random.default_rng(seed)
    for _ in range(repeats):
        yield np.bincount(draws.integers(0, count, count, dtype=np.int32), minlength=count).astype(np.float64)


def grade(p: np.ndarray, y: np.ndarray, households: np.ndarray, repeats: int, seed: int) -> dict[str, Estimate]:
    """Every metric of some probabilities, with 95% intervals from a bootstrap of households.

    Args:
        p: Probabilities.
        y: Outcomes, 0 or 1.
        households: Household of each row.
        repeats: Bootstrap draws, count.
        seed: Seed of the draws and of the dealing of ties.

    Returns:
        log_loss, brier, auc, calibration_error (ECE20), slope, intercept, mean_error (mean p - mean y), and the means
        mean_score and rate.

    Shapes:
        p, y, households (n_rows,).
    """
    homes, unique = pd.factorize(households)
    figures = _figures(np.asarray(p, dtype=np.float64), np.asarray(y, dtype=np.float64), homes, len(unique), seed)
    whole = figures(np.ones(len(unique)))
    drawn = [figures(weight) for weight in household_draws(len(unique), repeats, seed)]
    found = {name: _estimate(whole[name], np.array([draw[name] for draw in drawn])) for name in whole}
    errors = np.array([draw["calibration_error"] for draw in drawn])
    return {**found, "calibration_error": _recentred(whole["calibration_error"], errors)}


_TERMS = ("people", "log_loss", "brier", "mean_score", "rate", "error", "error_z", "spread", "spread_z", "spread_zz")


def _figures(
    p: np.ndarray, y: np.ndarray, homes: np.ndarray, count: int, seed: int
) -> Callable[[np.ndarray], dict[str, float]]:
    """The metrics as a function of how often each household counts; all but the AUC are made of sums by household."""
    line, ranked = calibration_line(p, y), _Ranked(p, y)
    sums = np.column_stack([np.bincount(homes, term, minlength=count) for term in _terms(p, y, line)])
    gaps = sparse.csr_array((y - p, (equal_mass_bins(p, seed=seed), homes)), shape=(BINS, count))

    def figures(weight: np.ndarray) -> dict[str, float]:
        total = dict(zip(_TERMS, weight @ sums, strict=True))
        people = max(total["people"], 1e-12)
        means = {name: float(total[name] / people) for name in _TERMS[1:5]}
        moved = _newton(total, line)
        return {
            **means,
            "auc": ranked.auc(weight[homes]),
            "calibration_error": float(np.abs(gaps @ weight).sum() / people),
            "slope": moved[1],
            "intercept": moved[0],
            "mean_error": means["mean_score"] - means["rate"],
        }

    return figures


def _terms(p: np.ndarray, y: np.ndarray, line: tuple[float, float]) -> Iterator[np.ndarray]:
    z = logit(p)
    held = sigmoid(line[0] + line[1] * z)
    error, spread = y - held, held * (1 - held)
    yield from (np.ones(len(p)), log_losses(p, y), (p - y) ** 2, p, y)
    yield from (error, error * z, spread, spread * z, spread * z * z)


def _newton(total: dict[str, float], line: tuple[float, float]) -> tuple[float, float]:
    """One Newton step of the calibration line from that of all rows: enough, as a draw moves it little."""
    a, b, c = total["spread"], total["spread_z"], total["spread_zz"]
    determinant = max(a * c - b * b, 1e-12)
    intercept = (c * total["error"] - b * total["error_z"]) / determinant
    slope = (a * total["error_z"] - b * total["error"]) / determinant
    return float(line[0] + intercept), float(line[1] + slope)


def _estimate(value: float, drawn: np.ndarray) -> Estimate:
    low, high = np.nanquantile(drawn, _MIDDLE)
    return Estimate(value, float(low), float(high))


def _recentred(value: float, drawn: np.ndarray) -> Estimate:
    """A sum of absolute errors grows with every draw's own noise, so the draws are moved back to the figure."""
    moved = _estimate(value, drawn - drawn.mean() + value)
    return Estimate(value, max(moved.low, 0.0), moved.high)


def loss_difference(
    p: np.ndarray, other: np.ndarray, y: np.ndarray, households: np.ndarray, repeats: int, seed: int
) -> Estimate:
    """Log loss of `p` minus that of `other` on the same rows, 95% interval over households; below 0, `p` is better."""
    return mean_intervals({"it": log_losses(p, y) - log_losses(other, y)}, households, repeats, seed)["it"]


def mean_intervals(
    terms: dict[str, np.ndarray], households: np.ndarray, repeats: int, seed: int
) -> dict[str, Estimate]:
    """Means of several numbers of the same rows, with 95% intervals from the same draws of households.

    Args:
        terms: Numbers by name, each `(n_rows,)`.
        households: Household of each row.
        repeats: Bootstrap draws, count.
        seed: Seed of the draws.
    """
    homes, unique = pd.factorize(households)
    sums = np.column_stack([np.bincount(homes, term) for term in terms.values()])
    people = np.bincount(homes)
    drawn = [(weight @ sums) / (weight @ people) for weight in household_draws(len(unique), repeats, seed)]
    columns = zip(terms, np.array(drawn).T, strict=True)
    return {name: _estimate(float(terms[name].mean()), column) for name, column in columns}


def chance_calibration_error(p: np.ndarray, repeats: int = 500, quantile: float = 0.95, seed: int = 0) -> float:
    """ECE20 that perfectly calibrated probabilities of this size and spread exceed in one draw of twenty.

    Args:
        p: Probabilities, taken as the truth.
        repeats: Simulated elections, count.
        quantile: Quantile of the error over them.
        seed: Seed of the draws.
    """
    draws, bins = np.random.default_rng(seed), equal_mass_bins(p, seed=seed)
    errors = [calibration_error(p, (draws.random(len(p)) < p).astype(np.float64), bins) for _ in range(repeats)]
    return float(np.quantile(errors, quantile))


def clustered_rate(y: np.ndarray, households: np.ndarray) -> tuple[float, float]:
    """Mean of y and its standard error, members of a household counted together."""
    places, unique = pd.factorize(households)
    rate = float(np.mean(y))
    sums = np.bincount(places, y - rate, minlength=len(unique))
    return rate, float(np.sqrt((sums**2).sum()) / len(y))


def calibration_table(p: np.ndarray, y: np.ndarray, households: np.ndarray, seed: int = 0) -> list[dict[str, Any]]:
    """Twenty bins of equally many people: mean score, rate that came out with its 95% interval, count."""
    bins = equal_mass_bins(p, seed=seed)
    return [_bin_row(place, p[bins == place], y[bins == place], households[bins == place]) for place in np.unique(bins)]


def _bin_row(place: int, p: np.ndarray, y: np.ndarray, households: np.ndarray) -> dict[str, Any]:
    rate, error = clustered_rate(y, households)
    return {
        "bin": int(place) + 1,
        "people": len(p),
        "mean_score": round(float(p.mean()), 6),
        "rate": round(rate, 6),
        "low": round(max(rate - 1.96 * error, 0.0), 6),
        "high": round(min(rate + 1.96 * error, 1.0), 6),
    }


def lift_table(p: np.ndarray, y: np.ndarray, seed: int = 0) -> list[dict[str, Any]]:
    """From the top of the list downwards, in twentieths: share of people reached, of outcomes reached, and the lift."""
    bins = BINS - 1 - equal_mass_bins(p, seed=seed)
    people, did = np.bincount(bins, minlength=BINS), np.bincount(bins, y, minlength=BINS)
    reached, found = np.cumsum(people) / len(p), np.cumsum(did) / max(y.sum(), 1e-12)
    return [
        {"people_share": round(float(a), 6), "outcome_share": round(float(b), 6), "lift": round(float(b / a), 4)}
        for a, b in zip(reached, found, strict=True)
        if a > 0
    ]
