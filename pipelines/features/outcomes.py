"""What happened after the as-of day: the labels. The one place of this folder that looks past the clock."""

from dataclasses import dataclass

import duckdb

from models.features import Features
from pipelines.features.as_of import Occasion
from pipelines.lake import Lake
from pipelines.tables.core import VoteHistory, Voters


@dataclass(frozen=True)
class Labels:
    """What is known about the outcome of an occasion.

    Attributes:
        known_count: People of the cohort whose outcome is known.
        vanished_count: People of the cohort who were gone from the file that first states the history: not knowable.
    """

    known_count: int
    vanished_count: int


def select_outcomes(lake: Lake, occasion: Occasion) -> str | None:
    """SELECT of voter_id, household_id and outcome (1 voted, 0 did not, null not knowable) for an occasion's cohort.

    A stated ballot is 1. Nobody is called a non-voter who was not on the file that states the history: people who had
    moved away, died or been purged by then are null, since their votes may have left with them.

    Returns:
        The SELECT, or nothing while no history of the election has been posted.
    """
    state, election_id = occasion.state, occasion.election.election_id
    stated = f"(SELECT voter_id, snapshot_date, is_voted FROM ({lake.table(VoteHistory, state=state).select()}) WHERE election_id = '{election_id}')"
    with lake.connect() as connection:
        posted = connection.execute(f"SELECT CAST(min(snapshot_date) AS VARCHAR) FROM {stated}").fetchall()[0][0]
    if posted is None:
        return None
    cohort = lake.table(Features, state=state, election_id=election_id).select()
    present = lake.table(Voters, state=state, snapshot_date=posted).select()
    return f"""
    WITH told AS (SELECT voter_id, bool_or(is_voted) AS is_voted FROM {stated} GROUP BY voter_id)
    SELECT cohort.*, CASE
            WHEN told.is_voted IS NOT NULL THEN told.is_voted::TINYINT
            WHEN cohort.voter_id IN (SELECT voter_id FROM ({present})) THEN 0
        END AS outcome
    FROM ({cohort}) AS cohort
    LEFT JOIN told USING (voter_id)"""


def count_labels(connection: duckdb.DuckDBPyConnection, outcomes: str) -> Labels:
    """How many outcomes of an occasion are known, and how many people vanished."""
    known, everyone = connection.execute(f"SELECT count(outcome), count(*) FROM ({outcomes})").fetchall()[0]
    return Labels(known, everyone - known)
