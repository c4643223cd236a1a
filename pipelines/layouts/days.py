"""Operations on days and years: text to a date or a number of four digits, and back."""

import dataclasses
import datetime as dt
import re
from dataclasses import dataclass

from pipelines.layouts.operations import Operation, either
from pipelines.sql import literal, literals


@dataclass(frozen=True)
class Date(Operation):
    """A day, in one of several formats; days before `earliest` are placeholders (1800-01-01, 1900-01-01)."""

    formats: tuple[str, ...] = ()
    earliest: str = "1900-01-02"
    latest: dt.date | None = None

    def read(self, text: str) -> str:
        """The day, null when no format fits."""
        return f"CAST(try_strptime({text}, [{literals(self.formats)}]) AS DATE)"

    def write(self, value: str) -> str:
        """The day in the first format."""
        return f"strftime({value}, {literal(self.formats[0])})"

    def placeholder(self, text: str, value: str) -> str:
        """A mask, a day that nobody believes, or the day 00 of a month."""
        patterns = "|".join(_undated(known) for known in self.formats)
        no_day = f"CASE WHEN {value} IS NULL THEN coalesce(regexp_full_match({text}, {literal(patterns)}), false) END"
        unbelieved = f"coalesce({value} < DATE '{self.earliest}', {no_day})"
        return either(super().placeholder(text, value), unbelieved)

    def valid(self, value: str) -> str:
        """No day after the file was made, where that is known."""
        return f"{value} <= DATE '{self.latest}'" if self.latest else "true"

    def until(self, day: dt.date) -> "Date":
        """Days up to the day."""
        return dataclasses.replace(self, latest=day)

    @property
    def rule(self) -> str:
        """It must be a day in one of the formats."""
        return f"is a day as {' or '.join(self.formats)}" + (", not after the snapshot" if self.latest else "")


@dataclass(frozen=True)
class Year(Operation):
    """A year of four digits; years before `earliest` are placeholders."""

    earliest: int = 1901
    latest: dt.date | None = None

    def read(self, text: str) -> str:
        """The year as a number."""
        return f"CASE WHEN regexp_full_match({text}, '[0-9]{{4}}') THEN CAST({text} AS SMALLINT) END"

    def placeholder(self, text: str, value: str) -> str:
        """A mask, or a year that nobody believes."""
        return either(super().placeholder(text, value), f"coalesce({value} < {self.earliest}, false)")

    def valid(self, value: str) -> str:
        """No year after the file was made, where that is known."""
        return f"{value} <= {self.latest.year}" if self.latest else "true"

    def until(self, day: dt.date) -> "Year":
        """Years up to that of the day."""
        return dataclasses.replace(self, latest=day)

    @property
    def rule(self) -> str:
        """It must be four digits."""
        return "is a year of four digits" + (", not after the snapshot" if self.latest else "")


def _undated(date_format: str) -> str:
    """Regular expression of a text in a strptime format whose day is 00."""
    return re.sub(
        r"%-?([A-Za-z])",
        lambda found: "0{1,2}" if found[1] == "d" else "[0-9]+",
        re.escape(date_format).replace("\\-", "-"),
    )
