"""Who voted when: what files state, when it could be known, and what follows about those who are not stated.

A delivery repeats the whole history; kept is only what it states first, with the day from which it could be known. So
the table grows by what is new, and every state of knowledge in the past can be seen again.
"""

import datetime as dt

from pipelines.lake import Table
from pipelines.sql import literal


def election_name(state: str, day: str = "election_date", type_: str = "election_type") -> str:
    """SQL of the election_id."""
    return f"{literal(state + '-')} || {day} || '-' || {type_}"


def election_id(state: str, day: dt.date, type_: str) -> str:
    """The election_id of a day and type."""
    return f"{state}-{day}-{type_}"


def select_folded(votes: str) -> str:
    """SELECT of one row per voter and election: several rows of one election are one; any counted ballot wins."""
    told = ", ".join(
        f"coalesce(min({name}) FILTER (is_voted), min({name})) AS {name}"
        for name in ("method_code", "ballot_party_code", "county_code")
    )
    return f"""
    SELECT voter_id, election_id, any_value(election_date) AS election_date, any_value(election_type) AS election_type,
        bool_or(is_voted) AS is_voted, {told}
    FROM {votes}
    GROUP BY voter_id, election_id"""


def select_new_votes(
    stated: str, known: Table, snapshot_date: dt.date, previous: dt.date | None, posting_lag_days: int
) -> str:
    """SELECT of the stated votes that no earlier delivery states, in the shape of core_vote_history.

    A vote first seen long after its election was posted before we looked: it could be known on the election day plus
    the state's posting lag, and is marked as assumed. Unless an earlier delivery, made after that day, lacked it: then
    it was posted late, and known from this delivery on.

    Args:
        stated: SELECT of the votes that the delivery states, a row per voter and election.
        known: core_vote_history of the state; its earlier snapshots count.
        snapshot_date: Day of the delivery.
        previous: Day of the accepted delivery before it, if any.
        posting_lag_days: Usual days from election to posted history.
    """
    made = f"DATE '{snapshot_date}'"
    usual = f"election_date + {posting_lag_days}"
    could_be_seen = f"{usual} <= DATE '{previous}'" if previous else "false"
    told = f"SELECT voter_id, election_id, is_voted FROM ({known.select()}) WHERE snapshot_date < {made}"
    new = f"ANTI JOIN ({told}) AS earlier USING (voter_id, election_id, is_voted)" if previous else ""
    return f"""
    SELECT stated.*,
        CAST(CASE WHEN {could_be_seen} THEN {made} ELSE least({usual}, {made}) END AS DATE) AS known_on,
        NOT ({could_be_seen}) AND {usual} < {made} AS is_known_on_assumed
    FROM ({stated}) AS stated
    {new}"""


def select_known_votes(history: Table, as_of: dt.date) -> str:
    """SELECT of one row per voter and election as it was known on a day; a later statement replaces an earlier one.

    Of two statements known on one day, that of the later delivery counts.
    """
    return f"""
    SELECT voter_id, election_id,
        any_value(election_date) AS election_date,
        any_value(election_type) AS election_type,
        arg_max(is_voted, stated) AS is_voted,
        arg_max(method_code, stated) AS method_code,
        arg_max(ballot_party_code, stated) AS ballot_party_code
    FROM (
        SELECT *, (known_on - DATE '1900-01-01') * 1000000 + (snapshot_date - DATE '1900-01-01') AS stated
        FROM ({history.select()})
        WHERE known_on <= DATE '{as_of}'
    )
    GROUP BY voter_id, election_id"""
