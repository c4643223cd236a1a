"""Who left the roll of a state, with the facts of the last file that had them on it."""

import duckdb

from pipelines.linking.people.facts import FACTS, ON_ROLL, select_facts
from pipelines.linking.people.snapshot import STEPS_NOW, Snapshot

LEFT = "people_left"
"""Working table: a row per number and departure, with facts; `is_open` until the person is found again in the state."""

_TYPES = {"birth_date": "DATE", "birth_year": "SMALLINT"}


def open_left(connection: duckdb.DuckDBPyConnection) -> None:
    """Make LEFT without rows."""
    facts = ", ".join(f"{name} {_TYPES.get(name, 'VARCHAR')}" for name in FACTS)
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE {LEFT} (
        voter_id VARCHAR, seen_on DATE, left_on DATE, is_on_roll BOOLEAN, is_confidential BOOLEAN, is_open BOOLEAN,
        {facts})"""
    )


def note_left(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, steps: str) -> None:
    """Add to LEFT whom a snapshot shows to have left the roll; who is back on the roll is looked for no longer.

    The person whose number was reused from one file to the next left, too. Whose address is kept from the public by the
    snapshot, as its removed row says, is not looked for from then on.

    Args:
        connection: Where LEFT is.
        snapshot: The snapshot.
        steps: Its steps, a relation; those of starting numbers are enough.
    """
    reused = f"SELECT voter_id FROM {steps} WHERE step_code = 'reused_number'"
    resumed = f"SELECT voter_id FROM ({snapshot.changed('came_back')}) EXCEPT {reused}"
    connection.execute(f"UPDATE {LEFT} SET is_open = false WHERE voter_id IN ({resumed})")
    renamed = f"({snapshot.changed('name')}) SEMI JOIN ({reused}) USING (voter_id)"
    gone = f"{snapshot.changed('dropped', 'purged')} UNION SELECT voter_id FROM {renamed}"
    facts = select_facts(snapshot.voters(snapshot.before), gone)
    hidden = f"SELECT voter_id FROM ({snapshot.voters(snapshot.day).select()}) WHERE is_confidential"
    connection.execute(f"UPDATE {LEFT} SET is_confidential = true WHERE voter_id IN ({hidden})")
    told = f"* REPLACE (is_confidential OR voter_id IN ({hidden}) AS is_confidential)"
    connection.execute(
        f"INSERT INTO {LEFT} BY NAME SELECT {told}, {snapshot.date} AS left_on, true AS is_open FROM ({facts})"
    )


def close_found(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, steps: str) -> None:
    """Note in LEFT who was found again at a snapshot.

    Args:
        connection: Where LEFT is.
        snapshot: The snapshot.
        steps: Its steps, a relation, once they are complete.
    """
    renumbered = f"SELECT earlier_voter_id, earlier_seen_on FROM {steps} WHERE step_code = 'changed_number'"
    merged = f"SELECT voter_id FROM {steps} WHERE step_code = 'merged'"
    connection.execute(f"UPDATE {LEFT} SET is_open = false WHERE (voter_id, seen_on) IN ({renumbered})")
    connection.execute(f"UPDATE {LEFT} SET is_open = false WHERE left_on = {snapshot.date} AND voter_id IN ({merged})")


def select_leaving(snapshot: Snapshot) -> str:
    """SELECT of whom a snapshot shows off the roll for the first time: facts, and the day they were last told.

    Beside those who left it are those who come onto the file as removed: their number may have been replaced before a
    file had them on the roll. On the first file these are all removed rows.
    """
    first = f"SELECT voter_id FROM {STEPS_NOW} WHERE step_code = 'first_seen'"
    removed = f"SELECT * FROM ({select_facts(snapshot.voters(snapshot.day), first)}) WHERE NOT is_on_roll"
    return f"""
    SELECT * EXCLUDE (left_on, is_open) FROM {LEFT} WHERE left_on = {snapshot.date}
    UNION ALL BY NAME
    {removed}"""


def select_roll(snapshot: Snapshot) -> str:
    """SELECT of the public registrations of a snapshot: rows of core_voters on the roll."""
    return f"SELECT * FROM ({snapshot.voters(snapshot.day).select()}) WHERE {ON_ROLL} AND NOT is_confidential"
