"""What the calendar may say, and what it says of every state."""

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest
from pydantic import ValidationError

from pipelines.calendar import ElectionsConfig, read_calendar

CONFIGS = Path(__file__).parents[3] / "configs"
NOT_ON_A_TUESDAY = {
    ("NY", "2012-09-13"),  # two days after the eleventh of September
    ("NY", "2015-09-10"),
    ("NY", "2018-09-13"),
    ("DE", "2018-09-06"),
    ("RI", "2018-09-12"),
}


@pytest.fixture(scope="module")
def calendar():
    return read_calendar(CONFIGS)


def entry(**own):
    return {"jurisdiction": "NC", "date": "2024-11-05", "type": "general", **own}


def test_an_entry_may_list_several_jurisdictions():
    read = ElectionsConfig.model_validate({"elections": [entry(jurisdiction=["AR", "WI-Dane"]), entry()]})
    assert [found.election_id for found in read.elections] == [
        "AR-2024-11-05-general",
        "WI-Dane-2024-11-05-general",
        "NC-2024-11-05-general",
    ]
    assert [found.date for found in read.of_state("WI")] == [dt.date(2024, 11, 5)]


def test_a_state_in_two_entries_of_a_day_is_refused():
    with pytest.raises(ValidationError, match="listed twice: NC-2024-11-05-general"):
        ElectionsConfig.model_validate({"elections": [entry(jurisdiction=["NC", "OH"]), entry()]})


def test_a_jurisdiction_that_is_no_text_is_refused():
    with pytest.raises(ValidationError, match=r"elections\.1\.jurisdiction"):
        ElectionsConfig.model_validate({"elections": [entry(jurisdiction=["NC", 7])]})


def test_only_a_primary_is_for_president():
    with pytest.raises(ValidationError, match="is no primary"):
        ElectionsConfig.model_validate({"elections": [entry(is_presidential=True)]})


def test_a_state_has_at_most_one_election_a_day(calendar):
    counts = Counter((found.jurisdiction, found.date) for found in calendar.elections)
    assert not [key for key, count in counts.items() if count > 1]


def test_elections_are_held_on_tuesdays_but_for_the_known_ones(calendar):
    others = {(found.state, str(found.date)) for found in calendar.elections if found.date.weekday() != 1}
    assert others == NOT_ON_A_TUESDAY


def test_a_primary_for_president_is_in_a_presidential_year_and_beside_the_states_own(calendar):
    presidential = [found for found in calendar.elections if found.is_presidential]
    own = {
        (found.state, found.date.year)
        for found in calendar.elections
        if found.type == "primary" and not found.is_presidential
    }
    assert {found.state for found in presidential} >= {"AZ", "FL", "GA", "MI", "NY", "VA"}
    assert all(found.date.year % 4 == 0 and (found.state, found.date.year) in own for found in presidential)


def test_at_most_one_primary_for_president_a_year(calendar):
    counts = Counter((found.state, found.date.year) for found in calendar.elections if found.is_presidential)
    assert set(counts.values()) == {1}
