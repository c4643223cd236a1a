"""A sample of the rows of unknown files, whatever they are packed and written in; `pipelines/raw` opens them."""

import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from models.errors import LayoutError, NoMemberError
from pipelines.layouts.formats import Delimited, Spreadsheet
from pipelines.layouts.lookups import LandedFiles
from pipelines.raw.archives import largest_size
from pipelines.raw.opening import LONGEST_LINE, OpenedText, open_texts
from pipelines.raw.parquets import copy_checked
from pipelines.raw.workbooks import open_sheets, text_format
from pipelines.sniff.dialect import TextDialect, find_text_dialect
from pipelines.sniff.fixed import find_fields
from pipelines.sniff.kinds import NamedText, TextKind, kinds_of
from pipelines.sql import parquet

HEAD_LINES = 20_000
"""Lines that are read from the beginning of a file."""

_BLOCKS, _BLOCK_LINES = 8, 500  # spread over the rest: later counties, later codes
_TEXTS = ["*.txt", "*.csv", "*.tsv", "*.tab", "*.lst", "*.dat", "*.psv"]
_BOOKS = ["*.xlsx", "*.xls", "*.xlsm"]
_PARQUET = b"PAR1"
_MOST_TEXTS = 400  # counties of the largest state, and some


@dataclass(frozen=True)
class Sample:
    """Rows of the texts of one kind, and how they are written.

    Attributes:
        kind: The texts, by the names of their files and members.
        headers: Names of the columns; made up where the texts have none.
        rows: Texts of the sampled rows.
        format: The format, in the words of a layout.
        remarks: What was uncertain about the format, as sentences.
    """

    kind: TextKind
    headers: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    format: dict[str, Any]
    remarks: list[str] = field(default_factory=list)

    @property
    def has_header(self) -> bool:
        """Whether the texts themselves name their columns."""
        return self.format["kind"] != "fixed_width" and self.format.get("header", True) is not False


def read_samples(paths: Sequence[Path]) -> list[Sample]:
    """A sample of every kind of text in some files, those that belong together as one: a file for each county.

    Args:
        paths: The files as they were received.

    Raises:
        LayoutError: A file cannot be opened, or holds no rows; the reason is said.
    """
    with tempfile.TemporaryDirectory(prefix="walklist-sniff-") as folder:
        texts = [text for path in paths for text in _open(path, Path(folder))]
        return [_sample(kind) for kind in kinds_of(texts)]


def _open(path: Path, scratch: Path) -> list[NamedText]:
    """The texts of a file; a workbook is one, and so is a Parquet file, by its path alone."""
    path = path.absolute()  # some are read by a program of its own, which works in another folder
    if not path.is_file():
        raise LayoutError(f"{path}: no such file.")
    with path.open("rb") as stream:
        magic = stream.read(4)
    if magic == _PARQUET:
        return [NamedText(path.name, "", "parquet", path)]
    if _holds_workbooks(path):
        books = open_sheets(path, path.name, _files(_BOOKS, Spreadsheet(kind="spreadsheet", names=["-"])), scratch)
        return [_named(path, opened, "spreadsheet") for opened in books]
    return [_named(path, opened, "text") for opened in _texts(path, scratch)]


def _named(path: Path, opened: OpenedText, written: str) -> NamedText:
    return NamedText(path.name, opened.name.removeprefix(path.name).lstrip("/"), written, path, opened)


def _texts(path: Path, scratch: Path) -> list[OpenedText]:
    """The texts of a file: those whose names say that they are texts, or all."""
    try:
        return open_texts(path, path.name, _files(_TEXTS, _ANY_TEXT), scratch)
    except NoMemberError:
        return open_texts(path, path.name, _files(["*"], _ANY_TEXT), scratch)


def _files(members: list[str], format_: Delimited | Spreadsheet) -> LandedFiles:
    return LandedFiles(match=["*"], members=members, archive_depth=3, format=format_)


_ANY_TEXT = Delimited(
    kind="delimited", delimiters=[","], encodings=["utf-8", "latin-1", "cp1252", "utf-16"], names=["-"]
)


def _holds_workbooks(path: Path) -> bool:
    if not zipfile.is_zipfile(path):
        return path.suffix.lower() == ".xls"
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    return "[Content_Types].xml" in names or any(name.lower().endswith((".xlsx", ".xls")) for name in names)


