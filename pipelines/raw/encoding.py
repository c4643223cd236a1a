"""Which encoding a text has, resolved without doubt, and the text as even lines of UTF-8."""

import codecs
from collections.abc import Iterator
from pathlib import Path

from models.errors import LayoutError
from pipelines.layouts.formats import TextFormat
from pipelines.raw.survey import BLOCK, Survey

SINGLE_BYTE = ("latin-1", "cp1252")
_UTF8_MARK = codecs.BOM_UTF8
_LARGEST_PAIRED_SHARE = 0.1  # in latin-1 a capital with accent hardly ever stands before a sign like a fraction


def find_encoding(name: str, found: Survey, format_: TextFormat) -> str:
    """The encoding of a text.

    Raises:
        LayoutError: Blank, a web page, NUL bytes, an encoding that the layout lacks, or bytes of two encodings.
    """
    head = found.head.removeprefix(_UTF8_MARK)
    if not head.strip():
        raise LayoutError(f"{name}: the file holds nothing but blanks ({found.size:,} bytes).")
    if head.lstrip()[:1] == b"<":
        raise LayoutError(f"{name}: a web page or XML stands where delimited text was expected.")
    if found.head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return _allowed("utf-16", f"{name}: it opens with the mark of UTF-16", format_)
    demand_no_nulls(name, found)
    if found.is_ascii:
        return next((encoding for encoding in format_.encodings if encoding != "utf-16"), "utf-8")
    if found.is_utf8:
        return _allowed("utf-8", f"{name}: its bytes beyond ASCII are UTF-8", format_)
    return _single_byte(name, found, format_)


def demand_no_nulls(name: str, found: Survey) -> None:
    """Refuse a text with NUL bytes.

    Raises:
        LayoutError: It has some; their number is said.
    """
    if found.null_count:
        raise LayoutError(
            f"{name}: {found.null_count:,} NUL bytes stand in the text. Ask for the file again; it was not read."
        )


def describe_doubt(name: str, found: Survey, encoding: str) -> str:
    """A sentence on bytes that the encoding can read and that are no letters in it; empty when there are none."""
    if encoding != "latin-1" or found.is_utf8 or not found.control_count:
        return ""
    return (
        f"{name}: {found.control_count:,} bytes from 0x80 to 0x9F are no letters in latin-1. "
        "If the state writes cp1252, add it to a dated layout."
    )


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


def _single_byte(name: str, found: Survey, format_: TextFormat) -> str:
    allowed = [encoding for encoding in format_.encodings if encoding in SINGLE_BYTE]
    if not allowed:
        listed = ", ".join(format_.encodings)
        raise LayoutError(
            f"{name}: its bytes are not UTF-8; the layout allows {listed}. Add the right encoding to a dated layout."
        )
    if found.paired_count > _LARGEST_PAIRED_SHARE * found.high_count:
        raise LayoutError(
            f"{name}: {found.paired_count:,} of {found.high_count:,} bytes beyond ASCII are UTF-8, the others are not. "
            "Two encodings cannot be told apart; ask for the file again."
        )
    has_both = len(set(allowed)) > 1
    return "cp1252" if has_both and found.control_count else allowed[0]


def _allowed(encoding: str, finding: str, format_: TextFormat) -> str:
    if encoding not in format_.encodings:
        raise LayoutError(
            f"{finding}; the layout allows {', '.join(format_.encodings)}. "
            f"Add {encoding} to a dated layout if the state changed it."
        )
    return encoding


def _blocks(source: Path) -> Iterator[bytes]:
    with source.open("rb") as stream:
        while block := stream.read(BLOCK):
            yield block
