"""What happened after the as-of day: the labels. The one place of this folder that looks past the clock."""

from dataclasses import dataclass

import duckdb

from models.features import Features
from pipelines.features.as_of import Occasion
from pipelines.lake import Lake, fingerprint
from pipelines.sql import literal
from pipelines.tables.core import VoteHistory, Voters


@dataclass(frozen=True)
class Labels:
    """What is known about the outcome of an occasion.

    Attributes:
        known_count: People of the cohort whose outcome is known.
        vanished_count: People who left the file: of the cohort, those gone before the file that states the history; in
            a reconstructed cohort also those who voted and are missing from the later file it was read from.
        unposted_count: People of the cohort whose county has posted no history of the election.
    """

    known_count: int
    vanished_count: int
    unposted_count: int


def select_outcomes(lake: Lake, occasion: Occasion) -> str | None:
    """SELECT of an occasion's features with outcome (1 voted, 0 did not, null not knowable) and is_posted.

    A stated ballot is 1, a stated absence 0; of several statements the latest counts. Nobody else is called a non-voter
    unless their county has posted, and they were still on the file that posted it: people who had moved away, died or
    been purged by then are null, since their votes may have left with them.

    Returns:
        The SELECT, or nothing while no history of the election has been posted.
    """
    with lake.connect() as connection:
        days = _posting_days(connection, lake, occasion)
    if not days:
        return None
    cohort = lake.table(Features, state=occasion.state, election_id=occasion.election.election_id).select()
    present = "\nUNION ALL ".join(
        f"SELECT voter_id, snapshot_date FROM ({lake.table(Voters, state=occasion.state, snapshot_date=day).select()})"
        for day in days
    )
    return f"""
    WITH cohort AS ({cohort}),
    stated AS ({_stated(lake, occasion)}),
    told AS (
        SELECT voter_id, arg_max(is_voted, snapshot_date)::TINYINT AS is_voted FROM stated GROUP BY voter_id
    ), posted AS ({_POSTED}),
    grounds AS (                               -- where the source states no county, the whole state has posted
        SELECT c.county_code, min(p.posted_on) AS posted_on
        FROM (SELECT DISTINCT county_code FROM cohort) AS c
        JOIN posted AS p ON p.county_code IS NULL OR c.county_code IS NULL OR p.county_code = c.county_code
        GROUP BY c.county_code
    )
    SELECT c.*, coalesce(t.is_voted, CASE WHEN n.voter_id IS NOT NULL THEN 0 END) AS outcome,
        g.posted_on IS NOT NULL AS is_posted
    FROM cohort AS c
    LEFT JOIN told AS t USING (voter_id)
    LEFT JOIN grounds AS g ON g.county_code IS NOT DISTINCT FROM c.county_code
    LEFT JOIN ({present}) AS n ON n.voter_id = c.voter_id AND n.snapshot_date = g.posted_on"""


def count_labels(connection: duckdb.DuckDBPyConnection, lake: Lake, occasion: Occasion, outcomes: str) -> Labels:
    """How many outcomes of an occasion are known, how many people vanished, and how many wait for their county.

    Args:
        connection: Where the counts are made.
        lake: Data root.
        occasion: The occasion.
        outcomes: What `select_outcomes` gave for it.
    """
    query = f"""
    SELECT count(outcome),
        count(*) FILTER (outcome IS NULL AND is_posted),
        count(*) FILTER (outcome IS NULL AND NOT is_posted)
    FROM ({outcomes})"""
    known, gone, unposted = connection.execute(query).fetchall()[0]
    return Labels(known, gone + _missing_voters(connection, lake, occasion), unposted)


def labels_made_from(lake: Lake, occasion: Occasion) -> str:
    """Fingerprint of the history deliveries that state an occasion's outcome, and of the files that posted it."""
    history = lake.table(VoteHistory, state=occasion.state)
    query = f"SELECT DISTINCT CAST(snapshot_date AS VARCHAR) FROM ({_stated(lake, occasion)})"
    with lake.connect() as connection:
        stating = {row[0] for row in connection.execute(query).fetchall()}
        days = _posting_days(connection, lake, occasion)
    votes = [record.fingerprint for key, record in history.records().items() if key[1] in stating]
    files = [lake.table(Voters, state=occasion.state, snapshot_date=day).fingerprint for day in days]
    return fingerprint(votes, files)


_POSTED = """
    SELECT county_code, min(snapshot_date) AS posted_on
    FROM stated
    WHERE is_voted AND snapshot_date >= election_date                    -- ballots cast early are not yet a posting
    GROUP BY county_code"""


def _stated(lake: Lake, occasion: Occasion) -> str:
    history = lake.table(VoteHistory, state=occasion.state).select()
    return f"SELECT * FROM ({history}) WHERE election_id = {literal(occasion.election.election_id)}"


def _posting_days(connection: duckdb.DuckDBPyConnection, lake: Lake, occasion: Occasion) -> list[str]:
    query = f"""
    WITH stated AS ({_stated(lake, occasion)})
    SELECT DISTINCT CAST(posted_on AS VARCHAR) AS day
    FROM ({_POSTED})
    ORDER BY day"""
    return [row[0] for row in connection.execute(query).fetchall()]


def _missing_voters(connection: duckdb.DuckDBPyConnection, lake: Lake, occasion: Occasion) -> int:
    cohort = lake.table(Features, state=occasion.state, election_id=occasion.election.election_id).select()
    read_from = f"SELECT any_value(snapshot_date)::VARCHAR FROM ({cohort}) WHERE cohort = 'reconstructed'"
    day = connection.execute(read_from).fetchall()[0][0]
    if day is None:
        return 0
    file = lake.table(Voters, state=occasion.state, snapshot_date=day).select()
    query = f"""
    SELECT count(DISTINCT voter_id)
    FROM ({_stated(lake, occasion)})
    ANTI JOIN ({file}) USING (voter_id)
    WHERE is_voted"""
    return int(connection.execute(query).fetchall()[0][0])
