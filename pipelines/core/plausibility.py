"""A delivery held against the last good snapshot: is this the same electorate, a little later?"""

import datetime as dt
from dataclasses import dataclass, replace

import duckdb
import pyarrow as pa

from pipelines.core.meaning import differs, meaning
from pipelines.core.staged import Count, Staged
from pipelines.core.telling import by_rule, files_of, refusal, unnamed
from pipelines.lake import Table
from pipelines.layouts.limits import Plausibility
from pipelines.sql import identifier
from pipelines.tables.core import Voters

_FEWEST = 100  # fewer people than this say nothing about a share
_FEWEST_IN_COUNTY = 10  # people of a county below which half of them is a family
_SMALL_COUNTIES_SHARE = 0.05  # counties that may lose most of their people by chance, where they are small
_LARGE = 1000  # rows from which a file is judged by itself; one fault in a hundred is no rumour then
_REDRAWN = ("congressional_code",)  # changes for whole states when districts are redrawn


@dataclass(frozen=True)
class Comparison:
    """What is compared.

    Attributes:
        snapshot_date: Day of the delivery.
        last_good: Rows of the newest accepted snapshot before it, or nothing.
        last_date: Its day.
        is_partial: Whether the delivery holds some counties only; then their people alone are compared.
    """

    snapshot_date: dt.date
    last_good: Table | None
    last_date: dt.date | None
    is_partial: bool = False


def find_implausible(
    connection: duckdb.DuckDBPyConnection, staged: Staged, compared: Comparison, limits: Plausibility
) -> list[str]:
    """The reasons to hold a delivery, as sentences of counts and columns; empty when there is none.

    Args:
        connection: Holds `told_voters`.
        staged: What reading found.
        compared: The last good snapshot, if any.
        limits: The source's limits.
    """
    names = [name for name in Voters.schema().names if name not in ("voter_id", "stated_on")]
    counts = ", ".join(f"count({identifier(name)})" for name in names)
    rows, *stated = connection.execute(f"SELECT count(*), {counts} FROM told_voters").fetchall()[0]
    told = dict(zip(names, stated, strict=True))
    reasons = _rejected(staged, limits) + _faulty(staged, limits) + _unnamed(staged, limits)
    if not rows:
        return [*reasons, "No voter could be read."]
    reasons += _hollow(told, rows, staged)
    last = compared.last_good
    if last is None or compared.last_date is None:
        return reasons
    if abs((compared.snapshot_date - compared.last_date).days) > limits.stale_days:
        return reasons
    delivered = "WHERE county_code IN (SELECT county_code FROM told_voters)" if compared.is_partial else ""
    connection.execute(f"CREATE OR REPLACE VIEW last_good AS SELECT * FROM ({last.select()}) {delivered}")
    compare = [
        _total(connection, rows, limits),
        _changed(connection, names, limits),
        _emptied(connection, told, rows, limits),
    ]
    return [*reasons, *(reason for found in compare for reason in found), *_shrunken(connection, limits)]


def _rejected(staged: Staged, limits: Plausibility) -> list[str]:
    read = sum(facts["row_count"] for facts in staged.files.values())
    refused = sum(facts["reject_count"] for facts in staged.files.values())
    if refused <= limits.rejected_share * read:
        return []
    share = f"{refused / read:.2%}, allowed {limits.rejected_share:.2%}"
    return [
        f"{refused:,} of {read:,} rows were refused ({share}).",
        *[refusal(found) for found in by_rule(staged.refused)],
    ]


def _unnamed(staged: Staged, limits: Plausibility) -> list[str]:
    count, allowed = sum(staged.unnamed.values()), f"allowed {limits.unnamed_share:.0%}"
    is_large = count > limits.unnamed_share * staged.named_count
    return [
        f"{sentence} That is {count / staged.named_count:.0%}, {allowed}." for sentence in unnamed(staged) if is_large
    ]


def _faulty(staged: Staged, limits: Plausibility) -> list[str]:
    """Columns with too many texts that do not convert: in a large file by itself, in small files taken together."""
    small = {name for name, (_, rows) in zip(staged.names, staged.sizes, strict=True) if rows < _LARGE}
    large = [found for found in staged.faults if found.file not in small]
    together = [_summed(staged, found, small) for found in by_rule(f for f in staged.faults if f.file in small)]
    return [
        f"{found.file}, {found.column}: {found.count:,} texts break the rule '{found.rule}' "
        f"({found.count / found.rows:.1%} of its rows, allowed {limits.fault_share:.1%})."
        for found in [*large, *together]
        if found.count > limits.fault_share * found.rows
    ]


def _summed(staged: Staged, faults: list[Count], small: set[str]) -> Count:
    """Faults of one rule in small files, held against the rows of all small files of their kind."""
    kinds = dict(zip(staged.names, staged.sizes, strict=True))
    kind = kinds[faults[0].file][0]
    rows = sum(size for name, (table, size) in kinds.items() if name in small and table == kind)
    count = sum(found.count for found in faults)
    return Count(files_of(faults), faults[0].column, faults[0].rule, count, rows)


def _hollow(told: dict[str, int], rows: int, staged: Staged) -> list[str]:
    """Required columns without any value: what stands there is placeholders."""
    required = [name for name in told if name in staged.required]
    return [
        f"{name}: a required column, and none of {rows:,} rows states a value." for name in required if not told[name]
    ]


