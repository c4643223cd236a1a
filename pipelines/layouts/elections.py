"""What the calendar says about a name that leaves something open: a day without a type, a type and a year."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.calendar import Election
from pipelines.tables.core import ELECTION_TYPES


@dataclass(frozen=True)
class NamedElection:
    """What a name says.

    Attributes:
        day: Day of the election; nothing where the name does not determine it.
        type: Type of the election; nothing where it is not determined.
        is_assumed: Whether nothing told the type, so that it is the one that the layout names for such cases.
    """

    day: dt.date | None
    type: str | None
    is_assumed: bool = False


def complete(held: str | None, year: int, month: int | None, calendar: Sequence[Election]) -> NamedElection:
    """The one election of a type, year and month that the calendar knows."""
    near = [found for found in calendar if found.date.year == year and month in (None, found.date.month)]
    fitting = [found for found in near if held in (None, found.type)]
    if held in ("primary", "presidential_primary"):
        primaries = [found for found in near if found.type == "primary"]
        apart = [found for found in primaries if found.is_presidential == (held == "presidential_primary")]
        fitting = apart or (primaries if held == "presidential_primary" else [])
    days = {found.date for found in fitting}
    if len(days) != 1:
        return NamedElection(None, type_of(held))
    (day,) = days
    return NamedElection(day, type_of(held) or next(iter(held_on(day, fitting))))


def held_on(day: dt.date, calendar: Sequence[Election]) -> list[str]:
    """Types of the elections of a day, generals first."""
    return sorted((found.type for found in calendar if found.date == day), key=ELECTION_TYPES.index)


def type_of(held: str | None) -> str | None:
    """Our type of an election that a source tells apart more finely."""
    return "primary" if held == "presidential_primary" else held


def read_year(text: str) -> int:
    """A year; of two digits those up to 50 are of this century."""
    year = int(text)
    return year if year > 99 else year + (2000 if year <= 50 else 1900)


def read_month(text: str | None) -> int | None:
    """A month by its number or its English name."""
    if not text:
        return None
    return int(text) if text.isdigit() else dt.datetime.strptime(text[:3], "%b").month
