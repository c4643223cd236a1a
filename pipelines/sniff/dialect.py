"""What stands between the fields of an unknown text, whether quotes do, and which line is the header."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from models.errors import LayoutError
from pipelines.sniff.words import names_a_column

DELIMITERS = ("\t", "|", ",", ";")
_LOOKED_AT = 2000
_MOST_TITLES = 20  # lines above the header
_LEAST_EVEN = 0.6  # below, the lines have no number of fields in common: it is no delimited text
_MOST_FIELDS = 5000


@dataclass(frozen=True)
class TextDialect:
    """How the fields of a text are told apart.

    Attributes:
        delimiter: What stands between two fields.
        quote: Quote sign, empty where quotes are plain characters.
        headers: Names of the columns; `column_1` and so on where the text has none.
        has_header: Whether a line names the columns.
        skipped_lines: Lines above the header, or above the first row.
        has_short_rows: Whether empty fields at the end of a row are left out.
        remarks: What is uncertain, as sentences.
    """

    delimiter: str
    quote: str
    headers: tuple[str, ...]
    has_header: bool
    skipped_lines: int = 0
    has_short_rows: bool = False
    remarks: list[str] = field(default_factory=list)

    def split(self, lines: Sequence[str]) -> list[list[str]]:
        """Rows that have as many fields as the header, or fewer where rows may be short."""
        width = len(self.headers)
        rows = split_lines(lines, self.delimiter, self.quote)
        return [row for row in rows if len(row) == width or (self.has_short_rows and len(row) < width)]


def split_lines(lines: Sequence[str], delimiter: str, quote: str) -> list[list[str]]:
    """The fields of each line; a line that cannot be split has none. A quote never reaches into the next line."""
    if not quote:
        return [line.split(delimiter) for line in lines]
    return [_split(line, delimiter, quote) for line in lines]


def _split(line: str, delimiter: str, quote: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, quotechar=quote), [])
    except csv.Error:
        return []


def find_text_dialect(name: str, lines: Sequence[str], more: Sequence[str], delimiter: str = "") -> TextDialect:
    """The delimiter, quote and header of a text.

    Args:
        name: Name of the text, for the error.
        lines: Its first lines, blank ones left out, and some of the later ones.
        more: Those of other texts of its kind as well.
        delimiter: The delimiter, where it is known.

    Raises:
        LayoutError: No delimiter splits most of the lines into the same number of fields.
    """
    looked_at = more[:_LOOKED_AT]
    best, quote, width, even = max(
        (
            _tried(looked_at, tried, quote)
            for tried in ([delimiter] if delimiter else DELIMITERS)
            for quote in ('"', "")
        ),
        key=lambda found: (found[2] > 1, round(found[3], 2), found[2], bool(found[1])),
    )
    if width < 2 or even < _LEAST_EVEN:
        raise LayoutError(f"{name}: no delimiter splits its lines into columns, and they are not of one length.")
    quote = '"' if _is_quoted(looked_at, best) and (quote or width > len(_split(lines[0], best, '"'))) else ""
    width = len(_split(lines[0], best, quote)) if quote and width > len(_split(lines[0], best, quote)) > 1 else width
    rows = split_lines(lines[:_LOOKED_AT], best, quote)
    skipped = next((place for place, row in enumerate(rows) if len(row) == width), 0)
    skipped = skipped if skipped <= _MOST_TITLES else 0
    has_header = _is_header(rows[skipped], rows[skipped + 1 :])
    headers = tuple(text.strip() for text in rows[skipped]) if has_header else _made_up(width)
    short = [row for row in rows[skipped + 1 :] if len(row) < width]
    remarks = [f"{1 - even:.1%} of the sampled lines have another number of fields"] if even < 1 - 1e-9 else []
    return TextDialect(best, quote, headers, has_header, skipped, len(short) > _SHORT * len(rows), remarks)


_SHORT = 0.2  # a few short rows are broken ones; where many are, the empty fields at their ends were left out


def _is_quoted(lines: Sequence[str], delimiter: str) -> bool:
    """Whether quotes stand around fields, and not somewhere in them."""
    quoted = sum(f'"{delimiter}' in line or f'{delimiter}"' in line for line in lines)
    return quoted > _QUOTED * len(lines)


_QUOTED = 0.02


def _tried(lines: Sequence[str], delimiter: str, quote: str) -> tuple[str, str, int, float]:
    """Delimiter, quote, the fields that most lines have, and the share of the lines that have them."""
    counts = Counter(len(row) for row in split_lines(lines, delimiter, quote))
    width, count = max(counts.items(), key=lambda found: (found[1], found[0]))
    header = max((len(row) for row in split_lines(lines[:_MOST_TITLES], delimiter, quote)), default=0)
    if header > width and header <= _MOST_FIELDS and max(counts) == header:  # rows whose last fields are left out
        return delimiter, quote, header, (1.0 if count < len(lines) * _LEAST_EVEN else count / len(lines)) * 0.99
    return delimiter, quote, width, count / len(lines)


def _made_up(width: int) -> tuple[str, ...]:
    return tuple(f"column_{place}" for place in range(1, width + 1))


def _is_header(first: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether a line names columns: its texts are words of headers, and not those that stand below."""
    told = [text.strip() for text in first if re.search("[A-Za-z]", text)]  # a day may name an election
    if len(told) < len(first) / _FEWEST_WORDS:
        return False
    below = {text.strip() for row in rows[:_MOST_BELOW] for text in row}
    if not rows:
        return len(told) == len(first) and all(map(names_a_column, told)) and not re.search(r"\d", "".join(first))
    seen = sum(text in below for text in told) / len(told)
    named = sum(names_a_column(text) for text in told) / len(told)
    return seen < _SEEN and (named >= _NAMED or (named >= _NAMED / 2 and len(told) == len(first)))


_FEWEST_WORDS = 5  # of the texts of a header a fifth at least has letters
_MOST_BELOW = 500
_SEEN = 0.2  # of a row of data, codes and names stand below again; a name of a column hardly ever
_NAMED = 0.5
