"""Python rules for the few texts that SQL cannot decide: each distinct text once, never a row."""

from collections.abc import Callable, Sequence

import duckdb
import pyarrow as pa

from pipelines.sql import identifier

_SHOWN = "standard_decided"


def decide(
    connection: duckdb.DuckDBPyConnection,
    texts: str,
    table: str,
    columns: Sequence[str],
    rule: Callable[[str], Sequence[str | None]],
) -> None:
    """Make the working table `table`: a row per distinct text, and what a Python rule says of it.

    Args:
        connection: Where the texts are.
        texts: SELECT of one column `text`.
        table: Name of the table; its key is `text`.
        columns: Names of what the rule says, all text.
        rule: From a text to a value per column.
    """
    distinct = f"SELECT DISTINCT text FROM ({texts}) WHERE text IS NOT NULL ORDER BY text"
    found = [text for (text,) in connection.execute(distinct).fetchall()]
    said = [rule(text) for text in found]
    values = {name: pa.array([row[place] for row in said], pa.string()) for place, name in enumerate(columns)}
    connection.register(_SHOWN, pa.table({"text": pa.array(found, pa.string()), **values}))
    keep(connection, table, f"SELECT * FROM {_SHOWN}")
    connection.unregister(_SHOWN)


def keep(connection: duckdb.DuckDBPyConnection, table: str, select: str) -> None:
    """Make a working table of the connection, in place of one of that name."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {identifier(table)} AS {select}")
