"""Breaks of one text: each takes the bytes of a good file and gives those of a broken one.

A text is read as a header and rows of cells; a cell is kept as it is written, with its quotes or its blanks. A quoted
value may hold the delimiter but not the end of a line, which holds for simulated files.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from pipelines.layouts.formats import Delimited, FixedWidth

Rows = list[list[str]]


@dataclass(frozen=True)
class TextFile:
    """How the good file is written.

    Attributes:
        encoding: Encoding of the text.
        delimiter: What stands between values.
        quote: What stands around a value, empty for nothing.
        newline: What ends a row.
        titles: Lines before the header.
        names: Columns of a text without a header, which then stands first among the rows all the same.
        widths: Characters of each field of a fixed-width text; without them fields end at the delimiter.
    """

    encoding: str = "latin-1"
    delimiter: str = "\t"
    quote: str = '"'
    newline: str = "\r\n"
    titles: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    widths: tuple[int, ...] = ()

    @classmethod
    def of(cls, format_: Delimited | FixedWidth, content: bytes) -> "TextFile":
        """How a text is that was written in a format."""
        encoding = f"{format_.encodings[0]}{'-sig' if format_.has_byte_order_mark else ''}"
        if isinstance(format_, FixedWidth):
            record = format_.records[0]
            widths = tuple(record.values())
            return cls(encoding, format_.separator, "", format_.line_end, (), tuple(record), widths)
        names = () if format_.header else tuple(format_.names)
        found = cls(encoding, format_.delimiters[0], format_.quote, format_.line_end, (), names)
        return replace(found, titles=tuple(found.lines(content)[: format_.skipped_lines]))

    def lines(self, content: bytes) -> list[str]:
        """Lines that hold something."""
        return [line for line in content.decode(self.encoding).split(self.newline) if line]

    def rows(self, content: bytes) -> Rows:
        """Header and rows, cells as they are written."""
        rows = [self.cells(line) for line in self.lines(content)[len(self.titles) :]]
        return [list(self.names), *rows] if self.names else rows

    def content(self, rows: Rows) -> bytes:
        """Rows as bytes."""
        told = [self.line(row) for row in rows[1 if self.names else 0 :]]
        return "".join(line + self.newline for line in [*self.titles, *told]).encode(self.encoding)

    def cells(self, line: str) -> list[str]:
        """The cells of a line."""
        if self.widths:
            step = len(self.delimiter)
            starts = [sum(self.widths[:at]) + at * step for at in range(len(self.widths))]
            return [line[start : start + width] for start, width in zip(starts, self.widths, strict=True)]
        quote = self.quote
        if quote and len(line) > 1 and line.startswith(quote) and line.endswith(quote):
            return [f"{quote}{cell}{quote}" for cell in line[1:-1].split(f"{quote}{self.delimiter}{quote}")]
        return line.split(self.delimiter)

    def line(self, row: list[str]) -> str:
        """The line of a row."""
        if not self.widths:
            return self.delimiter.join(row)
        return self.delimiter.join(cell.ljust(width)[:width] for cell, width in zip(row, self.widths, strict=True))

    def position(self, rows: Rows, column: str) -> int:
        """Position of a column by its header."""
        return [self.value(name) for name in rows[0]].index(column)

    def value(self, cell: str) -> str:
        """What a cell says."""
        return cell.rstrip() if self.widths else cell.strip(self.quote or None)

    def quoted(self, value: str) -> str:
        """A value as the file writes it."""
        return f"{self.quote}{value}{self.quote}"


QUOTED_TABS = TextFile()


def drop_column(content: bytes, column: str, how: TextFile = QUOTED_TABS) -> bytes:
    """A required column is missing."""
    rows = how.rows(content)
    nth = how.position(rows, column)
    return how.content([row[:nth] + row[nth + 1 :] for row in rows])


def rename_header(content: bytes, column: str, new: str, how: TextFile = QUOTED_TABS) -> bytes:
    """A column carries a new name, for example registr_dt became reg_date."""
    rows = how.rows(content)
    rows[0][how.position(rows, column)] = how.quoted(new)
    return how.content(rows)


def swap_delimiter(content: bytes, new: str = "|", how: TextFile = QUOTED_TABS) -> bytes:
    """Another delimiter than the layout says."""
    return content.decode(how.encoding).replace(how.delimiter, new).encode(how.encoding)


def reencode(content: bytes, new: str = "utf-16", how: TextFile = QUOTED_TABS) -> bytes:
    """Another encoding, by default UTF-16 with a byte order mark."""
    return content.decode(how.encoding).encode(new)


def cut_short(content: bytes, kept_share: float = 0.6) -> bytes:
    """The transfer broke off: a zip archive loses its directory, a text its last rows."""
    return content[: int(len(content) * kept_share)]


def empty(content: bytes) -> bytes:
    """Nothing arrived but the name."""
    return content[:0]


def header_only(content: bytes, how: TextFile = QUOTED_TABS) -> bytes:
    """The export found no rows."""
    return how.content(how.rows(content)[:1])


def duplicate_ids(content: bytes, column: str, count: int = 5, how: TextFile = QUOTED_TABS) -> bytes:
    """Some ids stand twice, the second time with another row's values."""
    rows = how.rows(content)
    nth, last = how.position(rows, column), len(rows) - 1
    again = [[*rows[last - at][:nth], rows[1 + at][nth], *rows[last - at][nth + 1 :]] for at in range(count)]
    return how.content(rows + again)


