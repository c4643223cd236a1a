"""The texts of a person's name, whether they came in columns of their own or in one field."""

import duckdb

from pipelines.linking.standard.distinct import keep
from pipelines.linking.standard.one_field import split_full_names


def keep_pieces(connection: duckdb.DuckDBPyConnection, rows: str, table: str) -> None:
    """Make `table` with a row per row: place, first, middle, last, suffix, as texts that nobody has cleaned.

    A name in one field counts where there is neither a first nor a last name; so does a first or a last name of several
    words that stands alone (`SITI RAHAYU` and no last name). Its given names stand in first.

    Args:
        connection: Where the rows are.
        rows: Name of the table of raw fields.
        table: Name of the working table.
    """
    told = f"SELECT *, {_IN_ONE_FIELD} AS said FROM {rows}"
    split_full_names(connection, f"SELECT DISTINCT said AS text FROM ({told})", "standard_full_names")
    keep(
        connection,
        table,
        f"""
    SELECT place,
        if(said IS NULL, first_name, given) AS first,
        middle_name AS middle,
        if(said IS NULL, last_name, last) AS last,
        coalesce(nullif(trim(name_suffix), ''), suffix) AS suffix
    FROM ({told})
    LEFT JOIN standard_full_names ON text = said""",
    )


_FIRST, _LAST = "nullif(trim(first_name), '')", "nullif(trim(last_name), '')"
_IN_ONE_FIELD = f"""CASE
    WHEN {_FIRST} IS NULL AND {_LAST} IS NULL THEN full_name
    WHEN {_LAST} IS NULL AND contains({_FIRST}, ' ') THEN first_name
    WHEN {_FIRST} IS NULL AND contains({_LAST}, ' ') THEN last_name
END"""
