"""The closed list of operations that a layout may name: text to a typed value, and back to text.

Every file is read as text first. An operation is a pure pair of SQL expressions; what does not convert becomes null and
is counted under the operation's rule, never guessed. Blank text is null before any operation sees it.
"""

import datetime as dt
from abc import ABC, abstractmethod
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
    """The digits of the text and nothing else; `length` keeps the first so many, and fewer are a fault.

    Whether `6010` is 06010 or the beginning of 60101 cannot be told.
    """

    length: int | None = None

    def read(self, text: str) -> str:
        """The digits, null when there are none."""
        others = f"nullif(regexp_replace({text}, '[^0-9]', '', 'g'), '')"
        digits = f"CASE WHEN regexp_full_match({text}, '[0-9]+') THEN {text} ELSE {others} END"
        return f"left({digits}, {self.length})" if self.length else digits

    def valid(self, value: str) -> str:
        """All digits must be there."""
        return f"length({value}) = {self.length}" if self.length else "true"

    @property
    def rule(self) -> str:
        """There must be a digit, or as many as are kept."""
        return f"has {self.length} digits, leading zeros kept" if self.length else "has digits"


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
class Number(Operation):
    """The first number in a text, leading zeros aside: `0007`, `DISTRICT 7` and `CD07` are one district."""

    label: str = "{}"

    def read(self, text: str) -> str:
        """The number as text, null when there is none."""
        return f"nullif(regexp_extract({text}, '0*([0-9]+)', 1), '')"

    def write(self, value: str) -> str:
        """The number with what is written around it."""
        before, _, behind = self.label.partition("{}")
        return f"{literal(before)} || {value} || {literal(behind)}" if self.label != "{}" else value

    @property
    def rule(self) -> str:
        """There must be a digit."""
        return "has a number"


@dataclass(frozen=True)
class Letters(Operation):
    """A name by its letters and digits, in upper case: `Le Flore`, `LeFlore` and `LE FLORE` are one county."""

    def read(self, text: str) -> str:
        """The name without blanks and punctuation, null when nothing is left."""
        return f"nullif(regexp_replace(upper({text}), '[^A-Z0-9]+', '', 'g'), '')"

    @property
    def rule(self) -> str:
        """There must be a letter."""
        return "has letters"


@dataclass(frozen=True)
class AtLeast(Operation):
    """Another operation whose values are not below a bound: what is below it is a fault (-1 for an unknown income)."""

    inner: Operation = field(default_factory=Text)
    least: float = 0

    def read(self, text: str) -> str:
        """The value of the other operation."""
        return self.inner.read(text)

    def write(self, value: str) -> str:
        """The text of the other operation."""
        return self.inner.write(value)

    def placeholder(self, text: str, value: str) -> str:
        """As the other operation has it."""
        return self.inner.placeholder(text, value)

    def valid(self, value: str) -> str:
        """No value below the bound."""
        return f"({self.inner.valid(value)} AND {value} >= {self.least})"

    @property
    def rule(self) -> str:
        """The rule of the other operation, and the bound."""
        return f"{self.inner.rule}, at least {self.least:g}"


def either(*conditions: str) -> str:
    """SQL that is true where one of the conditions is; conditions that never are leave no trace."""
    some = [condition for condition in conditions if condition != "false"]
    return f"({' OR '.join(some)})" if len(some) > 1 else next(iter(some), "false")
