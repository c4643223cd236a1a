"""Elections that are named in free text, each county in its own wording: `20161108 GE`, `General Election, 2004`.

A label is read by four rules, in this order:

1. Its kind is told by words (GENERAL, PRES. PRIMARY) or by abbreviations (GE). No kind, or another body's election
   (a village, a school): nothing is read, not even a day that stands alone.
2. A day that is written out is taken as written, also when no election was held on it; an impossible one is no day.
3. A general election and a year are the Tuesday after the first Monday of November.
4. A primary and a year are the day that the state's own table has for them; what it does not list is not determined.

Rules 3 and 4 want every word and number of the label understood: a district, a party or a place may have its own day.
"""

import datetime as dt
import re
from dataclasses import dataclass
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
_MEANINGS = {word: meaning for meaning, words in _WORDS.items() for word in words.split()}
_NAMES = "JANUARY|FEBRUARY|MARCH|APRIL|MAY|JUNE|JULY|AUGUST|SEPTEMBER|OCTOBER|NOVEMBER|DECEMBER"
_MONTH = {word: at for at, name in enumerate(_NAMES.split("|"), 1) for word in (name, name[:3])} | {"SEPT": 9}
_SEASONS = {"SPRING": {3, 4, 5}, "FALL": {9, 10, 11}} | {word: {at} for word, at in _MONTH.items()}

_YEAR = re.compile(r"(19|20)?[0-9]{2}")
_NAMED = f"(?P<m>{'|'.join(sorted(_MONTH, key=len, reverse=True))})"
_DAY = r"(?P<d>\d{1,2})(?:ST|ND|RD|TH)?"
_WRITTEN_DAYS = [  # as the country writes them: the month before the day where both are numbers
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


@dataclass(frozen=True)
class LabelReading:
    """What a label determines.

    Attributes:
        type: Type of the election; nothing where the label does not tell it.
        day: Its day; nothing where the label does not determine it.
    """

    type: ElectionType | None
    day: dt.date | None


_NO_RULES = LabelRules()


def read_label(label: str, rules: LabelRules = _NO_RULES) -> LabelReading:
    """The election that a label determines. It never raises; white space and case do not matter.

    Args:
        label: The label as the source writes it.
        rules: What the source adds: its days of primaries, its abbreviations.
    """
    text = " ".join(label.upper().split())
    text = re.sub("[A-Z]+", lambda word: rules.abbreviations.get(word[0], word[0]), text)
    written, rest = _take_days(text, rules)
    words, numbers = re.findall(r"[^\W\d_]+|#", rest), set(re.findall("[0-9]+", rest))
    election_type = _type({_meaning(word) for word in words})
    if election_type is None:
        return LabelReading(None, None)
    day = _agreed(written, numbers) if written else _day_by_year(numbers, election_type, words, rules)
    return LabelReading(election_type, day)


def election_day(year: int) -> dt.date:
    """The Tuesday after the first Monday of November."""
    return next(day for at in range(2, 9) if (day := dt.date(year, 11, at)).weekday() == 1)


def _take_days(text: str, rules: LabelRules) -> tuple[set[dt.date | None], str]:
    """The days written out in a text, an impossible one as nothing, and the text without them."""
    days: set[dt.date | None] = set()

    def take(found: re.Match[str]) -> str:
        try:
            days.add(dt.date(rules.year(found["y"]), _MONTH.get(found["m"]) or int(found["m"]), int(found["d"])))
        except ValueError:
            days.add(None)
        return " "

    for form in _WRITTEN_DAYS:
        text = form.sub(take, text)
    return days, text


def _agreed(written: set[dt.date | None], numbers: set[str]) -> dt.date | None:
    """The day that is written, where no other day and no other year contradicts it."""
    day = next(iter(written))
    other_years = {number for number in numbers if len(number) == 4 and day and int(number) != day.year}
    return day if len(written) == 1 and not other_years else None


def _meaning(word: str) -> str:
    return "month" if word in _SEASONS else _MEANINGS.get(word[:5], "unknown")


def _type(meanings: set[str]) -> ElectionType | None:
    """The type that a label names; a presidential election that is not called a primary is a general one."""
    if "other body" in meanings:
        return None
    named = next((known for known in TYPES if known in meanings), None)
    return named or ("general" if {"presidential", "election"} <= meanings else None)


def _day_by_year(numbers: set[str], election_type: ElectionType, words: list[str], rules: LabelRules) -> dt.date | None:
    """The one day that the year means, in the month or season that the label names; nothing where it is not one."""
    meanings = {_meaning(word) for word in words}
    if "unknown" in meanings or len(numbers) != 1 or not _YEAR.fullmatch(number := numbers.pop()):
        return None
    days = _days_in(rules.year(number), election_type, meanings, rules)
    for word in words:
        days = {day for day in days if day.month in _SEASONS.get(word, {day.month})}
    return days.pop() if len(days) == 1 else None


def _days_in(year: int, election_type: ElectionType, meanings: set[str], rules: LabelRules) -> set[dt.date]:
    """The days that a kind of election and a year may mean."""
    if meanings & {"runoff", "special", "municipal"}:
        return set()
    if election_type == "general":
        return {election_day(year)}
    told: dict[str, dt.date] = {kind: days[year] for kind, days in rules.days.items() if year in days}
    kinds = meanings & {"presidential", "federal", "state"} or {"primary"}
    if kinds == {"primary"} and "month" in meanings:
        return set(told.values())
    if "primary" in told:
        told = {"federal": told["primary"], "state": told["primary"], **told}
    return {told[kind] for kind in kinds} if kinds <= set(told) else set()


LABEL_STYLES = (
    "{day:%Y%m%d} {code}",
    "{code} {day:%Y%m%d}",
    "{code} on {day:%Y%m%d}",
    "{day:%Y-%m-%d} {word} ELECTION",
    "{word} ELECTION {day:%m/%d/%Y}",
    "{word} ELECTION: {day:%B %d, %Y}",
    "{day:%Y} {word} ELECTION",
    "{day:%y} {word} ELECTION",
    "{word} {day:%Y}",
    "{word} Election, {day:%Y}",
    "{day:%Y} PRESIDENTIAL {word}",
    "Federal {word} {day:%Y}",
    "State and Local {word} {day:%Y}",
)
"""How a written label may look: `day`, `code` (the abbreviation of the type) and `word` (the type in full)."""


def write_label(day: dt.date, election_type: ElectionType, style: str, rules: LabelRules = _NO_RULES) -> str | None:
    """The label of an election in one of `LABEL_STYLES`; nothing where it would not be read as that election."""
    words = {long: short for short, long in rules.abbreviations.items()}
    code = words.get(election_type.upper(), "")
    label = style.format(day=day, code=code, word=election_type.upper())
    return label if read_label(label, rules) == LabelReading(election_type, day) else None