def nul_bytes(content: bytes, every: int = 50, how: TextFile = QUOTED_TABS) -> bytes:
    """A NUL byte stands inside the first value of some rows."""
    rows = how.rows(content)
    for row in rows[1::every]:
        row[0] = row[0][:-1] + "\0" + row[0][-1:]
    return how.content(rows)


def placeholder_dates(
    content: bytes, column: str, value: str = "01/01/1800", every: int = 3, how: TextFile = QUOTED_TABS
) -> bytes:
    """Unknown birth dates are written as 1800-01-01, or as the year 1800, in the layout's own format."""
    rows = how.rows(content)
    nth = how.position(rows, column)
    for row in rows[1::every]:
        row[nth] = how.quoted(value)
    return how.content(rows)


def unbalanced_quote(content: bytes, column: str, row: int = 2, how: TextFile = QUOTED_TABS) -> bytes:
    """One value opens a quote that never closes; `row` counts from 1, the header being 0."""
    rows = how.rows(content)
    nth = how.position(rows, column)
    rows[row][nth] = '"' + rows[row][nth].strip(how.quote or None)
    return how.content(rows)


def html_page(_content: bytes) -> bytes:
    """The site answered with a page instead of the file."""
    page = "<!DOCTYPE html>\n<html><head><title>503 Service Unavailable</title></head>\n"
    return (page + "<body><h1>Service Unavailable</h1><p>Try again later.</p></body></html>\n").encode()


def shift_values(content: bytes, column: str, how: TextFile = QUOTED_TABS) -> bytes:
    """From one column on, values stand one place to the right of their header; the last moves to the gap."""
    rows = how.rows(content)
    nth = how.position(rows, column)
    return how.content([rows[0]] + [row[:nth] + row[-1:] + row[nth:-1] for row in rows[1:]])


def shuffle_column(content: bytes, column: str, seed: int = 1, how: TextFile = QUOTED_TABS) -> bytes:
    """One column's values stand in other people's rows."""
    rows = how.rows(content)
    nth = how.position(rows, column)
    values = [row[nth] for row in rows[1:]]
    random.Random(seed).shuffle(values)
    return how.content(
        [rows[0]] + [[*row[:nth], new, *row[nth + 1 :]] for row, new in zip(rows[1:], values, strict=True)]
    )


def fewer_rows(content: bytes, kept_every: int = 10, how: TextFile = QUOTED_TABS) -> bytes:
    """Only every tenth row arrived, in a file that is otherwise whole."""
    rows = how.rows(content)
    return how.content(rows[:1] + rows[1::kept_every])


def change_values(
    content: bytes, column: str, change: Callable[[str], str], every: int = 1, how: TextFile = QUOTED_TABS
) -> bytes:
    """The values of a column are written in another way, in every so manieth row; empty ones stay empty."""
    rows = how.rows(content)
    nth = how.position(rows, column)
    for row in rows[1::every]:
        value = how.value(row[nth])
        row[nth] = how.quoted(change(value)) if value else row[nth]
    return how.content(rows)


def next_digits(text: str, step: int = 3) -> str:
    """A number whose every digit is another one: the id of somebody else, of the same form."""
    return "".join(str((int(sign) + step) % 10) if sign.isdigit() else sign for sign in text)
