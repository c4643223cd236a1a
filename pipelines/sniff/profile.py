"""What the texts of a column look like: counts and shares of a sample, never a text of it beyond short codes."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

DAY_FORMATS = {
    "%m/%d/%Y": r"\d{1,2}/\d{1,2}/\d{4}",
    "%Y-%m-%d": r"\d{4}-\d{1,2}-\d{1,2}",
    "%Y%m%d": r"(19|20)\d{6}",
    "%m%d%Y": r"\d{4}(19|20)\d{2}",
    "%m-%d-%Y": r"\d{1,2}-\d{1,2}-\d{4}",
    "%m/%d/%Y %H:%M:%S": r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d{2}:\d{2}",
    "%Y-%m-%d %H:%M:%S": r"\d{4}-\d{1,2}-\d{1,2} \d{2}:\d{2}:\d{2}",
    "%d-%b-%Y": r"\d{1,2}-[A-Za-z]{3}-\d{4}",
    "%m/%d/%y": r"\d{1,2}/\d{1,2}/\d{2}",
}
"""How days are written in the country, and the form of such a text; the first that reads a column is taken."""

FEWEST_ROWS, LEAST_SHARE = 20, 0.01
"""A text is a code, and may be told, where it stands in so many rows of the sample, or in this share of a large one."""
_LONGEST_CODE = 40
_CONVERTS = 0.9  # below, a column is not what it seems: a tenth of masks and faults is the most that was seen


@dataclass(frozen=True, eq=False)
class ColumnProfile:
    """What the texts of a column look like.

    Attributes:
        place: Place of the column, from 0.
        header: Its header.
        rows: Rows of the sample.
        texts: Texts that are not blank, trimmed, with the rows that they stand in.
    """

    place: int
    header: str
    rows: int
    texts: Counter[str]

    @cached_property
    def filled(self) -> int:
        """Rows whose text is not blank."""
        return sum(self.texts.values())

    @property
    def filled_share(self) -> float:
        """Share of the rows whose text is not blank, in [0, 1]."""
        return self.filled / self.rows if self.rows else 0.0

    @property
    def distinct_share(self) -> float:
        """Different texts to filled rows, in [0, 1]: 1 where each stands once."""
        return len(self.texts) / self.filled if self.filled else 0.0

    @cached_property
    def longest(self) -> int:
        """Characters of the longest text."""
        return max(map(len, self.texts), default=0)

    def share(self, pattern: str) -> float:
        """Share of the filled rows whose whole text fits a regular expression, in [0, 1]."""
        fits = sum(count for text, count in self.texts.items() if re.fullmatch(pattern, text))
        return fits / self.filled if self.filled else 0.0

    def share_in(self, texts: Iterable[str]) -> float:
        """Share of the filled rows whose text, in capitals, is on a list, in [0, 1]."""
        listed = set(texts)
        fits = sum(count for text, count in self.texts.items() if text.upper() in listed)
        return fits / self.filled if self.filled else 0.0

    @cached_property
    def days(self) -> "Days":
        """How the texts read as days."""
        return read_days(self.texts)

    @property
    def is_dates(self) -> bool:
        """Whether most of the texts are days."""
        return self.days.share >= _CONVERTS

    @cached_property
    def is_years(self) -> bool:
        """Whether most of the texts are years of four digits."""
        return self.share(r"(19|20)\d\d") >= _CONVERTS

    def codes(self, least: int = FEWEST_ROWS) -> list[str]:
        """Short texts that stand in many rows, the most frequent first; a text of few people is none."""
        fewest = min(least, max(min(least, 3), int(LEAST_SHARE * self.filled)))
        return [
            text
            for text, count in self.texts.most_common(_MOST_CODES)
            if count >= fewest and len(text) <= _LONGEST_CODE
        ]

    @cached_property
    def masks(self) -> list[str]:
        """Texts of signs, X and noughts alone that stand in several rows: they say that nothing is told."""
        signs = re.compile(r"[*#X?/.-]{1,}[*#X?/. -]*|[-0/]{2,}|0")
        fits = [text for text in self.codes(3) if signs.fullmatch(text) and re.search(r"[*#?]|XX|00|--", text)]
        return [text for text in fits if self.texts[text] < self.filled / 2]


_MOST_CODES = 400


@dataclass(frozen=True)
class Days:
    """How texts read as days.

    Attributes:
        formats: Formats that read them, the one that reads most first.
        share: Share of the filled rows that they read, in [0, 1].
        first_year: Year that a twentieth of them lie before.
        middle_year: Year that half of them lie before.
        last_year: Year that all but a twentieth lie before.
    """

    formats: tuple[str, ...] = ()
    share: float = 0.0
    first_year: int = 0
    middle_year: int = 0
    last_year: int = 0


def read_days(texts: Counter[str]) -> Days:
    """How texts read as days, by the fewest formats; placeholders before 1901 count as read."""
    filled = sum(texts.values())
    left, formats, years = dict(texts), [], []
    while left:
        read = {known: _read(left, known, form) for known, form in DAY_FORMATS.items()}
        best = max(read, key=lambda known: sum(left[text] for text in read[known]))
        if sum(left[text] for text in read[best]) < max(3, 0.002 * filled):
            break
        formats.append(best)
        years += [year for text, year in read[best].items() if year > 1900 for _ in range(left[text])]
        left = {text: count for text, count in left.items() if text not in read[best]}
    if not formats or not filled:
        return Days()
    years = sorted(years) or [1900]
    spread = [years[min(int(share * len(years)), len(years) - 1)] for share in (0.05, 0.5, 0.95)]
    return Days(tuple(formats), 1 - sum(left.values()) / filled, *spread)


def read_day(text: str, formats: Iterable[str]) -> dt.date | None:
    """The day that a text is by the first of some formats that reads it."""
    for known in formats:
        try:
            return dt.datetime.strptime(text, known).date()
        except ValueError:
            continue
    return None


def _read(texts: Iterable[str], known: str, form: str) -> dict[str, int]:
    """Texts that a format reads, with their years."""
    found = {}
    for text in texts:
        if re.fullmatch(form, text):
            try:
                found[text] = dt.datetime.strptime(text, known).year
            except ValueError:
                continue
    return found


def profile_columns(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> list[ColumnProfile]:
    """The profile of every column of a sample; a row that is short lacks its last texts."""
    counts: list[Counter[str]] = [Counter() for _ in headers]
    for row in rows:
        for place, text in zip(range(len(headers)), row, strict=False):
            if text and (trimmed := text.strip()):
                counts[place][trimmed] += 1
    return [
        ColumnProfile(place, header, len(rows), texts)
        for place, (header, texts) in enumerate(zip(headers, counts, strict=True))
    ]
