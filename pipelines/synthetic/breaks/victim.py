"""The written delivery that a break is worked on: where its texts stand, and how they are put back changed."""

import csv
import io
import random
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import python_calamine as calamine

from pipelines.layouts.files import FileLayout, Role
from pipelines.layouts.formats import Delimited, FixedWidth, Spreadsheet
from pipelines.layouts.lookups import fits_any
from pipelines.layouts.source import Layout
from pipelines.layouts.writing.workbook import TABLE, save_workbook
from pipelines.synthetic.breaks.texts import TextFile

TextChange = Callable[[bytes, TextFile], bytes]
"""A text and how it is written to the text that takes its place."""

BytesChange = Callable[[bytes], bytes]
"""The bytes of a file or of a member to those that take their place."""


@dataclass(frozen=True)
class Place:
    """Where one text of a delivery stands.

    Attributes:
        file: The landed file.
        member: Name of the member in it, empty where the file is no archive.
        size: Bytes of the text.
    """

    file: Path
    member: str
    size: int


@dataclass(frozen=True)
class Victim:
    """A delivery folder to be broken.

    Attributes:
        folder: The folder, written in the layout.
        layout: The layout.
        dice: Source of chance; an equal seed breaks in an equal way.
        others: Other delivery folders by what they are: `before` of the same state, `foreign` of another one.
    """

    folder: Path
    layout: Layout
    dice: random.Random
    others: Mapping[str, Path]

    def files(self, role: Role = "voters") -> list[Path]:
        """The landed files of a role, by name."""
        return [file for file in sorted(self.folder.iterdir()) if self.layout.files[role].fits(file.name)]

    def places(self, role: Role = "voters") -> list[Place]:
        """Where the texts of a role stand."""
        return [place for file in self.files(role) for place in places_in(file, self.layout.files[role])]

    def largest(self, role: Role = "voters") -> Place:
        """Where the largest text of a role stands."""
        return max(self.places(role), key=lambda place: place.size)

    def header(self, column: str, role: Role = "voters") -> str | None:
        """The header that a canonical column is written under; nothing where it has no header of its own."""
        return header_of(self.layout.files[role], column)

    def rewrite(self, change: TextChange, role: Role = "voters", only: Place | None = None) -> None:
        """Change the texts of a role, or one of them, and put their archives together anew."""
        format_ = self.layout.files[role].format

        def changed(content: bytes) -> bytes:
            if isinstance(format_, Spreadsheet):
                text = _sheet(content)
                return _workbook(change(text, TextFile.of(TABLE, text)), format_)
            assert isinstance(format_, Delimited | FixedWidth)
            return change(content, TextFile.of(format_, content))

        self.replace(changed, [only] if only else self.places(role))

    def replace(self, change: BytesChange, places: list[Place]) -> None:
        """Put other bytes in the place of some texts."""
        for file in sorted({place.file for place in places}):
            members = {place.member for place in places if place.file == file}
            if members == {""}:
                file.write_bytes(change(file.read_bytes()))
            else:
                rearchive(file, dict.fromkeys(members, change))


def places_in(file: Path, files: FileLayout) -> list[Place]:
    """Where the texts of a landed file stand."""
    if file.suffix.lower() != ".zip":
        return [Place(file, "", file.stat().st_size)]
    with zipfile.ZipFile(file) as archive:
        return [
            Place(file, found.filename, found.file_size)
            for found in archive.infolist()
            if fits_any(found.filename, files.members) and not fits_any(found.filename, files.skipped)
        ]


def rearchive(
    file: Path, changes: Mapping[str, BytesChange], names: Mapping[str, str | None] | None = None, level: int = 6
) -> None:
    """Write an archive anew.

    Args:
        file: The archive.
        changes: Member to what becomes of its bytes.
        names: Member to its new name; without one it is left out.
        level: How hard its members are packed, 0 to 9.
    """
    target = file.with_name(f".{file.name}")
    renamed = names or {}
    with zipfile.ZipFile(file) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written:
        for found in archive.infolist():
            name = renamed.get(found.filename, found.filename)
            if name is not None:
                content = changes.get(found.filename, bytes)(archive.read(found))
                written.writestr(zipfile.ZipInfo(name, found.date_time), content, zipfile.ZIP_DEFLATED, level)
    target.replace(file)


def read_place(place: Place) -> bytes:
    """The bytes of a text."""
    if not place.member:
        return place.file.read_bytes()
    with zipfile.ZipFile(place.file) as archive:
        return archive.read(place.member)


def header_of(files: FileLayout, column: str) -> str | None:
    """The header that a canonical column is written under; nothing where it has no field of its own."""
    found = files.column_layouts().get(column)
    if (
        found is None
        or found.join
        or found.flag_headers
        or found.is_derived
        or found.from_[0] not in files.format.names
    ):
        return None
    return found.from_[0]


def _sheet(content: bytes) -> bytes:
    """The first sheet of a workbook in the words of a table of text."""
    text = io.StringIO(newline="")
    rows = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).iter_rows()
    csv.writer(text, delimiter="\t", quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _workbook(text: bytes, format_: Spreadsheet) -> bytes:
    with tempfile.TemporaryDirectory() as home:
        draft = Path(home) / "draft.txt"
        draft.write_bytes(text)
        return save_workbook(draft, format_).read_bytes()
