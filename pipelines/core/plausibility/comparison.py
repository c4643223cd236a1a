"""What a delivery is compared with, and the working tables that the subjects share."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from pipelines.calendar import Election
from pipelines.lake import Table

FEWEST = 100
"""People below whom a share says nothing."""
FEWEST_CHANGED = 10
"""People below whom a change is a matter of a few households, whatever their share."""
LARGE = 1000
"""Rows from which a file is judged by itself: one fault in a hundred is no rumour then, and some things must happen."""
_MONTH = 31


@dataclass(frozen=True)
class Comparison:
    """What is compared.

    Attributes:
        snapshot_date: Day of the delivery.
        last_good: Rows of the newest accepted snapshot before it, or nothing.
        last_date: Its day.
        is_partial: Whether the delivery holds some counties only; then their people alone are compared.
        known_votes: core_vote_history of the state, where votes are to be compared.
        stated_votes: SELECT of the votes that the delivery states, or nothing where no history came.
        has_slots: Whether the file has room for so many votes of a voter, so that a new one pushes out the oldest.
        posting_lag_days: Usual days from an election to its posted history.
        calendar: Elections of the state.
        history_day: Day of the first delivery whose history files are these, byte for byte; else nothing.
    """

    snapshot_date: dt.date
    last_good: Table | None
    last_date: dt.date | None
    is_partial: bool = False
    known_votes: Table | None = None
    stated_votes: str | None = None
    has_slots: bool = False
    posting_lag_days: int = 0
    calendar: Sequence[Election] = ()
    history_day: dt.date | None = None

    @property
    def months(self) -> float:
        """Months between the two snapshots, at least 1: what changes in a month may change in each of them."""
        assert self.last_date
        return max(1.0, abs((self.snapshot_date - self.last_date).days) / _MONTH)


def prepare(connection: duckdb.DuckDBPyConnection, compared: Comparison) -> None:
    """Make the view `last_good`, and the working tables `gone` and `came` of people who are in one of the two only.

    Args:
        connection: Holds `told_voters`.
        compared: What is compared; there is a last good snapshot.
    """
    assert compared.last_good
    delivered = "WHERE county_code IN (SELECT county_code FROM told_voters)" if compared.is_partial else ""
    connection.execute(f"CREATE OR REPLACE VIEW last_good AS SELECT * FROM ({compared.last_good.select()}) {delivered}")
    for name, mine, others in (("gone", "last_good", "told_voters"), ("came", "told_voters", "last_good")):
        connection.execute(
            f"""CREATE OR REPLACE TEMP TABLE {name} AS
            SELECT voter_id, county_code, registration_date
            FROM {mine}
            ANTI JOIN (SELECT voter_id FROM {others}) AS others USING (voter_id)"""
        )


def count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    """The one number that a query gives."""
    return connection.execute(query).fetchall()[0][0]


def share(part: float, whole: float, allowed: float) -> str:
    """How large a part is and how large it may be, in words."""
    return f"{part / max(whole, 1):.1%}, allowed {allowed:.1%}"
