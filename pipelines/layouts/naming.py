"""How a text names an election: by its day, or by type and year, completed from the calendar.

Some histories tell a day and no type, some a type and a year, some a month. What the text leaves open the calendar
(`configs/elections.yaml`) says; where it does not know such an election, or more than one, the name stays undetermined.
"""

import datetime as dt
import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from models.config import Strict
from pipelines.calendar import Election, election_day
from pipelines.layouts.elections import NamedElection, complete, held_on, read_month, read_year, type_of
from pipelines.layouts.spelling import normalise
from pipelines.tables.core import ELECTION_TYPES

HELD = (*ELECTION_TYPES, "presidential_primary")
"""Types of elections as a source may tell them apart; a presidential primary is of the type primary."""


class ElectionName(Strict):
    """How a text names an election."""

    from_: str | None = Field(None, alias="from", description="Header of the text; a column's own header has none.")
    pattern: list[str] = Field(
        description="Regular expressions of the whole text with some of the groups `type`, `date`, `year`, `month`; "
        "the first that fits counts.",
        min_length=1,
    )
    date: list[str] = Field([], description="How the group `date` says the day, strptime.")
    types: dict[str, Literal[HELD]] = Field(  # ty: ignore
        {}, description="What the group `type` says to our type; the first of a type is written."
    )
    type: Literal[HELD] | None = Field(None, description="The type of all of them, where the text has none.")  # ty: ignore
    otherwise: Literal[ELECTION_TYPES] | None = Field(  # ty: ignore
        None, description="Type of an election that neither text nor calendar tells; without it it is unknown."
    )
    written: str = Field(
        "{date}", description="The text as it is written, {type}, {date}, {year}, {yy} and {month} filled in."
    )

    @field_validator("pattern", "date", mode="before")
    @classmethod
    def _listed(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @model_validator(mode="after")
    def _has_groups(self) -> "ElectionName":
        for pattern in self.pattern:
            try:
                groups = set(re.compile(pattern).groupindex)
            except re.error as error:
                raise ValueError(f"pattern is no regular expression: {error}") from None
            if not {"date", "year"} & groups:
                raise ValueError("every pattern needs the group date or year")
        if not self.date and any("<date>" in pattern for pattern in self.pattern):
            raise ValueError("date says how the group date tells the day")
        return self

    @cached_property
    def _held(self) -> dict[str, str]:
        return {normalise(word): held for word, held in self.types.items()}

    @property
    def is_told(self) -> bool:
        """Whether a name that is not determined may be told: it has a known word in it, as no other text would."""
        return all("<type>" in pattern for pattern in self.pattern)

    @property
    def needs_calendar(self) -> bool:
        """Whether it leaves open what only the calendar tells."""
        return not all("<date>" in pattern and (self.type or "<type>" in pattern) for pattern in self.pattern)

    def read(self, text: str, calendar: Sequence[Election]) -> NamedElection | None:
        """The election that a text names, nothing where it has not the form of a name.

        Args:
            text: The text.
            calendar: Elections of the state.
        """
        fits = (re.fullmatch(pattern, text.strip(), re.IGNORECASE) for pattern in self.pattern)
        found = next((match.groupdict() for match in fits if match), None)
        if found is None:
            return None
        held = self._held.get(normalise(found.get("type") or "")) or self.type
        if found.get("type") and not held:
            return None
        if not found.get("date"):
            return complete(held, read_year(found["year"]), read_month(found.get("month")), calendar)
        day = self._day(found["date"])
        if day is None:
            return None
        known = held or next(iter([*held_on(day, calendar), *self._by_statute(day)]), None)
        return NamedElection(day, type_of(known or self.otherwise), known is None and self.otherwise is not None)

    def _by_statute(self, day: dt.date) -> list[str]:
        """The Tuesday after the first Monday of November of an even year is a general election everywhere."""
        return ["general"] if day.year % 2 == 0 and day == election_day(day.year) else []

    def write(self, election: Election, calendar: Sequence[Election]) -> str | None:
        """The name of an election; nothing where it would not be read as that election again."""
        wanted = ["presidential_primary"] * election.is_presidential + [election.type]
        words = [word for held in wanted for word, known in self.types.items() if known == held]
        if self.types and not words:
            return None
        day = election.date
        told = {"type": next(iter(words), ""), "date": day.strftime(self.date[0]) if self.date else ""}
        text = self.written.format(**told, year=day.year, yy=f"{day:%y}", month=f"{day:%B}")
        found = self.read(text, calendar)
        return text if found and (found.day, found.type) == (day, election.type) else None

    def _day(self, text: str) -> dt.date | None:
        for known in self.date:
            try:
                return dt.datetime.strptime(text.strip(), known.replace("%-", "%")).date()
            except ValueError:
                continue
        return None
