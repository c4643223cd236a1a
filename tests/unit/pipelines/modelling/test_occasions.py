"""Which elections teach and which one is scored, and as of which day."""

import datetime as dt

import pytest

from models.model_config import StateModel
from pipelines.modelling.occasions import past_occasions, target_occasion

IN_TIME = {"split": {"scheme": "in_time", "folds": 3}, "calibration": "none", "cohort": "reconstructed"}


def days_of(occasions) -> list[str]:
    return [occasion.election.date.isoformat() for occasion in occasions]


def changed(config: StateModel, **changes) -> StateModel:
    return StateModel.model_validate({**config.model_dump(mode="json"), **changes})


def test_past_elections_count_when_a_file_of_the_time_and_their_history_are_there(
    desk, config, calendar, source
) -> None:
    """The file of January 2013 is the first: the deadline of 2012 had passed."""
    found = past_occasions(desk.lake, config, calendar, source)
    assert days_of(found) == ["2014-11-04", "2016-11-08", "2018-11-06", "2022-11-08"]


def test_a_reconstructed_cohort_needs_no_file_of_the_time(desk, config, calendar, source) -> None:
    assert (
        days_of(past_occasions(desk.lake, changed(config, cohort="reconstructed"), calendar, source))[0] == "2012-11-06"
    )


def test_only_pooled_kinds_teach(desk, config, calendar, source) -> None:
    found = past_occasions(desk.lake, changed(config, pool_kinds=["midterm"]), calendar, source)
    assert days_of(found) == ["2014-11-04", "2018-11-06", "2022-11-08"]


def test_an_election_without_posted_history_does_not_teach(el, electorate, config, calendar, source, tmp_path) -> None:
    told = [vote for vote in electorate.votes if vote["election_id"] != "NC-2022-11-08-general"]
    lake = el.write(el.change(electorate, votes=told), tmp_path)
    assert days_of(past_occasions(lake, config, calendar, source))[-1] == "2018-11-06"


def test_nothing_on_or_after_the_target_teaches(desk, config, calendar, source) -> None:
    earlier = changed(config, target="2018-11-06-general")
    assert days_of(past_occasions(desk.lake, earlier, calendar, source)) == ["2014-11-04", "2016-11-08"]


def test_a_past_election_is_seen_from_its_deadline(desk, config, calendar, source) -> None:
    for occasion in past_occasions(desk.lake, config, calendar, source):
        closed = occasion.election.date - dt.timedelta(days=source.registration_closes_days)
        assert occasion.as_of == occasion.deadline == closed


def test_where_one_registers_on_election_day_the_score_is_of_the_day_before(desk, config, calendar, source) -> None:
    undated = [found.model_copy(update={"registration_deadline": None}) for found in calendar.elections]
    calendar = calendar.model_copy(update={"elections": undated})
    open_to_the_end = source.model_copy(update={"registration_closes_days": 0})
    found = past_occasions(desk.lake, config, calendar, open_to_the_end)
    assert found and all(occasion.as_of == occasion.election.date - dt.timedelta(days=1) for occasion in found)
    assert all(occasion.deadline == occasion.election.date for occasion in found)


def test_the_coming_election_is_seen_from_the_newest_file_before_it(desk, config, calendar, source) -> None:
    """A file of the week after the election is there too and does not count."""
    assert target_occasion(desk.lake, config, calendar, source).as_of == dt.date(2026, 9, 1)


def test_without_a_file_before_it_the_election_is_seen_from_its_deadline(
    el, electorate, config, calendar, source, tmp_path
) -> None:
    after = {day: rows for day, rows in electorate.snapshots.items() if day > dt.date(2026, 11, 3)}
    found = target_occasion(el.write(el.change(electorate, snapshots=after), tmp_path), config, calendar, source)
    assert found.as_of == found.deadline


def test_in_time_the_target_itself_teaches(desk, config, calendar, source) -> None:
    asked = changed(config, target="2022-11-08-general", **IN_TIME)
    assert days_of(past_occasions(desk.lake, asked, calendar, source)) == ["2022-11-08"]


def test_an_election_that_the_calendar_does_not_name_is_no_target(desk, config, calendar, source) -> None:
    with pytest.raises(KeyError, match="NC-2028"):
        target_occasion(desk.lake, changed(config, target="2028-11-07-general"), calendar, source)
