"""The vocabulary of configs/schedules.yaml: when the flow runs by itself, and what a run does besides."""

import datetime as dt
from pathlib import Path

from pydantic import Field

from models.config import Strict, read_config
from models.errors import ConfigError

_PART = r"[0-9*/,\-]+"


class Upkeep(Strict):
    """What keeps a data root sound: checks of all that stands, and the removal of what was superseded."""

    keep_superseded_days: int = Field(
        ge=1, description="Content of a table that is no longer in use stays so long, days."
    )


class Timetable(Strict):
    """One schedule."""

    cron: str = Field(
        pattern=f"^{_PART} {_PART} {_PART} {_PART} {_PART}$",
        description="Minute, hour, day, month and weekday of its starts, cron, in the profile's time zone.",
    )
    meaning: str = Field(min_length=1, description="What it does, in a sentence for the UI.")
    days_before_election: int | None = Field(
        None,
        ge=0,
        description="It starts only so many days before the election scored, to its day; always when left out.",
    )
    upkeep: Upkeep | None = Field(None, description="What is checked and removed after the states have run.")

    def window_reason(self, today: dt.date, election: dt.date) -> str:
        """Why it does not start on a day for an election, in words; empty when it does."""
        days = (election - today).days
        if self.days_before_election is None or 0 <= days <= self.days_before_election:
            return ""
        if days < 0:
            return f"The election of {election} is over."
        return f"The election of {election} is {days} days away; runs begin {self.days_before_election} days before it."


class SchedulesConfig(Strict):
    """All schedules, by name."""

    schedules: dict[str, Timetable] = Field(description="Every schedule, by its name.")

    def named(self, names: list[str]) -> dict[str, Timetable]:
        """The schedules of a profile.

        Raises:
            ConfigError: One of them is not there.
        """
        unknown = [name for name in names if name not in self.schedules]
        if unknown:
            raise ConfigError(
                f"configs/schedules.yaml has no {', '.join(unknown)}; it has {', '.join(sorted(self.schedules))}."
            )
        return {name: self.schedules[name] for name in names}


def read_schedules(configs: Path) -> SchedulesConfig:
    """The schedules that a folder of configurations holds."""
    return read_config(SchedulesConfig, configs / "schedules.yaml")
