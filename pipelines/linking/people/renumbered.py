"""People of a state who are found again under another number, because they got a new one or had two."""

import duckdb

from pipelines.linking.people.agreeing import ONE_PERSON, WORDS
from pipelines.linking.people.facts import FACTS, fact_id, keep, keep_standard, select_facts, without_placeholders
from pipelines.linking.people.keys import DAY_AND_FIRST, DAY_AND_LAST, KEYS, YEAR_AND_NAME
from pipelines.linking.people.leaving import LEFT, select_leaving, select_roll
from pipelines.linking.people.snapshot import STEPS_NOW, Snapshot

_ARRIVED, _SOUGHT, _PAIRS = "people_arrived", "people_sought", "people_pairs"


def note_renumbered(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
    """Add to STEPS_NOW the steps `changed_number` and `merged` of a snapshot.

    Who is off the roll, at this snapshot or since an earlier one, is looked for on the roll of the snapshot. Where
    both have one candidate alone, they are one person (`agreeing.ONE_PERSON`). If the number on the roll is new, the
    person changed it; if it was there already, the person had two, and the number that left means that person now.
    Of namesakes with the same birth nobody is taken, on either side; nor is anybody whose address is kept from the
    public. A pair is told at the snapshot that shows its later half; what was undecided then stays so.

    On the first file a removed row and a registration of one person are such a pair.

    Args:
        connection: Where STEPS_NOW holds the starting numbers, and LEFT who left the roll until now.
        snapshot: The snapshot.
    """
    _keep_arrived(connection, snapshot)
    if not (_keep_sought(connection, snapshot) and _keep_pairs(connection, snapshot)):
        return
    _keep_standard(connection, snapshot)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE people_ones AS {_SELECT_ONES}")
    arrived = f"SELECT voter_id FROM {_ARRIVED}" if snapshot.before else "SELECT voter_id FROM people_ones"
    connection.execute(f"INSERT INTO {STEPS_NOW} BY NAME {_select_changed(arrived)}")
    connection.execute(f"INSERT INTO {STEPS_NOW} BY NAME {_select_merged(snapshot, arrived)}")


def _keep_arrived(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
    """Keep who is new on the roll; on the first file nobody is, and all are compared by the cheapest key alone."""
    new = f"SELECT voter_id FROM {STEPS_NOW} WHERE step_code IN ('first_seen', 'reused_number')"
    facts = select_facts(snapshot.voters(snapshot.day if snapshot.before else None), new)
    keep(connection, _ARRIVED, f"SELECT * FROM ({facts}) WHERE is_on_roll AND NOT is_confidential")


def _keep_sought(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> int:
    """Keep who is off the roll and may be found now: who is leaving, and of those who left before whoever fits."""
    fitting = "\nUNION\n".join(
        f"SELECT l.voter_id, l.seen_on FROM {LEFT} AS l JOIN {_ARRIVED} AS r ON {key} WHERE l.is_open" for key in KEYS
    )
    before = f"SELECT * EXCLUDE (left_on, is_open) FROM {LEFT} WHERE is_open AND left_on < {snapshot.date}"
    return keep(
        connection,
        _SOUGHT,
        f"""
    SELECT {without_placeholders(snapshot.voters(snapshot.day))}
    FROM (
        SELECT *, true AS is_leaving FROM ({select_leaving(snapshot)})
        UNION ALL
        SELECT *, false AS is_leaving FROM ({before}) SEMI JOIN ({fitting}) USING (voter_id, seen_on)
    )
    WHERE NOT is_confidential""",
    )


def _keep_pairs(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> int:
    """Keep the pairs of who is sought and a registration that share a key: earlier_voter_id, seen_on, voter_id."""
    roll = select_roll(snapshot)
    sides = ((DAY_AND_LAST, f"({roll})"), (DAY_AND_FIRST, _ARRIVED), (YEAR_AND_NAME, f"({roll})"))
    pairs = "\nUNION\n".join(
        f"""SELECT l.voter_id AS earlier_voter_id, l.seen_on, l.is_leaving, r.voter_id
        FROM {_SOUGHT} AS l JOIN {side} AS r ON {key}
        WHERE l.voter_id <> r.voter_id"""
        for key, side in sides
    )
    return keep(connection, _PAIRS, pairs)


def _keep_standard(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
    columns = ", ".join(("voter_id", "seen_on", *FACTS))
    paired = f"SELECT earlier_voter_id AS voter_id, seen_on FROM {_PAIRS}"
    earlier = f"SELECT {columns} FROM {_SOUGHT} SEMI JOIN ({paired}) USING (voter_id, seen_on)"
    later = select_facts(snapshot.voters(snapshot.day), f"SELECT voter_id FROM {_PAIRS}")
    keep_standard(connection, f"{earlier} UNION SELECT {columns} FROM ({later})", "people_standard")
    key = fact_id("voter_id", snapshot.date)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE people_now AS SELECT *, {key} AS later_id FROM {_PAIRS}")


_SELECT_ONES = f"""
    SELECT earlier_voter_id, seen_on AS earlier_seen_on, voter_id, is_leaving, {WORDS} AS evidence
    FROM people_now
    JOIN people_standard AS l ON l.record_id = {fact_id("earlier_voter_id", "seen_on")}
    JOIN people_standard AS r ON r.record_id = later_id
    WHERE {ONE_PERSON}
    QUALIFY count(*) OVER (PARTITION BY earlier_voter_id, seen_on) = 1 AND count(*) OVER (PARTITION BY voter_id) = 1"""
"""SELECT of the pairs that are one person, where neither side has another candidate."""


def _select_changed(arrived: str) -> str:
    return f"""
    SELECT voter_id, 'changed_number' AS step_code, earlier_voter_id, earlier_seen_on, evidence
    FROM people_ones
    SEMI JOIN ({arrived}) USING (voter_id)"""


def _select_merged(snapshot: Snapshot, arrived: str) -> str:
    """SELECT of the steps of numbers that left; one that was given to another person at once means that person."""
    return f"""
    SELECT earlier_voter_id AS voter_id, 'merged' AS step_code, voter_id AS earlier_voter_id,
        {snapshot.date} AS earlier_seen_on, evidence
    FROM (FROM people_ones ANTI JOIN ({arrived}) USING (voter_id))
    WHERE is_leaving
        AND earlier_voter_id NOT IN (SELECT voter_id FROM {STEPS_NOW} WHERE step_code = 'reused_number')"""
