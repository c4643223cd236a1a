"""Histories that stand in the row of the voter: relative slots, code-mapped pairs, one field of free text."""

from typing import Literal

from pydantic import Field

from models.config import Strict
from pipelines.layouts.ballots import VoteColumns
from pipelines.layouts.columns import ColumnLayout
from pipelines.layouts.label_words import LabelRules
from pipelines.layouts.lookups import Lookup
from pipelines.tables.core import ELECTION_TYPES


class SlotGroup(VoteColumns):
    """Slots of one kind. {n} in a header is the number of the slot; without it the n-th such header is meant."""

    count: int = Field(description="Slots of the group (count).", ge=1)
    type: Literal[ELECTION_TYPES] | None = Field(None, description="Type of all elections of the group.")  # ty: ignore
    stated_by: str = Field(description="Header, with {n}, whose text is blank where the slot states no vote.")
    blank: list[str] = Field([], description="Texts that stand there for no vote as well.")


class RelativeSlots(Strict):
    """The last so many votes of each voter; slot 1 of one voter may be another election than slot 1 of another."""

    shape: Literal["relative_slots"] = Field(description="Name of the shape.")
    slots: list[SlotGroup] = Field(description="Groups of slots, each of its own columns.", min_length=1)
    voter_id: ColumnLayout | None = Field(None, description="Who the row is of, where it stands in a file of its own.")

    @property
    def needs_calendar(self) -> bool:
        """Whether the name of an election leaves open what only the calendar tells."""
        return any(slots.needs_calendar for slots in self.slots)


class CodeMapped(VoteColumns):
    """Numbered groups of columns; which election a number means is told by a code file, for each county its own."""

    shape: Literal["code_mapped"] = Field(description="Name of the shape.")
    count: int = Field(description="Numbers that there are (count).", ge=1)
    stated_by: str = Field(description="Header, with {n}, whose text is blank where the slot states no vote.")
    blank: list[str] = Field([], description="Texts that stand there for no vote as well.")
    lookups: list[Lookup] = Field(description="What a number means; `slot` is the header of the number.", min_length=1)
    voter_id: ColumnLayout | None = Field(None, description="Who the row is of, where it stands in a file of its own.")


class FreeText(Strict):
    """A list of labels in one field, each naming an election in words."""

    shape: Literal["free_text"] = Field(description="Name of the shape.")
    from_: str = Field(alias="from", description="Header of the field.")
    separator: str = Field(";", description="Sign between two labels.", min_length=1)
    labels: LabelRules = Field(default_factory=LabelRules, description="What the source adds to the rules of labels.")
    styles: list[str] = Field(
        ["{day:%Y%m%d} {code}", "{word} Election, {day:%Y}"],
        description="Labels as they are written, one of them in each county; see `labels.LABEL_STYLES`.",
        min_length=1,
    )
    voter_id: ColumnLayout | None = Field(None, description="Who the row is of, where it stands in a file of its own.")

    @property
    def needs_calendar(self) -> bool:
        """Labels are read by their own rules."""
        return False
