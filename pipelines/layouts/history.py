"""The shapes in which states say who voted when.

Six shapes cover the layouts we know: `long` (a row per vote: NC, FL, NV, WA, CO, GA since 2023), `wide` (a column per
election: OH, WI, UT, AZ, AR), `code_mapped` (positional pairs with a code map per county: PA), `relative_slots` (the
last so many votes of the voter: IA, DE, RI, CT, OK), `free_text` (one field: NY) and `long` again in a fixed-width file
(TX, GA to 2022, MI to 2020). A shape is a class with parameters, told apart by `shape`; `long` and `wide` are written,
the next one joins `AnyHistory`.

A shape states, per vote: voter_id, election_date, election_type, is_voted, method_code, ballot_party_code, county_code.
"""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.config import Strict
from pipelines.layouts.columns import ColumnLayout
from pipelines.tables.core import ELECTION_TYPES, METHODS, PARTIES

LONG_COLUMNS = (
    "voter_id",
    "election_date",
    "election_type",
    "is_voted",
    "method_code",
    "ballot_party_code",
    "county_code",
)
_CODED = {"election_type": ELECTION_TYPES, "method_code": METHODS, "ballot_party_code": PARTIES}


class BallotCode(Strict):
    """One code that says whether a ballot was counted and how it was cast; a code that is not listed is refused."""

    from_: str = Field(alias="from", description="Header of the column.")
    counted: dict[str, Literal[METHODS] | None] = Field(  # ty: ignore
        description="Code of a ballot that was counted to how it was cast; empty is not told.", min_length=1
    )
    not_counted: dict[str, Literal[METHODS] | None] = Field(  # ty: ignore
        {}, description="Code that states that no ballot was counted, to how one was cast; empty where none was."
    )

    def columns(self) -> dict[str, ColumnLayout]:
        """The columns that are read from the code."""
        told = {"from": [self.from_]}
        return {
            "is_voted": ColumnLayout.model_validate({**told, "flag": list(self.counted), "no": list(self.not_counted)}),
            "method_code": ColumnLayout.model_validate({**told, "code": {**self.counted, **self.not_counted}}),
        }


class LongHistory(Strict):
    """A row per vote, in a file of its own. Several rows of one voter and election are one: any counted one wins."""

    shape: Literal["long"] = Field(description="Name of the shape.")
    columns: dict[str, ColumnLayout] = Field(description="Column of the vote to its place in the file.")
    ballot: BallotCode | None = Field(None, description="A code that gives is_voted and method_code at once.")

    @model_validator(mode="after")
    def _known_columns(self) -> "LongHistory":
        unknown = sorted(set(self.columns) - set(LONG_COLUMNS))
        missing = sorted({"voter_id", "election_date", "election_type"} - set(self.columns))
        if unknown or missing:
            raise ValueError(
                f"unknown columns: {', '.join(unknown) or 'none'}; missing columns: {', '.join(missing) or 'none'}"
            )
        twice = sorted(set(self.columns) & {"is_voted", "method_code"}) if self.ballot else []
        if twice:
            raise ValueError(f"told by ballot and by a column of its own: {', '.join(twice)}")
        return self

    def column_layouts(self) -> dict[str, ColumnLayout]:
        """Every column of the vote, those told by a ballot code included."""
        return {**self.columns, **(self.ballot.columns() if self.ballot else {})}


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


class WideHeader(Strict):
    """How the header of an election's column names it, for files that gain a column with every election."""

    pattern: str = Field(description="Regular expression of the whole header, with the groups `type` and `date`.")
    date: str = Field(description="How the group `date` says the day, strptime.")
    types: dict[str, Literal[ELECTION_TYPES]] = Field(  # ty: ignore
        description="What the group `type` says to our type of election; the first of a type is written.", min_length=1
    )
    written: str = Field(description="The header as it is written, {type} and {date} filled in.")

    @model_validator(mode="after")
    def _has_groups(self) -> "WideHeader":
        if {"type", "date"} - set(re.compile(self.pattern).groupindex):
            raise ValueError("pattern needs the groups type and date")
        return self

    def election(self, header: str) -> WideElection | None:
        """The election that a header names; nothing where it names none."""
        found = re.fullmatch(self.pattern, header.strip(), re.IGNORECASE)
        election_type = self.types.get(found["type"].upper()) if found else None
        if not found or not election_type:
            return None
        try:
            day = dt.datetime.strptime(found["date"], self.date).date()
        except ValueError:
            return None
        return WideElection(header, day, election_type)

    def header(self, day: dt.date, election_type: str) -> str | None:
        """The header of an election; nothing where the source has no word for its type."""
        word = next((word for word, known in self.types.items() if known == election_type), None)
        return self.written.format(type=word, date=day.strftime(self.date)) if word else None


class WideHistory(Strict):
    """A column per election, beside the voter's other columns; a blank cell states nothing."""

    shape: Literal["wide"] = Field(description="Name of the shape.")
    elections: dict[str, str] = Field({}, description="Header to election_id, where the columns never change.")
    header: WideHeader | None = Field(None, description="How headers name elections, where every file has its own.")
    voted: list[str] = Field(description="Cell values that mean a counted ballot; the first is written.", min_length=1)
    ballot_parties: dict[str, Literal[PARTIES]] = Field(  # ty: ignore
        {}, description="Cell values that mean a counted ballot of a party; the first of a party is written."
    )
    stayed_home: list[str] = Field([], description="Cell values that state that no ballot was counted.")
    is_any_text_voted: bool = Field(
        False, description="Whether a text that is not listed means a counted ballot too; it is counted as a fault."
    )

    @model_validator(mode="after")
    def _one_way(self) -> "WideHistory":
        if bool(self.elections) == bool(self.header):
            raise ValueError("either elections or header says which columns are elections")
        if len(self.texts) > _MOST_TEXTS:
            raise ValueError(f"at most {_MOST_TEXTS} cell values can be told apart")
        return self

    @cached_property
    def texts(self) -> list[str]:
        """Every cell value that means something."""
        return [*self.voted, *self.ballot_parties, *self.stayed_home]

    def elections_in(self, headers: Iterable[str]) -> list[WideElection]:
        """The elections that a file has a column for, in order of time."""
        if self.header:
            found = [election for header in headers if (election := self.header.election(header))]
        else:
            parts = {header: named.split("-") for header, named in self.elections.items()}
            found = [WideElection(at, dt.date.fromisoformat("-".join(of[-4:-1])), of[-1]) for at, of in parts.items()]
        return sorted(found, key=lambda election: (election.day, election.type))

    def is_election(self, header: str) -> bool:
        """Whether a header names an election."""
        return bool(self.header and self.header.election(header)) or header in self.elections


_MOST_TEXTS = 26  # each has a letter in the working table

AnyHistory = Annotated[LongHistory | WideHistory, Field(discriminator="shape")]
