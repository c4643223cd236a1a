"""A catalogue of breaks that real deliveries show: each takes the bytes of a good file and gives those of a broken one.

The table breaks read the file as a header and rows of text split at the delimiter; a quoted value must not hold the
delimiter or the end of a line, which holds for simulated files.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Rows = list[list[str]]


@dataclass(frozen=True)
class TextFile:
    """How the good file is written.

    Attributes:
        encoding: Encoding of the text.
        delimiter: What stands between values.
        quote: What stands around a value, empty for nothing.
        newline: What ends a row.
    """

    encoding: str = "latin-1"
    delimiter: str = "\t"
    quote: str = '"'
    newline: str = "\r\n"

    def rows(self, content: bytes) -> Rows:
        """Header and rows, quotes kept."""
        lines = content.decode(self.encoding).split(self.newline)
        return [line.split(self.delimiter) for line in lines if line]

    def content(self, rows: Rows) -> bytes:
        """Rows as bytes."""
        return "".join(self.delimiter.join(row) + self.newline for row in rows).encode(self.encoding)

    def position(self, rows: Rows, column: str) -> int:
        """Position of a column by its header."""
        return [name.strip(self.quote or None) for name in rows[0]].index(column)

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


CATALOGUE: Sequence[Callable[..., bytes]] = (
    drop_column,
    rename_header,
    swap_delimiter,
    reencode,
    cut_short,
    empty,
    header_only,
    duplicate_ids,
    nul_bytes,
    placeholder_dates,
    unbalanced_quote,
    html_page,
    shift_values,
    shuffle_column,
    fewer_rows,
)
"""Every break, in the order of this file."""
