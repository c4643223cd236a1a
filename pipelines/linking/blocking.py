"""Which pairs are looked at: those that share a key. Every rule is counted before it runs, with a budget.

A key is compared as 64 bits of a hash: numbers are soon compared, and take little memory. Prepared tables have them as
columns; of others they are taken as they are read.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass

import duckdb

from models.errors import LinkError
from models.wording import counted
from pipelines.sql import identifier


@dataclass(frozen=True)
class BlockingRule:
    """A key that two records share.

    Attributes:
        name: What is shared, in words.
        keys: SQL of each part of the key, over the standard columns.
        is_wide: Whether it is left out where it goes over its budget: it is meant for small files.
    """

    name: str
    keys: tuple[str, ...]
    is_wide: bool = False

    def condition(self) -> dict[str, str]:
        """The rule as Splink reads it."""
        told = " AND ".join(f"{_of_side(key, 'l')} = {_of_side(key, 'r')}" for key in self.keys)
        return {"blocking_rule": told, "sql_dialect": "duckdb"}


COLUMNS = (
    "first", "last", "last_key", "birth_date", "birth_year", "house_number", "street", "zip5", "city", "phone",
    "email",
)  # fmt: skip
"""Standard columns that the rules name."""

RULES = (
    BlockingRule("e-mail", ("{email}",)),
    BlockingRule("phone", ("{phone}",)),
    BlockingRule("last name, ZIP and initial", ("{last}", "{zip5}", "left({first}, 1)")),
    BlockingRule("first name, last name and year of birth", ("{first}", "{last}", "{birth_year}")),
    BlockingRule("house and initial", ("{house_number}", "{street}", "{zip5}", "left({first}, 1)")),
    BlockingRule("day of birth and last name", ("{birth_date}", "{last}")),
    BlockingRule("day of birth and first name", ("{birth_date}", "{first}")),
    BlockingRule("day of birth and ZIP", ("{birth_date}", "{zip5}")),
    BlockingRule("first name, year of birth and ZIP", ("{first}", "{birth_year}", "{zip5}")),
    BlockingRule("house number and last name", ("{house_number}", "{last}")),
    BlockingRule("house number and ZIP", ("{house_number}", "{zip5}")),
    BlockingRule("first and last name, in any order", ("least({first}, {last})", "greatest({first}, {last})")),
    BlockingRule("sound of last name, first initial and ZIP", ("{last_key}", "left({first}, 1)", "{zip5}")),
    BlockingRule("name of an e-mail", ("split_part({email}, '@', 1)",), is_wide=True),
    BlockingRule("day of birth", ("{birth_date}",), is_wide=True),
    BlockingRule("last name", ("{last}",), is_wide=True),
    BlockingRule("first name", ("{first}",), is_wide=True),
    BlockingRule("year of birth and city", ("{birth_year}", "{city}"), is_wide=True),
)
"""Source: the rules that won in trials on simulated files of known truth; see `make accept-linking`."""


@dataclass(frozen=True)
class Counted:
    """What a rule costs.

    Attributes:
        rule: The rule.
        pairs: Pairs that share its key, count; another rule may have them too.
    """

    rule: BlockingRule
    pairs: int


def select_keys(rows: str) -> str:
    """SELECT of some rows with the key of each of RULES, null where a part of it is.

    Args:
        rows: Table, or SELECT in brackets, with the standard columns.
    """
    keys = ", ".join(f"{_hashed(rule)} AS {_column(rule)}" for rule in RULES)
    return f"SELECT *, {keys} FROM {rows}"


def count_pairs(
    connection: duckdb.DuckDBPyConnection, left: str, right: str, rules: Sequence[BlockingRule]
) -> list[Counted]:
    """How many pairs each rule would look at, before any is made.

    Args:
        connection: Where both tables stand.
        left: Table of standard columns.
        right: Another one, or the same where pairs within it are looked for.
        rules: The rules.
    """
    sizes = [connection.execute(f"SELECT count(*) FROM {identifier(name)}").fetchall()[0][0] for name in (left, right)]
    fewer, more = (left, right) if sizes[0] < sizes[1] else (right, left)
    columns = [_columns(connection, name) for name in (fewer, more)]
    return [Counted(rule, _count(connection, [fewer, more], [_key(rule, has) for has in columns])) for rule in rules]


def make_pairs(
    connection: duckdb.DuckDBPyConnection, left: str, right: str, rules: Sequence[BlockingRule], table: str
) -> None:
    """Make a table of the pairs that share the key of any rule, each once: left_place and right_place.

    Args:
        connection: Where both tables stand.
        left: Table of standard columns; the place of a row is its rowid.
        right: Another one.
        rules: The rules.
        table: Name of the table to make; one of that name is replaced.
    """
    columns = [_columns(connection, name) for name in (left, right)]
    joined = []
    for rule in rules:
        sides = [
            f"(SELECT rowid AS {side}, {_key(rule, has)} AS key FROM {identifier(name)})"
            for side, name, has in zip(("left_place", "right_place"), (left, right), columns, strict=True)
        ]
        joined.append(f"SELECT left_place, right_place FROM {sides[0]} JOIN {sides[1]} USING (key)")
    every = " UNION ALL ".join(joined)
    connection.execute(f"CREATE OR REPLACE TABLE {identifier(table)} AS SELECT DISTINCT * FROM ({every})")


def within_budget(counts: Sequence[Counted], records: int) -> tuple[BlockingRule, ...]:
    """The rules that a model is trained to use: a wide one that goes over its budget is left out.

    Args:
        counts: What they cost, of all voters and records.
        records: Records of the sources, count.

    Raises:
        LinkError: Another rule goes over its budget; its name and both numbers are said.
    """
    kept = [found for found in counts if not found.rule.is_wide or found.pairs <= _allowed(records, WIDE_PAIRS)]
    demand_budget(kept, records)
    return tuple(found.rule for found in kept)


def demand_budget(counts: Sequence[Counted], records: int) -> None:
    """Refuse to look at more pairs than a rule may have.

    Raises:
        LinkError: A rule goes over its budget; its name and both numbers are said.
    """
    allowed = _allowed(records, PAIRS)
    for found in counts:
        if found.pairs > allowed:
            raise LinkError(
                f"Blocking by {found.rule.name} would look at {counted(found.pairs, 'pair')} for "
                f"{counted(records, 'record')}; allowed are {allowed:,}. A value of its key stands for nobody, such "
                "as a placeholder: make it null, or take the rule out."
            )


def rules_named(names: Sequence[str]) -> tuple[BlockingRule, ...]:
    """The rules that a kept model names.

    Raises:
        LinkError: There are none, or one is not known: without rules every voter would be compared with every record.
    """
    unknown = sorted(set(names) - {rule.name for rule in RULES})
    if unknown or not names:
        told = ", ".join(unknown) or "none"
        raise LinkError(
            f"The blocking rules of the linkage model are not those of this program: {told}. Train it anew."
        )
    return tuple(rule for rule in RULES if rule.name in names)


def _allowed(records: int, per_record: int) -> int:
    return max(records * per_record, _ALWAYS)


PAIRS, WIDE_PAIRS = 100, 10
"""Pairs of one rule that a record may have on average: of a rule that is always needed, and of a wide one."""

_ALWAYS = 500_000  # pairs that are scored in a few seconds, however few the records are


def _count(connection: duckdb.DuckDBPyConnection, tables: Sequence[str], keys: Sequence[str]) -> int:
    """Pairs that share a key; the first table is grouped, the fewer rows: so neither few rows nor many cost much."""
    fewer, more = (
        f"(SELECT {key} AS key FROM {identifier(table)} WHERE key IS NOT NULL)"
        for table, key in zip(tables, keys, strict=True)
    )
    groups = f"(SELECT key, count(*) AS n FROM {fewer} GROUP BY key)"
    if len(set(tables)) == 1:
        query = f"SELECT coalesce(sum(n * (n - 1) / 2), 0)::BIGINT FROM {groups}"
    else:
        query = f"SELECT coalesce(sum(n), 0)::BIGINT FROM {more} JOIN {groups} USING (key)"
    return connection.execute(query).fetchall()[0][0]


def _key(rule: BlockingRule, columns: Container[str]) -> str:
    """SQL of the key of a rule, of a table with some columns."""
    return _column(rule) if _column(rule) in columns else _hashed(rule)


def _column(rule: BlockingRule) -> str:
    """Column of a prepared table with the key of a rule."""
    return f"rule_{RULES.index(rule)}" if rule in RULES else ""


def _hashed(rule: BlockingRule) -> str:
    parts = [_of_side(key, "") for key in rule.keys]
    known = " AND ".join(f"{part} IS NOT NULL" for part in parts)
    return f"CASE WHEN {known} THEN hash({', '.join(parts)}) END"


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    return {name for name, *_ in connection.execute(f"DESCRIBE {identifier(table)}").fetchall()}


def _of_side(key: str, side: str) -> str:
    """SQL of a part of a key, of one side of a pair or of a table alone."""
    opening = f"{side}." if side else ""
    names = {column: f'{opening}"{column}"' for column in COLUMNS}
    return key.format(**names)
