"""The rows of a few voter numbers, as files tell them, and the same in standard columns for comparison."""

import duckdb

from pipelines.lake import Table
from pipelines.linking.standard.table import standardise

FACTS = (
    "first_name", "middle_name", "last_name", "name_suffix", "birth_date", "birth_year", "gender_code", "address_line",
    "city", "zip_code", "phone",
)  # fmt: skip
"""Columns of core_voters that tell who somebody is."""

ON_ROLL = "status_code IS DISTINCT FROM 'removed'"
"""Whether a row is a registration: core_voter_changes tells coming and going in the same way."""

_BIRTH = ("birth_date", "birth_year")
_MOST_OF_A_DAY, _FEWEST_OF_A_DAY = 20.0, 50  # as for vendors' records: `prepare.py`


def select_facts(voters: Table, numbers: str) -> str:
    """SELECT of the rows of some numbers: voter_id, seen_on, is_on_roll, is_confidential and FACTS.

    Args:
        voters: core_voters of one snapshot.
        numbers: SELECT of voter_id.
    """
    return f"""
    SELECT voter_id, snapshot_date AS seen_on, {ON_ROLL} AS is_on_roll, is_confidential, {", ".join(FACTS)}
    FROM ({voters.select()})
    SEMI JOIN ({numbers}) USING (voter_id)"""


def without_placeholders(voters: Table) -> str:
    """SQL of all columns of some rows, without days of birth that stand for nobody: far too many people have them.

    Args:
        voters: core_voters of the snapshot that tells how many have one.
    """
    days = f"SELECT birth_date, count(*) AS n FROM ({voters.select()}) WHERE birth_date IS NOT NULL GROUP BY birth_date"
    common = f"""SELECT birth_date FROM ({days})
        WHERE n >= {_FEWEST_OF_A_DAY} AND n > {_MOST_OF_A_DAY} * (SELECT avg(n) FROM ({days}))"""
    parts = [f"CASE WHEN birth_date IN ({common}) THEN NULL ELSE {name} END AS {name}" for name in _BIRTH]
    return f"* REPLACE ({', '.join(parts)})"


def fact_id(voter_id: str, seen_on: str) -> str:
    """SQL of the key of a row of facts.

    Args:
        voter_id: SQL of the number.
        seen_on: SQL of the day of the snapshot.
    """
    return f"({voter_id} || ' ' || CAST({seen_on} AS VARCHAR))"


def keep_standard(connection: duckdb.DuckDBPyConnection, rows: str, table: str) -> None:
    """Make `table`: rows of facts in standard columns; record_id is their `fact_id`.

    Args:
        connection: Where the rows are.
        rows: SELECT of voter_id, seen_on and FACTS, each row once.
        table: Name of the table to make.
    """
    key = fact_id("voter_id", "seen_on")
    standardise(connection, f"SELECT {key} AS record_id, {', '.join(FACTS)} FROM ({rows})", table)


def keep(connection: duckdb.DuckDBPyConnection, table: str, select: str) -> int:
    """Make a working table of the connection in place of one of that name; how many rows it has."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {select}")
    return connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
