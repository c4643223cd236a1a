"""The shapes in which states say who voted when.

Six shapes cover the layouts we know: `long` (a row per vote: NC, FL, NV, WA, CO, GA since 2023), `wide` (a column per
election: OH, WI, UT, AZ, AR), `code_mapped` (positional pairs with a code map per county: PA), `relative_slots` (the
last so many votes of the voter: IA, DE, RI, CT), `free_text` (one field: NY) and `long` again in a fixed-width file
(TX, GA to 2022, MI to 2020). A shape is a class with parameters, told apart by `shape`.

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
