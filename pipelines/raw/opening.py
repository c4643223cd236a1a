"""A received file as plain UTF-8 text: archives are unpacked in a stream, encodings resolved, line ends made even.

Nothing is guessed: what cannot be resolved without doubt is refused in a sentence.
"""

import contextlib
import errno
import fnmatch
import gzip
import lzma
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from models.errors import LayoutError
from pipelines.layouts.formats import Delimited
from pipelines.layouts.source import FileLayout
from pipelines.raw.encoding import SINGLE_BYTE, demand_no_nulls, describe_doubt, even_lines, find_encoding, transcode
from pipelines.raw.survey import Readable, TooLargeError, survey, survey_file

_LARGEST_RATIO = 100
_SMALLEST_CAP = 1 << 20
_DAMAGE = (zipfile.BadZipFile, EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile, NotImplementedError, ValueError)


@dataclass(frozen=True)
class OpenedText:
    """One text as it can be read by SQL.

    Attributes:
        name: Name of the file, with the archive's member behind it.
        path: UTF-8 text whose lines end alike: the received file itself, or a copy in the scratch folder.
        encoding: Encoding that was found.
        line_count: Lines, header and blank ones included.
        doubt: A sentence on bytes that may be misread; empty when there is none.
    """

    name: str
    path: Path
    encoding: str
    line_count: int
    doubt: str = ""


def open_texts(received: Path, name: str, layout: FileLayout, scratch: Path) -> list[OpenedText]:
    """The texts of a received file: one, or one per member of an archive.

    Args:
        received: Bytes as received.
        name: Name that the file landed under.
        layout: Layout of the file.
        scratch: Folder for unpacked copies; the caller removes it.

    Raises:
        LayoutError: Empty, damaged or cut, no such member, NUL bytes, a page instead of data, or an encoding that the
            layout does not allow.
    """
    assert isinstance(layout.format, Delimited)
    size = received.stat().st_size
    if not size:
        raise LayoutError(f"{name}: the file is empty (0 bytes).")
    largest = max(size * _LARGEST_RATIO, _SMALLEST_CAP)
    try:
        return [
            _open(member, stream, layout.format, scratch, plain, largest)
            for member, stream, plain in _members(received, name, layout)
        ]
    except TooLargeError:
        raise _bomb(name) from None
    except (*_DAMAGE, OSError) as error:
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise  # the machine's trouble, not the file's: an archive only sends the reader to a place that is none
        raise LayoutError(f"{name}: the archive is damaged or cut short; it has {size:,} bytes.") from None


def _members(received: Path, name: str, layout: FileLayout) -> Iterator[tuple[str, Readable, Path | None]]:
    with received.open("rb") as file:
        magic = file.read(4)
    if magic[:2] == b"\x1f\x8b" or name.lower().endswith(".gz"):
        with gzip.GzipFile(received, "rb") as stream:
            yield name, stream, None
    elif magic == b"PK\x03\x04" or zipfile.is_zipfile(received) or name.lower().endswith(".zip"):
        with zipfile.ZipFile(received) as archive:
            for member in _chosen(archive, name, layout):
                with archive.open(member) as stream:
                    yield f"{name}/{member.filename}", stream, None
    else:
        with received.open("rb") as stream:
            yield name, stream, received


def _chosen(archive: zipfile.ZipFile, name: str, layout: FileLayout) -> list[zipfile.ZipInfo]:
    listed = [member for member in archive.infolist() if not member.is_dir()]
    chosen = [found for found in listed if _fits(found, layout.members) and not _fits(found, layout.skipped)]
    if not chosen:
        raise LayoutError(f"{name}: none of its {len(listed)} members fits {', '.join(layout.members)}.")
    locked = [member for member in chosen if member.flag_bits & 1]
    if locked:
        raise LayoutError(f"{name}: {len(locked)} of {len(chosen)} members are locked by a password; not unpacked.")
    if any(member.file_size > max(_LARGEST_RATIO * member.compress_size, _SMALLEST_CAP) for member in chosen):
        raise _bomb(name)
    return sorted(chosen, key=lambda member: member.filename)


def _fits(member: zipfile.ZipInfo, patterns: list[str]) -> bool:
    return any(fnmatch.fnmatch(member.filename.lower(), pattern.lower()) for pattern in patterns)


def _bomb(name: str) -> LayoutError:
    return LayoutError(f"{name}: it unpacks to more than {_LARGEST_RATIO} times its size; not unpacked.")


def _open(
    name: str, stream: Readable, format_: Delimited, scratch: Path, plain: Path | None, largest: int
) -> OpenedText:
    copy = Path(tempfile.mkdtemp(dir=scratch)) / "text"
    with contextlib.nullcontext() if plain else copy.open("wb") as unpacked:
        found = survey(stream, unpacked, None if plain else largest)
    source = plain or copy
    encoding = find_encoding(name, found, format_)
    if encoding != "utf-8" and not (found.is_ascii and encoding in SINGLE_BYTE):
        source = transcode(source, copy.with_suffix(".utf8"), encoding, name)
    doubt = describe_doubt(name, found, encoding)
    if encoding == "utf-16":  # only now its signs are bytes that can be counted
        found = survey_file(source)
        demand_no_nulls(name, found)
    if not found.has_even_lines:
        source = even_lines(source, copy.with_suffix(".even"), found)
    return OpenedText(name, source, encoding, found.line_count, doubt)


def blank_lines(path: Path) -> Iterator[int]:
    """Numbers of the lines without a character, from 1; they hold no record and are no fault."""
    with path.open("rb") as text:
        yield from (number for number, line in enumerate(text, 1) if not line.rstrip(b"\r\n"))
