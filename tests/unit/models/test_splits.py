"""Nobody calibrates or grades on what taught them, and a household stays together."""

import datetime as dt
import hashlib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import TrainingError
from models.splits import backtest_roles, household_fold, production_roles, stopping_households

YEARS = [(2014, "midterm"), (2016, "presidential"), (2018, "midterm"), (2020, "presidential"), (2022, "midterm")]
OCCASIONS = pd.DataFrame([{"election_date": dt.date(year, 11, 5), "election_kind": kind} for year, kind in YEARS])


def day(year: int) -> dt.date:
    return dt.date(year, 11, 5)


def test_the_model_in_use_calibrates_on_the_last_of_its_kind() -> None:
    roles = production_roles(OCCASIONS, "midterm")
    assert roles.calibrate == day(2022)
    assert roles.fit == (day(2014), day(2016), day(2018), day(2020))


def test_the_backtest_is_the_same_recipe_one_occasion_earlier() -> None:
    roles = backtest_roles(OCCASIONS, "midterm")
    assert (roles.fit, roles.calibrate, roles.grade) == ((day(2014), day(2016)), day(2018), day(2022))


def test_too_few_occasions_are_refused_with_what_was_found() -> None:
    with pytest.raises(TrainingError, match=r"needs 2 past midterm occasions.*found: 2022-11-05 midterm"):
        backtest_roles(OCCASIONS.tail(1), "midterm")


@given(
    st.lists(
        st.tuples(st.integers(2000, 2030), st.sampled_from(["midterm", "odd"])), min_size=1, unique_by=lambda o: o[0]
    )
)
def test_time_never_runs_backwards(drawn: list[tuple[int, str]]) -> None:
    occasions = pd.DataFrame([{"election_date": day(year), "election_kind": kind} for year, kind in drawn])
    try:
        roles = backtest_roles(occasions, "midterm")
    except TrainingError:
        return
    assert roles.grade is not None
    assert max(roles.fit) < roles.calibrate < roles.grade


def test_the_fold_follows_the_rule_that_the_artefact_states() -> None:
    expected = int(hashlib.sha256(b"fold|h00042").hexdigest()[:12], 16) % 5
    assert household_fold(np.array(["h00042"], dtype=object), 5).tolist() == [expected]


def test_a_household_stays_together_and_folds_are_even() -> None:
    homes = pd.Series([f"h{number // 3}" for number in range(9000)])
    dealt = household_fold(homes, 5)
    assert pd.Series(dealt).groupby(homes).nunique().max() == 1
    assert np.bincount(dealt).min() > 1600


def test_stopping_households_take_their_share_in_every_fold() -> None:
    homes = pd.Series([f"h{number}" for number in range(20000)])
    held, dealt = stopping_households(homes, 0.15), household_fold(homes, 5)
    shares = pd.Series(held).groupby(dealt).mean()
    assert shares.between(0.135, 0.165).all()
