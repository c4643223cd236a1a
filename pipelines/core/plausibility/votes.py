"""Votes held against those that are known: elections that vanish, lose or gain votes, and an older history."""

import datetime as dt
from dataclasses import dataclass

import duckdb

from pipelines.calendar import Election
from pipelines.core.history import select_new_votes
from pipelines.core.plausibility.comparison import FEWEST, FEWEST_CHANGED, Comparison
from pipelines.lake import Table
from pipelines.layouts.limits import Plausibility

_LONG_PAST = 366  # days; states correct a history for some months, and hardly after a year
_NEAR = 7  # days by which a state's own day of an election may differ from the calendar's
_FOR_ALL = ("general", "primary")  # others are held in some places only
_YOUNGEST = 17  # years; some states let those vote in a primary who will be 18 by the general election


@dataclass(frozen=True)
class _Election:
    """Votes of one election.

    Attributes:
        election_id: Its name.
        day: Its day.
        due: Known votes of people in the delivery, which it must state again.
        stated: Votes that it states.
        new: Of these, those not known before.
    """

    election_id: str
    day: dt.date
    due: int
    stated: int
    new: int

    @property
    def lost(self) -> int:
        """Known votes that are not stated again, at least."""
        return max(0, self.due - (self.stated - self.new))


def judge_votes(connection: duckdb.DuckDBPyConnection, compared: Comparison, limits: Plausibility) -> list[str]:
    """Reasons of votes; puts the votes that nobody stated before into the working table `new_votes`.

    Known votes that are older than all that is stated are not due: a file reaches back so many years, and where it has
    room for so many votes of a voter, a new one pushes out that voter's oldest.

    Args:
        connection: Holds `told_voters`.
        compared: What is compared.
        limits: The source's limits.
    """
    if compared.known_votes is None or compared.stated_votes is None:
        return []
    known = compared.known_votes
    collect_new_votes(connection, compared.stated_votes, known, compared)
    elections = _elections(connection, compared)
    if not any(election.due for election in elections):
        return []
    reasons = _resent(compared) + _overdue(elections, compared)
    lost = [] if compared.is_partial else _lost(elections, limits)  # who moved has votes in the files of other counties
    return reasons + lost + _gained(elections, compared, limits) + _children(connection, limits)


def collect_new_votes(connection: duckdb.DuckDBPyConnection, stated: str, known: Table, compared: Comparison) -> None:
    """Put the votes that no earlier delivery states into the working table `new_votes`."""
    new = select_new_votes(stated, known, compared.snapshot_date, compared.last_date, compared.posting_lag_days)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE new_votes AS {new}")


