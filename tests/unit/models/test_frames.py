"""A training frame is sorted, complete and honest about time, or it is refused."""

import datetime as dt

import pandas as pd
import pytest

from models.errors import TrainingError
from models.frames import Cohorts


def test_rows_are_sorted_whatever_order_they_came_in(frame: pd.DataFrame) -> None:
    shuffled = frame.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(Cohorts(shuffled).frame, Cohorts(frame).frame)


def test_the_window_runs_from_the_first_to_the_last_occasion(cohorts: Cohorts) -> None:
    assert cohorts.window == (dt.date(2014, 11, 5), dt.date(2022, 11, 5))


def test_reconstructed_rows_are_counted_by_election(frame: pd.DataFrame) -> None:
    told = frame.assign(cohort=["reconstructed"] * 10 + ["snapshot"] * (len(frame) - 10))
    assert Cohorts(told).reconstructed_counts == {"NC-2014-11-05-general": 10}


def test_a_missing_column_is_named(frame: pd.DataFrame) -> None:
    with pytest.raises(TrainingError, match="lacks household_id"):
        Cohorts(frame.drop(columns="household_id"))


def test_broken_rules_are_counted_and_no_value_is_quoted(frame: pd.DataFrame) -> None:
    broken = pd.concat([frame.assign(outcome=2).head(3), frame.head(2)])
    with pytest.raises(TrainingError) as error:
        Cohorts(broken)
    assert "outcome is 0 or 1: 3 rows" in str(error.value)
    assert "voter_id, election_id is unique: 2 rows" in str(error.value)
    assert "NC-0" not in str(error.value)


def test_a_row_seen_on_the_election_day_is_refused(frame: pd.DataFrame) -> None:
    with pytest.raises(TrainingError, match=r"as_of is before the election: 2,000 rows"):
        Cohorts(frame.assign(as_of=frame["election_date"]))


def test_no_rows_are_no_cohort(frame: pd.DataFrame) -> None:
    with pytest.raises(TrainingError, match="no rows"):
        Cohorts(frame.head(0))
