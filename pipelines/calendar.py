"""The calendar of elections: what `configs/elections.yaml` says, and how an election is named."""

import datetime as dt
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from models.config import Strict, read_config

ElectionType = Literal["general", "primary", "runoff", "special", "municipal"]
ElectionKind = Literal["presidential", "midterm", "odd", "primary", "runoff", "special", "municipal"]


def election_day(year: int) -> dt.date:
    """The Tuesday after the first Monday of November."""
    return next(day for at in range(2, 9) if (day := dt.date(year, 11, at)).weekday() == 1)


def kind_of(election_type: str, day: dt.date) -> ElectionKind:
    """The kind of an election: its type, with generals told apart by the year (presidential, midterm, odd)."""
    if election_type != "general":
        return election_type  # ty: ignore[invalid-explicit-return]
    if day.year % 2:
        return "odd"
    return "midterm" if day.year % 4 else "presidential"


class Election(Strict):
    """One election of one jurisdiction."""

    jurisdiction: str = Field(
        description="Who votes: a state's two letters, or a county or city below it.", pattern="^[A-Z]{2}"
    )
    date: dt.date = Field(description="Day of the election.")
    type: ElectionType = Field(description="Type of the election.")
    name: str = Field("", description="Name as a voter would say it.")
    is_presidential: bool = Field(
        False, description="Whether it is a primary for president on a day apart from the state's own primary."
    )
    registration_deadline: dt.date | None = Field(None, description="Last day to register and vote in it.")

    @model_validator(mode="after")
    def _only_a_primary_is_for_president(self) -> "Election":
        if self.is_presidential and self.type != "primary":
            raise ValueError(f"is_presidential: the {self.type} of {self.date} is no primary. Leave the key out.")
        return self

    @property
    def election_id(self) -> str:
        """`<jurisdiction>-<date>-<type>`."""
        return f"{self.jurisdiction}-{self.date.isoformat()}-{self.type}"

    @property
    def kind(self) -> ElectionKind:
        """The type, with generals told apart by the year."""
        return kind_of(self.type, self.date)

    @property
    def state(self) -> str:
        """Two-letter code of the state it belongs to."""
        return self.jurisdiction[:2]

    def deadline(self, usual_days: int) -> dt.date:
        """Last day to register, from the calendar or `usual_days` before the election."""
        return self.registration_deadline or self.date - dt.timedelta(days=usual_days)


class ElectionsConfig(Strict):
    """The calendar: past elections that histories name, and coming ones that scores are for."""

    elections: list[Election] = Field(
        description="Every election; where several jurisdictions vote on a day, an entry may list them all."
    )

    @model_validator(mode="before")
    @classmethod
    def _an_entry_may_list_jurisdictions(cls, content: Any) -> Any:
        if not isinstance(content, dict) or not isinstance(content.get("elections"), list):
            return content
        return {**content, "elections": [own for entry in content["elections"] for own in _by_jurisdiction(entry)]}

    @model_validator(mode="after")
    def _named_once(self) -> "ElectionsConfig":
        named = [election.election_id for election in self.elections]
        repeated = sorted({name for name in named if named.count(name) > 1})
        if repeated:
            raise ValueError(f"elections listed twice: {', '.join(repeated)}")
        return self

    def of_state(self, state: str) -> list[Election]:
        """The elections of a state, oldest first."""
        return sorted((found for found in self.elections if found.state == state), key=lambda found: found.date)

    def named(self, election_id: str) -> Election:
        """The election of that id.

        Raises:
            KeyError: The calendar does not name it.
        """
        return {election.election_id: election for election in self.elections}[election_id]


def _by_jurisdiction(entry: Any) -> list[Any]:
    """An entry of the calendar as one entry for each jurisdiction that it lists."""
    if not isinstance(entry, dict) or not isinstance(entry.get("jurisdiction"), list):
        return [entry]
    return [{**entry, "jurisdiction": jurisdiction} for jurisdiction in entry["jurisdiction"]]


def read_calendar(configs: Path) -> ElectionsConfig:
    """The calendar that a folder of configurations holds."""
    return read_config(ElectionsConfig, configs / "elections.yaml")
