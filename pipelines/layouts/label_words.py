"""The words, abbreviations and forms of days that labels of elections are made of."""

import datetime as dt
import re
from typing import Literal

from pydantic import Field

from models.config import Strict
from pipelines.calendar import ElectionType

PrimaryKind = Literal["primary", "presidential", "federal", "state"]

TYPES: tuple[ElectionType, ...] = ("runoff", "primary", "general", "special", "municipal")
"""The first that a label names is its type: a special primary is a primary, a primary run-off a run-off."""

# The first five letters of a word say what it means, whatever its end or its spelling: PRESIDENTIAL, PRESIDENTAL.
_WORDS = {
    "runoff": "RUN RUNOF",
    "primary": "PRIM PRIMA",
    "general": "GEN GENER",
    "special": "SPEC SPECI",
    "municipal": "MUNIC",
    "election": "ELEC ELECT",
    "presidential": "PRES PRESI",
    "federal": "FED FEDER CONG CONGR",
    "state": "ST STATE LOCAL",
    # Who else elects, or asks, or tries its machines: none of these is an election of the calendar.
    "other body": "VILL VILLA SCHOO CSD FIRE FD LIBRA BUDGE REFER PROPO TEST TRAIN",
    # These leave the day as it is: a city's primary is on the day of the others, a governor is elected in November.
    "plain": "AND AT DAY FOR IN OF OFF ON ONLY THE CITY OFFIC GUBER",
}

MEANINGS = {word: meaning for meaning, words in _WORDS.items() for word in words.split()}
"""What a word means, by its first five letters."""

_NAMES = "JANUARY|FEBRUARY|MARCH|APRIL|MAY|JUNE|JULY|AUGUST|SEPTEMBER|OCTOBER|NOVEMBER|DECEMBER"

MONTHS = {word: at for at, name in enumerate(_NAMES.split("|"), 1) for word in (name, name[:3])} | {"SEPT": 9}
"""Number of a month by its name, or the beginning of it."""

SEASONS = {"SPRING": {3, 4, 5}, "FALL": {9, 10, 11}} | {word: {at} for word, at in MONTHS.items()}
"""Months that a season or a month names."""

YEAR = re.compile(r"(19|20)?[0-9]{2}")
"""A year of two or four digits."""

_NAMED = f"(?P<m>{'|'.join(sorted(MONTHS, key=len, reverse=True))})"

_DAY = r"(?P<d>\d{1,2})(?:ST|ND|RD|TH)?"

WRITTEN_DAYS = [  # as the country writes them: the month before the day where both are numbers
    re.compile(rf"(?<!\d){form}(?!\d)", re.ASCII)
    for form in (
        r"(?P<y>\d{4})(?P<m>0[1-9]|1[0-2])(?P<d>[0-3]\d)",
        r"(?P<m>0[1-9]|1[0-2])(?P<d>[0-3]\d)(?P<y>(?:19|20)\d\d)",
        r"(?P<y>\d{4})(?P<by>[-/.])(?P<m>\d{1,2})(?P=by)(?P<d>\d{1,2})",
        r"(?P<m>\d{1,2})(?P<by>[-/.])(?P<d>\d{1,2})(?P=by)(?P<y>\d{4}|\d\d)",
        rf"(?<![A-Z]){_NAMED}\b[.\s]*{_DAY}[,\s]+(?P<y>\d{{4}})",
        rf"{_DAY}[-\s]*(?:OF\s)?{_NAMED}\b[-.,\s]*(?P<y>\d{{4}})",
    )
]


class LabelRules(Strict):
    """What a source adds to the rules that hold everywhere; the default adds no state's days."""

    days: dict[PrimaryKind, dict[int, dt.date]] = Field(
        {},
        description="Kind of primary and year to its day. `primary` is for labels that say no more, and stands in for "
        "`federal` and `state`: list it only where it was the only one of its year but for the presidential one.",
    )
    abbreviations: dict[str, str] = Field(
        {"GE": "GENERAL", "PR": "PRIMARY", "PP": "PRESIDENTIAL PRIMARY", "SP": "SPECIAL", "RO": "RUNOFF"},
        description="Abbreviation in capitals to the words that it stands for.",
    )
    pivot: int = Field(69, ge=0, le=100, description="Two-digit years from here on are of the 1900s (as POSIX does).")

    def year(self, digits: str) -> int:
        """The year that two or four digits say."""
        century = 0 if len(digits) == 4 else 1900 if int(digits) >= self.pivot else 2000
        return century + int(digits)


NO_RULES = LabelRules()
"""A source that adds nothing."""
