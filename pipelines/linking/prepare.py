"""What may be matched on: standard columns without protected people and without values that stand for nobody.

A day of birth that many voters share is a placeholder, a phone or an e-mail of many is a switchboard or a household's.
Such values are taken off both sides; the voters say which they are, so that a record means the same in every batch.
"""

from dataclasses import dataclass

import duckdb

from pipelines.sql import identifier, literal

SHARED_BY = {"phone": 6, "email": 3}
"""Voters that may share a value, count; with more it tells of no person."""

_MOST_OF_A_DAY = 20.0  # times the usual number of voters of a day of birth, beyond which it is a placeholder
_FEWEST_OF_A_DAY = 50  # voters; in a small file a day that some share by chance is none


@dataclass(frozen=True)
class Prepared:
    """The two sides, ready to be compared.

    Attributes:
        voters: Table of the voters.
        records: Table of the records of a source.
        taken_off: Values taken off, count, by column.
    """

    voters: str
    records: str
    taken_off: dict[str, int]


def prepare(connection: duckdb.DuckDBPyConnection, voters: str, records: str, protected: str) -> Prepared:
    """Make the tables `link_voters` and `link_records` out of two tables of standard columns.

    Args:
        connection: Where they stand.
        voters: Table of the voters of a state.
        records: Table of the records of a source.
        protected: SELECT of the `voter_id` of people whose address is kept from the public; they are left out before
            anything is compared.
    """
    _note_shared(connection, voters)
    kept = f"SELECT * FROM {identifier(voters)} ANTI JOIN ({protected}) AS p ON p.voter_id = record_id"
    _make(connection, "link_voters", kept)
    _make(connection, "link_records", f"SELECT * FROM {identifier(records)}")
    counted = connection.execute("SELECT what, count(*) FROM shared_values GROUP BY what ORDER BY what").fetchall()
    return Prepared("link_voters", "link_records", dict(counted))


def _note_shared(connection: duckdb.DuckDBPyConnection, voters: str) -> None:
    """Note the values of the voters that stand for nobody, in `shared_values`."""
    table = identifier(voters)
    told = [
        f"SELECT {literal(name)} AS what, {name} AS value FROM {table} WHERE {name} IS NOT NULL GROUP BY {name} "
        f"HAVING count(*) > {most}"
        for name, most in SHARED_BY.items()
    ]
    days = f"SELECT birth_date, count(*) AS n FROM {table} WHERE birth_date IS NOT NULL GROUP BY birth_date"
    told.append(
        f"""SELECT 'birth_date' AS what, strftime(birth_date, '%Y-%m-%d') AS value FROM ({days})
        WHERE n >= {_FEWEST_OF_A_DAY} AND n > {_MOST_OF_A_DAY} * (SELECT avg(n) FROM ({days}))"""
    )
    connection.execute(f"CREATE OR REPLACE TABLE shared_values AS {' UNION ALL '.join(told)}")


def _make(connection: duckdb.DuckDBPyConnection, name: str, rows: str) -> None:
    """Make a table of some rows, sorted, without the values that stand for nobody."""
    shared = "SELECT value FROM shared_values WHERE what ="
    day = "strftime(birth_date, '%Y-%m-%d')"
    placeholder = f"{day} IN ({shared} 'birth_date')"
    replaced = [f"CASE WHEN {name} NOT IN ({shared} {literal(name)}) THEN {name} END AS {name}" for name in SHARED_BY]
    replaced.append(f"CASE WHEN NOT {placeholder} THEN birth_date END AS birth_date")
    replaced.append(f"CASE WHEN NOT coalesce({placeholder}, false) THEN birth_year END AS birth_year")
    connection.execute(
        f"CREATE OR REPLACE TABLE {name} AS SELECT * REPLACE ({', '.join(replaced)}) FROM ({rows}) ORDER BY record_id"
    )
