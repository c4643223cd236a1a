"""The shapes in which states say who voted when.

`long` is a row per vote, delimited or in a fixed-width file; `wide` a column per election, or a few;
`relative_slots` the last so many votes of the voter; `code_mapped` numbered columns whose meaning a code file tells,
for each county its own; `free_text` one field of labels. A shape is a class with parameters, told apart by `shape`.

A shape states, per vote: voter_id, election_date, election_type, is_voted, method_code, ballot_party_code, county_code.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from pipelines.layouts.ballots import VoteColumns
from pipelines.layouts.slots import CodeMapped, FreeText, RelativeSlots
from pipelines.layouts.wide import WideHistory


class LongHistory(VoteColumns):
    """A row per vote, in a file of its own. Several rows of one voter and election are one: any counted one wins."""

    shape: Literal["long"] = Field(description="Name of the shape.")

    @model_validator(mode="after")
    def _is_whole(self) -> "LongHistory":
        missing = self.missing("voter_id", "election_date", "election_type")
        if missing:
            raise ValueError(f"missing columns: {', '.join(missing)}")
        return self


AnyHistory = Annotated[LongHistory | WideHistory | RelativeSlots | CodeMapped | FreeText, Field(discriminator="shape")]
InRow = WideHistory | RelativeSlots | CodeMapped | FreeText
"""Shapes of which a row of the file is a voter."""
