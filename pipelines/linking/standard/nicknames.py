"""What a first name may be short for, by the library `nicknames` (BOB is ROBERT, BERT or BOBBY)."""

from functools import cache

import duckdb
import pyarrow as pa
from nicknames import NickNamer

from pipelines.linking.standard.distinct import keep

_SHOWN = "standard_nicknames"


def keep_forms(connection: duckdb.DuckDBPyConnection, firsts: str, table: str) -> None:
    """Make `table`: first and first_forms, the name and every full name it is short for, sorted; none for an initial.

    Args:
        connection: Where the names are.
        firsts: SELECT of distinct first, upper case.
        table: Name of the working table; its key is first.
    """
    connection.register(_SHOWN, _nicknames())
    keep(
        connection,
        table,
        f"""
    SELECT first,
        if(length(first) < 2, []::VARCHAR[],
            list_sort(list_distinct(list_append(coalesce(canonical, []), first)))) AS first_forms
    FROM ({firsts})
    LEFT JOIN {_SHOWN} ON nickname = first
    WHERE first IS NOT NULL""",
    )
    connection.unregister(_SHOWN)


@cache
def _nicknames() -> pa.Table:
    """Every nickname of letters only, and the names it is short for, upper case."""
    known = NickNamer().canonical_lookup
    found = {name.upper(): sorted(map(str.upper, full)) for name, full in sorted(known.items()) if name.isalpha()}
    return pa.table({"nickname": list(found), "canonical": list(found.values())})
