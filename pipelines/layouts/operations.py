"""The closed list of operations that a layout may name: text to a typed value, and back to text.

Every file is read as text first. An operation is a pure pair of SQL expressions; what does not convert becomes null and
is counted under the operation's rule, never guessed. Blank text is null before any operation sees it.
"""

import dataclasses
import datetime as dt
import functools
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from pipelines.sql import literal, literals


@dataclass(frozen=True)
class Operation(ABC):
    """One way to turn the text of a column into a value.

    A text is read in two steps, so that SQL converts it once: `read` gives a value or null, then `placeholder` and
    `valid` say of text and value whether the source meant 'not told', and whether the value can be true.

    Attributes:
        masks: Texts that stand for 'not told': null without being a fault.
    """

    masks: tuple[str, ...] = ()
    reads_every_text: ClassVar[bool] = False
    """Whether no text can be a fault, so that nothing needs to be tested."""

    @abstractmethod
    def read(self, text: str) -> str:
        """SQL of the value of a text, null where it does not convert."""

    def write(self, value: str) -> str:
        """SQL of the text that says a value."""
        return f"CAST({value} AS VARCHAR)"

    def placeholder(self, text: str, value: str) -> str:
        """SQL that is true where the text, or the value read from it, stands for an unknown value."""
        del value
        return f"coalesce({text} IN ({literals(self.masks)}), false)" if self.masks else "false"

    def valid(self, value: str) -> str:
        """SQL that is true where a value can be true."""
        del value
        return "true"

    def until(self, day: dt.date) -> "Operation":
        """The same operation for a file made on a day: what lies after it is a fault."""
        del day
        return self

    @property
    @abstractmethod
    def rule(self) -> str:
        """What a convertible text is, in words."""


@dataclass(frozen=True)
class Text(Operation):
    """Text as it stands, trimmed, with runs of spaces as one."""

    reads_every_text: ClassVar[bool] = True

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
        others = f"nullif(regexp_replace({text}, '[^0-9]', '', 'g'), '')"
        digits = f"CASE WHEN regexp_full_match({text}, '[0-9]+') THEN {text} ELSE {others} END"
        return f"left({digits}, {self.length})" if self.length else digits

    @property
    def rule(self) -> str:
        """There must be a digit."""
        return "has digits"


@dataclass(frozen=True)
class Pad(Operation):
    """A code filled with zeros from the left to a fixed width: `7` and `007` are one county."""

    width: int = 0
    reads_every_text: ClassVar[bool] = True

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
    latest: dt.date | None = None

    def read(self, text: str) -> str:
        """The day, null when no format fits."""
        return f"CAST(try_strptime({text}, [{literals(self.formats)}]) AS DATE)"

    def write(self, value: str) -> str:
        """The day in the first format."""
        return f"strftime({value}, {literal(self.formats[0])})"

    def placeholder(self, text: str, value: str) -> str:
        """A mask, or a day that nobody believes."""
        return either(super().placeholder(text, value), f"coalesce({value} < DATE '{self.earliest}', false)")

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


@dataclass(frozen=True)
class Code(Operation):
    """A short code from a list, translated to the project's own word; upper and lower case are one."""

    codes: Mapping[str, str | None] = field(default_factory=dict)
    otherwise: str | None = None

    def read(self, text: str) -> str:
        """Our word for the code; most texts are a code as it is listed, so that upper case is tried last."""
        other = f"ELSE {literal(self.otherwise)}" if self.otherwise else ""
        upper = f"CASE upper({text}) {self._cases(str.upper)} {other} END"
        return f"CASE WHEN {text} IS NULL THEN NULL ELSE CASE {text} {self._cases(str)} ELSE {upper} END END"

    def _cases(self, spelled: Callable[[str], str]) -> str:
        return " ".join(
            f"WHEN {literal(spelled(code))} THEN {literal(word) if word else 'NULL'}"
            for code, word in self.codes.items()
        )

    def write(self, value: str) -> str:
        """The first code that means the word; the word for unlisted codes stands for itself."""
        first: dict[str, str] = {}
        for code, word in self.codes.items():
            first.setdefault(word or "", code)
        cases = " ".join(f"WHEN {literal(word)} THEN {literal(code)}" for word, code in first.items() if word)
        return f"CASE {value} {cases} {f'ELSE upper({value})' if self.otherwise else ''} END"

    def placeholder(self, text: str, value: str) -> str:
        """A mask, or a code that is listed as meaning nothing."""
        nothing = [code.upper() for code, word in self.codes.items() if word is None]
        listed = f"coalesce(upper({text}) IN ({literals(nothing)}), false)" if nothing else "false"
        return either(super().placeholder(text, value), listed)

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
            f"WHEN {_found(text, pattern)} THEN {literal(word)}" for pattern, word in self.patterns.items()
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
    """Yes or no: the listed texts are yes; everything else and blank are no, unless the texts of no are listed too."""

    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()

    def read(self, text: str) -> str:
        """Whether the text says yes; null for a text on neither list where both are given."""
        is_yes = f"upper({text}) IN ({literals(found.upper() for found in self.yes)})"
        if not self.no:
            return f"coalesce({is_yes}, false)"
        is_no = f"upper({text}) IN ({literals(found.upper() for found in self.no)})"
        return f"CASE WHEN {is_yes} THEN true WHEN {is_no} THEN false END"

    def write(self, value: str) -> str:
        """The first text that means yes, else the first that means no, or blank."""
        return f"CASE WHEN {value} THEN {literal(self.yes[0])} {f'ELSE {literal(self.no[0])}' if self.no else ''} END"

    @property
    def rule(self) -> str:
        """Every text is one, or must be on one of the lists."""
        return f"is one of {len(self.yes) + len(self.no)} known codes" if self.no else "is a flag"


def either(*conditions: str) -> str:
    """SQL that is true where one of the conditions is; conditions that never are leave no trace."""
    some = [condition for condition in conditions if condition != "false"]
    return f"({' OR '.join(some)})" if len(some) > 1 else next(iter(some), "false")


def _found(text: str, pattern: str) -> str:
    """SQL that is true where a pattern is found, upper and lower case as one; plain words need no expression."""
    words = pattern.split("|")
    if all(re.fullmatch(r"[A-Za-z0-9 -]+", word) for word in words):
        return "(" + " OR ".join(f"contains(lower({text}), {literal(word.lower())})" for word in words) + ")"
    return f"regexp_matches({text}, {literal(pattern)}, 'i')"


@functools.cache
def normalise(header: str) -> str:
    """A header as it is compared: upper case, letters and digits only, so that `Reg. Date` is `REG_DATE`."""
    return re.sub(r"[^A-Z0-9]+", "", header.upper())
