"""A delivery held against the last good snapshot: is this the same electorate, a little later?"""

import datetime as dt
from dataclasses import dataclass

import duckdb

from pipelines.core.staging import Staged
from pipelines.lake import Table
from pipelines.layouts.source import Plausibility
from pipelines.sql import identifier


@dataclass(frozen=True)
class Comparison:
    """What is compared.

    Attributes:
        snapshot_date: Day of the delivery.
        last_good: Rows of the newest accepted snapshot before it, or nothing.
        last_date: Its day.
    """

    snapshot_date: dt.date
    last_good: Table | None
    last_date: dt.date | None


def find_implausible(
    connection: duckdb.DuckDBPyConnection, staged: Staged, voters: str, compared: Comparison, limits: Plausibility
) -> list[str]:
    """The reasons to hold a delivery, as sentences of counts and columns; empty when there is none.

    Args:
        connection: Holds the staged rows.
        staged: What reading found.
        voters: SELECT of the rows that would become core_voters.
        compared: The last good snapshot, if any.
        limits: The source's limits.
    """
    rows = connection.execute(f"SELECT count(*) FROM ({voters})").fetchall()[0][0]
    if not rows:
        return ["No voter could be read."]
    reasons = _rejected(staged, limits) + _faulty(staged, rows, limits)
    if compared.last_good is None or compared.last_date is None:
        return reasons
    if abs((compared.snapshot_date - compared.last_date).days) > limits.stale_days:
        return reasons
    return (
        reasons
        + _changed(connection, voters, rows, compared.last_good, limits)
        + _emptied(connection, voters, compared.last_good, limits)
    )


def _rejected(staged: Staged, limits: Plausibility) -> list[str]:
    read = sum(facts["row_count"] for facts in staged.files.values())
    refused = sum(facts["reject_count"] for facts in staged.files.values())
    if refused <= limits.rejected_share * read:
        return []
    return [f"{refused:,} of {read:,} rows were refused ({refused / read:.2%}, allowed {limits.rejected_share:.2%})."]


def _faulty(staged: Staged, rows: int, limits: Plausibility) -> list[str]:
    return [
        f"{column}: {count:,} texts break the rule '{rule}' ({count / rows:.1%} of voters, allowed {limits.fault_share:.1%})."
        for (column, rule), count in staged.faults.items()
        if count > limits.fault_share * rows
    ]


def _changed(
    connection: duckdb.DuckDBPyConnection, voters: str, rows: int, last: Table, limits: Plausibility
) -> list[str]:
    before = last.row_count
    missing = (
        f"SELECT count(*) FROM ({last.select()}) AS old ANTI JOIN ({voters}) AS new ON old.voter_id = new.voter_id"
    )
    dropped = connection.execute(missing).fetchall()[0][0]
    reasons = []
    if abs(rows - before) > limits.total_change_share * before:
        reasons.append(
            f"{rows:,} voters, the last good snapshot has {before:,} (a change of {rows / before - 1:+.0%}, allowed {limits.total_change_share:.0%})."
        )
    if dropped > limits.dropped_share * before:
        reasons.append(
            f"{dropped:,} of {before:,} voters are gone ({dropped / before:.0%}, allowed {limits.dropped_share:.0%})."
        )
    return reasons


def _emptied(connection: duckdb.DuckDBPyConnection, voters: str, last: Table, limits: Plausibility) -> list[str]:
    names = [name for name in last.contract.schema().names if name != "voter_id"]
    shares = ", ".join(f"1 - count({identifier(name)}) / count(*)" for name in names)
    new = connection.execute(f"SELECT {shares} FROM ({voters})").fetchall()[0]
    old = connection.execute(f"SELECT {shares} FROM ({last.select()})").fetchall()[0]
    return [
        f"{name}: empty for {now:.0%} of voters, in the last good snapshot for {then:.0%}."
        for name, now, then in zip(names, new, old, strict=True)
        if now - then > limits.null_change_share
    ]
