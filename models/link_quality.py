"""How likely a link is right: a logistic regression on what is known of a record's best voter, learned from reviews.

A match weight is no probability: what a household shares is counted several times. Reviewed records, drawn at random or
with a known chance each, turn it into one.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from models.calibrate import sigmoid
from models.errors import ArtefactError, TrainingError

NUMBERS = ("match_weight", "gap_bits", "candidate_count", "namesake_count")
"""Numbers known of a record's best voter: bits, bits to the next one, its candidates, voters of the same name."""

LEAST_REVIEWED = 100  # records; with fewer the interval of the precision alone is wider than what is to be learned
_PENALTY = 1.0  # of the sum of squared coefficients on standardised columns: L2, as in scikit-learn's default
_MOST_BITS = 30.0  # beyond it a weight tells no more
_LEAST_SPREAD = 1e-9
_KIND = "logistic_on_levels"


@dataclass(frozen=True)
class LinkQuality:
    """The chance that the best voter of a record is the person.

    Attributes:
        names: Columns of the design, in order.
        means: What is taken off each.
        scales: What each is divided by.
        coefficients: Log-odds per column, after it was scaled.
        intercept: Log-odds at the means.
        reviewed: Records that it was learned from, count.
    """

    names: tuple[str, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    coefficients: tuple[float, ...]
    intercept: float
    reviewed: int

    def predict(self, frame: pd.DataFrame, traits: Sequence[str]) -> np.ndarray:
        """Chances in [0, 1], `(n_rows,)`.

        Args:
            frame: A row per record: the numbers, `source`, and `levels`, a list of small whole numbers.
            traits: Trait of each place in `levels`.
        """
        design = _design(frame, traits).reindex(columns=list(self.names), fill_value=0.0).to_numpy(dtype=np.float64)
        scaled = (design - np.array(self.means)) / np.array(self.scales)
        return sigmoid(self.intercept + scaled @ np.array(self.coefficients))

    @property
    def text(self) -> str:
        """The artefact: JSON whose bytes are the same for the same model."""
        return json.dumps({"kind": _KIND, **self.__dict__}, indent=1, sort_keys=True)

    @property
    def sha256(self) -> str:
        """Hash of the artefact."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @classmethod
    def read(cls, text: str) -> "LinkQuality":
        """The model of an artefact.

        Raises:
            ArtefactError: It is of another kind.
        """
        content: dict[str, Any] = json.loads(text)
        if content.pop("kind", None) != _KIND:
            raise ArtefactError("link_quality.json: a kind of model that this version does not know.")
        parts = (tuple(content[name]) for name in ("names", "means", "scales", "coefficients"))
        return cls(*parts, float(content["intercept"]), int(content["reviewed"]))


def fit_quality(
    frame: pd.DataFrame, traits: Sequence[str], is_match: np.ndarray, chance: np.ndarray | None = None
) -> LinkQuality:
    """Learn from reviewed records.

    Args:
        frame: A row per reviewed record: the numbers, `source`, and `levels` of its best voter.
        traits: Trait of each place in `levels`.
        is_match: Whether the best voter is the person, `(n_rows,)`.
        chance: Chance that each record had of being reviewed, `(n_rows,)`; all alike where none is given.

    Raises:
        TrainingError: Too few were reviewed, or all are alike.
    """
    y = np.asarray(is_match, dtype=np.float64)
    if len(y) < LEAST_REVIEWED:
        raise TrainingError(f"{len(y):,} records were reviewed; {LEAST_REVIEWED} at least are needed.")
    if not 0 < y.mean() < 1:
        raise TrainingError(f"All {len(y):,} reviewed records have one answer; nothing can be learned from them.")
    weights = np.ones_like(y) if chance is None else 1 / np.asarray(chance, dtype=np.float64)
    weights *= len(y) / weights.sum()
    design = _design(frame, traits)
    x = design.to_numpy(dtype=np.float64)
    means, spread = x.mean(axis=0), x.std(axis=0)
    scales = np.where(spread > _LEAST_SPREAD, spread, 1.0)  # a column of one value may have a trace of one by rounding
    found = _fitted((x - means) / scales, y, weights)
    told = [tuple(np.round(part, 12).tolist()) for part in (means, scales, found[1:])]
    return LinkQuality(tuple(design.columns), *told, round(float(found[0]), 12), len(y))


def _design(frame: pd.DataFrame, traits: Sequence[str]) -> pd.DataFrame:
    """The numbers on scales on which they add up, and a column for each level of each trait and each source."""
    weight, gap = (np.clip(frame[name].to_numpy(dtype=np.float64), -_MOST_BITS, _MOST_BITS) for name in NUMBERS[:2])
    columns = {"match_weight": weight, "gap_bits": gap, "is_gap_small": (gap < np.log2(10)).astype(np.float64)}
    for name in NUMBERS[2:]:
        columns[name] = np.log1p(frame[name].to_numpy(dtype=np.float64))
    levels = np.array(frame["levels"].to_list(), dtype=np.int64).reshape(len(frame), len(traits))
    for place, trait in enumerate(traits):
        for level in np.unique(levels[:, place]):
            columns[f"{trait}={level}"] = (levels[:, place] == level).astype(np.float64)
    for source in sorted(frame["source"].unique()):
        columns[f"source={source}"] = (frame["source"] == source).to_numpy(dtype=np.float64)
    return pd.DataFrame(columns)


def _fitted(x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Intercept and coefficients of a weighted logistic regression with a penalty on the coefficients."""
    sign = 2 * y - 1

    def loss(beta: np.ndarray) -> tuple[float, np.ndarray]:
        z = sign * (beta[0] + x @ beta[1:])
        pull = -weights * sign * sigmoid(-z)
        penalty = 0.5 * _PENALTY * float(beta[1:] @ beta[1:])
        gradient = np.concatenate([[pull.sum()], x.T @ pull + _PENALTY * beta[1:]])
        return float(weights @ np.logaddexp(0, -z)) + penalty, gradient

    return minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
