"""Who voted when: what files state, when it could be known, and what follows about those who are not stated.

A delivery repeats the whole history; kept is only what it states first, with the day from which it could be known. So
the table grows by what is new, and every state of knowledge in the past can be seen again.
"""

import datetime as dt

import duckdb

from pipelines.lake import Table
from pipelines.sql import literal

FOLDED_VOTES = """
    SELECT voter_id, election_date, election_type,      -- several rows of one election are one; any counted ballot wins
        bool_or(is_voted) AS is_voted,
        coalesce(min(method_code) FILTER (is_voted), min(method_code)) AS method_code,
        coalesce(min(ballot_party_code) FILTER (is_voted), min(ballot_party_code)) AS ballot_party_code,
        coalesce(min(county_code) FILTER (is_voted), min(county_code)) AS county_code
    FROM staged_votes
    GROUP BY voter_id, election_date, election_type"""


def has_repeated_votes(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether staged_votes may state a voter's election twice; told by hashes, for a tenth of the cost of folding."""
    hashes = "SELECT hash(voter_id, election_date, election_type) AS hash FROM staged_votes"
    repeated = f"SELECT 1 FROM ({hashes}) GROUP BY hash HAVING count(*) > 1 LIMIT 1"
    return bool(connection.execute(repeated).fetchall())


def select_new_votes(
    known: Table,
    state: str,
    snapshot_date: dt.date,
    previous: dt.date | None,
    posting_lag_days: int,
    stated: str = FOLDED_VOTES,
) -> str:
    """SELECT of the stated votes that no earlier delivery states, in the shape of core_vote_history.

    A vote first seen long after its election was posted before we looked: it could be known on the election day plus
    the state's posting lag, and is marked as assumed. Unless an earlier delivery, made after that day, lacked it: then
    it was posted late, and known from this delivery on.

    Args:
        known: core_vote_history; its earlier snapshots count.
        state: Two-letter code.
        snapshot_date: Day of the delivery.
        previous: Day of the accepted delivery before it, if any.
        posting_lag_days: Usual days from election to posted history.
        stated: SELECT of the votes that the delivery states, a row per voter and election.
    """
    made = f"DATE '{snapshot_date}'"
    usual = f"election_date + {posting_lag_days}"
    could_be_seen = f"{usual} <= DATE '{previous}'" if previous else "false"
    told = f"SELECT voter_id, election_id, is_voted FROM ({known.select()}) WHERE snapshot_date < {made}"
    new = f"ANTI JOIN ({told}) AS earlier USING (voter_id, election_id, is_voted)" if previous else ""
    return f"""
    WITH named AS (
        SELECT *, {literal(state + "-")} || election_date || '-' || election_type AS election_id
        FROM ({stated})
    )
    SELECT named.*,
        CAST(CASE WHEN {could_be_seen} THEN {made} ELSE least({usual}, {made}) END AS DATE) AS known_on,
        NOT ({could_be_seen}) AND {usual} < {made} AS is_known_on_assumed
    FROM named
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
