"""One row per voter who may vote in an election, as `models.features.Features`."""

import duckdb

from models.features import Features
from pipelines.features.as_of import Occasion, find_universe, set_clock
from pipelines.features.history import select_history
from pipelines.features.household import select_household
from pipelines.features.precinct import select_precinct
from pipelines.lake import Lake, Record, code_version, fingerprint
from pipelines.tables.core import Elections, Households, VoteHistory, Voters


def made_from(lake: Lake, occasion: Occasion) -> str:
    """Fingerprint of the features of an occasion: what they are read from, the occasion, and the program text.

    Only what the as-of day lets in counts, so that a new file leaves the features of a past occasion standing.
    """
    universe = find_universe(lake, occasion)
    place = {"state": occasion.state, "snapshot_date": universe.snapshot_date}
    history = lake.table(VoteHistory, state=occasion.state)
    elections = lake.table(Elections, state=occasion.state).select()
    with lake.connect() as connection:
        let_in = connection.execute(
            f"SELECT CAST(snapshot_date AS VARCHAR) FROM ({history.select()}) GROUP BY snapshot_date HAVING min(known_on) <= DATE '{occasion.as_of}'"
        ).fetchall()
        calendar = connection.execute(
            f"SELECT election_id, registration_deadline FROM ({elections}) WHERE election_date < DATE '{occasion.election.date}' ORDER BY 1"
        ).fetchall()
    votes = [record.fingerprint for key, record in history.records().items() if (key[1],) in let_in]
    people = [lake.table(table, **place).fingerprint for table in (Voters, Households)]
    program = [code_version("pipelines/features"), str(Features.schema())]
    return fingerprint(
        people, votes, calendar, occasion.election.model_dump(mode="json"), occasion.deadline, occasion.as_of, program
    )


def build_features(lake: Lake, occasion: Occasion) -> Record:
    """Write feature_voters of one occasion, unless it stands.

    Args:
        lake: Data root.
        occasion: Election and as-of day.

    Raises:
        AsOfError: The state has no accepted snapshot.
        ContractError: A feature breaks the contract.
    """
    place = {"state": occasion.state, "election_id": occasion.election.election_id}
    stamp = made_from(lake, occasion)
    standing = lake.current(Features, stamp, **place)
    if standing:
        return standing
    with lake.connect() as connection:
        query = select_features(connection, lake, occasion)
        return lake.write(Features, connection, query, stamp, **place)


def select_features(connection: duckdb.DuckDBPyConnection, lake: Lake, occasion: Occasion) -> str:
    """Make the working tables of an occasion and return the SELECT of its features."""
    universe = set_clock(connection, lake, occasion)
    connection.execute(f"CREATE OR REPLACE TABLE own_history AS {select_history()}")
    day = occasion.election.date
    return f"""
    WITH household AS ({select_household(day.year)}),
    precinct AS ({select_precinct(day.year)}),
    latest AS (SELECT max(registration_deadline) AS deadline FROM past WHERE general_lag = 1)
    SELECT p.*, o.* EXCLUDE (person), h.* EXCLUDE (person), n.* EXCLUDE (person),
        DATE '{day}' AS election_date, DATE '{occasion.as_of}' AS as_of, '{universe.cohort}' AS cohort,
        '{occasion.election.kind}' AS election_kind,
        date_diff('day', last_vote_date, DATE '{day}') / 365.25 AS last_vote_years,
        CASE WHEN registration_date IS NOT NULL THEN least(date_diff('day', registration_date, DATE '{day}') / 365.25, 30) END AS registration_years,
        (registration_date > latest.deadline)::TINYINT AS is_new_registrant,
        {day.year} - birth_year AS age_years
    FROM people AS p
    LEFT JOIN own_history AS o USING (person)
    LEFT JOIN household AS h USING (person)
    LEFT JOIN precinct AS n USING (person)
    CROSS JOIN latest"""
