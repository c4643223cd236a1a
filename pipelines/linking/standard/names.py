"""A person's name in standard columns."""

import duckdb

from pipelines.linking.standard.distinct import keep
from pipelines.linking.standard.family import last_names, parts_of, suffixes
from pipelines.linking.standard.given import first_names, middle_names
from pipelines.linking.standard.keys import with_keys
from pipelines.linking.standard.nicknames import keep_forms
from pipelines.linking.standard.pieces import keep_pieces

NAME_COLUMNS = (
    "first", "first_forms", "middle", "middle_initial", "last", "last_parts", "last_key", "first_key", "suffix",
)  # fmt: skip


def keep_names(connection: duckdb.DuckDBPyConnection, rows: str, table: str) -> None:
    """Make `table` with a row per row: place and NAME_COLUMNS.

    A person of one name (only a first or only a last name is given, or the same word as both) has it as last, and no
    first: so one who is `SUKARNO`, `SUKARNO FNU` and `SUKARNO SUKARNO` in three files is the same in all of them.

    Args:
        connection: Where the rows are.
        rows: Name of the table of raw fields.
        table: Name of the working table.
    """
    keep_pieces(connection, rows, "standard_pieces")
    for column, cleaned in (
        ("first", first_names), ("middle", middle_names), ("last", last_names), ("suffix", suffixes),
    ):  # fmt: skip
        texts = f"SELECT DISTINCT {column} AS text FROM standard_pieces"
        keep(connection, f"standard_{column}", cleaned(texts))
    keep(connection, "standard_people", _people())
    keep_forms(connection, "SELECT DISTINCT first FROM standard_people", "standard_forms")
    keep(connection, "standard_firsts", _firsts())
    keep(connection, "standard_lasts", _lasts())
    keep(connection, table, _named())


def _people() -> str:
    """SELECT of place, first, middle, last and suffix."""
    return """
    WITH cleaned AS (
        SELECT place,
            f.first,
            nullif(concat_ws(' ', f.rest, m.middle), '') AS middle,
            l.last,
            coalesce(s.suffix, l.suffix, f.suffix, m.suffix) AS suffix
        FROM standard_pieces AS p
        LEFT JOIN standard_first AS f ON f.text = p.first
        LEFT JOIN standard_middle AS m ON m.text = p.middle
        LEFT JOIN standard_last AS l ON l.text = p.last
        LEFT JOIN standard_suffix AS s ON s.text = p.suffix
    )
    SELECT place,
        CASE WHEN first <> last THEN first END AS first,
        middle,
        coalesce(last, first) AS last,
        suffix
    FROM cleaned"""


def _firsts() -> str:
    """SELECT of distinct first, first_forms and first_key."""
    return f"""
    SELECT first, first_forms, key AS first_key
    FROM ({with_keys("SELECT first, first_forms, first AS joined FROM standard_forms")})"""


def _lasts() -> str:
    """SELECT of distinct last, last_parts and last_key."""
    lasts = """
        SELECT DISTINCT last, replace(last, ' ', '') AS joined
        FROM standard_people
        WHERE last IS NOT NULL"""
    return f"""
    SELECT last, {parts_of("last")} AS last_parts, key AS last_key
    FROM ({with_keys(lasts)})"""


def _named() -> str:
    """SELECT of place and NAME_COLUMNS."""
    return f"""
    SELECT place, {", ".join(NAME_COLUMNS)}
    FROM (SELECT *, left(middle, 1) AS middle_initial FROM standard_people)
    LEFT JOIN standard_firsts USING (first)
    LEFT JOIN standard_lasts USING (last)"""
