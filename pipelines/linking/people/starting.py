"""Whom a number stands for when it comes onto the file, comes back, or turns out to be given to another person."""

import duckdb

from pipelines.linking.people.agreeing import ANOTHER_PERSON, CONTRADICTING
from pipelines.linking.people.facts import FACTS, ON_ROLL, fact_id, keep, keep_standard, select_facts
from pipelines.linking.people.leaving import LEFT
from pipelines.linking.people.snapshot import STEPS_NOW, Snapshot

_LISTED, _KNOWN, _BOTH, _REUSED = "people_listed", "people_known", "people_both", "people_reused"


def note_starts(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
    """Add to STEPS_NOW the steps `first_seen`, `same_number`, `reused_number` and `split` of a snapshot.

    A number that is on no earlier file is seen first. One that was absent, or was off the roll, or whose name changed
    is held against the last row that it had on the roll: where first name, last name and birth all contradict, it was
    given to another person; else it means the same one. What is unknown or masked on either side contradicts nothing.

    Args:
        connection: Where LEFT holds who left the roll before.
        snapshot: The snapshot.
    """
    _keep_listed(connection, snapshot)
    _note(connection, f"SELECT voter_id, 'first_seen' AS step_code FROM {_LISTED} ANTI JOIN {_KNOWN} USING (voter_id)")
    if snapshot.before is None:
        return
    _keep_reused(connection, snapshot)
    _note(connection, f"SELECT *, 'reused_number' AS step_code FROM {_REUSED}")
    _note(connection, _select_split(snapshot))
    _note(connection, _select_back(snapshot))


def _note(connection: duckdb.DuckDBPyConnection, steps: str) -> None:
    connection.execute(f"INSERT INTO {STEPS_NOW} BY NAME {steps}")


def _keep_listed(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
    """Keep the numbers that the file before has not, and those of them that an earlier file had."""
    now, before = (snapshot.voters(day).select() for day in (snapshot.day, snapshot.before))
    keep(connection, _LISTED, f"SELECT voter_id FROM ({now}) ANTI JOIN ({before}) USING (voter_id)")
    known = f"SELECT DISTINCT voter_id FROM ({snapshot.steps_before()}) SEMI JOIN {_LISTED} USING (voter_id)"
    keep(connection, _KNOWN, known)


def _keep_reused(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
    """Keep the numbers that were given to another person: voter_id, earlier_seen_on and evidence."""
    if keep(connection, _BOTH, _select_both(connection, snapshot)):
        keep_standard(connection, f"{_side('old')} UNION ALL {_side('new')}", "people_both_standard")
        keep(connection, _REUSED, _SELECT_REUSED)
    else:
        keep(connection, _REUSED, "SELECT '' AS voter_id, NULL::DATE AS earlier_seen_on, '' AS evidence WHERE false")


def _side(side: str) -> str:
    """SELECT of the facts of one side of the numbers."""
    return f"SELECT voter_id, {', '.join(f'{side}_{name} AS {name}' for name in ('seen_on', *FACTS))} FROM {_BOTH}"


def _select_both(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> str:
    """SELECT of the numbers whose names and birth are spelled otherwise than before, with the facts of both rows."""
    asked = f"{snapshot.changed('name', 'came_back')} UNION SELECT voter_id FROM {_KNOWN}"
    keep(connection, "people_now", select_facts(snapshot.voters(snapshot.day), asked))
    keep(connection, "people_before", select_facts(snapshot.voters(snapshot.before), asked))
    last = f"SELECT * FROM {LEFT} QUALIFY row_number() OVER (PARTITION BY voter_id ORDER BY left_on DESC) = 1"
    both = ", ".join(f"old.{name} AS old_{name}, new.{name} AS new_{name}" for name in ("seen_on", *FACTS))
    return f"""
    WITH old AS (
        SELECT * FROM people_before WHERE is_on_roll
        UNION ALL BY NAME
        SELECT * EXCLUDE (left_on, is_open)
        FROM ({last}) ANTI JOIN (FROM people_before WHERE is_on_roll) USING (voter_id)
    ), told AS (
        SELECT * FROM old
        UNION ALL BY NAME
        SELECT * FROM people_before ANTI JOIN old USING (voter_id)
    )
    SELECT voter_id, {both}
    FROM told AS old
    JOIN people_now AS new USING (voter_id)
    WHERE old.first_name <> new.first_name AND old.last_name <> new.last_name
        AND (old.birth_date <> new.birth_date OR old.birth_year <> new.birth_year)"""


_SELECT_REUSED = f"""
    SELECT voter_id, old_seen_on AS earlier_seen_on, {CONTRADICTING} AS evidence
    FROM {_BOTH}
    JOIN people_both_standard AS l ON l.record_id = {fact_id("voter_id", "old_seen_on")}
    JOIN people_both_standard AS r ON r.record_id = {fact_id("voter_id", "new_seen_on")}
    WHERE {ANOTHER_PERSON}"""


def _select_split(snapshot: Snapshot) -> str:
    """SELECT of the numbers that were merged and are on the roll again beside the one they were merged into."""
    roll = f"SELECT voter_id FROM ({snapshot.voters(snapshot.day).select()}) WHERE {ON_ROLL}"
    last = (
        "QUALIFY row_number() OVER (PARTITION BY voter_id ORDER BY snapshot_date DESC, step_code = 'merged' DESC) = 1"
    )
    return f"""
    SELECT voter_id, 'split' AS step_code, voter_id AS earlier_voter_id, snapshot_date - 1 AS earlier_seen_on
    FROM (SELECT * FROM ({snapshot.steps_before()}) SEMI JOIN ({snapshot.changed("came_back")}) USING (voter_id) {last})
    ANTI JOIN {_REUSED} USING (voter_id)
    WHERE step_code = 'merged' AND earlier_voter_id IN ({roll})"""


def _select_back(snapshot: Snapshot) -> str:
    """SELECT of the numbers that are back on the file after an absence and mean whom they meant."""
    return f"""
    SELECT voter_id, 'same_number' AS step_code, voter_id AS earlier_voter_id,
        {snapshot.date_before} AS earlier_seen_on
    FROM {_KNOWN}
    ANTI JOIN {STEPS_NOW} USING (voter_id)"""
