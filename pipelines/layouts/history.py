"""The shapes in which states say who voted when.

Six shapes cover the layouts we know: `long` (a row per vote: NC, FL, NV, WA, CO, GA since 2023), `wide` (a column per
election: OH, WI, UT, AZ, AR), `code_mapped` (positional pairs with a code map per county: PA), `relative_slots` (the
last so many votes of the voter: IA, DE, RI, CT, OK), `free_text` (one field: NY) and `long` again in a fixed-width file
(TX, GA to 2022, MI to 2020). A shape is a class with parameters, told apart by `shape`; `long` and `wide` are written,
the next one joins `AnyHistory`.

A shape states, per vote: voter_id, election_date, election_type, is_voted, method_code, ballot_party_code, county_code.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from models.config import Strict
from pipelines.layouts.columns import ColumnLayout

LONG_COLUMNS = (
    "voter_id",
    "election_date",
    "election_type",
    "is_voted",
    "method_code",
    "ballot_party_code",
    "county_code",
)


class LongHistory(Strict):
    """A row per vote, in a file of its own. Several rows of one voter and election are one: any counted one wins."""

    shape: Literal["long"] = Field(description="Name of the shape.")
    columns: dict[str, ColumnLayout] = Field(description="Column of the vote to its place in the file.")

    @model_validator(mode="after")
    def _known_columns(self) -> "LongHistory":
        unknown = sorted(set(self.columns) - set(LONG_COLUMNS))
        missing = sorted({"voter_id", "election_date", "election_type"} - set(self.columns))
        if unknown or missing:
            raise ValueError(
                f"unknown columns: {', '.join(unknown) or 'none'}; missing columns: {', '.join(missing) or 'none'}"
            )
        return self


class WideHistory(Strict):
    """A column per election, beside the voter's other columns."""

    shape: Literal["wide"] = Field(description="Name of the shape.")
    elections: dict[str, str] = Field(description="Header of the column to the election_id it tells of.", min_length=1)
    voted: list[str] = Field(description="Cell values that mean a counted ballot.", min_length=1)
    stayed_home: list[str] = Field(
        [], description="Cell values that state that no ballot was counted; blank states nothing."
    )


AnyHistory = Annotated[LongHistory | WideHistory, Field(discriminator="shape")]
