"""The closed list of operations that a layout may name: text to a typed value, and back to text.

Every file is read as text first. An operation is a pure pair of SQL expressions; what does not convert becomes null and
is counted under the operation's rule, never guessed. Blank text is null before any operation sees it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipelines.sql import literal, literals


@dataclass(frozen=True)
class Operation:
    """One way to turn the text of a column into a value.

    Attributes:
        masks: Texts that stand for 'not told': null without being a fault.
    """

    masks: tuple[str, ...] = ()

    def read(self, text: str) -> str:
        """SQL of the value of a text that is neither blank nor a mask."""
        raise NotImplementedError

    def write(self, value: str) -> str:
        """SQL of the text that says a value."""
        return f"CAST({value} AS VARCHAR)"

    def placeholder(self, text: str) -> str:
        """SQL that is true where the text is a placeholder for an unknown value."""
        return f"{text} IN ({literals(self.masks)})" if self.masks else "false"

    @property
    def rule(self) -> str:
        """What a convertible text is, in words."""
        raise NotImplementedError


@dataclass(frozen=True)
class Text(Operation):
    """Text as it stands, trimmed, with runs of spaces as one."""

    def read(self, text: str) -> str:
        """The text, runs of white space as one space."""
        return f"CASE WHEN contains({text}, '  ') THEN regexp_replace({text}, '\\s+', ' ', 'g') ELSE {text} END"

    @property
    def rule(self) -> str:
        """Every text is one."""
        return "is text"


@dataclass(frozen=True)
class Digits(Operation):
    """The digits of the text and nothing else; `length` keeps the first so many."""

    length: int | None = None

    def read(self, text: str) -> str:
        """The digits, null when there are none."""
        digits = f"nullif(regexp_replace({text}, '[^0-9]', '', 'g'), '')"
        return f"left({digits}, {self.length})" if self.length else digits

    @property
    def rule(self) -> str:
        """There must be a digit."""
        return "has digits"


@dataclass(frozen=True)
class Pad(Operation):
    """A code filled with zeros from the left to a fixed width: `7` and `007` are one county."""

    width: int = 0

    def read(self, text: str) -> str:
        """The padded code; a longer text stays as it is."""
        return f"CASE WHEN length({text}) < {self.width} THEN lpad({text}, {self.width}, '0') ELSE {text} END"

    @property
    def rule(self) -> str:
        """Every text is one."""
        return "is a code"


@dataclass(frozen=True)
class Date(Operation):
    """A day, in one of several formats; days before `earliest` are placeholders (1800-01-01, 1900-01-01)."""

    formats: tuple[str, ...] = ()
    earliest: str = "1900-01-02"

    def read(self, text: str) -> str:
        """The day, null when no format fits or the day is a placeholder."""
        day = self._day(text)
        return f"CASE WHEN {day} >= DATE '{self.earliest}' THEN {day} END"

    def write(self, value: str) -> str:
        """The day in the first format."""
        return f"strftime({value}, {literal(self.formats[0])})"

    def placeholder(self, text: str) -> str:
        """A mask, a day of 00, or a day that nobody believes."""
        return f"({super().placeholder(text)} OR coalesce({self._day(text)} < DATE '{self.earliest}', false))"

    def _day(self, text: str) -> str:
        return f"CAST(try_strptime({text}, [{', '.join(literal(found) for found in self.formats)}]) AS DATE)"

    @property
    def rule(self) -> str:
        """It must be a day in one of the formats."""
        return f"is a day as {' or '.join(self.formats)}"


@dataclass(frozen=True)
class Year(Operation):
    """A year of four digits; years before `earliest` are placeholders."""

    earliest: int = 1901

    def read(self, text: str) -> str:
        """The year as a number."""
        return f"CASE WHEN {self._year(text)} >= {self.earliest} THEN {self._year(text)} END"

    def placeholder(self, text: str) -> str:
        """A mask, or a year that nobody believes."""
        return f"({super().placeholder(text)} OR coalesce({self._year(text)} < {self.earliest}, false))"

    def _year(self, text: str) -> str:
        return f"CASE WHEN regexp_full_match({text}, '[0-9]{{4}}') THEN CAST({text} AS SMALLINT) END"

    @property
    def rule(self) -> str:
        """It must be four digits."""
        return "is a year of four digits"


@dataclass(frozen=True)
class Code(Operation):
    """A short code from a list, translated to the project's own word; upper and lower case are one."""

    codes: Mapping[str, str | None] = field(default_factory=dict)
    otherwise: str | None = None

    def read(self, text: str) -> str:
        """Our word for the code."""
        cases = " ".join(
            f"WHEN {literal(code.upper())} THEN {literal(word) if word else 'NULL'}"
            for code, word in self.codes.items()
        )
        return f"CASE upper({text}) {cases} ELSE {literal(self.otherwise) if self.otherwise else 'NULL'} END"

    def write(self, value: str) -> str:
        """The first code that means the word."""
        first = {word: code for code, word in reversed(self.codes.items()) if word}
        cases = " ".join(f"WHEN {literal(word)} THEN {literal(code)}" for word, code in first.items())
        return f"CASE {value} {cases} END"

    def placeholder(self, text: str) -> str:
        """A code that is listed as meaning nothing."""
        unknown = [code.upper() for code, word in self.codes.items() if word is None]
        return f"upper({text}) IN ({literals([*unknown, *self.masks])})"

    @property
    def rule(self) -> str:
        """It must be on the list."""
        return f"is one of {len(self.codes)} known codes"


@dataclass(frozen=True)
class Pattern(Operation):
    """A label in the source's own words, translated by the first pattern that is found in it."""

    patterns: Mapping[str, str] = field(default_factory=dict)
    written: Mapping[str, str] = field(default_factory=dict)

    def read(self, text: str) -> str:
        """Our word for the first pattern found."""
        cases = " ".join(
            f"WHEN regexp_matches({text}, {literal(found)}, 'i') THEN {literal(word)}"
            for found, word in self.patterns.items()
        )
        return f"CASE {cases} END"

    def write(self, value: str) -> str:
        """The label that says the word."""
        cases = " ".join(f"WHEN {literal(word)} THEN {literal(label)}" for word, label in self.written.items())
        return f"CASE {value} {cases} ELSE upper({value}) END"

    @property
    def rule(self) -> str:
        """A pattern must be found in it."""
        return f"fits one of {len(self.patterns)} patterns"


@dataclass(frozen=True)
class Flag(Operation):
    """Yes or no: the listed texts are yes, everything else and blank are no."""

    yes: tuple[str, ...] = ()

    def read(self, text: str) -> str:
        """Whether the text says yes."""
        return f"coalesce(upper({text}) IN ({literals(found.upper() for found in self.yes)}), false)"

    def write(self, value: str) -> str:
        """The first text that means yes, or blank."""
        return f"CASE WHEN {value} THEN {literal(self.yes[0])} END"

    @property
    def rule(self) -> str:
        """Every text is one."""
        return "is a flag"


def normalise(header: str) -> str:
    """A header as it is compared: upper case, letters and digits only, so that `Reg. Date` is `REG_DATE`."""
    return re.sub(r"[^A-Z0-9]+", "", header.upper())
