"""The booster is the same twice, stops where it should, and reads back from its text."""

import numpy as np
import pytest

from models import lgbm
from models.errors import TrainingError
from models.model_config import BoosterConfig

DRAWS = np.random.default_rng(2)
X = DRAWS.normal(size=(3000, 3)).astype(np.float32)
Y = (DRAWS.random(3000) < 1 / (1 + np.exp(-X[:, 0]))).astype(float)
STOPPING = np.arange(3000) % 7 == 0
CONFIG = BoosterConfig(max_trees=60, early_stopping_rounds=5, min_child_samples=20, num_leaves=7, num_threads=1)


def test_the_same_rows_give_the_same_text() -> None:
    assert lgbm.booster_text(lgbm.fit_booster(X, Y, STOPPING, CONFIG)) == lgbm.booster_text(
        lgbm.fit_booster(X, Y, STOPPING, CONFIG)
    )


@pytest.mark.parametrize("refit_all", [True, False])
def test_a_text_scores_as_its_booster(refit_all: bool) -> None:
    booster = lgbm.fit_booster(X, Y, STOPPING, CONFIG.model_copy(update={"refit_all": refit_all}))
    read = lgbm.read_booster(lgbm.booster_text(booster))
    assert 0 < read.num_trees() < 60
    np.testing.assert_array_equal(lgbm.predict(read, X), lgbm.predict(booster, X))


def test_stopping_rows_teach_nothing_without_the_refit() -> None:
    kept = CONFIG.model_copy(update={"refit_all": False, "early_stopping_rounds": 60})
    turned = np.where(STOPPING, 1 - Y, Y)
    first = lgbm.fit_booster(X, Y, STOPPING, kept).model_to_string(num_iteration=1)
    assert (
        first.split("Tree=0")[1].split("end of trees")[0]
        == (
            lgbm.fit_booster(X, turned, STOPPING, kept)
            .model_to_string(num_iteration=1)
            .split("Tree=0")[1]
            .split("end of trees")[0]
        )
    )


def test_a_monotone_feature_only_raises_the_score() -> None:
    booster = lgbm.fit_booster(X, Y, STOPPING, CONFIG, monotone=[0])
    asked = np.zeros((50, 3), np.float32)
    asked[:, 0] = np.linspace(-3, 3, 50)
    assert (np.diff(lgbm.predict(booster, asked)) >= 0).all()


def test_importance_finds_the_one_feature_that_matters() -> None:
    ranked = lgbm.importance([lgbm.fit_booster(X, Y, STOPPING, CONFIG)], ["a", "b", "c"])
    assert ranked[0]["feature"] == "a"
    assert ranked[0]["gain_share"] > 0.7


def test_outcomes_that_do_not_vary_are_refused() -> None:
    with pytest.raises(TrainingError, match="outcomes that do not vary"):
        lgbm.fit_booster(X, np.ones(3000), STOPPING, CONFIG)


def test_no_rows_give_no_scores() -> None:
    assert len(lgbm.predict(lgbm.fit_booster(X, Y, STOPPING, CONFIG), X[:0])) == 0
