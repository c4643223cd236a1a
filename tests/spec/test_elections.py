"""The elections of a state: what the calendar names and what histories state."""

import datetime as dt

import duckdb
import pyarrow as pa
import pytest

from pipelines.core.elections import select_elections

CALENDAR = pa.schema(
    {
        "election_id": pa.string(),
        "election_date": pa.date32(),
        "election_type": pa.string(),
        "registration_deadline": pa.date32(),
    }
)
HISTORY = pa.schema(
    {
        "election_id": pa.string(),
        "election_date": pa.date32(),
        "election_type": pa.string(),
        "is_voted": pa.bool_(),
        "known_on": pa.date32(),
    }
)


class History:
    def select(self):
        return "SELECT * FROM history"


@pytest.fixture
def elections(table):
    """Rows of core_elections by election_id."""

    def elections(calendar="", history="", usual_days=25):
        with duckdb.connect() as connection:
            connection.register("calendar", table(" | ".join(CALENDAR.names) + "\n" + calendar, CALENDAR))
            connection.register("history", table(" | ".join(HISTORY.names) + "\n" + history, HISTORY))
            rows = connection.sql(select_elections(History(), usual_days)).to_arrow_table().to_pylist()
        return {row["election_id"]: row for row in rows}

    return elections


@pytest.mark.parametrize(
    ("day", "type_", "kind"),
    [
        ("2024-11-05", "general", "presidential"),
        ("2022-11-08", "general", "midterm"),
        ("2023-11-07", "general", "odd"),
        ("2024-03-05", "primary", "primary"),
        ("2023-11-07", "municipal", "municipal"),
        ("2024-05-14", "runoff", "runoff"),
        ("2019-09-10", "special", "special"),
    ],
)
def test_generals_are_told_apart_by_their_year(elections, day, type_, kind):
    (row,) = elections(f"e | {day} | {type_} | {day}").values()
    assert row["election_kind"] == kind


def test_an_election_that_only_a_history_states_has_the_usual_deadline_and_says_so(elections):
    (row,) = elections(history="e | 2023-11-07 | municipal | true | 2023-12-22").values()
    assert (row["registration_deadline"], row["is_deadline_assumed"]) == (dt.date(2023, 10, 13), True)


def test_the_deadline_of_the_calendar_goes_before_the_usual_one(elections):
    (row,) = elections("e | 2024-11-05 | general | 2024-10-01", "e | 2024-11-05 | general | true | 2024-12-20").values()
    assert (row["registration_deadline"], row["is_deadline_assumed"]) == (dt.date(2024, 10, 1), False)


def test_votes_are_counted_and_stated_absences_are_not(elections):
    history = """e | 2024-11-05 | general | true | 2024-12-20
                 e | 2024-11-05 | general | true | 2025-03-01
                 e | 2024-11-05 | general | false | 2024-12-20"""
    row = elections(history=history)["e"]
    assert (row["vote_count"], row["posted_on"]) == (2, dt.date(2024, 12, 20))


def test_a_coming_election_has_no_votes_and_no_posting(elections):
    row = elections("e | 2026-11-03 | general | 2026-10-09")["e"]
    assert (row["vote_count"], row["posted_on"]) == (0, None)
