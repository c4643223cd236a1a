"""A sheet of a workbook as UTF-8 text: a line a row, so that the number of a row is that of its line.

Cells become the text that a person sees in a plain export: whole numbers without a point, days as YYYY-MM-DD, TRUE and
FALSE; a line feed in a cell becomes a blank.
"""

import tempfile
import zipfile
from pathlib import Path

from models.errors import LayoutError
from pipelines.layouts.formats import Delimited, Spreadsheet
from pipelines.layouts.lookups import LandedFiles
from pipelines.raw import sheets
from pipelines.raw.apart import ask_apart
from pipelines.raw.archives import Member, largest_size, told_damage
from pipelines.raw.kinds import demand_no_page
from pipelines.raw.members import honest_members, open_member, open_zip
from pipelines.raw.opening import OpenedText, open_members
from pipelines.raw.survey import BLOCK, Readable, TooLargeError

_LARGEST_TEXT = 2  # a sheet as text against all of the workbook unpacked: cells repeat texts that the book holds once


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
    demand_no_page(received, name)
    return open_members(received, name, files, scratch, lambda member, left: _open(member, format_, scratch, left))


def text_format(format_: Spreadsheet) -> Delimited:
    """The format of the text that a sheet becomes."""
    return Delimited(
        kind="delimited",
        encodings=["utf-8"],
        delimiters=[sheets.DELIMITER],
        quote=sheets.QUOTE,
        skipped_lines=format_.skipped_lines,
        names=format_.names,
    )


def _open(member: Member, format_: Spreadsheet, scratch: Path, largest: int) -> OpenedText:
    folder = Path(tempfile.mkdtemp(dir=scratch))
    book = member.path or folder / "workbook"
    size = 0 if member.path else _copy(member.stream, book, largest)
    _demand_whole(member.name, book)
    rows = _write(member.name, book, format_.sheet, folder / "text")
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


def _demand_whole(name: str, book: Path) -> None:
    """Refuse a workbook that unpacks to too much, is locked or damaged: the newer ones are zip archives."""
    if not zipfile.is_zipfile(book):
        return
    left = largest_size(book)
    with told_damage(name, book.stat().st_size), open_zip(book) as archive:
        for part in honest_members(archive, name):
            if part.flag_bits & 1:
                raise LayoutError(f"{name}: a part of the workbook is locked by a password.")
            with open_member(archive, part) as stream:
                while block := stream.read(BLOCK):
                    left -= len(block)
                    if left < 0:
                        raise TooLargeError


def _write(name: str, book: Path, sheet: str, target: Path) -> int:
    largest = _LARGEST_TEXT * largest_size(book)
    return ask_apart(sheets.__name__, name, str(book), sheet, str(target), str(largest), name)["rows"]
