"""A received file as a relation of text columns `c0 .. cN`, one row a record, in the order of the file.

Records that cannot be split into the columns of the header are refused by line. A quote that is opened and never closed
swallows lines without an error, so rows and lines are counted against each other; if they differ, the file is read
again line by line with quotes taken as plain characters.
"""

from dataclasses import dataclass

import duckdb

from models.errors import LayoutError
from pipelines.layouts.source import Delimited
from pipelines.raw.diff import Dialect
from pipelines.raw.opening import OpenedText
from pipelines.sql import identifier, literal

_LONGEST_LINE = 1 << 20


@dataclass(frozen=True)
class TextScan:
    """How SQL reads one text.

    Attributes:
        opened: The text.
        dialect: Its delimiter and headers.
        format: Format of its layout.
        is_by_line: Whether quotes are plain characters, stripped from the ends of a field.
    """

    opened: OpenedText
    dialect: Dialect
    format: Delimited
    is_by_line: bool = False

    def relation(self) -> str:
        """SQL of the relation: text columns c0 .. cN."""
        quote = "" if self.is_by_line else self.format.quote
        columns = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(self.dialect.headers)))
        scan = (
            f"read_csv({literal(str(self.opened.path))}, auto_detect = false, columns = {{{columns}}}, "
            f"delim = {literal(self.dialect.delimiter)}, quote = {literal(quote)}, escape = {literal(quote)}, "
            "comment = '', nullstr = '', "
            f"header = false, skip = {int(self.format.header)}, strict_mode = true, null_padding = false, "
            f"store_rejects = true, rejects_limit = 0, max_line_size = {_LONGEST_LINE})"
        )
        if not (self.is_by_line and self.format.quote):
            return scan
        texts = ", ".join(
            f"{_unquoted(f'c{place}', self.format.quote)} AS c{place}" for place in range(len(self.dialect.headers))
        )
        return f"(SELECT {texts} FROM {scan})"

    def by_line(self) -> "TextScan":
        """The same text read line by line."""
        return TextScan(self.opened, self.dialect, self.format, is_by_line=True)


def _unquoted(text: str, quote: str) -> str:
    sign = literal(quote)
    inner = f"replace(substr({text}, 2, length({text}) - 2), {literal(quote * 2)}, {sign})"
    whole = f"length({text}) >= 2 AND starts_with({text}, {sign}) AND ends_with({text}, {sign})"
    return f"CASE WHEN {whole} THEN {inner} ELSE replace({text}, {sign}, '') END"


def take_rejected_lines(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, str]]:
    """Line number and rule of every record that the last scan could not split; the engine's own tables are dropped."""
    known = {
        name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall()
    }
    if "reject_errors" not in known:
        return []
    found = connection.execute(
        "SELECT line, min(CAST(error_type AS VARCHAR)) FROM reject_errors GROUP BY line ORDER BY line"
    ).fetchall()
    connection.execute("DROP TABLE reject_errors; DROP TABLE reject_scans")
    return [(line, _RULES.get(error, "is a record that can be read")) for line, error in found]


_RULES = {
    "TOO MANY COLUMNS": "has as many fields as the header",
    "MISSING COLUMNS": "has as many fields as the header",
    "UNQUOTED VALUE": "closes its quotes",
    "LINE SIZE OVER MAXIMUM": "is at most a million characters long",
    "INVALID ENCODING": "is valid text",
}


def parquet_relation(connection: duckdb.DuckDBPyConnection, path: str, name: str) -> tuple[tuple[str, ...], str]:
    """Headers of a Parquet file, and SQL of its columns as text c0 .. cN.

    Raises:
        LayoutError: The file is not Parquet, or is cut short.
    """
    scan = f"read_parquet({literal(path)}, hive_partitioning = false)"
    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
    except duckdb.Error:
        raise LayoutError(f"{name}: not a whole Parquet file.") from None
    headers = tuple(row[0] for row in described)
    texts = ", ".join(f"CAST({identifier(header)} AS VARCHAR) AS c{place}" for place, header in enumerate(headers))
    return headers, f"(SELECT {texts} FROM {scan})"
