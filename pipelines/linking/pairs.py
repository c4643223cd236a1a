"""A record and a voter that somebody says are one person: do their names agree, is it proven?

Uses the levels of `comparisons.py` for single pairs that no model has scored.
"""

from collections.abc import Mapping, Sequence

import duckdb

from pipelines.lake import Table
from pipelines.linking.comparisons import comparisons, level_names
from pipelines.linking.reading import select_people, select_records
from pipelines.linking.standard.table import STANDARD_COLUMNS, standardise

_SOURCES = {"first_name": "first", "last_name": "last", "birth": "birth_year", "email": "email"}
_NAME = "nickname or middle name"
_DAY, _MAIL = "same day", "equal"


def judge_pairs(connection: duckdb.DuckDBPyConnection, pairs: str, voters: Table, records: str, table: str) -> None:
    """Make `table`: source_record_id, voter_id, is_contradicted, is_name_proven, is_person_proven, a row per pair.

    A pair is contradicted where first and last names are known on both sides and neither agrees in any form. Its
    records in standard columns stay in `judged_records` until other pairs are judged.

    Args:
        connection: Where the records are.
        pairs: SELECT of source_record_id and voter_id; each record once.
        voters: core_voters, the snapshot that holds the voters.
        records: Table of the records, with their raw fields.
        table: Name of the table to make.
    """
    connection.execute(f"CREATE OR REPLACE TABLE judged_pairs AS {pairs}")
    people = select_people(voters, "voter_id IN (SELECT voter_id FROM judged_pairs)")
    chosen = f"(SELECT * FROM {records} SEMI JOIN judged_pairs USING (source_record_id))"
    for rows, name in ((people, "judged_voters"), (select_records(chosen), "judged_records")):
        if connection.execute("SELECT count(*) FROM judged_pairs").fetchall()[0][0]:
            standardise(connection, rows, name)
        else:
            connection.execute(f"CREATE OR REPLACE TABLE {name} AS {_NOBODY}")
    connection.execute(f"CREATE OR REPLACE TABLE {table} AS {_judged()}")


_KINDS = {"first_forms": "VARCHAR[]", "last_parts": "VARCHAR[]", "birth_date": "DATE", "birth_year": "SMALLINT"}
_NULLS = ", ".join(f"NULL::{_KINDS.get(name, 'VARCHAR')} AS {name}" for name in STANDARD_COLUMNS)
_NOBODY = f"SELECT {_NULLS} WHERE false"
"""SELECT of standard columns of nobody: to standardise nobody takes as long as to standardise a thousand."""


def _judged() -> str:
    sides = ", ".join(f"v.{name} AS {name}_l, r.{name} AS {name}_r" for name in STANDARD_COLUMNS)
    levels = {trait: f"level_{trait}" for trait in _SOURCES}
    name, person = proofs(levels)
    return f"""
    SELECT source_record_id, voter_id,
        level_first_name = 0 AND level_last_name = 0 AS is_contradicted,
        {name} AS is_name_proven,
        {person} AS is_person_proven
    FROM (
        SELECT source_record_id, voter_id, {", ".join(f"{_level(trait)} AS {name}" for trait, name in levels.items())}
        FROM (
            SELECT source_record_id, voter_id, {sides}
            FROM judged_pairs
            JOIN judged_voters AS v ON v.record_id = voter_id
            JOIN judged_records AS r ON r.record_id = source_record_id
        )
    )"""


def proofs(levels: Mapping[str, str]) -> tuple[str, str]:
    """SQL of whether the first names agree or are forms of one name, and of whether the day of birth or e-mail agrees.

    Args:
        levels: Trait to the SQL of its level; what is not compared proves nothing.
    """
    name = _at_least(levels, "first_name", _NAME)
    person = f"({_at_least(levels, 'birth', _DAY)} OR {_at_least(levels, 'email', _MAIL)})"
    return name, person


def proofs_of_list(traits: Sequence[str]) -> tuple[str, str]:
    """The same of a column `levels` that has a level for each trait, in order."""
    return proofs({trait: f"levels[{place}]" for place, trait in enumerate(traits, 1)})


def _at_least(levels: Mapping[str, str], trait: str, label: str) -> str:
    return f"coalesce({levels[trait]} >= {level_names(trait).index(label)}, false)" if trait in levels else "false"


def _level(trait: str) -> str:
    """SQL of the level of a trait over both sides' standard columns: -1 where it is not known, 0 for no agreement."""
    (found,) = comparisons([_SOURCES[trait]])
    conditions = [level["sql_condition"] for level in found["comparison_levels"] if level["sql_condition"] != "ELSE"]
    best = len(conditions) - 1
    cases = " ".join(
        f"WHEN {condition} THEN {best + 1 - place if place else -1}" for place, condition in enumerate(conditions)
    )
    return f"CASE {cases} ELSE 0 END"
