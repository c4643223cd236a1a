"""Reasons to hold a delivery of records: what reading found, and how it differs from the last good one."""

from dataclasses import dataclass

import duckdb

from pipelines.core.plausibility.comparison import FEWEST, FEWEST_CHANGED, count, share
from pipelines.core.plausibility.reading import judge_reading
from pipelines.core.records.staging import KEY, told_columns
from pipelines.core.staged import Staged
from pipelines.lake import Table
from pipelines.layouts.limits import Plausibility
from pipelines.sql import identifier
from pipelines.tables.campaign import RECORD_TABLES

_MOST_MIXED = 0.6  # of a code's share of the records, however long ago the last delivery was
_FEWEST_FAULTS = 3  # rows refused, or texts that do not convert, of a small file; fewer are slips


@dataclass(frozen=True)
class ComparedRole:
    """One role of a delivery and what it is compared with.

    Attributes:
        role: The role.
        last_good: Its table in the last good delivery; nothing where there is none that is not too old.
        is_additional: Whether its files only add to what came before, so that what is absent is not gone.
        months: Months between the two, at least 1.
        may_stay: Whether the list may be as it was.
    """

    role: str
    last_good: Table | None
    is_additional: bool
    months: float
    may_stay: bool = False

    @property
    def told(self) -> str:
        """The view of what the delivery tells."""
        return f"told_{self.role}"


def judge_records(
    connection: duckdb.DuckDBPyConnection, staged: Staged, roles: list[ComparedRole], limits: Plausibility
) -> list[str]:
    """The reasons to hold a delivery of records, as sentences of counts and columns; empty when there is none.

    Args:
        connection: Holds `told_<role>` of every role.
        staged: What reading found.
        roles: Roles of the delivery.
        limits: The source's limits.
    """
    reasons = judge_reading(staged, limits, _FEWEST_FAULTS)
    for compared in roles:
        rows = count(connection, f"SELECT count(*) FROM {compared.told}")
        if not rows:
            reasons.append(f"{compared.role}: no record could be read.")
            continue
        before = len(reasons)
        reasons += _hollow(connection, staged, compared, rows)
        if compared.last_good is not None:
            reasons += _judge_against(connection, compared, rows, limits)
        if len(reasons) == before and compared.last_good is not None:
            reasons += _judge_sameness(connection, compared, rows)
    return reasons


def _hollow(connection: duckdb.DuckDBPyConnection, staged: Staged, compared: ComparedRole, rows: int) -> list[str]:
    """Required columns without any value, and names that are one value for most people."""
    reasons = []
    for name in sorted(column.split(".")[1] for column in staged.required if column.startswith(f"{compared.role}.")):
        if name == KEY:
            continue
        stated = count(connection, f"SELECT count({identifier(name)}) FROM {compared.told}")
        if not stated:
            reasons.append(f"{compared.role}.{name}: a required column, and none of {rows:,} rows states a value.")
    return reasons


def _judge_against(
    connection: duckdb.DuckDBPyConnection, compared: ComparedRole, rows: int, limits: Plausibility
) -> list[str]:
    assert compared.last_good
    connection.execute(f"CREATE OR REPLACE TEMP TABLE last_records AS {compared.last_good.select()}")
    old = count(connection, "SELECT count(*) FROM last_records")
    reasons = [] if compared.is_additional else _numbers(connection, compared, rows, old, limits)
    return reasons + _columns(connection, compared, rows, old, limits)


def _numbers(
    connection: duckdb.DuckDBPyConnection, compared: ComparedRole, rows: int, old: int, limits: Plausibility
) -> list[str]:
    """How many records there are, came and are gone."""
    gone = count(connection, f"SELECT count(*) FROM last_records ANTI JOIN {compared.told} USING ({KEY})")
    came = rows - (old - gone)
    new, dropped = limits.new_share * compared.months, _lost(limits.dropped_share, compared.months)
    share_ = limits.total_change_share
    total = share_ * compared.months if rows > old else _lost(share_, compared.months)
    tests = [
        (f"{rows:,} records, {old:,} before", abs(rows - old), total),
        (f"{gone:,} of {old:,} records are gone", gone, dropped),
        (f"{came:,} records are new, {old:,} before", came, new),
    ]
    return [
        f"{compared.role}: {told} ({share(part, old, allowed)})."
        for told, part, allowed in tests
        if part >= FEWEST_CHANGED and old >= FEWEST and part > allowed * old
    ]