def _elections(connection: duckdb.DuckDBPyConnection, compared: Comparison) -> list[_Election]:
    assert compared.known_votes
    stated = f"""
        SELECT voter_id, election_date, election_id::VARCHAR AS election_id, election_type::VARCHAR AS election_type
        FROM ({compared.stated_votes})"""
    known = f"""
        SELECT voter_id, election_id, election_type, election_date
        FROM ({compared.known_votes.select()})
        SEMI JOIN told_voters USING (voter_id)
        WHERE snapshot_date < DATE '{compared.snapshot_date}'"""
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE stated_counts AS
        SELECT election_id, any_value(election_type) AS election_type, min(election_date) AS day, count(*) AS votes
        FROM ({stated})
        GROUP BY election_id"""
    )
    due = _due_of_slots(stated, known) if compared.has_slots else _due(known)
    found = connection.execute(
        f"""WITH new AS (
            SELECT election_id::VARCHAR AS election_id, count(*) AS votes FROM new_votes GROUP BY ALL
        ), due AS ({due})
        SELECT election_id, coalesce(due.day, stated_counts.day) AS day, coalesce(due.votes, 0),
            coalesce(stated_counts.votes, 0), coalesce(new.votes, 0)
        FROM due
        FULL JOIN stated_counts USING (election_id)
        LEFT JOIN new USING (election_id)
        ORDER BY day, election_id"""
    ).fetchall()
    return [_Election(*row) for row in found]


_OLDEST = "SELECT election_type, min(day) AS oldest FROM stated_counts GROUP BY election_type"


def _due(known: str) -> str:
    """SELECT of the known votes of each election, from the oldest day on that is stated."""
    return f"""
        SELECT election_id, any_value(election_date) AS day, count(*) AS votes
        FROM ({known})
        WHERE election_date >= (SELECT min(day) FROM stated_counts)
        GROUP BY election_id"""


def _due_of_slots(stated: str, known: str) -> str:
    """The same where the slots of a voter, of all elections or of each type, drop the oldest vote for a new one."""
    return f"""
        WITH of_type AS (
            SELECT voter_id, election_type, min(election_date) AS oldest
            FROM ({stated})
            GROUP BY voter_id, election_type
        ), of_voter AS (
            SELECT voter_id, min(oldest) AS oldest FROM of_type GROUP BY voter_id
        )
        SELECT election_id, any_value(election_date) AS day, count(*) AS votes
        FROM ({known}) AS known
        LEFT JOIN of_type USING (voter_id, election_type)
        LEFT JOIN of_voter USING (voter_id)
        LEFT JOIN ({_OLDEST}) AS of_file USING (election_type)
        WHERE election_date >= coalesce(of_type.oldest, of_file.oldest, election_date)
            AND election_date >= coalesce(of_voter.oldest, (SELECT min(day) FROM stated_counts), election_date)
        GROUP BY election_id"""


def _resent(compared: Comparison) -> list[str]:
    """An election was held since the day from which these very history files are."""
    day = compared.history_day
    held = [found for found in _statewide(compared) if day and day <= found.date < compared.snapshot_date]
    if not held:
        return []
    return [
        f"Its history files are byte for byte those of {day}, and {len(held)} elections were held since: "
        "a history of an older vintage."
    ]


def _overdue(elections: list[_Election], compared: Comparison) -> list[str]:
    """Elections of a type that is known, past the lag of posting, of which neither this nor an older file tells."""
    known = [found for found in elections if found.due >= FEWEST]
    newest = max((found.day for found in known), default=compared.snapshot_date)
    types = {found.election_id.rsplit("-", 1)[-1] for found in known}
    posted_by = compared.snapshot_date - dt.timedelta(days=compared.posting_lag_days)
    stated = [found.day for found in elections if found.stated]
    missing = [
        found
        for found in _statewide(compared)
        if newest < found.date < posted_by
        and found.type in types
        and not any(abs((day - found.date).days) <= _NEAR for day in stated)
    ]
    return [
        f"No vote of {found.date}, {found.type}, is stated, {(compared.snapshot_date - found.date).days} days after: "
        "a history of an older vintage, or the election is not posted yet."
        for found in missing
    ]


def _statewide(compared: Comparison) -> list[Election]:
    """Elections of the calendar that every voter of the state could take part in."""
    return [found for found in compared.calendar if found.jurisdiction == found.state and found.type in _FOR_ALL]


def _lost(elections: list[_Election], limits: Plausibility) -> list[str]:
    newest = max((found.day for found in elections if found.due), default=None)
    reasons = []
    for found in elections:
        if found.lost < FEWEST_CHANGED or found.lost <= limits.vote_loss_share * found.due:
            continue
        if found.lost == found.due and found.day == newest:
            what = "the newest election known, is not stated any more: a history of an older vintage"
        elif found.lost == found.due:
            what = "is not stated any more: its column or its file is missing"
        else:
            what = f"allowed {limits.vote_loss_share:.0%}"
        reasons.append(f"{found.election_id}: {found.lost:,} of {found.due:,} known votes are gone, {what}.")
    return reasons


def _gained(elections: list[_Election], compared: Comparison, limits: Plausibility) -> list[str]:
    """Votes that turn up long after their election, where the last good delivery told of later ones."""
    assert compared.last_date
    long_past = compared.last_date - dt.timedelta(days=_LONG_PAST)
    newest = max((found.day for found in elections if found.due), default=long_past)
    reasons = []
    for found in elections:
        known = max(found.due, found.stated - found.new)
        if found.day < min(long_past, newest) and found.new >= FEWEST and found.new > limits.vote_gain_share * known:
            years = (compared.snapshot_date - found.day).days / 365
            told = f"{known:,} were known, allowed {limits.vote_gain_share:.0%} more"
            reasons.append(f"{found.election_id}: {found.new:,} votes appear after {years:.0f} years; {told}.")
    return reasons


def _children(connection: duckdb.DuckDBPyConnection, limits: Plausibility) -> list[str]:
    """New votes of people who were too young."""
    young, all_ = connection.execute(
        f"""SELECT count(*) FILTER (year(election_date) - birth_year < {_YOUNGEST}), count(*)
        FROM new_votes
        JOIN told_voters USING (voter_id)
        WHERE birth_year IS NOT NULL"""
    ).fetchall()[0]
    if young < FEWEST_CHANGED or young <= limits.young_vote_share * all_:
        return []
    return [
        f"{young:,} of {all_:,} new votes are of people under {_YOUNGEST} on the day: "
        "votes and ids do not belong together."
    ]