def _total(connection: duckdb.DuckDBPyConnection, rows: int, limits: Plausibility) -> list[str]:
    before = connection.execute("SELECT count(*) FROM last_good").fetchall()[0][0]
    if abs(rows - before) <= limits.total_change_share * before:
        return []
    share = f"a change of {rows / max(before, 1) - 1:+.0%}, allowed {limits.total_change_share:.0%}"
    return [f"{rows:,} voters, the last good snapshot has {before:,} ({share})."]


def _changed(connection: duckdb.DuckDBPyConnection, names: list[str], limits: Plausibility) -> list[str]:
    """People who are gone, and columns in which the same people have other values than before, in their meaning."""
    judged = [name for name in names if name not in _REDRAWN]
    both = {name: f"new.{identifier(name)} IS NOT NULL AND old.{identifier(name)} IS NOT NULL" for name in judged}
    tests = ", ".join(f"count(*) FILTER ({both[name]}), count(*) FILTER ({_is_other(name)})" for name in judged)
    before, gone, *counts = connection.execute(
        f"SELECT count(*), count(*) FILTER (new.voter_id IS NULL), {tests} "
        "FROM last_good AS old LEFT JOIN told_voters AS new ON old.voter_id = new.voter_id"
    ).fetchall()[0]
    found = [
        Count("", name, "", other, same) for name, same, other in zip(judged, counts[::2], counts[1::2], strict=True)
    ]
    unusual = [one for one in found if _is_unusual(one, limits)]
    unusual = [
        replace(one, count=one.count - _recoded(connection)) if one.column == "precinct_code" else one
        for one in unusual
    ]
    share = f"{gone / max(before, 1):.0%}, allowed {limits.dropped_share:.0%}"
    dropped = [f"{gone:,} of {before:,} voters are gone ({share})."] if gone > limits.dropped_share * before else []
    return dropped + [
        f"{one.column}: {one.count:,} of {one.rows:,} voters have another value than in the last good snapshot "
        f"({one.count / one.rows:.0%}, allowed {limits.value_change_share:.0%})."
        for one in unusual
        if _is_unusual(one, limits)
    ]


def _is_unusual(found: Count, limits: Plausibility) -> bool:
    return found.rows >= _FEWEST and found.count > limits.value_change_share * found.rows


def _is_other(name: str) -> str:
    """SQL of whether a column has another value; of a text another meaning, or none any more."""
    old, new = f"old.{identifier(name)}", f"new.{identifier(name)}"
    is_text = pa.types.is_string(Voters.columns()[name].type)
    return differs(old, new, "{old} IS DISTINCT FROM {new}") if is_text else f"{new} <> {old}"


def _recoded(connection: duckdb.DuckDBPyConnection) -> int:
    """People whose precinct has a new code and its old name.

    A state may recode every precinct at once. Of each old code the most frequent new one counts, so that a column that
    was shifted or shuffled is not taken for that.
    """
    counted = f"""
    WITH pairs AS (
        SELECT old.county_code, old.precinct_code AS code_before, new.precinct_code AS code_after, count(*) AS people
        FROM last_good AS old
        JOIN told_voters AS new ON old.voter_id = new.voter_id
        WHERE {_is_other("precinct_code")} AND {meaning("old.precinct_name")} = {meaning("new.precinct_name")}
        GROUP BY ALL
    ), likely AS (
        SELECT max(people) AS people FROM pairs GROUP BY county_code, code_before
    )
    SELECT coalesce(sum(people), 0)::BIGINT FROM likely"""
    return connection.execute(counted).fetchall()[0][0]


def _emptied(connection: duckdb.DuckDBPyConnection, told: dict[str, int], rows: int, limits: Plausibility) -> list[str]:
    """Columns that state less than before: of all voters, or of those for whom they stated something."""
    counts = ", ".join(f"count({identifier(name)})" for name in told)
    before, *stated = connection.execute(f"SELECT count(*), {counts} FROM last_good").fetchall()[0]
    reasons = []
    for name, old in zip(told, stated, strict=True):
        now, then = told[name] / rows, old / max(before, 1)
        has_few = old >= _FEWEST and now < (1 - limits.stated_loss_share) * then
        if then - now > limits.null_change_share or has_few:
            reasons.append(f"{name}: empty for {1 - now:.1%} of voters, in the last good snapshot for {1 - then:.1%}.")
    return reasons


def _shrunken(connection: duckdb.DuckDBPyConnection, limits: Plausibility) -> list[str]:
    """Counties that lost most of their people while the state as a whole looks the same.

    One county of a hundred people is enough; of smaller ones, where a few moves are half of them, it takes several.
    """
    lost, large, all_counties = connection.execute(
        f"""WITH before AS (
            SELECT county_code, count(*) AS people
            FROM last_good
            GROUP BY county_code
            HAVING count(*) >= {_FEWEST_IN_COUNTY}
        ), now AS (
            SELECT county_code, count(*) AS people FROM told_voters GROUP BY county_code
        ), compared AS (
            SELECT before.people, coalesce(now.people, 0) < {1 - limits.county_loss_share} * before.people AS is_lost
            FROM before
            LEFT JOIN now USING (county_code)
        )
        SELECT count(*) FILTER (is_lost), count(*) FILTER (is_lost AND people >= {_FEWEST}), count(*)
        FROM compared"""
    ).fetchall()[0]
    share = f"{limits.county_loss_share:.0%}"
    is_many = lost > max(2, _SMALL_COUNTIES_SHARE * all_counties)
    return [f"{lost} of {all_counties} counties lost more than {share} of their voters."] if large or is_many else []
