"""What may be matched on: standard columns without protected people and without values that stand for nobody.

A day of birth that many voters share is a placeholder, a phone or an e-mail of many is a switchboard or a household's.
Such values are taken off both sides; the voters say which they are, so that a record means the same in every batch.
"""

import duckdb

from pipelines.sql import identifier, literal

VOTERS, RECORDS = "link_voters", "link_records"
"""Tables of the two sides, ready to be compared."""

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


def prepare_records(connection: duckdb.DuckDBPyConnection, records: str) -> int:
    """Make the table RECORDS, once the voters are prepared; how many records it has.

    Args:
        connection: Where the voters were prepared.
        records: Table of standard columns of the records of a source, all of them or the new ones.
    """
    _make(connection, RECORDS, f"SELECT * FROM {identifier(records)}")
    return connection.execute(f"SELECT count(*) FROM {RECORDS}").fetchall()[0][0]


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
    shared = "SELECT value FROM shared_values WHERE what ="
    day = "strftime(birth_date, '%Y-%m-%d')"
    placeholder = f"{day} IN ({shared} 'birth_date')"
    replaced = [f"CASE WHEN {name} NOT IN ({shared} {literal(name)}) THEN {name} END AS {name}" for name in SHARED_BY]
    replaced.append(f"CASE WHEN NOT {placeholder} THEN birth_date END AS birth_date")
    replaced.append(f"CASE WHEN NOT coalesce({placeholder}, false) THEN birth_year END AS birth_year")
    connection.execute(
        f"CREATE OR REPLACE TABLE {name} AS SELECT * REPLACE ({', '.join(replaced)}) FROM ({rows}) ORDER BY record_id"
    )
