"""What changed from one snapshot to the next: who came and went, and what is another in its meaning.

Most people are word for word as before. They are found by a hash of their columns and left alone, so that what is
compared in earnest, and kept in memory, is a few people in a hundred.
"""

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise

import duckdb

from pipelines.core.meaning import differs
from pipelines.lake import Lake, Record, Table, code_version, fingerprint
from pipelines.tables.core import CHANGES, VoterChanges, Voters

_NAMES = ("last_name", "first_name", "name_suffix")
_COMPARED = (
    *_NAMES, "middle_name", "status_code", "party_code", "county_code", "precinct_code", "precinct_name",
    "address_line", "zip_code",
)  # fmt: skip


def write_changes(lake: Lake, connection: duckdb.DuckDBPyConnection, voters: Table, state: str) -> dict[str, Record]:
    """Write core_voter_changes of a state, a record per snapshot but the first; what stands is not compared again.

    Rows follow from their two snapshots and, for who came back, from the changes before; so does their fingerprint. A
    snapshot that was taken out of use takes its changes along, and the next is compared with the one before it.

    Args:
        lake: Data root.
        connection: Where the comparison runs.
        voters: core_voters of the state.
        state: Its two-letter code.

    Returns:
        The record of each snapshot's changes, by its day.
    """
    found = {day: record.fingerprint for (_, day), record in voters.records().items()}
    for _, day in lake.table(VoterChanges, state=state).records():
        if day not in list(found)[1:]:
            lake.withdraw(VoterChanges, state=state, snapshot_date=day)
    records, chain = {}, code_version("pipelines/core/changes.py", "pipelines/core/meaning.py")
    for before, after in pairwise(found):
        chain = fingerprint(chain, before, found[before], after, found[after])
        old, new = (lake.table(Voters, state=state, snapshot_date=day) for day in (before, after))
        earlier = [lake.table(VoterChanges, state=state, snapshot_date=day) for day in records]
        query = select_changes(old, new, earlier, dt.date.fromisoformat(before))
        records[after] = lake.write(VoterChanges, connection, query, chain, state=state, snapshot_date=after)
    return records


def select_changes(before: Table, after: Table, earlier: Sequence[Table], previous: dt.date) -> str:
    """SELECT of core_voter_changes for one snapshot.

    Args:
        before: core_voters of the snapshot before.
        after: core_voters of the snapshot.
        earlier: core_voter_changes of every snapshot before; they tell who was ever on a file.
        previous: Day of the snapshot before.
    """
    told = "\nUNION ALL BY NAME\n".join(_select_told(code, *rule) for code, rule in _RULES.items())
    gone = "\nUNION ALL\n".join(_select_gone(changes) for changes in earlier)
    columns = ", ".join(_COMPARED)
    both = ", ".join(f"old.{name} AS old_{name}, new.{name} AS new_{name}" for name in _COMPARED)
    return f"""
    WITH before AS (
        {before.select()}
    ), after AS (
        {after.select()}
    ), gone AS (
        {gone or "SELECT NULL AS voter_id WHERE false"}
    ), other AS MATERIALIZED (
        SELECT voter_id
        FROM (SELECT voter_id, hash({columns}) AS facts FROM before) AS old
        FULL JOIN (SELECT voter_id, hash({columns}) AS facts FROM after) AS new USING (voter_id)
        WHERE old.facts IS DISTINCT FROM new.facts
    ), matched AS (
        SELECT voter_id, {both},
            old.snapshot_date IS NOT NULL AS was_listed,
            new.snapshot_date IS NOT NULL AS is_listed
        FROM (SELECT * FROM before SEMI JOIN other USING (voter_id)) AS old
        FULL JOIN (SELECT * FROM after SEMI JOIN other USING (voter_id)) AS new USING (voter_id)
    ), pairs AS MATERIALIZED (
        SELECT *,
            was_listed AND old_status_code IS DISTINCT FROM 'removed' AS was_on,
            is_listed AND new_status_code IS DISTINCT FROM 'removed' AS is_on,
            voter_id IN (SELECT voter_id FROM gone) AS was_gone
        FROM matched
    )
    SELECT *, DATE '{previous}' AS previous_snapshot_date
    FROM ({told})"""


def _select_gone(changes: Table) -> str:
    return f"SELECT voter_id FROM ({changes.select()}) WHERE change_code IN ('dropped', 'delisted')"


def _select_told(code: str, test: str, column: str | None) -> str:
    before, after = (f"{side}_{column}" if column else "NULL" for side in ("old", "new"))
    return f"""
    SELECT voter_id, '{code}' AS change_code, {before} AS code_before, {after} AS code_after
    FROM pairs
    WHERE {test}"""


def count_changes(connection: duckdb.DuckDBPyConnection, changes: Table) -> list[dict[str, int | str]]:
    """How many of each change a snapshot shows, the newest snapshot first; a snapshot without changes is left out."""
    counts = ", ".join(f"count(*) FILTER (change_code = '{code}') AS {code}" for code in CHANGES)
    query = f"SELECT CAST(snapshot_date AS VARCHAR), {counts} FROM ({changes.select()}) GROUP BY 1 ORDER BY 1 DESC"
    return [dict(zip(("snapshot", *CHANGES), row, strict=True)) for row in connection.execute(query).fetchall()]


def _differs(name: str, test: str = "{old} <> {new}") -> str:
    return differs(f"old_{name}", f"new_{name}", test)


def _is_known(name: str) -> str:
    return f"old_{name} IS NOT NULL AND new_{name} IS NOT NULL"


_INITIALS = "left({old}, 1) <> left({new}, 1) OR (least(length({old}), length({new})) > 1 AND {old} <> {new})"
_NEW_NAME = " OR ".join([_differs("middle_name", _INITIALS), *map(_differs, _NAMES)])
_NEW_HOME = f"{_differs('address_line')} OR {_differs('zip_code')}"
_MOVED = f"CASE WHEN {_is_known('address_line')} THEN {_NEW_HOME} ELSE {_differs('county_code')} END"
_RENUMBERED = f"{_is_known('precinct_name')} AND NOT {_differs('precinct_name')}"
_NEW_CODE = f"{_differs('precinct_code')} AND NOT ({_RENUMBERED})"
_NEW_PRECINCT = f"{_is_known('precinct_code')} AND ({_differs('county_code')} OR ({_NEW_CODE}))"

_RULES = {
    "added": ("is_on AND NOT was_listed AND NOT was_gone", "status_code"),
    "came_back": ("is_on AND NOT was_on AND (was_listed OR was_gone)", "status_code"),
    "dropped": ("was_on AND NOT is_listed", "status_code"),
    "purged": ("was_on AND is_listed AND NOT is_on", "status_code"),
    "delisted": ("was_listed AND NOT was_on AND NOT is_listed", "status_code"),
    "moved": (f"was_on AND is_on AND {_MOVED}", "county_code"),
    "name": (f"was_on AND is_on AND ({_NEW_NAME})", None),
    "party": (f"was_on AND is_on AND {_differs('party_code')}", "party_code"),
    "status": (f"was_on AND is_on AND {_differs('status_code')}", "status_code"),
    "precinct": (f"was_on AND is_on AND {_NEW_PRECINCT}", "precinct_code"),
}
"""When a change is told, and the column whose codes are told with it."""
