"""One pass over the bytes of a text: how many, which line ends, and what tells its encoding."""

import codecs
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol

import numpy as np

BLOCK = 1 << 22
_LINE_FEED, _RETURN = ord("\n"), ord("\r")


class Readable(Protocol):
    """What bytes can be read from."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes; none at the end."""
        ...


class TooLargeError(Exception):
    """More bytes came out of an archive than it may hold."""


@dataclass
class Survey:
    """What a pass over the bytes finds.

    Attributes:
        size: Bytes.
        null_count: NUL bytes.
        line_feeds: Line feeds.
        returns: Carriage returns.
        pairs: Carriage returns followed by a line feed.
        is_ascii: Whether every byte behind a byte order mark is ASCII.
        is_utf8: Whether the whole is UTF-8.
        high_count: Bytes beyond ASCII, counted from the block on in which UTF-8 was ruled out.
        paired_count: Of these, the ones that would be a letter in UTF-8.
        control_count: Of these, the ones from 0x80 to 0x9F that stand alone: no letters in latin-1.
        head: The first bytes.
        last: The last byte.
    """

    size: int = 0
    null_count: int = 0
    line_feeds: int = 0
    returns: int = 0
    pairs: int = 0
    is_ascii: bool = True
    is_utf8: bool = True
    high_count: int = 0
    paired_count: int = 0
    control_count: int = 0
    head: bytes = b""
    last: bytes = b""
    _decoder: codecs.IncrementalDecoder = field(default_factory=codecs.getincrementaldecoder("utf-8"), repr=False)

    @property
    def has_even_lines(self) -> bool:
        """Whether every line ends the same way, by a line feed or by both signs."""
        return self.pairs == self.returns and self.pairs in (0, self.line_feeds)

    @property
    def line_ends(self) -> str:
        """How its lines end, in words; a carriage return that stands alone among line feeds ends none."""
        if not self.line_feeds:
            return "carriage returns" if self.returns else ""
        if not self.pairs:
            return "line feeds"
        return "carriage returns with line feeds" if self.pairs == self.line_feeds else "some with a carriage return"

    @property
    def mark(self) -> str:
        """Which mark stands before the text; empty where none does."""
        if self.head.startswith(codecs.BOM_UTF8):
            return "UTF-8"
        return "UTF-16" if self.head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else ""

    @property
    def line_count(self) -> int:
        """Lines, also where the last one is not ended."""
        ends = self.line_feeds or self.returns
        return ends + (self.size > 0 and self.last not in (b"\n", b"\r"))

    def add(self, block: bytes) -> None:
        """Take in the next block."""
        signs = block if self.size else block.removeprefix(codecs.BOM_UTF8)  # a mark is also put before other encodings
        self.head = self.head or block[:4096]
        self.size += len(block)
        self.null_count += block.count(b"\0") if b"\0" in block else 0  # looking is quicker than counting
        self._add_line_ends(block)
        if self.is_utf8 and not (self.is_ascii and signs.isascii()):
            self.is_ascii = False
            self._decode(signs)
        if not self.is_utf8:
            self._add_high(signs)
        self.last = block[-1:]

    def finish(self) -> "Survey":
        """The survey, once the last block is in."""
        if self.is_utf8 and not self.is_ascii:
            self._decode(b"", final=True)
        return self

    def _add_line_ends(self, block: bytes) -> None:
        signs = np.frombuffer(block, np.uint8)
        feeds = np.flatnonzero(signs == _LINE_FEED)
        self.line_feeds += len(feeds)
        self.pairs += self.last == b"\r" and block[:1] == b"\n"
        if b"\r" in block:
            self.returns += int(np.count_nonzero(signs == _RETURN))
            self.pairs += int(np.count_nonzero(signs[feeds[feeds > 0] - 1] == _RETURN))

    def _decode(self, block: bytes, final: bool = False) -> None:
        try:
            self._decoder.decode(block, final)
        except UnicodeDecodeError:
            self.is_utf8 = False

    def _add_high(self, block: bytes) -> None:
        signs = np.frombuffer(block, np.uint8)
        places = np.flatnonzero(signs >= 0x80)  # few: all that follows looks at them alone
        high = signs[places]
        leads = places[(high >= 0xC2) & (high < 0xF5)]
        pairs = int(np.count_nonzero((signs[leads[leads < len(signs) - 1] + 1] & 0xC0) == 0x80))
        self.high_count += len(high)
        self.paired_count += 2 * pairs
        self.control_count += max(int(np.count_nonzero(high < 0xA0)) - pairs, 0)


def survey(stream: Readable, copy: IO[bytes] | None = None, largest: int | None = None) -> Survey:
    """The survey of a stream.

    Args:
        stream: The bytes.
        copy: Where the bytes are written as they pass.
        largest: Bytes that the stream may have.

    Raises:
        TooLargeError: It has more.
    """
    found = Survey()
    while block := stream.read(BLOCK):
        if copy:
            copy.write(block)
        found.add(block)
        if largest is not None and found.size > largest:
            raise TooLargeError
    return found.finish()


def survey_file(path: Path) -> Survey:
    """The survey of a file."""
    with path.open("rb") as stream:
        return survey(stream)
