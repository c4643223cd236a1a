"""From a booster's number to a probability that holds: two parameters on the log-odds, kept as JSON."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.errors import ArtefactError, TrainingError

_EDGE = 1e-7
_STEPS = 50


def logit(p: np.ndarray) -> np.ndarray:
    """Log-odds of probabilities, kept finite."""
    kept = np.clip(np.asarray(p, dtype=np.float64), _EDGE, 1 - _EDGE)
    return np.log(kept) - np.log1p(-kept)


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Probabilities of log-odds."""
    return 0.5 * (1 + np.tanh(0.5 * np.asarray(z, dtype=np.float64)))


@dataclass(frozen=True)
class Calibrator:
    """p' = sigmoid(intercept + slope * logit p).

    Attributes:
        slope: 1 leaves the spread as it is; below 1 the booster was too sure.
        intercept: Shift of the log-odds.

    Reading:
        Of people with p' = 0.3, three in ten did it on the occasion that the calibrator was fitted on.
    """

    slope: float = 1.0
    intercept: float = 0.0

    def apply(self, p: np.ndarray) -> np.ndarray:
        """Calibrated probabilities, `(n_rows,)` in [0, 1]."""
        if (self.slope, self.intercept) == (1.0, 0.0):
            return np.asarray(p, dtype=np.float64)
        return sigmoid(self.intercept + self.slope * logit(p))

    def to_json(self) -> dict[str, Any]:
        """The two numbers, for `calibrator.json`."""
        return {"kind": "platt_on_logit", "slope": self.slope, "intercept": self.intercept}

    @classmethod
    def from_json(cls, content: dict[str, Any]) -> "Calibrator":
        """The calibrator that `to_json` wrote."""
        if content.get("kind") != "platt_on_logit":
            raise ArtefactError("calibrator.json: a kind of calibrator that this version does not know.")
        return cls(float(content["slope"]), float(content["intercept"]))


def fit_platt(p: np.ndarray, y: np.ndarray, may_fall: bool = False) -> Calibrator:
    """The calibrator that fits outcomes best, by logistic regression of y on logit p.

    Scores that do not vary get a shift only, slope 1.

    Args:
        p: Scores of the calibration rows.
        y: Their outcomes, 0 or 1.
        may_fall: Whether a negative slope is taken as it is (a plain rule) or refused (a model).

    Raises:
        TrainingError: The outcomes do not vary, or rise as the score falls.
    """
    rate = float(np.mean(y)) if len(y) else 0.0
    if not 0 < rate < 1:
        raise TrainingError(f"Calibration needs both outcomes; the {len(y):,} rows given have one.")
    if np.ptp(p) < 1e-9:
        return Calibrator(1.0, float(logit(np.array(rate)) - logit(p[:1])[0]))
    intercept, slope = logistic_line(logit(p), np.asarray(y, dtype=np.float64))
    if slope <= 0 and not may_fall:
        raise TrainingError("On the calibration occasion the outcome falls as the score rises; nothing was trained.")
    return Calibrator(round(slope, 12), round(intercept, 12))


def logistic_line(z: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Intercept and slope of the logistic regression of y on z, by Newton's method.

    Args:
        z: Log-odds of the scores.
        y: Outcomes, 0 or 1.
    """
    intercept, slope = 0.0, 1.0
    for _ in range(_STEPS):
        p = sigmoid(intercept + slope * z)
        error, spread = y - p, p * (1 - p)
        a, b, c = spread.sum(), (spread * z).sum(), (spread * z * z).sum()
        first, second = error.sum(), (error * z).sum()
        determinant = max(a * c - b * b, 1e-12)
        moved = ((c * first - b * second) / determinant, (a * second - b * first) / determinant)
        intercept, slope = intercept + moved[0], slope + moved[1]
        if math.hypot(*moved) < 1e-10:
            break
    return float(intercept), float(slope)


def level_shift(p: np.ndarray, level: float) -> float:
    """Shift of the log-odds after which the mean of the probabilities is `level`, in (0, 1)."""
    from scipy.optimize import brentq

    if not 0 < level < 1:
        raise TrainingError("A level must lie between 0 and 1, exclusive.")
    z = logit(p)
    return float(brentq(lambda shift: sigmoid(z + shift).mean() - level, -20, 20, xtol=1e-12))


def tie_level(p: np.ndarray, level: float) -> np.ndarray:
    """The probabilities moved by one shift of the log-odds so that their mean is `level`; their order stays.

    Source:
        Ghitza and Gelman (2013), Deep interactions with MRP: the aggregate shift.
    """
    return sigmoid(logit(p) + level_shift(p, level))
