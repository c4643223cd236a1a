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

from pipelines.calendar import ElectionType, election_day
from pipelines.layouts.label_words import (
    MEANINGS,
    MONTHS,
    NO_RULES,
    SEASONS,
    TYPES,
    WRITTEN_DAYS,
    YEAR,
    LabelRules,
)


@dataclass(frozen=True)
class LabelReading:
    """What a label determines.

    Attributes:
        type: Type of the election; nothing where the label does not tell it.
        day: Its day; nothing where the label does not determine it.
    """

    type: ElectionType | None
    day: dt.date | None


def read_label(label: str, rules: LabelRules = NO_RULES) -> LabelReading:
    """The election that a label determines. It never raises; white space and case do not matter.

    Args:
        label: The label as the source writes it.
        rules: What the source adds: its days of primaries, its abbreviations.
    """
    text = " ".join(label.upper().split())
    text = re.sub("[A-Z]+", lambda word: rules.abbreviations.get(word[0], word[0]), text)
    written, rest = _take_days(text, rules)
    words, numbers = re.findall(r"[^\W\d_]+|#", rest), set(re.findall("[0-9]+", rest))
    meanings = {_meaning(word) for word in words}
    election_type = _type(meanings)
    if election_type is None:
        return LabelReading(None, None)
    day = _agreed(written, numbers) if written else _day_by_year(numbers, election_type, words, rules)
    if {"special", "general"} <= meanings and day and day != election_day(day.year):
        election_type = "special"  # a special general election has a day of its own
    return LabelReading(election_type, day)


def _take_days(text: str, rules: LabelRules) -> tuple[set[dt.date | None], str]:
    """The days written out in a text, an impossible one as nothing, and the text without them."""
    days: set[dt.date | None] = set()

    def take(found: re.Match[str]) -> str:
        try:
            days.add(dt.date(rules.year(found["y"]), MONTHS.get(found["m"]) or int(found["m"]), int(found["d"])))
        except ValueError:
            days.add(None)
        return " "

    for form in WRITTEN_DAYS:
        text = form.sub(take, text)
    return days, text


def _agreed(written: set[dt.date | None], numbers: set[str]) -> dt.date | None:
    """The day that is written, where no other day and no other year contradicts it."""
    day = next(iter(written))
    other_years = {number for number in numbers if len(number) == 4 and day and int(number) != day.year}
    return day if len(written) == 1 and not other_years else None


def _meaning(word: str) -> str:
    return "month" if word in SEASONS else MEANINGS.get(word[:5], "unknown")


def _type(meanings: set[str]) -> ElectionType | None:
    """The type that a label names; a presidential election that is not called a primary is a general one."""
    if "other body" in meanings:
        return None
    named = next((known for known in TYPES if known in meanings), None)
    return named or ("general" if {"presidential", "election"} <= meanings else None)


def _day_by_year(numbers: set[str], election_type: ElectionType, words: list[str], rules: LabelRules) -> dt.date | None:
    """The one day that the year means, in the month or season that the label names; nothing where it is not one."""
    meanings = {_meaning(word) for word in words}
    if "unknown" in meanings or len(numbers) != 1 or not YEAR.fullmatch(number := numbers.pop()):
        return None
    days = _days_in(rules.year(number), election_type, meanings, rules)
    for word in words:
        days = {day for day in days if day.month in SEASONS.get(word, {day.month})}
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
