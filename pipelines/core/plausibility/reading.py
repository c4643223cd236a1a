"""What reading found: rows refused, texts that do not convert, files cut short, columns that say nothing."""

from dataclasses import dataclass

import duckdb

from pipelines.core.plausibility.comparison import FEWEST, LARGE
from pipelines.core.staged import Count, Staged
from pipelines.core.telling import by_rule, files_of, refusal, unnamed
from pipelines.layouts.limits import Plausibility
from pipelines.sql import identifier
from pipelines.tables.core import Voters

_SAMPLE = 20_000  # people, enough to tell what more than half of a column says
_TELLING = ("last_name", "first_name", "address_line")  # one value for most people is a mask, in any state


@dataclass(frozen=True)
class Told:
    """How much a delivery says.

    Attributes:
        rows: Voters, count.
        stated: Voters with a value, count by column.
    """

    rows: int
    stated: dict[str, int]

    @classmethod
    def of(cls, connection: duckdb.DuckDBPyConnection, people: str = "told_voters") -> "Told":
        """What some people are said to be.

        Args:
            connection: Holds them.
            people: Relation with the columns of core_voters.
        """
        names = [name for name in Voters.schema().names if name not in ("voter_id", "stated_on")]
        counts = ", ".join(f"count({identifier(name)})" for name in names)
        rows, *stated = connection.execute(f"SELECT count(*), {counts} FROM {people}").fetchall()[0]
        return cls(rows, dict(zip(names, stated, strict=True)))


def judge_reading(staged: Staged, limits: Plausibility, fewest: int = 0) -> list[str]:
    """Reasons that need no row: what was counted while the files were read.

    Args:
        staged: What reading found.
        limits: The source's limits.
        fewest: Refused rows, or faults of a column, up to which nothing is said, whatever their share.
    """
    cut = [f"{name}: its last line is cut short: the file was truncated." for name in staged.cut_short]
    return cut + _rejected(staged, limits, fewest) + _faulty(staged, limits, fewest) + _unnamed(staged, limits)


def judge_content(connection: duckdb.DuckDBPyConnection, staged: Staged, told: Told) -> list[str]:
    """Columns that say nothing, whatever the last good snapshot was."""
    return _hollow(staged, told) + _masked(connection, staged, told)


def _rejected(staged: Staged, limits: Plausibility, fewest: int) -> list[str]:
    read = sum(facts["row_count"] for facts in staged.files.values())
    refused = sum(facts["reject_count"] for facts in staged.files.values())
    if refused <= max(limits.rejected_share * read, min(fewest, read - 1)):
        return []
    told = f"{refused / read:.2%}, allowed {limits.rejected_share:.2%}"
    return [
        f"{refused:,} of {read:,} rows were refused ({told}).",
        *[refusal(found) for found in by_rule(staged.refused)],
    ]


def _unnamed(staged: Staged, limits: Plausibility) -> list[str]:
    count, allowed = sum(staged.unnamed.values()), f"allowed {limits.unnamed_share:.0%}"
    is_large = count > limits.unnamed_share * staged.named_count
    return [
        f"{sentence} That is {count / staged.named_count:.0%}, {allowed}." for sentence in unnamed(staged) if is_large
    ]


def _faulty(staged: Staged, limits: Plausibility, fewest: int) -> list[str]:
    """Columns with too many texts that do not convert: in a large file by itself, in small files taken together."""
    small = {name for name, (_, rows) in zip(staged.names, staged.sizes, strict=True) if rows < LARGE}
    large = [found for found in staged.faults if found.file not in small]
    together = [_summed(staged, found, small) for found in by_rule(f for f in staged.faults if f.file in small)]
    return [
        f"{found.file}, {found.column}: {found.count:,} texts break the rule '{found.rule}' "
        f"({found.count / found.rows:.1%} of its rows, allowed {limits.fault_share:.1%})."
        for found in [*large, *together]
        if found.count > max(limits.fault_share * found.rows, min(fewest, found.rows - 1))
    ]


def _summed(staged: Staged, faults: list[Count], small: set[str]) -> Count:
    """Faults of one rule in small files, held against the rows of all small files of their kind."""
    kinds = dict(zip(staged.names, staged.sizes, strict=True))
    kind = kinds[faults[0].file][0]
    rows = sum(size for name, (table, size) in kinds.items() if name in small and table == kind)
    count = sum(found.count for found in faults)
    return Count(files_of(faults), faults[0].column, faults[0].rule, count, rows)


def _hollow(staged: Staged, told: Told) -> list[str]:
    """Required columns without any value: what stands there is placeholders."""
    required = [name for name in told.stated if name in staged.required]
    return [
        f"{name}: a required column, and none of {told.rows:,} rows states a value."
        for name in required
        if not told.stated[name]
    ]


def _masked(connection: duckdb.DuckDBPyConnection, staged: Staged, told: Told) -> list[str]:
    """Required columns of names in which one value stands for most people."""
    step = max(1, told.rows // _SAMPLE)
    reasons = []
    for name in sorted(staged.required & set(_TELLING)) if told.rows >= FEWEST else ():
        people = f"SELECT {name} AS value FROM told_voters WHERE hash(voter_id) % {step} = 0 AND {name} IS NOT NULL"
        counted = f"SELECT count(*) AS people FROM ({people}) GROUP BY value"
        most, all_ = connection.execute(f"SELECT max(people), sum(people) FROM ({counted})").fetchall()[0]
        if all_ and 2 * most > all_:
            reasons.append(f"{name}: one value stands for {most / all_:.0%} of voters: it is masked.")
    return reasons
