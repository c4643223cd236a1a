"""A sheet of a workbook as UTF-8 text: a line a row, so that the number of a row is that of its line.

Cells become the text that a person sees in a plain export: whole numbers without a point, days as YYYY-MM-DD, TRUE and
FALSE; a line feed in a cell becomes a blank.
"""

import csv
import datetime as dt
import tempfile
import zipfile
from io import BytesIO
from pathlib import Path

import python_calamine as calamine

from models.errors import LayoutError
from pipelines.layouts.formats import Delimited, Spreadsheet
from pipelines.layouts.lookups import LandedFiles
from pipelines.raw.archives import Member, largest_size
from pipelines.raw.opening import OpenedText, open_members
from pipelines.raw.survey import BLOCK, Readable, TooLargeError

_DELIMITER, _QUOTE = ",", '"'
_LARGEST_EXACT = 1 << 53  # a number of a workbook is a double: whole numbers beyond are not exact


def open_sheets(received: Path, name: str, files: LandedFiles, scratch: Path) -> list[OpenedText]:
    """The sheet of a received workbook as text, or of every workbook of an archive.

    Args:
        received: Bytes as received.
        name: Name that the file landed under.
        files: Which members are meant, and which sheet.
        scratch: Folder for unpacked copies; the caller removes it.

    Raises:
        LayoutError: The file is empty, damaged or locked, is no workbook, lacks the sheet, or the sheet has no rows.
    """
    format_ = files.format
    assert isinstance(format_, Spreadsheet)
    return open_members(received, name, files, scratch, lambda member, left: _open(member, format_, scratch, left))


def text_format(format_: Spreadsheet) -> Delimited:
    """The format of the text that a sheet becomes."""
    return Delimited(
        kind="delimited",
        encodings=["utf-8"],
        delimiters=[_DELIMITER],
        quote=_QUOTE,
        skipped_lines=format_.skipped_lines,
        names=format_.names,
    )


def _open(member: Member, format_: Spreadsheet, scratch: Path, largest: int) -> OpenedText:
    folder = Path(tempfile.mkdtemp(dir=scratch))
    book = member.path or folder / "workbook"
    size = 0 if member.path else _copy(member.stream, book, largest)
    _demand_small(book)
    try:
        rows = _write(_sheet(member.name, book, format_.sheet), folder / "text")
    except calamine.PasswordError:
        raise LayoutError(f"{member.name}: the workbook is locked by a password.") from None
    except calamine.CalamineError:
        raise LayoutError(f"{member.name}: not a whole workbook.") from None
    if not rows:
        raise LayoutError(f"{member.name}: the sheet has no rows.")
    return OpenedText(member.name, folder / "text", "utf-8", rows, size)


def _copy(stream: Readable, target: Path, largest: int) -> int:
    """Copy a workbook out of an archive, at most so many bytes; how many it has."""
    size = 0
    with target.open("wb") as copy:
        while block := stream.read(BLOCK):
            size += copy.write(block)
            if size > largest:
                raise TooLargeError
    return size


def _demand_small(book: Path) -> None:
    """Refuse a workbook that unpacks to too much: the newer ones are zip archives."""
    if zipfile.is_zipfile(book):
        with zipfile.ZipFile(book) as archive:
            if sum(part.file_size for part in archive.infolist()) > largest_size(book):
                raise TooLargeError


def _sheet(name: str, book: Path, wanted: str) -> calamine.CalamineSheet:
    opened = calamine.CalamineWorkbook.from_filelike(BytesIO(book.read_bytes()))
    found = opened.sheet_names
    if wanted and wanted not in found:
        raise LayoutError(f"{name}: it has no sheet {wanted}; its {len(found)} sheets are {', '.join(found)}.")
    return opened.get_sheet_by_name(wanted) if wanted else opened.get_sheet_by_index(0)


def _write(sheet: calamine.CalamineSheet, target: Path) -> int:
    """Write the rows of a sheet, those above the first cell as blank lines; how many there are."""
    count = 0
    with target.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, delimiter=_DELIMITER, quotechar=_QUOTE, lineterminator="\n")
        for row in sheet.iter_rows():
            cells = [cell if cell.__class__ is str and cell.isprintable() else _text(cell) for cell in row]
            if any(cells):
                writer.writerow(cells)
            else:
                text.write("\n")
            count += 1
    return count


def _text(cell: object) -> str:
    """A cell as text."""
    if isinstance(cell, str):
        return " ".join(cell.splitlines())
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _LARGEST_EXACT:
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ") if cell.time() != dt.time() else cell.date().isoformat()
    return str(cell)
