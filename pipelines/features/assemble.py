"""One row per voter who may vote in an election, as `models.features.Features`."""

from collections.abc import Sequence
from typing import Any

import duckdb

from models.features import Features
from pipelines.features.as_of import Occasion, find_universe, select_posted, set_clock
from pipelines.features.history import COUNTS, select_history
from pipelines.features.household import select_household
from pipelines.features.linked import LinkedRecords, select_linked_features, stamp_of
from pipelines.features.precinct import select_precinct
from pipelines.lake import Lake, Record, Table, code_version, fingerprint
from pipelines.tables.core import Elections, Households, VoteHistory, Voters


def made_from(lake: Lake, occasion: Occasion, groups: Sequence[LinkedRecords] = ()) -> str:
    """Fingerprint of the features of an occasion: what they are read from, the occasion, and the program text.

    Only what the as-of day lets in counts, so that a new file leaves the features of a past occasion standing.
    """
    universe = find_universe(lake, occasion)
    history = lake.table(VoteHistory, state=occasion.state)
    let_in, calendar = _let_in(lake, occasion, history)
    votes = [record.fingerprint for key, record in history.records().items() if key[1] in let_in]
    place = {"state": occasion.state, "snapshot_date": universe.snapshot_date}
    people = [lake.table(table, **place).fingerprint for table in (Voters, Households)]
    election = occasion.election.model_dump(mode="json", exclude={"name"})
    program = [code_version("pipelines/features", "pipelines/core/history.py"), str(Features.schema())]
    told = [people, votes, calendar, election, occasion.deadline, occasion.as_of, universe.cohort, program]
    with lake.connect() as connection:
        return fingerprint(*told, stamp_of(connection, occasion, groups))


def _let_in(lake: Lake, occasion: Occasion, history: Table) -> tuple[set[str], list[tuple[Any, ...]]]:
    """Deliveries with a vote known by the as-of day; past elections as the clock sees them, with their deadlines."""
    known = f"""
    SELECT DISTINCT CAST(snapshot_date AS VARCHAR)
    FROM ({history.select()})
    WHERE known_on <= DATE '{occasion.as_of}'"""
    calendar = f"""
    SELECT election_id, registration_deadline
    FROM ({lake.table(Elections, state=occasion.state).select()})
    WHERE election_id IN (SELECT election_id FROM ({select_posted(lake, occasion)}))
    ORDER BY election_id"""
    with lake.connect() as connection:
        let_in = {row[0] for row in connection.execute(known).fetchall()}
        return let_in, connection.execute(calendar).fetchall()


def build_features(lake: Lake, occasion: Occasion, groups: Sequence[LinkedRecords] = ()) -> Record:
    """Write feature_voters of one occasion, unless it stands.

    Args:
        lake: Data root.
        occasion: Election and as-of day.
        groups: Records of linked sources, by role; without them their columns are null.

    Raises:
        AsOfError: The state has no accepted snapshot.
        ContractError: A feature breaks the contract.
    """
    place: dict[str, Any] = {"state": occasion.state, "election_id": occasion.election.election_id}
    stamp = made_from(lake, occasion, groups)
    standing = lake.current(Features, stamp, **place)
    if standing:
        return standing
    with lake.connect() as connection:
        query = select_features(connection, lake, occasion, groups)
        return lake.write(Features, connection, query, stamp, **place)


def select_features(
    connection: duckdb.DuckDBPyConnection, lake: Lake, occasion: Occasion, groups: Sequence[LinkedRecords] = ()
) -> str:
    """Make the working tables of an occasion and return the SELECT of its features."""
    universe = set_clock(connection, lake, occasion)
    connection.execute(f"CREATE OR REPLACE TABLE own_history AS {select_history()}")
    linked = select_linked_features(connection, occasion, groups)
    connection.execute(f"CREATE OR REPLACE TABLE linked_features AS {linked}")
    day = f"DATE '{occasion.election.date}'"
    years = f"date_diff('day', registration_date, {day}) / 365.25"
    counts = ", ".join(f"coalesce(o.{name}, 0) AS {name}" for name in COUNTS)
    return f"""
    WITH household AS ({select_household(occasion.election.date.year)}),
    precinct AS ({select_precinct(occasion.election.date.year)}),
    latest AS (SELECT max(registration_deadline) AS deadline FROM past WHERE general_lag = 1)
    SELECT p.*, o.* EXCLUDE (person, {", ".join(COUNTS)}), {counts}, h.* EXCLUDE (person), n.* EXCLUDE (person),
        {day} AS election_date, DATE '{occasion.as_of}' AS as_of, '{universe.cohort}' AS cohort,
        '{occasion.election.kind}' AS election_kind,
        date_diff('day', last_vote_date, {day}) / 365.25 AS last_vote_years,
        CASE WHEN registration_date IS NOT NULL THEN least({years}, 30) END AS registration_years,
        (registration_date > latest.deadline)::TINYINT AS is_new_registrant,
        {occasion.election.date.year} - birth_year AS age_years,
        l.* EXCLUDE (voter_id)
    FROM people AS p
    LEFT JOIN linked_features AS l USING (voter_id)
    LEFT JOIN own_history AS o USING (person)
    LEFT JOIN household AS h USING (person)
    LEFT JOIN precinct AS n USING (person)
    CROSS JOIN latest"""
