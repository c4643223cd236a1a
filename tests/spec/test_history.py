"""Who voted when, and from which day on that could be known."""

import datetime as dt

import duckdb
import pyarrow as pa
import pytest

from pipelines.core.history import election_name, select_folded, select_known_votes, select_new_votes
from pipelines.tables.core import VoteHistory

STAGED = pa.schema(
    {
        "voter_id": pa.string(), "election_date": pa.date32(), "election_type": pa.string(), "is_voted": pa.bool_(),
        "method_code": pa.string(), "ballot_party_code": pa.string(), "county_code": pa.string(),
    }
)  # fmt: skip
LAG = 45
NOVEMBER = "2024-11-05"


class Known:
    """core_vote_history as far as it stands, in place of the handle on its files."""

    def __init__(self, rows=None):
        self.rows = rows

    def select(self):
        return "SELECT * FROM known"


@pytest.fixture
def new_votes(table):
    """Rows of core_vote_history that a delivery of a day adds, as text."""

    def new_votes(stated, snapshot, previous=None, known=None):
        columns = "snapshot_date | voter_id | election_id | is_voted"
        with duckdb.connect() as connection:
            schema = pa.schema(
                {
                    "snapshot_date": pa.date32(),
                    "voter_id": pa.string(),
                    "election_id": pa.string(),
                    "is_voted": pa.bool_(),
                }
            )
            connection.register("known", table(f"{columns}\n{known or ''}", schema))
            columns = (
                "voter_id | election_date | election_type | is_voted | method_code | ballot_party_code | county_code"
            )
            connection.register("staged_votes", table(f"{columns}\n{stated}", STAGED))
            days = [dt.date.fromisoformat(day) if day else None for day in (snapshot, previous)]
            named = f"(SELECT *, {election_name('NC')} AS election_id FROM staged_votes)"
            query = select_new_votes(select_folded(named), Known(), *days, LAG)
            return connection.sql(query).to_arrow_table().to_pylist()

    return new_votes


def test_a_vote_is_named_by_state_day_and_type(new_votes):
    (row,) = new_votes(f"NC-1 | {NOVEMBER} | general | true | early | | 001", "2025-01-15")
    assert row["election_id"] == "NC-2024-11-05-general"
    assert set(VoteHistory.schema().names) <= set(row)


def test_in_the_first_file_a_vote_is_assumed_known_after_the_usual_lag(new_votes):
    (row,) = new_votes(f"NC-1 | {NOVEMBER} | general | true | | |", "2025-03-01")
    assert (row["known_on"], row["is_known_on_assumed"]) == (dt.date(2024, 12, 20), True)


def test_a_vote_seen_before_the_lag_is_over_is_known_from_the_file_on_and_nothing_is_assumed(new_votes):
    (row,) = new_votes(f"NC-1 | {NOVEMBER} | general | true | | |", "2024-12-01")
    assert (row["known_on"], row["is_known_on_assumed"]) == (dt.date(2024, 12, 1), False)


def test_a_vote_that_an_earlier_file_could_have_shown_and_lacked_was_posted_late(new_votes):
    (row,) = new_votes(f"NC-1 | {NOVEMBER} | general | true | | |", "2025-03-01", previous="2025-01-15")
    assert (row["known_on"], row["is_known_on_assumed"]) == (dt.date(2025, 3, 1), False)


def test_a_vote_that_the_earlier_file_was_made_too_soon_to_show_keeps_the_assumed_day(new_votes):
    (row,) = new_votes(f"NC-1 | {NOVEMBER} | general | true | | |", "2025-03-01", previous="2024-12-19")
    assert (row["known_on"], row["is_known_on_assumed"]) == (dt.date(2024, 12, 20), True)


def test_what_an_earlier_file_states_is_not_stated_again(new_votes):
    known = "2025-01-15 | NC-1 | NC-2024-11-05-general | true"
    stated = f"NC-1 | {NOVEMBER} | general | true | | |\nNC-2 | {NOVEMBER} | general | true | | |"
    assert [row["voter_id"] for row in new_votes(stated, "2025-03-01", "2025-01-15", known)] == ["NC-2"]


def test_a_delivery_read_again_does_not_hide_its_own_votes(new_votes):
    known = "2025-03-01 | NC-1 | NC-2024-11-05-general | true"
    assert len(new_votes(f"NC-1 | {NOVEMBER} | general | true | | |", "2025-03-01", "2025-01-15", known)) == 1


def test_a_vote_that_is_taken_back_is_stated_anew(new_votes):
    known = "2025-01-15 | NC-1 | NC-2024-11-05-general | true"
    (row,) = new_votes(f"NC-1 | {NOVEMBER} | general | false | | |", "2025-03-01", "2025-01-15", known)
    assert (row["is_voted"], row["known_on"]) == (False, dt.date(2025, 3, 1))


def test_of_several_rows_for_one_election_any_counted_ballot_wins(new_votes):
    stated = f"""NC-1 | {NOVEMBER} | general | false | provisional | | 002
                 NC-1 | {NOVEMBER} | general | true | mail | democratic | 001
                 NC-1 | {NOVEMBER} | general | true | mail | democratic | 001"""
    (row,) = new_votes(stated, "2025-01-15")
    told = {name: row[name] for name in ("is_voted", "method_code", "ballot_party_code", "county_code")}
    assert told == {"is_voted": True, "method_code": "mail", "ballot_party_code": "democratic", "county_code": "001"}


def test_two_elections_of_one_day_are_two(new_votes):
    stated = f"NC-1 | {NOVEMBER} | general | true | | |\nNC-1 | {NOVEMBER} | special | true | | |"
    assert len(new_votes(stated, "2025-01-15")) == 2


HISTORY = """
    voter_id | election_id | election_date | election_type | is_voted | method_code | ballot_party_code | known_on
    NC-1 | NC-2024-11-05-general | 2024-11-05 | general | true | early | | 2024-12-20
    NC-1 | NC-2024-11-05-general | 2024-11-05 | general | false | | | 2025-03-01
    NC-2 | NC-2024-11-05-general | 2024-11-05 | general | true | mail | | 2024-12-20
"""


@pytest.mark.parametrize(
    ("as_of", "voted"),
    [
        ("2024-12-19", {}),
        ("2024-12-20", {"NC-1": True, "NC-2": True}),
        ("2025-02-28", {"NC-1": True, "NC-2": True}),
        ("2025-03-01", {"NC-1": False, "NC-2": True}),
    ],
)
def test_on_each_day_the_newest_statement_known_by_then_counts(table, as_of, voted):
    with duckdb.connect() as connection:
        connection.register("told", table(HISTORY))
        connection.execute("CREATE VIEW known AS SELECT *, known_on AS snapshot_date FROM told")
        query = select_known_votes(Known(), dt.date.fromisoformat(as_of))
        rows = connection.sql(query).to_arrow_table().to_pylist()
    assert {row["voter_id"]: row["is_voted"] for row in rows} == voted
