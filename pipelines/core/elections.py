"""The elections of a state: those the calendar names and those that histories state."""

import pyarrow as pa

from pipelines.calendar import Election
from pipelines.lake import Table


def calendar_table(elections: list[Election]) -> pa.Table:
    """The calendar of a state as an Arrow table: election_id, election_date, election_type, registration_deadline."""
    rows = [
        {
            "election_id": election.election_id,
            "election_date": election.date,
            "election_type": election.type,
            "registration_deadline": election.registration_deadline,
        }
        for election in elections
    ]
    schema = pa.schema(
        {
            "election_id": pa.string(),
            "election_date": pa.date32(),
            "election_type": pa.string(),
            "registration_deadline": pa.date32(),
        }
    )
    return pa.Table.from_pylist(rows, schema=schema)


def select_elections(history: Table, usual_days: int) -> str:
    """SELECT of core_elections; needs the relation `calendar` (`calendar_table`) in the connection.

    Args:
        history: core_vote_history of the state.
        usual_days: Days before an election when registration closes, where the calendar does not say.
    """
    kinds = """CASE
            WHEN election_type <> 'general' THEN election_type
            WHEN year(election_date) % 2 = 1 THEN 'odd'
            WHEN year(election_date) % 4 = 0 THEN 'presidential'
            ELSE 'midterm'
        END"""
    return f"""
    WITH stated AS (
        SELECT election_id, any_value(election_date) AS election_date, any_value(election_type) AS election_type,
            count(*) FILTER (is_voted) AS vote_count, min(known_on) AS posted_on
        FROM ({history.select()})
        GROUP BY election_id
    ), merged AS (
        SELECT coalesce(c.election_id, s.election_id) AS election_id,
            coalesce(c.election_date, s.election_date) AS election_date,
            coalesce(c.election_type, s.election_type) AS election_type,
            c.registration_deadline, coalesce(s.vote_count, 0) AS vote_count, s.posted_on
        FROM calendar AS c
        FULL JOIN stated AS s ON c.election_id = s.election_id
    )
    SELECT * REPLACE (coalesce(registration_deadline, election_date - {usual_days}) AS registration_deadline),
        registration_deadline IS NULL AS is_deadline_assumed,
        {kinds} AS election_kind
    FROM merged"""
