"""What may be matched on: standard columns without protected people and without values that stand for nobody.

A day of birth that many voters share is a placeholder, a phone or an e-mail of many is a switchboard or a household's.
Such values are taken off both sides; the voters say which they are, so that a record means the same in every batch.
"""

import math

import duckdb

from pipelines.linking.blocking import select_keys
from pipelines.sql import identifier, literal

VOTERS, RECORDS = "link_voters", "link_records"
"""Tables of the two sides, ready to be compared: standard columns, and the keys of the blocking rules."""

RARE_BY = ("first", "last", "zip5")
"""Columns whose agreement counts by how rare the value is among the voters."""

SHARED_BY = {"phone": 6, "email": 3}
"""Voters that may share a value, count; with more it tells of no person."""

_MOST_OF_A_DAY = 20.0  # times the usual number of voters of a day of birth, beyond which it is a placeholder
_FEWEST_OF_A_DAY = 50  # voters; in a small file a day that some share by chance is none


def prepare_voters(connection: duckdb.DuckDBPyConnection, voters: str, protected: str) -> dict[str, int]:
    """Make the table VOTERS, `shared_values`, and a table of frequencies for each column of RARE_BY.

    Args:
        connection: Where the voters stand.
        voters: Table of standard columns of all voters of a state.
        protected: SELECT of the `voter_id` of people whose address is kept from the public; they are left out before
            anything is compared.

    Returns:
        Values that are taken off because they stand for nobody, count, by column.
    """
    _note_shared(connection, voters)
    _make(
        connection, VOTERS, f"SELECT * FROM {identifier(voters)} ANTI JOIN ({protected}) AS p ON p.voter_id = record_id"
    )
    for column in RARE_BY:
        name = identifier(column)
        connection.execute(
            f"""CREATE OR REPLACE TABLE {frequencies(column)} AS
            SELECT {name}, count(*) / sum(count(*)) OVER () AS {identifier(f"tf_{column}")}
            FROM {VOTERS}
            WHERE {name} IS NOT NULL
            GROUP BY {name}"""
        )
    return dict(connection.execute("SELECT what, count(*) FROM shared_values GROUP BY what ORDER BY what").fetchall())


def select_ready(records: str) -> str:
    """SELECT of the records as they are compared, read where they stand; the voters are prepared before it runs.

    Args:
        records: Table or view of standard columns of the records of a source, all of them or the new ones.
    """
    return _without_shared(f"SELECT * FROM {identifier(records)}")


def prepare_records(connection: duckdb.DuckDBPyConnection, records: str) -> int:
    """Make the table RECORDS, to learn from, once the voters are prepared; how many records it has.

    Args:
        connection: Where the voters were prepared.
        records: Table of standard columns of the records of a source, all of them or the new ones.
    """
    _make(connection, RECORDS, f"SELECT * FROM {identifier(records)}")
    return connection.execute(f"SELECT count(*) FROM {RECORDS}").fetchall()[0][0]


def cut(connection: duckdb.DuckDBPyConnection, table: str, count: int, size: int) -> list[tuple[str, str | None]]:
    """Parts of a table in order of record_id: of each the least id, and the least id beyond it, none after the last.

    Args:
        connection: Where the table is.
        table: Table or view with a column record_id.
        count: Its rows; with none there is one part, with nobody in it.
        size: Rows of a part, at most, at least 1. Of many rows a sample tells where to cut, and the size is about so.
    """
    parts = max(1, math.ceil(count / size))
    every = max(1, count // (parts * _MARKS))
    sampled = f"SELECT record_id FROM {identifier(table)} WHERE hash(record_id) % {every} = 0"
    ranked = f"SELECT record_id, ntile({parts}) OVER (ORDER BY record_id) AS part FROM ({sampled})"
    chosen = f"SELECT min(record_id) FROM ({ranked}) GROUP BY part ORDER BY part OFFSET 1"
    starts = [mark for (mark,) in connection.execute(chosen).fetchall()] if parts > 1 else []
    return list(zip(["", *starts], [*starts, None], strict=True))


_MARKS = 1_000  # ids that are looked at for each part, so that its size is right within a tenth


def frequencies(column: str) -> str:
    """Table of how common each value of a column is among the voters."""
    return f"frequencies_{column}"


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
    connection.execute(f"CREATE OR REPLACE TABLE {name} AS {_without_shared(rows)} ORDER BY record_id")


def _without_shared(rows: str) -> str:
    """SELECT of some rows without the values that stand for nobody, with the keys of the blocking rules."""
    shared = "SELECT value FROM shared_values WHERE what ="
    day = "strftime(birth_date, '%Y-%m-%d')"
    placeholder = f"{day} IN ({shared} 'birth_date')"
    replaced = [f"CASE WHEN {name} NOT IN ({shared} {literal(name)}) THEN {name} END AS {name}" for name in SHARED_BY]
    replaced.append(f"CASE WHEN NOT {placeholder} THEN birth_date END AS birth_date")
    replaced.append(f"CASE WHEN NOT coalesce({placeholder}, false) THEN birth_year END AS birth_year")
    return select_keys(f"(SELECT * REPLACE ({', '.join(replaced)}) FROM ({rows}))")
