"""Where the fields of a text without delimiter stand: by the blanks between them, and by what kind of sign is where."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipelines.sniff.profile import read_days

_LOOKED_AT = 3000
_LEAST_LENGTH = 12
_OF_ONE_LENGTH = 0.98
_SEPARATED = 0.999
_SEPARATORS = (",", "|", "\t", ";")


@dataclass(frozen=True)
class Fields:
    """Where fields stand.

    Attributes:
        starts: First character of each, from 0.
        length: Characters of a line.
        separator: Sign that also stands between two fields; empty where there is none.
        remark: How far the places can be believed, as a sentence.
    """

    starts: tuple[int, ...]
    length: int
    separator: str
    remark: str

    def widths(self) -> dict[str, int]:
        """Made-up name of each field to its width in characters."""
        ends = [start - len(self.separator) for start in self.starts[1:]] + [self.length]
        return {
            f"column_{place}": end - start for place, (start, end) in enumerate(zip(self.starts, ends, strict=True), 1)
        }

    def split(self, line: str) -> list[str]:
        """The texts of a line."""
        widths = self.widths().values()
        return [line[start : start + width].strip() for start, width in zip(self.starts, widths, strict=True)]


def find_fields(lines: Sequence[str]) -> Fields | None:
    """Where the fields stand, of a text whose lines are of one length; nothing for another text."""
    looked_at = lines[:_LOOKED_AT]
    length, count = Counter(map(len, looked_at)).most_common(1)[0]
    alike = [line for line in looked_at if len(line) == length]
    if length < _LEAST_LENGTH or count < _OF_ONE_LENGTH * len(looked_at) or len(alike) < 2:
        return None
    for separator in _SEPARATORS:
        places = _always(alike, separator)
        starts = (0, *(place + 1 for place in places))
        if places and _are_padded(alike, starts):
            return Fields(starts, length, separator, f"lines of {length} characters with a sign between the fields")
        if sum(separator in line for line in alike) > len(alike) / 2 and separator != ",":
            return None
    if sum(line.count(",") > 0 for line in alike) > len(alike) / 2:
        return None
    starts = _by_signs(alike, length)
    return Fields(
        starts,
        length,
        "",
        f"lines of {length} characters; places are guessed by blanks and signs: hold them against the documentation",
    )


def _always(lines: Sequence[str], separator: str) -> list[int]:
    """Places where all lines have the separator."""
    return [
        place
        for place in range(len(lines[0]))
        if sum(line[place] == separator for line in lines) >= _SEPARATED * len(lines)
    ]


def _are_padded(lines: Sequence[str], starts: Sequence[int]) -> bool:
    """Whether fields are filled up with blanks, as no delimited text is: where all lines are alike by chance."""
    spans = list(pairwise([*starts, len(lines[0]) + 1]))
    blanks = sum(line[end - 2] == " " for line in lines for _, end in spans)
    return blanks > _PADDED * len(lines) * len(spans)


_PADDED = 0.2


def _by_signs(lines: Sequence[str], length: int) -> tuple[int, ...]:
    """Places where a field begins: text behind blanks, or another kind of sign than before."""
    kinds = [_kind([line[place] for line in lines]) for place in range(length)]
    starts = {0}
    for place in range(1, length):
        before, here = kinds[place - 1], kinds[place]
        behind_blank = sum(line[place - 1] == " " and line[place] != " " for line in lines) / len(lines)
        filled = sum(line[place] != " " for line in lines) / len(lines)
        if (filled and behind_blank > _BEGINS * filled and (here != "blank")) or {before, here} == {"digit", "letter"}:
            starts.add(place)
    spans = list(pairwise([*sorted(starts), length]))
    return tuple(start for begin, end in spans for start in _parted(lines, begin, end))


_BEGINS = 0.75  # in running text a blank stands before few letters of a place; before a field nearly always


def _kind(signs: list[str]) -> str:
    """What stands at a place in nearly all lines that are not blank there."""
    filled = [sign for sign in signs if sign != " "]
    if not filled:
        return "blank"
    digits = sum(sign.isdigit() for sign in filled) / len(filled)
    return "digit" if digits > _PURE else "letter" if digits < 1 - _PURE else "mixed"


_PURE = 0.98


def _parted(lines: Sequence[str], begin: int, end: int) -> list[int]:
    """A run of digits cut where a day stands in it: `1220100261020141104` is a county, a number and a day."""
    texts = [line[begin:end].strip() for line in lines]
    filled = [text for text in texts if text]
    if filled and end - begin > _SHORT and (digits := _behind_county(filled)):
        return [begin, begin + digits]
    if end - begin < 9 or not filled or not all(re.fullmatch(r"\d+", text) and len(text) >= 9 for text in filled[:200]):
        return [begin]
    for at in range(len(filled[0]) - 7):
        if read_days(Counter(text[at : at + 8] for text in filled)).share > _IS_DAY:
            return [begin] * (at > 0) + [begin + at] + [begin + at + 8] * (at + 8 < end - begin)
    return [begin]


def _behind_county(texts: Sequence[str]) -> int:
    """Digits of the county before those of a precinct, where texts are both: numbers from 1 on, all of them; else 0."""
    told = set(texts)
    if not all(text.isdigit() for text in told) or len({len(text) for text in told}) != 1:
        return 0
    for digits in (2, 3):
        counties = {int(text[:digits]) for text in told}
        parts = {text[digits:] for text in told}
        if min(counties) == 1 and max(counties) * _RUNNING <= len(counties) > _FEWEST_COUNTIES and "" not in parts:
            return digits if len(parts) * _SHARED <= len(told) else 0
    return 0


_RUNNING, _FEWEST_COUNTIES = 0.6, 5  # of the numbers up to the largest those that are there
_SHARED = 3  # counties at least that have each number of a precinct


_SHORT = 3
_IS_DAY = 0.995
