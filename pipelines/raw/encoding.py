"""Which encoding a text has, resolved without doubt, and the text as even lines of UTF-8."""

import codecs
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.errors import LayoutError
from pipelines.layouts.formats import TextFormat
from pipelines.raw.survey import BLOCK, Survey

SINGLE_BYTE = ("latin-1", "cp1252")
_UTF8_MARK = codecs.BOM_UTF8
_LARGEST_PAIRED_SHARE = 0.1  # in latin-1 a capital with accent hardly ever stands before a sign like a fraction


@dataclass(frozen=True)
class Encoded:
    """The encoding of a text.

    Attributes:
        name: Name of the encoding.
        told: A sentence where the layout does not list it and it was bridged; else empty.
        change: What a dated layout would say of it, in the words of `RoleChange`.
    """

    name: str
    told: str = ""
    change: Mapping[str, Any] = field(default_factory=dict)


def find_encoding(name: str, found: Survey, format_: TextFormat, is_bridged: bool = False) -> Encoded:
    """The encoding of a text.

    Args:
        name: Name of the text.
        found: What a pass over its bytes found.
        format_: Format of its layout.
        is_bridged: Whether an encoding that the layout does not list may be taken, where the bytes leave no doubt.

    Raises:
        LayoutError: Blank, a web page, NUL bytes, an encoding that the layout lacks, or bytes of two encodings.
    """
    encoding, finding = _encoding(name, found, format_)
    if encoding in format_.encodings or found.is_ascii:
        return Encoded(encoding)
    change = {"set": {"format": {"encodings": [*format_.encodings, encoding]}}}
    told = f"{finding}; the layout allows {', '.join(format_.encodings)}."
    if not is_bridged:
        raise LayoutError(f"{told} Add {encoding} to a dated layout if the state changed it.", change)
    return Encoded(encoding, told, change)


def _encoding(name: str, found: Survey, format_: TextFormat) -> tuple[str, str]:
    """The encoding that the bytes tell, and what tells it."""
    head = found.head.removeprefix(_UTF8_MARK)
    if not head.strip():
        what = "the file holds" if found.size <= len(found.head) else f"its first {len(found.head):,} bytes are"
        raise LayoutError(f"{name}: {what} nothing but blanks ({found.size:,} bytes in all).")
    if head.lstrip()[:1] == b"<":
        raise LayoutError(f"{name}: a web page or XML stands where delimited text was expected.")
    if found.head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16", f"{name}: it opens with the mark of UTF-16"
    demand_no_nulls(name, found)
    if found.is_ascii:
        return next((encoding for encoding in format_.encodings if encoding != "utf-16"), "utf-8"), ""
    if found.is_utf8:
        return "utf-8", f"{name}: its bytes beyond ASCII are UTF-8"
    return _single_byte(name, found, format_)


def demand_no_nulls(name: str, found: Survey) -> None:
    """Refuse a text with NUL bytes.

    Raises:
        LayoutError: It has some; their number is said.
    """
    if found.null_count:
        raise LayoutError(
            f"{name}: {found.null_count:,} NUL bytes stand in the text{_likely_utf16(found)}. "
            "Ask for the file again; it was not read."
        )


def _likely_utf16(found: Survey) -> str:
    is_half = abs(2 * found.null_count - found.size) <= _LARGEST_PAIRED_SHARE * found.size
    return ", every second byte: it looks like UTF-16 without its mark" if is_half else ""


def has_letters_of_cp1252(found: Survey, encoding: str) -> bool:
    """Whether a text that is taken for latin-1 has bytes that are letters in cp1252 and control signs in latin-1.

    Source:
        The Encoding Standard of the WHATWG (section 4.2) reads every text that is named latin-1 as cp1252.
    """
    return encoding == "latin-1" and not found.is_utf8 and found.control_count > 0


def describe_doubt(name: str, found: Survey, encoding: str) -> str:
    """A sentence on bytes of a text taken for latin-1 that are no letters in it, and how they were read."""
    told = f"{name}: {found.control_count:,} bytes from 0x80 to 0x9F are no letters in latin-1"
    if encoding == "cp1252":
        return f"{told}; the text was read as cp1252."
    return f"{told}, and some are none in cp1252. Ask the state which encoding it writes."


def transcode(source: Path, target: Path, encoding: str, name: str) -> Path:
    """The text as UTF-8; a byte order mark of UTF-8 before another encoding is left out.

    Raises:
        LayoutError: Some bytes are not of the encoding.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with target.open("wb") as copy:
            for place, block in enumerate(_blocks(source)):
                signs = block if place else block.removeprefix(_UTF8_MARK)
                copy.write(decoder.decode(signs).encode("utf-8"))
            copy.write(decoder.decode(b"", final=True).encode("utf-8"))
    except UnicodeError:
        raise LayoutError(f"{name}: its bytes are not {encoding}.") from None
    return target


def even_lines(source: Path, target: Path, found: Survey, has_stray_line_feeds: bool = False) -> Path:
    """The text with a line feed at the end of every line.

    Where line feeds end the lines, a carriage return that stands alone is white space in a field; without any line feed
    it is the line end itself. Line feeds may be such white space too, where both signs together end the lines.
    """
    alone = b" " if found.line_feeds else b"\n"
    feed = b" " if has_stray_line_feeds else b"\n"
    kept = b""
    with target.open("wb") as copy:
        for block in _blocks(source):
            whole = kept + block
            kept = b"\r" if whole.endswith(b"\r") else b""
            copy.write(_even(whole[: len(whole) - len(kept)], alone, feed))
        copy.write(kept.replace(b"\r", alone))
    return target


def _even(block: bytes, alone: bytes, feed: bytes) -> bytes:
    if feed == b"\n":
        return block.replace(b"\r\n", b"\n").replace(b"\r", alone)
    return block.replace(b"\r\n", b"\0").replace(b"\n", feed).replace(b"\r", alone).replace(b"\0", b"\n")


def _single_byte(name: str, found: Survey, format_: TextFormat) -> tuple[str, str]:
    if found.paired_count > _LARGEST_PAIRED_SHARE * found.high_count:
        raise LayoutError(
            f"{name}: {found.paired_count:,} of {found.high_count:,} bytes beyond ASCII are UTF-8, the others are not. "
            "Two encodings cannot be told apart; ask for the file again."
        )
    allowed = [encoding for encoding in format_.encodings if encoding in SINGLE_BYTE]
    likely = "cp1252" if found.control_count else "latin-1"
    if len(set(allowed)) == 1:
        return allowed[0], ""
    return likely, f"{name}: its bytes are not UTF-8, they are letters in {likely}"


def _blocks(source: Path) -> Iterator[bytes]:
    with source.open("rb") as stream:
        while block := stream.read(BLOCK):
            yield block