def _lost(monthly: float, months: float) -> float:
    """Largest share that may be gone after so many months, when that much of the rest may go in each."""
    return 1 - (1 - min(1.0, monthly)) ** months


def _columns(
    connection: duckdb.DuckDBPyConnection, compared: ComparedRole, rows: int, old: int, limits: Plausibility
) -> list[str]:
    """Columns that are empty now, changed for too many records, or have codes that nobody had before."""
    names = told_columns(compared.role)
    stated = ", ".join(f"count({identifier(name)})" for name in names)
    now = connection.execute(f"SELECT {stated} FROM {compared.told}").fetchall()[0]
    then = connection.execute(f"SELECT {stated} FROM last_records").fetchall()[0]
    both = _changes(connection, compared, names)
    reasons = []
    for name, new_count, old_count, (paired, other) in zip(names, now, then, both, strict=True):
        empty, before = 1 - new_count / rows, 1 - old_count / max(old, 1)
        if rows >= FEWEST and old_count >= FEWEST and empty - before > limits.null_change_share:
            told = f"empty for {empty:.1%} of records, in the last good delivery for {before:.1%}"
            reasons.append(f"{compared.role}.{name}: {told}.")
        allowed = min(1.0, limits.value_change_share * compared.months)
        if paired >= FEWEST and other >= FEWEST_CHANGED and other > allowed * paired:
            told = f"{other:,} records have another value than before ({share(other, paired, allowed)})"
            reasons.append(f"{compared.role}.{name}: {told}.")
    return reasons + _codes(connection, compared, rows, limits)


def _changes(connection: duckdb.DuckDBPyConnection, compared: ComparedRole, names: list[str]) -> list[tuple[int, int]]:
    """Of the records in both, those with a value in both by column, and of these those whose value is another."""
    counts = []
    for name in names:
        old, new = f"old.{identifier(name)}", f"new.{identifier(name)}"
        counts += [f"count(*) FILTER ({old} IS NOT NULL AND {new} IS NOT NULL)", f"count(*) FILTER ({old} <> {new})"]
    found = connection.execute(
        f"SELECT {', '.join(counts)} FROM last_records AS old JOIN {compared.told} AS new USING ({KEY})"
    ).fetchall()[0]
    return list(zip(found[::2], found[1::2], strict=True))


def _codes(connection: duckdb.DuckDBPyConnection, compared: ComparedRole, rows: int, limits: Plausibility) -> list[str]:
    """Codes whose share of the records is another than before: a column was read by another list."""
    reasons = []
    for name, column in RECORD_TABLES[compared.role].columns().items():
        if not column.one_of or compared.is_additional:
            continue
        part = "count(*) / sum(count(*)) OVER () AS part"
        mix = f"SELECT {name} AS code, {part} FROM {{}} WHERE {name} IS NOT NULL GROUP BY code"
        allowed = min(_MOST_MIXED, limits.mix_change_share * compared.months)
        moved = connection.execute(
            f"""SELECT coalesce(old.code, new.code), coalesce(old.part, 0), coalesce(new.part, 0)
            FROM ({mix.format("last_records")}) AS old
            FULL JOIN ({mix.format(compared.told)}) AS new USING (code)
            WHERE abs(coalesce(old.part, 0) - coalesce(new.part, 0)) > {allowed}
            ORDER BY 1"""
        ).fetchall()
        if rows >= FEWEST:
            told = [f"{compared.role}.{name}: {code} for {new:.1%}, before for {old:.1%}." for code, old, new in moved]
            reasons += told
    return reasons


def _judge_sameness(connection: duckdb.DuckDBPyConnection, compared: ComparedRole, rows: int) -> list[str]:
    """A large file in which every record is word for word as before is an old one under a new date."""
    if compared.is_additional or compared.may_stay or rows < 10 * FEWEST:
        return []
    names = ", ".join(identifier(name) for name in [KEY, *told_columns(compared.role)])
    other = count(
        connection,
        f"SELECT count(*) FROM (SELECT {names} FROM {compared.told} EXCEPT SELECT {names} FROM last_records)",
    )
    gone = count(connection, f"SELECT count(*) FROM last_records ANTI JOIN {compared.told} USING ({KEY})")
    return (
        [] if other or gone else [f"{compared.role}: all {rows:,} records are as before: an old file under a new day."]
    )
