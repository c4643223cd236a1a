"""Columns in which the same people have other values than before, none any more, or lost their leading zeros."""

from dataclasses import dataclass, replace

import duckdb
import pyarrow as pa

from pipelines.core.meaning import differs, meaning
from pipelines.core.plausibility.comparison import FEWEST, FEWEST_CHANGED, Comparison, share
from pipelines.core.plausibility.reading import Told
from pipelines.layouts.limits import Plausibility
from pipelines.sql import identifier
from pipelines.tables.core import Voters

_REDRAWN = ("congressional_code",)  # changes for whole states when districts are redrawn
_WITH_ZEROS = ("county_code", "precinct_code", "congressional_code", "zip_code", "phone", "stated_household")


@dataclass(frozen=True)
class _Change:
    """What became of one column of the people who are on both files.

    Attributes:
        column: Name.
        before: People with a value before.
        both: People with a value before and now.
        other: Of these, those whose value means another thing.
        bare: Of these, those whose value is the old one without its leading zeros.
    """

    column: str
    before: int
    both: int
    other: int
    bare: int

    @property
    def lost(self) -> int:
        """People with a value before and none now."""
        return self.before - self.both


def judge_columns(
    connection: duckdb.DuckDBPyConnection, told: Told, compared: Comparison, limits: Plausibility
) -> list[str]:
    """Reasons of columns; needs the view `last_good`."""
    changes = [_without_recoded(connection, found, compared, limits) for found in _changes(connection, told)]
    reasons = [sentence for found in changes for sentence in _told(found, compared, limits)]
    named = {found.column for found in changes if _told(found, compared, limits)}
    emptied = _emptied(told, Told.of(connection, "last_good"), limits)
    return reasons + [sentence for name, sentence in emptied.items() if name not in named]


def _told(found: _Change, compared: Comparison, limits: Plausibility) -> list[str]:
    if found.bare >= FEWEST_CHANGED:
        return [f"{found.column}: leading zeros are gone for {found.bare:,} voters."]
    reasons = []
    if _is_unusual(found, compared, limits):
        what = "another day than before" if found.column.endswith("_date") else "another value than before"
        told = share(found.other, found.both, _allowed(found.column, compared, limits))
        reasons.append(f"{found.column}: {found.other:,} voters have {what} ({told}).")
    allowed = min(limits.null_change_share, limits.value_loss_share * compared.months)
    if found.before >= FEWEST and found.lost >= FEWEST_CHANGED and found.lost > allowed * found.before:
        told = share(found.lost, found.before, allowed)
        reasons.append(f"{found.column}: empty for {found.lost:,} voters who had a value before ({told}).")
    return reasons


def _allowed(column: str, compared: Comparison, limits: Plausibility) -> float:
    """Largest share of people whose value of a column may differ, in so many months."""
    monthly = limits.column_change_shares.get(column)
    largest = limits.value_change_share
    return largest if monthly is None else min(largest, monthly * compared.months)


def _is_unusual(found: _Change, compared: Comparison, limits: Plausibility) -> bool:
    allowed = _allowed(found.column, compared, limits)
    return found.both >= FEWEST and found.other >= FEWEST_CHANGED and found.other > allowed * found.both


def _changes(connection: duckdb.DuckDBPyConnection, told: Told) -> list[_Change]:
    """What became of every column, in one pass over the people of both files."""
    judged = [name for name in told.stated if name not in _REDRAWN]
    counts = ", ".join(expression for name in judged for expression in _counts(name))
    found = connection.execute(
        f"SELECT {counts} FROM last_good AS old JOIN told_voters AS new ON old.voter_id = new.voter_id"
    ).fetchall()[0]
    return [_Change(name, *found[4 * place : 4 * place + 4]) for place, name in enumerate(judged)]


def _counts(name: str) -> list[str]:
    old, new = f"old.{identifier(name)}", f"new.{identifier(name)}"
    bare = f"CASE WHEN {old} <> {new} THEN starts_with({old}, '0') AND ltrim({old}, '0') = {new} END"
    zeros = f"count(*) FILTER ({bare})" if name in _WITH_ZEROS else "0::BIGINT"
    both = f"count(*) FILTER ({old} IS NOT NULL AND {new} IS NOT NULL)"
    return [f"count({old})", both, f"count(*) FILTER ({_is_other(name)})", zeros]


def _is_other(name: str) -> str:
    """SQL of whether a column has another value; of a text another meaning, or none any more."""
    old, new = f"old.{identifier(name)}", f"new.{identifier(name)}"
    is_text = pa.types.is_string(Voters.columns()[name].type)
    return differs(old, new, "{old} IS DISTINCT FROM {new}") if is_text else f"{new} <> {old}"


def _without_recoded(
    connection: duckdb.DuckDBPyConnection, found: _Change, compared: Comparison, limits: Plausibility
) -> _Change:
    """A change of precincts without the people whose precinct has a new code and its old name.

    A state may recode every precinct at once. Of each old code the most frequent new one counts, so that a column that
    was shifted or shuffled is not taken for that.
    """
    if found.column != "precinct_code" or not _is_unusual(found, compared, limits):
        return found
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
    return replace(found, other=found.other - connection.execute(counted).fetchall()[0][0])


def _emptied(told: Told, before: Told, limits: Plausibility) -> dict[str, str]:
    """Columns that state less than before: of all voters, or of those for whom they stated something."""
    reasons = {}
    for name, old in before.stated.items():
        now, then = told.stated[name] / told.rows, old / max(before.rows, 1)
        has_few = old >= FEWEST and now < (1 - limits.stated_loss_share) * then
        if then - now > limits.null_change_share or has_few:
            reasons[name] = f"{name}: empty for {1 - now:.1%} of voters, in the last good snapshot for {1 - then:.1%}."
    return reasons
