"""Calibration undoes a known distortion; tying the level moves the mean and keeps the order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calibrate import Calibrator, fit_platt, logit, sigmoid, tie_level
from models.errors import ArtefactError, TrainingError

TRUTH = np.random.default_rng(0).beta(2, 3, 40_000)
OUTCOME = (np.random.default_rng(1).random(40_000) < TRUTH).astype(float)


def test_scores_that_are_too_sure_and_too_high_are_brought_back() -> None:
    distorted = sigmoid(0.7 + 1.8 * logit(TRUTH))
    found = fit_platt(distorted, OUTCOME)
    assert found.slope == pytest.approx(1 / 1.8, abs=0.02)
    assert np.abs(found.apply(distorted) - TRUTH).mean() < 0.006


def test_scores_that_do_not_vary_get_the_rate() -> None:
    assert fit_platt(np.full(40_000, 0.9), OUTCOME).apply(np.array([0.9]))[0] == pytest.approx(OUTCOME.mean())


def test_an_upside_down_score_is_refused_for_a_model_and_turned_for_a_rule() -> None:
    with pytest.raises(TrainingError, match="falls as the score rises"):
        fit_platt(1 - TRUTH, OUTCOME)
    assert fit_platt(1 - TRUTH, OUTCOME, may_fall=True).slope < 0


def test_one_outcome_only_is_refused() -> None:
    with pytest.raises(TrainingError, match="needs both outcomes"):
        fit_platt(TRUTH, np.ones(len(TRUTH)))


def test_a_calibrator_survives_json() -> None:
    kept = Calibrator(0.9, -0.1)
    assert Calibrator.from_json(kept.to_json()) == kept
    with pytest.raises(ArtefactError):
        Calibrator.from_json({"kind": "isotonic"})


@given(st.floats(0.02, 0.98), st.integers(0, 5))
def test_a_tied_level_is_met_and_the_order_stays(level: float, seed: int) -> None:
    p = np.random.default_rng(seed).uniform(0.01, 0.99, 50)
    tied = tie_level(p, level)
    assert tied.mean() == pytest.approx(level, abs=1e-6)
    assert (np.argsort(tied) == np.argsort(p)).all()
