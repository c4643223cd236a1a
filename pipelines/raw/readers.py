"""A received file as a relation of text columns `c0 .. cN`, one row a record, in the order of the file.

Records that cannot be split into the columns of the header are refused by line. A quote that is opened and never closed
swallows lines without an error, so the caller counts rows against lines; where they differ, the text can be read line
by line, with quotes taken as plain characters.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from models.errors import LayoutError
from pipelines.layouts.reading import Positions, missing_required
from pipelines.layouts.source import Delimited, FileLayout
from pipelines.raw.diff import Dialect, describe_difference, find_dialect
from pipelines.raw.opening import OpenedText, open_texts
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


def take_rejected_lines(connection: duckdb.DuckDBPyConnection, number: int) -> int:
    """Move every record that the last scan could not split into the table `refused`, and count their lines.

    Args:
        connection: Where the scan ran; it has the table `refused` (file_no, row_number, rule, column_name).
        number: file_no of the text.
    """
    names = connection.execute("SELECT table_name FROM duckdb_tables() WHERE table_name = 'reject_errors'").fetchall()
    if not names:
        return 0
    cases = " ".join(f"WHEN {literal(error)} THEN {literal(rule)}" for error, rule in _RULES.items())
    connection.execute(
        f"INSERT INTO refused SELECT {number}, line, min(CASE CAST(error_type AS VARCHAR) {cases} "
        "ELSE 'is a record that can be read' END), NULL FROM reject_errors GROUP BY line"
    )
    connection.execute("DROP TABLE reject_errors; DROP TABLE reject_scans")
    return connection.execute(f"SELECT count(*) FROM refused WHERE file_no = {number}").fetchall()[0][0]


_RULES = {
    "TOO MANY COLUMNS": "has as many fields as the header",
    "MISSING COLUMNS": "has as many fields as the header",
    "UNQUOTED VALUE": "closes its quotes",
    "LINE SIZE OVER MAXIMUM": "is at most a million characters long",
    "INVALID ENCODING": "is valid text",
}


@dataclass(frozen=True)
class TextRelation:
    """One text of a received file as SQL can read it.

    Attributes:
        name: Name of the file, with the archive's member behind it.
        headers: Names of its columns, in order.
        scan: The text scan, or nothing for a Parquet file.
        relation: SQL of the text columns c0 .. cN.
    """

    name: str
    headers: tuple[str, ...]
    scan: TextScan | None
    relation: str


def open_file(
    connection: duckdb.DuckDBPyConnection, kept: Path, name: str, layout: FileLayout, scratch: Path
) -> Iterator[TextRelation]:
    """The texts of a received file as relations, after their header was held against the layout.

    Raises:
        LayoutError: The file cannot be opened, or lacks a required column.
    """
    if not isinstance(layout.format, Delimited):
        yield _open_parquet(connection, kept, name, layout)
        return
    for opened in open_texts(kept, name, layout, scratch):
        dialect = find_dialect(opened, layout)
        if opened.line_count <= int(layout.format.header):
            raise LayoutError(f"{opened.name}: a header and no rows.")
        scan = TextScan(opened, dialect, layout.format)
        yield TextRelation(opened.name, dialect.headers, scan, scan.relation())


def _open_parquet(connection: duckdb.DuckDBPyConnection, kept: Path, name: str, layout: FileLayout) -> TextRelation:
    headers, relation = parquet_relation(connection, str(kept), name)
    missing = missing_required(layout.column_layouts(), Positions(headers))
    if missing:
        raise LayoutError(
            f"{name}: {len(missing)} required columns are missing: {', '.join(missing)}. "
            f"{describe_difference(headers, layout)}."
        )
    return TextRelation(name, headers, None, relation)


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
