"""Little tables of standard columns for tests of linking."""

import duckdb

COLUMNS = {
    "record_id": "VARCHAR", "first": "VARCHAR", "first_forms": "VARCHAR[]", "first_key": "VARCHAR",
    "middle": "VARCHAR", "middle_initial": "VARCHAR", "last": "VARCHAR", "last_parts": "VARCHAR[]",
    "last_key": "VARCHAR", "suffix": "VARCHAR", "birth_date": "DATE", "birth_year": "SMALLINT", "gender": "VARCHAR",
    "house_number": "VARCHAR", "street": "VARCHAR", "unit": "VARCHAR", "zip5": "VARCHAR", "city": "VARCHAR",
    "phone": "VARCHAR", "email": "VARCHAR",
}  # fmt: skip


def make_table(connection: duckdb.DuckDBPyConnection, name: str, rows: list[dict]) -> str:
    """A table of standard columns; what a row does not say is null."""
    told = ", ".join(f'"{column}" {kind}' for column, kind in COLUMNS.items())
    connection.execute(f"CREATE OR REPLACE TABLE {name} ({told})")
    if rows:
        marks = ", ".join("?" for _ in COLUMNS)
        connection.executemany(
            f"INSERT INTO {name} VALUES ({marks})", [[row.get(column) for column in COLUMNS] for row in rows]
        )
    return name
