"""A column, or a few, for every election: the file grows with the elections."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pydantic import Field, model_validator

from pipelines.calendar import Election
from pipelines.layouts.ballots import VoteColumns
from pipelines.layouts.columns import ColumnLayout
from pipelines.layouts.naming import ElectionName
from pipelines.layouts.spelling import normalise
from pipelines.tables.core import PARTIES


@dataclass(frozen=True)
class WideElection:
    """One election that a file has a column for.

    Attributes:
        header: Header of the column.
        day: Day of the election.
        type: Type of the election.
    """

    header: str
    day: dt.date
    type: str


class WideHistory(VoteColumns):
    """A column per election, beside the voter's other columns; a blank cell states nothing.

    Where a cell is one of a few words, `voted`, `ballot_parties` and `stayed_home` list them. Where it says more, or an
    election has several columns, `columns` says what is read from them: `{}` in a header is the name of the election.
    """

    shape: Literal["wide"] = Field(description="Name of the shape.")
    elections: dict[str, str] = Field({}, description="Name of an election in the headers to its election_id.")
    header: ElectionName | None = Field(None, description="How headers name elections that are not listed.")
    voted: list[str] = Field([], description="Cell values that mean a counted ballot; the first is written.")
    ballot_parties: dict[str, Literal[PARTIES]] = Field(  # ty: ignore
        {}, description="Cell values that mean a counted ballot of a party; the first of a party is written."
    )
    stayed_home: list[str] = Field([], description="Cell values that state that no ballot was counted.")
    is_any_text_voted: bool = Field(
        False, description="Whether a text that is not listed means a counted ballot too; it is counted as a fault."
    )
    voter_id: ColumnLayout | None = Field(None, description="Who the row is of, where it stands in a file of its own.")

    @model_validator(mode="after")
    def _one_way(self) -> "WideHistory":
        if not self.elections and not self.header:
            raise ValueError("elections or header says which columns are elections")
        if bool(self.voted) == bool(self.columns):
            raise ValueError("either voted or columns says what a cell means")
        if self.voter_id and self.voted:
            raise ValueError("in a file of its own a wide history is read by columns, not by voted")
        if len(self.texts) > _MOST_TEXTS:
            raise ValueError(f"at most {_MOST_TEXTS} cell values can be told apart")
        return self

    @property
    def needs_calendar(self) -> bool:
        """Whether the name of an election leaves open what only the calendar tells."""
        return self.header is not None and self.header.needs_calendar

    @cached_property
    def texts(self) -> list[str]:
        """Every cell value that means something."""
        return [*self.voted, *self.ballot_parties, *self.stayed_home]

    @cached_property
    def templates(self) -> list[str]:
        """The headers of one election, `{}` for its name; that of the election itself first."""
        told = {header: None for layout in self.columns.values() for header in layout.from_}
        return sorted(told, key=lambda header: header != "{}") or ["{}"]

    def elections_in(self, headers: Iterable[str], calendar: Sequence[Election] = ()) -> list[WideElection]:
        """The elections that a file has a column for, in order of time.

        Args:
            headers: Headers of the file.
            calendar: Elections of the state, for headers that do not tell all.
        """
        found = [
            election
            for header in headers
            if (name := self.name_in(header)) and (election := self._election(header, name, calendar))
        ]
        return sorted(found, key=lambda election: (election.day, election.type))

    def name_in(self, header: str) -> str | None:
        """The name of the election in the header of its first column; nothing where it names none."""
        match = re.fullmatch(_expression(self.templates[0]), header.strip(), re.IGNORECASE)
        if not match:
            return None
        is_known = normalise(match[1]) in self._listed or (self.header and self.header.read(match[1], ()) is not None)
        return match[1] if is_known else None

    @cached_property
    def _listed(self) -> dict[str, str]:
        return {normalise(name): election_id for name, election_id in self.elections.items()}

    def is_election(self, header: str) -> bool:
        """Whether a header is of a column of an election."""
        names = (re.fullmatch(_expression(template), header.strip(), re.IGNORECASE) for template in self.templates)
        return any(
            normalise(found[1]) in self._listed or bool(self.header and self.header.read(found[1], ()))
            for found in names
            if found
        )

    def _election(self, header: str, name: str, calendar: Sequence[Election]) -> WideElection | None:
        if normalise(name) in self._listed:
            parts = self._listed[normalise(name)].split("-")
            return WideElection(header, dt.date.fromisoformat("-".join(parts[-4:-1])), parts[-1])
        found = self.header.read(name, calendar) if self.header else None
        return WideElection(header, found.day, found.type) if found and found.day and found.type else None


def _expression(template: str) -> str:
    """Regular expression of a header's template: `{}` is a name, `*` any text."""
    return re.escape(template).replace(r"\{\}", "(.+)").replace(r"\*", ".*")


_MOST_TEXTS = 26  # each has a letter in the working table
