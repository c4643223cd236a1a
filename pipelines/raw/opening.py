"""A received file as plain UTF-8 text: archives are unpacked in a stream, encodings resolved, line ends counted.

Nothing is guessed: what cannot be resolved without doubt is refused in a sentence.
"""

import codecs
import contextlib
import fnmatch
import gzip
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from models.errors import LayoutError
from pipelines.layouts.source import Delimited, FileLayout

_BLOCK = 1 << 22
_LARGEST_RATIO = 100
_SINGLE_BYTE = ("latin-1", "cp1252")


@dataclass(frozen=True)
class OpenedText:
    """One text as it can be read by SQL.

    Attributes:
        name: Name of the file, with the archive's member behind it.
        path: UTF-8 text: the received file itself, or a copy in the scratch folder.
        encoding: Encoding that was found.
        line_count: Lines, header and blank ones included.
    """

    name: str
    path: Path
    encoding: str
    line_count: int


@dataclass
class _Bytes:
    """What a pass over the bytes finds."""

    size: int = 0
    null_count: int = 0
    line_feeds: int = 0
    returns: int = 0
    is_ascii: bool = True
    is_utf8: bool = True
    head: bytes = b""
    tail: bytes = b""


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
    if not received.stat().st_size:
        raise LayoutError(f"{name}: the file is empty (0 bytes).")
    try:
        return [
            _open(member, stream, layout.format, scratch, plain)
            for member, stream, plain in _members(received, name, layout)
        ]
    except (zipfile.BadZipFile, EOFError, zlib.error, gzip.BadGzipFile):
        raise LayoutError(
            f"{name}: the archive is damaged or cut short; it has {received.stat().st_size:,} bytes."
        ) from None


def _members(received: Path, name: str, layout: FileLayout) -> Iterator[tuple[str, IO[bytes], Path | None]]:
    with received.open("rb") as file:
        magic = file.read(4)
    if magic[:2] == b"\x1f\x8b":
        with gzip.open(received) as stream:
            yield name, stream, None  # ty: ignore[invalid-yield]
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
    chosen = [
        member
        for member in listed
        if any(fnmatch.fnmatch(member.filename.lower(), found.lower()) for found in layout.members)
    ]
    if not chosen:
        raise LayoutError(f"{name}: none of its {len(listed)} members fits {', '.join(layout.members)}.")
    bombs = [member for member in chosen if member.file_size > _LARGEST_RATIO * max(member.compress_size, 1)]
    if bombs:
        raise LayoutError(
            f"{name}: {len(bombs)} members unpack to more than {_LARGEST_RATIO} times their size; not unpacked."
        )
    return sorted(chosen, key=lambda member: member.filename)


def _open(name: str, stream: IO[bytes], format_: Delimited, scratch: Path, plain: Path | None) -> OpenedText:
    copy = scratch / f"text-{len(list(scratch.glob('text-*')))}"
    with contextlib.nullcontext() if plain else copy.open("wb") as unpacked:
        found = _survey(stream, unpacked)
    source = plain or copy
    encoding = _encoding(name, found, format_)
    if encoding != "utf-8" and not (found.is_ascii and encoding in _SINGLE_BYTE):
        source = _transcode(source, copy.with_suffix(".utf8"), encoding, name)
        found = _survey_file(source)
    ends_open = not found.tail.endswith((b"\n", b"\r"))
    lines = found.line_feeds if found.line_feeds or not found.returns else found.returns
    return OpenedText(name, source, encoding, lines + ends_open)


def _survey(stream: IO[bytes], copy: IO[bytes] | None) -> _Bytes:
    found, decoder = _Bytes(), codecs.getincrementaldecoder("utf-8")()
    while block := stream.read(_BLOCK):
        if copy:
            copy.write(block)
        found.head = found.head or block[:4096]
        found.tail = (found.tail + block)[-64:]
        found.size += len(block)
        found.null_count += block.count(b"\0")
        found.line_feeds += block.count(b"\n")
        found.returns += block.count(b"\r")
        if found.is_utf8 and not (block.isascii() and found.is_ascii):
            found.is_ascii = False
            found.is_utf8 = _decodes(decoder, block)
    if found.is_utf8 and not found.is_ascii:
        found.is_utf8 = _decodes(decoder, b"", final=True)
    return found


def _survey_file(path: Path) -> _Bytes:
    with path.open("rb") as stream:
        return _survey(stream, None)


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def _encoding(name: str, found: _Bytes, format_: Delimited) -> str:
    allowed = ", ".join(format_.encodings)
    if not found.head.strip():
        raise LayoutError(f"{name}: the file holds nothing but blanks ({found.size:,} bytes).")
    if found.head.lstrip()[:1] == b"<":
        raise LayoutError(f"{name}: a web page or XML stands where delimited text was expected.")
    if found.head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return _allowed("utf-16", f"{name}: it opens with the mark of UTF-16", format_)
    if found.null_count:
        raise LayoutError(
            f"{name}: {found.null_count:,} NUL bytes stand in the text. Ask for the file again; it was not read."
        )
    if found.is_ascii:
        return format_.encodings[0] if format_.encodings[0] != "utf-16" else "utf-8"
    if found.is_utf8:
        return _allowed("utf-8", f"{name}: its bytes beyond ASCII are UTF-8", format_)
    single = next((encoding for encoding in format_.encodings if encoding in _SINGLE_BYTE), None)
    if single is None:
        raise LayoutError(
            f"{name}: its bytes are not UTF-8; the layout allows {allowed}. Add the right encoding to a dated layout."
        )
    return single


def _allowed(encoding: str, finding: str, format_: Delimited) -> str:
    if encoding not in format_.encodings:
        raise LayoutError(
            f"{finding}; the layout allows {', '.join(format_.encodings)}. Add {encoding} to a dated layout if the state changed it."
        )
    return encoding


def _transcode(source: Path, target: Path, encoding: str, name: str) -> Path:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with source.open("rb") as stream, target.open("wb") as copy:
            while block := stream.read(_BLOCK):
                copy.write(decoder.decode(block).encode("utf-8"))
            copy.write(decoder.decode(b"", final=True).encode("utf-8"))
    except UnicodeError:
        raise LayoutError(f"{name}: its bytes are not {encoding}.") from None
    return target


def count_blank_lines(path: Path) -> int:
    """Lines without a character, which hold no record and are no fault."""
    with path.open("rb") as text:
        return sum(1 for line in text if not line.strip())