def _sample(kind: TextKind) -> Sample:
    """A sample of texts of one kind: by places where lines are of one length, else by a delimiter."""
    first = kind.texts[0]
    if first.written == "parquet":
        return _parquet(kind)
    opened = [text.opened for text in kind.texts if text.opened][:_MOST_TEXTS]
    lines = [_sampled_lines(text, HEAD_LINES // len(opened) + 1) for text in opened]
    if first.written == "spreadsheet":
        return _sheet(kind, lines)
    written = {"encodings": _encodings(opened), "line_end": "\r\n" if _ends_in_both(opened[0].path) else "\n"}
    together = [line for text in lines for line in text]
    if fields := find_fields(together):
        format_ = {"kind": "fixed_width", **written, "records": [fields.widths()]}
        format_ |= {"separator": fields.separator} if fields.separator else {}
        rows = [fields.split(line) for line in together if len(line) == fields.length]
        return Sample(kind, tuple(fields.widths()), rows, format_, [fields.remark])
    return _delimited(kind, lines, find_text_dialect(kind.name, lines[0], together), {"kind": "delimited", **written})


def _delimited(kind: TextKind, lines: list[list[str]], dialect: TextDialect, written: dict[str, Any]) -> Sample:
    before = dialect.skipped_lines + dialect.has_header
    rows = [row for text in lines for row in dialect.split(text[before:])]
    if not rows:
        raise LayoutError(f"{kind.name}: a header and no rows." if dialect.has_header else f"{kind.name}: no rows.")
    told: dict[str, Any] = {"delimiters": [dialect.delimiter]}
    told |= {"quote": dialect.quote} if dialect.quote else {}
    told |= {} if dialect.has_header else {"header": False}
    told |= {"skipped_lines": dialect.skipped_lines} if dialect.skipped_lines else {}
    told |= {"has_short_rows": True} if dialect.has_short_rows else {}
    return Sample(kind, dialect.headers, rows, {**written, **told}, dialect.remarks)


def _sheet(kind: TextKind, lines: list[list[str]]) -> Sample:
    known = text_format(Spreadsheet(kind="spreadsheet", names=["-"]))
    dialect = find_text_dialect(kind.name, lines[0], lines[0], known.delimiters[0])
    skipped = {"skipped_lines": dialect.skipped_lines} if dialect.skipped_lines else {}
    return replace(_delimited(kind, lines, dialect, {}), format={"kind": "spreadsheet", **skipped})


def _parquet(kind: TextKind) -> Sample:
    """The first rows; whether every page is whole is asked when the file lands, for a draft may be made without it."""
    path = kind.texts[0].path
    with tempfile.TemporaryDirectory() as scratch, duckdb.connect() as connection:
        copy = copy_checked(path, path.name, True, largest_size(path), Path(scratch))
        columns = ", ".join(f"coalesce(CAST(c{place} AS VARCHAR), '')" for place in range(len(copy.headers)))
        query = f"SELECT {columns} FROM {parquet([copy.path])} LIMIT {HEAD_LINES}"
        rows = connection.execute(query).fetchall()
    if not rows:
        raise LayoutError(f"{path.name}: no rows.")
    return Sample(kind, copy.headers, rows, {"kind": "parquet"})


def _sampled_lines(opened: OpenedText, most: int) -> list[str]:
    """The first lines, and of a long text blocks of lines spread over the rest; blank ones are left out."""
    lines = [line for line in opened.head(most) if line]
    size = opened.path.stat().st_size
    if opened.line_count > HEAD_LINES:
        with opened.path.open("rb") as text:
            for block in range(1, _BLOCKS + 1):
                text.seek(size * block // (_BLOCKS + 1))
                text.readline(LONGEST_LINE)
                read = [text.readline(LONGEST_LINE) for _ in range(_BLOCK_LINES)]
                lines += [line.decode("utf-8", "replace").rstrip("\r\n") for line in read if line.strip()]
    if not lines:
        raise LayoutError(f"{opened.name}: no rows.")
    return lines


def _encodings(opened: Sequence[OpenedText]) -> list[str]:
    """The encodings that were found, and those that a text of plain letters may turn out to have."""
    found = sorted({text.encoding for text in opened}, key=lambda encoding: encoding == "utf-8")
    return list(dict.fromkeys([*found, "utf-8", "latin-1"]))


def _ends_in_both(path: Path) -> bool:
    with path.open("rb") as text:
        return b"\r\n" in text.read(LONGEST_LINE)
