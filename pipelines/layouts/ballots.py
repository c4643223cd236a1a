"""What is told of one vote: the columns that every shape of history shares."""

from typing import Literal

from pydantic import Field, model_validator

from models.config import Strict
from pipelines.layouts.columns import ColumnLayout
from pipelines.layouts.lookups import Lookup
from pipelines.layouts.naming import ElectionName
from pipelines.tables.core import METHODS

VOTE_COLUMNS = (
    "voter_id",
    "election_date",
    "election_type",
    "is_voted",
    "method_code",
    "ballot_party_code",
    "county_code",
)


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
        told, never = {"from": [self.from_]}, " "  # a text is trimmed: with it on the list no other code is a no
        return {
            "is_voted": ColumnLayout.model_validate(
                {**told, "flag": list(self.counted), "no": [*self.not_counted, never]}
            ),
            "method_code": ColumnLayout.model_validate({**told, "code": {**self.counted, **self.not_counted}}),
        }


class VoteColumns(Strict):
    """The columns of a vote, and how its election is named."""

    columns: dict[str, ColumnLayout] = Field({}, description="Column of the vote to its place in the file.")
    ballot: BallotCode | None = Field(None, description="A code that gives is_voted and method_code at once.")
    election: ElectionName | None = Field(None, description="A text that names the election, day and type at once.")
    lookups: list[Lookup] = Field([], description="Code files that say more of a vote.")
    joined: dict[str, str] = Field(
        {}, description="Header that several columns are read from, to the sign written between their texts."
    )

    @model_validator(mode="after")
    def _known_columns(self) -> "VoteColumns":
        unknown = sorted(set(self.columns) - set(VOTE_COLUMNS))
        if unknown:
            raise ValueError(f"unknown columns: {', '.join(unknown)}")
        told = {"is_voted", "method_code"} if self.ballot else set()
        told |= {"election_date", "election_type"} if self.election and self.election.from_ else set()
        twice = sorted(set(self.columns) & told)
        if twice:
            raise ValueError(f"told by ballot or election and by a column of its own: {', '.join(twice)}")
        return self

    @property
    def needs_calendar(self) -> bool:
        """Whether the name of an election leaves open what only the calendar tells."""
        return self.election is not None and self.election.needs_calendar

    def column_layouts(self) -> dict[str, ColumnLayout]:
        """Every column of the vote, those told by a ballot code included."""
        return {**self.columns, **(self.ballot.columns() if self.ballot else {})}

    def missing(self, *needed: str) -> list[str]:
        """Of the needed columns those that nothing tells."""
        told = {*self.columns, *(["election_date", "election_type"] if self.election else [])}
        return sorted(set(needed) - told)
