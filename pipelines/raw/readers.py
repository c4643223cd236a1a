"""A received file as a relation of text columns `c0 .. cN`, one row a record, in the order of the file.

Records that cannot be split into columns are refused by line. A quote that is opened and never closed swallows lines
without an error, so the caller counts rows against lines; where they differ, the text can be read line by line, with
quotes taken as plain characters, and the lines that this leaves out are named.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from models.errors import LayoutError
from models.wording import counted
from pipelines.layouts.formats import Delimited, FixedWidth, ParquetFile, Spreadsheet
from pipelines.layouts.lookups import LandedFiles
from pipelines.raw.archives import largest_size
from pipelines.raw.causes import why_not
from pipelines.raw.dialects import find_dialect, first_lines, missing_columns
from pipelines.raw.diff import compare
from pipelines.raw.opening import open_texts
from pipelines.raw.parquets import copy_checked
from pipelines.raw.places import find_places
from pipelines.raw.scans import UNPAIRED, DelimitedScan, FixedScan, TextScan
from pipelines.raw.store import is_proven
from pipelines.raw.workbooks import open_sheets, text_format
from pipelines.sql import literal


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
    "UNQUOTED VALUE": UNPAIRED,
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
        return self.scan.dialect if self.scan else (self.name,)

    @property
    def told(self) -> list[str]:
        """Sentences on what is other than the layout lists and was bridged."""
        return list(self.scan.told) if self.scan else []

    @property
    def change(self) -> dict[str, Any]:
        """What a dated layout would say of its dialect, in the words of `RoleChange`."""
        return dict(self.scan.change) if self.scan else {}

    @property
    def written(self) -> dict[str, str]:
        """Traits of how it is written, in words; a trait without a word is one that it does not show."""
        return self.scan.written if self.scan else {}

    def first_rows(self) -> list[tuple[str, ...]]:
        """The fields of its first rows, where it is delimited."""
        return self.scan.first_rows() if self.scan else []

    @property
    def lines_before(self) -> int:
        """Lines before the data: a title, the header."""
        return self.scan.lines_before if self.scan else 0


def open_file(
    kept: Path, name: str, files: LandedFiles, scratch: Path, is_bridged: bool = False
) -> Iterator[TextRelation]:
    """The texts of a received file as relations, after their headers were held against the layout.

    Args:
        kept: Bytes as received.
        name: Name that the file landed under.
        files: Which members are meant, their format, and what must be in them: a role of a layout, or a code file.
        scratch: Folder for unpacked copies; the caller removes it when the relations were read.
        is_bridged: Whether a text in another dialect than the layout lists is read, where that leaves no doubt.

    Raises:
        LayoutError: The file cannot be opened, or lacks a required column.
    """
    if isinstance(files.format, ParquetFile):
        yield _open_parquet(kept, name, files, scratch)
        return
    for scan in _scans(kept, name, files, scratch, is_bridged):
        if scan.opened.line_count <= scan.lines_before:
            raise LayoutError(f"{scan.opened.name}: a header and no rows.")
        yield TextRelation(scan.opened.name, scan.headers, scan, scan.relation())


def _scans(kept: Path, name: str, files: LandedFiles, scratch: Path, is_bridged: bool) -> Iterator[TextScan]:
    format_ = files.format
    if isinstance(format_, FixedWidth):
        for opened in open_texts(kept, name, files, scratch, is_bridged):
            yield FixedScan(opened, find_places(opened, files))
        return
    if isinstance(format_, Spreadsheet):
        delimited, texts = text_format(format_), open_sheets(kept, name, files, scratch)
    else:
        assert isinstance(format_, Delimited)
        delimited, texts = format_, open_texts(kept, name, files, scratch, is_bridged)
    for opened in texts:
        found = find_dialect(opened, files, delimited, is_bridged)
        if found is None:
            raise why_not(first_lines(opened, files, delimited))
        yield DelimitedScan(opened, found, delimited.model_copy(update={"quote": found.quote}))


def _open_parquet(kept: Path, name: str, files: LandedFiles, scratch: Path) -> TextRelation:
    proven = is_proven(kept)
    copy = copy_checked(kept, name, proven, largest_size(kept), scratch)
    missing, difference = missing_columns(files, copy.headers), compare(copy.headers, files)
    if missing:
        count = counted(len(missing), "required column", "is missing", "are missing")
        told = f"{count}: {', '.join(missing)}. {difference}."
        raise LayoutError(f"{name}: {told}", difference.change())
    if str(difference) and not proven:  # a flipped bit in a name makes another column of it
        raise LayoutError(
            f"{name}: {difference}. The names of columns in a Parquet file have no checksum: put its SHA-256 beside it "
            f"as {name}.sha256 if that is right."
        )
    texts = ", ".join(f"CAST(c{place} AS VARCHAR) AS c{place}" for place, _ in enumerate(copy.headers))
    scan = f"read_parquet({literal(str(copy.path))}, hive_partitioning = false)"
    return TextRelation(name, copy.headers, None, f"(SELECT {texts}, 0 AS file_index FROM {scan})")
