"""The plain models are plain, and as good as their kind can be."""

import numpy as np
import pandas as pd
import pytest

from models.baselines import RateTable, SplineLogistic, demand_columns, make_baseline
from models.errors import TrainingError
from models.model_config import BaselineColumns, ModelConfig


def test_a_rate_table_gives_each_value_its_own_rate_null_too() -> None:
    shown = pd.DataFrame({"voted": np.repeat([0.0, 1.0, np.nan], 100_000)})
    y = np.concatenate([np.tile([0, 0, 0, 1], 25_000), np.tile([0, 1, 1, 1], 25_000), np.tile([0, 1], 50_000)])
    found = RateTable(["voted"]).fit(shown, y).predict(pd.DataFrame({"voted": [0.0, 1.0, np.nan]}))
    np.testing.assert_allclose(found, [0.25, 0.75, 0.5], atol=1e-3)


def test_a_value_of_few_people_is_drawn_to_the_overall_rate() -> None:
    shown = pd.DataFrame({"voted": [1.0] * 2 + [0.0] * 98})
    found = RateTable(["voted"]).fit(shown, np.array([1, 1] + [0] * 98)).predict(pd.DataFrame({"voted": [1.0, 0.5]}))
    np.testing.assert_allclose(found, [(2 + 50 * 0.02) / 52, 0.02])


def test_the_share_of_four_generals_leaves_out_those_not_open_to_the_voter() -> None:
    four = pd.DataFrame({"a": [1.0, 1.0], "b": [np.nan, 0.0], "c": [np.nan, 0.0], "d": [np.nan, np.nan]})
    model = RateTable(["a", "b", "c", "d"]).fit(four, np.array([1, 0]))
    assert sorted(model.rates_.index) == [0.3333, 1.0]


def test_splines_bend_where_the_truth_bends_and_flag_the_unknown() -> None:
    draws = np.random.default_rng(0)
    age = draws.uniform(18, 90, 30_000)
    chance = np.where(draws.random(30_000) < 0.2, np.nan, 0.8 - ((age - 60) / 60) ** 2)
    shown = pd.DataFrame(
        {"age": np.where(np.isnan(chance), np.nan, age).astype(np.float32), "party": draws.choice(["a", "b"], 30_000)}
    )
    y = (draws.random(30_000) < np.where(np.isnan(chance), 0.1, chance)).astype(float)
    model = SplineLogistic(["age", "party"]).fit(shown, y)
    asked = pd.DataFrame({"age": np.array([20, 60, np.nan], np.float32), "party": ["a", "a", None]})
    np.testing.assert_allclose(model.predict(asked), [0.36, 0.8, 0.1], atol=0.05)


def test_a_column_that_is_always_unknown_is_left_out() -> None:
    shown = pd.DataFrame({"empty": np.full(100, np.nan, np.float32), "age": np.linspace(18, 90, 100, dtype=np.float32)})
    p = SplineLogistic(["empty", "age"]).fit(shown, np.tile([0.0, 1.0], 50)).predict(shown)
    assert np.isfinite(p).all()


def test_the_constant_is_the_rate() -> None:
    shown = pd.DataFrame({"anything": [1.0, 2.0]})
    model = make_baseline("constant", BaselineColumns(), []).fit(shown, np.array([0, 1]))
    assert model.predict(shown).tolist() == [0.5, 0.5]


def test_missing_columns_are_named(frame: pd.DataFrame, config: ModelConfig) -> None:
    with pytest.raises(TrainingError, match="lacks: general_lag3_voted, same_kind_lag1_voted"):
        demand_columns(frame.drop(columns=["general_lag3_voted", "same_kind_lag1_voted"]), config)
