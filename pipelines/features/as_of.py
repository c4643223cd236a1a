"""The clock: the people, elections and votes of an occasion, as they were known on its as-of day.

Working tables of one SQL connection: `people` (who may vote in the election, numbered by `person`), `past` (earlier
elections whose history had been posted), `grounds` (county x past: whether that county had posted), `marks` (their
stated votes), and the view `participation` (people x past, where is_voted is true, false, or null for not knowable).
"""

import datetime as dt
from dataclasses import dataclass

import duckdb

from models.errors import AsOfError
from pipelines.calendar import Election
from pipelines.core.history import select_known_votes
from pipelines.lake import Lake
from pipelines.sql import literal
from pipelines.tables.core import ELECTION_TYPES, Elections, Households, VoteHistory, Voters

OLDEST_CREDIBLE_AGE = 115
VOTING_AGE = 18


@dataclass(frozen=True)
class Occasion:
    """An election, and the day on which a score for it is made.

    Attributes:
        state: Two-letter code of the state.
        election: The election.
        deadline: Last day to register for it.
        as_of: Last day whose knowledge counts.
    """

    state: str
    election: Election
    deadline: dt.date
    as_of: dt.date


@dataclass(frozen=True)
class Universe:
    """Where the people at risk are read from.

    Attributes:
        snapshot_date: Day of the snapshot.
        cohort: `snapshot` when it was made by the as-of day, `reconstructed` when it is a later one.
    """

    snapshot_date: dt.date
    cohort: str


def find_universe(lake: Lake, occasion: Occasion) -> Universe:
    """The newest snapshot made by the as-of day, else the first one after it.

    Raises:
        AsOfError: The state has no accepted snapshot at all.
    """
    days = sorted(dt.date.fromisoformat(day) for _, day in lake.table(Voters, state=occasion.state).records())
    if not days:
        raise AsOfError(
            f"{occasion.state}: no accepted snapshot. Drop a delivery into the landing folder and run again."
        )
    before = [day for day in days if day <= occasion.as_of]
    return Universe(before[-1], "snapshot") if before else Universe(days[0], "reconstructed")


def set_clock(connection: duckdb.DuckDBPyConnection, lake: Lake, occasion: Occasion) -> Universe:
    """Make the working tables of an occasion; whatever was learned after its as-of day stays out.

    Args:
        connection: Where the tables are made.
        lake: Data root.
        occasion: Election and as-of day.

    Returns:
        The snapshot that the people were read from.
    """
    universe = find_universe(lake, occasion)
    tables = {
        "ballots": select_known_votes(lake.table(VoteHistory, state=occasion.state), occasion.as_of),
        "posted": select_posted(lake, occasion),
        "people": _people(lake, occasion, universe),
        "past": _past(lake, occasion),
        "grounds": _GROUNDS,
        "marks": _MARKS,
    }
    for name, query in tables.items():
        connection.execute(f"CREATE OR REPLACE TABLE {name} AS {query}")
    connection.execute(f"CREATE OR REPLACE VIEW participation AS {_PARTICIPATION}")
    return universe


def select_posted(lake: Lake, occasion: Occasion) -> str:
    """SELECT of the elections held by the as-of day, and the counties whose history of them was known then.

    A county that has stated no ballot has not posted: its people did not stay home, nothing is known of them. Where the
    source states no county the whole state counts as posted.
    """
    return f"""
    SELECT DISTINCT election_id, county_code
    FROM ({lake.table(VoteHistory, state=occasion.state).select()})
    WHERE is_voted
        AND known_on <= DATE '{occasion.as_of}'
        AND election_date <= DATE '{occasion.as_of}'
        AND election_date < DATE '{occasion.election.date}'"""


def _people(lake: Lake, occasion: Occasion, universe: Universe) -> str:
    """Registered by the deadline, of age in the year, standing active or inactive.

    Without a registration date a person counts when some mark of theirs is known, or when the snapshot itself was made
    by the as-of day.
    """
    year, snapshot = occasion.election.date.year, universe.snapshot_date
    voters = lake.table(Voters, state=occasion.state, snapshot_date=snapshot).select()
    homes = lake.table(Households, state=occasion.state, snapshot_date=snapshot).select()
    return f"""
    SELECT row_number() OVER (ORDER BY v.voter_id)::INTEGER AS person,
        v.voter_id, h.household_id, v.county_code, v.precinct_code, v.party_code, v.status_code, v.gender_code,
        v.registration_date, v.snapshot_date,
        CASE WHEN {year} - v.birth_year <= {OLDEST_CREDIBLE_AGE} THEN v.birth_year END AS birth_year
    FROM ({voters}) AS v
    JOIN ({homes}) AS h USING (voter_id)
    WHERE coalesce(v.status_code, 'active') IN ('active', 'inactive')
        AND coalesce({year} - v.birth_year >= {VOTING_AGE}, true)
        AND coalesce(v.registration_date <= DATE '{occasion.deadline}',
            v.snapshot_date <= DATE '{occasion.as_of}' OR v.voter_id IN (SELECT voter_id FROM ballots))"""


def _past(lake: Lake, occasion: Occasion) -> str:
    """Earlier elections with posted history; lags count back from the latest, per type and among the same kind."""
    by_type = "row_number() OVER (PARTITION BY election_type ORDER BY election_date DESC, election_id)"
    by_kind = "row_number() OVER (PARTITION BY election_kind ORDER BY election_date DESC, election_id)"
    lags = ",\n        ".join(
        f"CASE WHEN election_type = {literal(name)} THEN {by_type} END AS {name}_lag" for name in ELECTION_TYPES
    )
    return f"""
    SELECT e.election_id, e.election_date, e.registration_deadline,
        {lags},
        CASE WHEN election_kind = {literal(occasion.election.kind)} THEN {by_kind} END AS same_kind_lag,
        (row_number() OVER (ORDER BY election_date, election_id))::SMALLINT AS recency
    FROM ({lake.table(Elections, state=occasion.state).select()}) AS e
    WHERE e.election_id IN (SELECT election_id FROM posted)"""


_GROUNDS = """
    SELECT c.county_code, e.* EXCLUDE (election_id, registration_deadline),
        CASE
            WHEN bool_or(p.county_code IS NULL OR c.county_code IS NULL OR p.county_code = c.county_code)
            THEN any_value(e.registration_deadline)
        END AS posted_deadline           -- null: the county had not posted
    FROM (SELECT DISTINCT county_code FROM people) AS c
    CROSS JOIN past AS e
    JOIN posted AS p ON p.election_id = e.election_id
    GROUP BY ALL"""

_MARKS = """
    SELECT p.person, e.recency, b.is_voted, b.method_code, b.ballot_party_code
    FROM ballots AS b
    JOIN people AS p ON p.voter_id = b.voter_id
    JOIN past AS e ON e.election_id = b.election_id"""

_PARTICIPATION = f"""
    SELECT p.person, g.* EXCLUDE (county_code, posted_deadline),
        CASE
            WHEN m.is_voted IS NOT NULL THEN m.is_voted
            WHEN p.registration_date <= g.posted_deadline
                AND coalesce(year(g.election_date) - p.birth_year >= {VOTING_AGE}, true) THEN false
        END AS is_voted         -- null: registered later, too young, or not knowable
    FROM people AS p
    JOIN grounds AS g ON g.county_code IS NOT DISTINCT FROM p.county_code
    LEFT JOIN marks AS m ON m.person = p.person AND m.recency = g.recency"""
