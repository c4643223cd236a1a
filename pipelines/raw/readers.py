"""A received file as a relation of text columns `c0 .. cN`, one row a record, in the order of the file.

Records that cannot be split into the columns of the header are refused by line. A quote that is opened and never closed
swallows lines without an error, so the caller counts rows against lines; where they differ, the text can be read line
by line, with quotes taken as plain characters.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from models.errors import LayoutError
from pipelines.layouts.formats import Delimited
from pipelines.layouts.reading import Positions, missing_required
from pipelines.layouts.source import FileLayout
from pipelines.raw.diff import Dialect, describe_difference, find_dialect
from pipelines.raw.opening import OpenedText, open_texts
from pipelines.sql import identifier, literal, literals

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
        """SQL of the relation: text columns c0 .. cN and `file_index`, which is 0."""
        return scan_together([self])

    def by_line(self) -> "TextScan":
        """The same text read line by line."""
        return TextScan(self.opened, self.dialect, self.format, is_by_line=True)


def scan_together(scans: Sequence[TextScan]) -> str:
    """SQL of several texts of one dialect as one relation, in the order given; `file_index` counts them from 0."""
    first = scans[0]
    quote = "" if first.is_by_line else first.format.quote
    names = [f"c{place}" for place in range(len(first.dialect.headers))]
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    scan = (
        f"read_csv([{literals(str(scan.opened.path) for scan in scans)}], auto_detect = false, "
        f"columns = {{{columns}}}, "
        f"delim = {literal(first.dialect.delimiter)}, quote = {literal(quote)}, escape = {literal(quote)}, "
        "comment = '', nullstr = '', "
        f"header = false, skip = {int(first.format.header)}, strict_mode = true, null_padding = false, "
        f"store_rejects = true, rejects_limit = 0, max_line_size = {_LONGEST_LINE})"
    )
    if not (first.is_by_line and first.format.quote):
        return scan
    texts = ", ".join(f"{_unquoted(name, first.format.quote)} AS {name}" for name in names)
    return f"(SELECT {texts}, file_index FROM {scan})"


def _unquoted(text: str, quote: str) -> str:
    sign = literal(quote)
    inner = f"replace(substr({text}, 2, length({text}) - 2), {literal(quote * 2)}, {sign})"
    whole = f"length({text}) >= 2 AND starts_with({text}, {sign}) AND ends_with({text}, {sign})"
    return f"CASE WHEN {whole} THEN {inner} ELSE replace({text}, {sign}, '') END"


def take_rejected_lines(connection: duckdb.DuckDBPyConnection, numbers: Mapping[Path, int]) -> None:
    """Move every record that the last scan could not split into the table `refused`, by its line.

    Args:
        connection: Where the scan ran; it has the table `refused` (file_no, row_number, rule, column_name).
        numbers: file_no of each text that was scanned.
    """
    names = connection.execute("SELECT table_name FROM duckdb_tables() WHERE table_name = 'reject_errors'").fetchall()
    if not names:
        return
    cases = " ".join(f"WHEN {literal(error)} THEN {literal(rule)}" for error, rule in _RULES.items())
    files = ", ".join(f"({literal(str(path))}, {number})" for path, number in numbers.items())
    connection.execute(
        f"""INSERT INTO refused
        SELECT file_no, line, min(CASE CAST(error_type AS VARCHAR) {cases} ELSE 'is a record that can be read' END),
            NULL
        FROM reject_errors
        JOIN reject_scans USING (scan_id, file_id)
        JOIN (VALUES {files}) AS files(file_path, file_no) USING (file_path)
        GROUP BY file_no, line"""
    )
    connection.execute("DROP TABLE reject_errors; DROP TABLE reject_scans")


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
        relation: SQL of the text columns c0 .. cN, and of `file_index`, which is 0.
    """

    name: str
    headers: tuple[str, ...]
    scan: TextScan | None
    relation: str

    @property
    def dialect(self) -> tuple[object, ...]:
        """What texts must share to be read together; a Parquet file is read alone."""
        return (self.headers, self.scan.dialect.delimiter) if self.scan else (self.name,)


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
    return headers, f"(SELECT {texts}, 0 AS file_index FROM {scan})"
