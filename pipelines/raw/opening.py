"""A received file as plain UTF-8 text: archives are unpacked in a stream, encodings resolved, line ends made even.

Nothing is guessed: what cannot be resolved without doubt is refused in a sentence.
"""

import contextlib
import dataclasses
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from models.errors import LayoutError
from pipelines.layouts.formats import TextFormat
from pipelines.layouts.lookups import LandedFiles
from pipelines.raw.archives import Member, Unpacking, told_damage
from pipelines.raw.encoding import (
    SINGLE_BYTE,
    Encoded,
    demand_no_nulls,
    describe_doubt,
    even_lines,
    find_encoding,
    has_letters_of_cp1252,
    transcode,
)
from pipelines.raw.kinds import demand_text, demand_text_bytes, told_members
from pipelines.raw.survey import survey, survey_file

LONGEST_LINE = 1 << 20
"""Characters of the longest line that is read; longer ones are refused."""
_LONGEST_HEAD = 1 << 23  # characters of first lines that are looked at: 5,000 lines of 1,600, whatever a file holds


@dataclass(frozen=True)
class OpenedText:
    """One text as it can be read by SQL.

    Attributes:
        name: Name of the file, with the archive's member behind it.
        path: UTF-8 text whose lines end alike: the received file itself, or a copy in the scratch folder.
        encoding: Encoding that was found.
        line_count: Lines, header and blank ones included.
        byte_count: Bytes as they were received, unpacked.
        doubt: Sentences on what may be misread or was left alone; empty when there are none.
        encoded: The encoding with what is told of it, where it is another one than the layout lists.
        written: Traits of how it is written, in words; a trait without a word is one that it does not show.
    """

    name: str
    path: Path
    encoding: str
    line_count: int
    byte_count: int = 0
    doubt: str = ""
    encoded: Encoded | None = None
    written: Mapping[str, str] = field(default_factory=dict)

    def head(self, count: int) -> list[str]:
        """Its first lines; a text without line ends is not read to its end."""
        found: list[str] = []
        left = _LONGEST_HEAD
        with self.path.open(encoding="utf-8-sig", newline="\n") as text:
            while left > 0 and len(found) < min(count, self.line_count):
                found.append(text.readline(LONGEST_LINE).rstrip("\r\n"))
                left -= len(found[-1])
        return found

    def lines(self) -> Iterator[str]:
        """Its lines in order, without their ends and without a byte order mark."""
        with self.path.open(encoding="utf-8-sig", newline="\n") as text:
            yield from (line.rstrip("\r\n") for line in text)


def open_texts(
    received: Path, name: str, files: LandedFiles, scratch: Path, is_bridged: bool = False
) -> list[OpenedText]:
    """The texts of a received file: one, or one per member of an archive.

    Args:
        received: Bytes as received.
        name: Name that the file landed under.
        files: Which members are meant, and their format.
        scratch: Folder for unpacked copies; the caller removes it.
        is_bridged: Whether an encoding that the layout does not list may be taken, where it is in no doubt.

    Raises:
        LayoutError: Empty, damaged or cut, no such member, NUL bytes, a page or another kind of file instead of data,
            or an encoding that the layout does not allow.
    """
    format_ = files.format
    assert isinstance(format_, TextFormat)
    with told_damage(name, received.stat().st_size):
        demand_text(received, name)
    opened = partial(_open, format_=format_, scratch=scratch, is_bridged=is_bridged)
    return open_members(received, name, files, scratch, opened)


def open_members(
    received: Path, name: str, files: LandedFiles, scratch: Path, opened: Callable[[Member, int], OpenedText]
) -> list[OpenedText]:
    """What becomes of every member of a received file that is meant.

    Args:
        received: Bytes as received.
        name: Name that the file landed under.
        files: Which members are meant.
        scratch: Folder for unpacked archives.
        opened: The text of a member, given the bytes that it may have.

    Raises:
        LayoutError: The file is empty, or its archives cannot be unpacked.
    """
    size = received.stat().st_size
    if not size:
        raise LayoutError(f"{name}: the file is empty (0 bytes).")
    unpacking = Unpacking.of(received, files, scratch)
    found = []
    with told_damage(name, size), told_members(received, files):
        for member in unpacking.members(received, name):
            found.append(opened(member, unpacking.left))
            unpacking.spend(0 if member.path else found[-1].byte_count)
    doubt = f"{found[0].doubt} {unpacking.describe_empty(name)}".strip()
    return [dataclasses.replace(found[0], doubt=doubt), *found[1:]]


def _open(member: Member, largest: int, format_: TextFormat, scratch: Path, is_bridged: bool) -> OpenedText:
    copy, plain = Path(tempfile.mkdtemp(dir=scratch)) / "text", member.path
    with contextlib.nullcontext() if plain else copy.open("wb") as unpacked:
        found = survey(member.stream, unpacked, None if plain else largest)
    source, size = plain or copy, found.size
    demand_text_bytes(found.head, member.name)
    encoded = find_encoding(member.name, found, format_, is_bridged)
    encoding, doubt, mark = encoded.name, "", found.mark
    if has_letters_of_cp1252(found, encoding):
        source, encoding = _as_cp1252(source, copy.with_suffix(".utf8"), member.name)
        doubt = describe_doubt(member.name, found, encoding)
    elif encoding != "utf-8" and not (found.is_ascii and encoding in SINGLE_BYTE):
        source = transcode(source, copy.with_suffix(".utf8"), encoding, member.name)
    if encoding == "utf-16":  # only now its signs are bytes that can be counted
        found = survey_file(source)
        demand_no_nulls(member.name, found)
    written = {
        "archive": "" if plain else "around the text",
        "byte order mark": mark,
        "line ends": found.line_ends,
        "letters beyond ASCII": "" if found.is_ascii else encoding,
    }
    has_strays = format_.has_stray_line_feeds and 0 < found.pairs < found.line_feeds
    if has_strays or not found.has_even_lines:
        source = even_lines(source, copy.with_suffix(".even"), found, has_strays)
        found = survey_file(source) if has_strays else found
    return OpenedText(member.name, source, encoding, found.line_count, size, doubt, encoded, written)


def _as_cp1252(source: Path, target: Path, name: str) -> tuple[Path, str]:
    """A text as UTF-8, read as cp1252, or as latin-1 where some of its bytes are no sign of that; and which it was."""
    try:
        return transcode(source, target, "cp1252", name), "cp1252"
    except LayoutError:
        return transcode(source, target, "latin-1", name), "latin-1"


def blank_lines(path: Path) -> Iterator[int]:
    """Numbers of the lines without a character, from 1; they hold no record and are no fault."""
    with path.open("rb") as text:
        yield from (number for number, line in enumerate(text, 1) if not line.rstrip(b"\r\n"))
