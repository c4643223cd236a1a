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


@dataclass(frozen=True)
class Code(Operation):
    """A short code from a list, translated to the project's own word; case, blanks and punctuation do not count."""

    codes: Mapping[str, str | None] = field(default_factory=dict)
    otherwise: str | None = None
    written: Mapping[str, str] = field(default_factory=dict)

    def read(self, text: str) -> str:
        """Our word for the code; most texts are a code as it is listed, so that other spellings are tried last."""
        other = f"ELSE {literal(self.otherwise)}" if self.otherwise else ""
        loose = f"CASE {_bare(text)} {self._cases(_bare_text)} {other} END"
        return f"CASE WHEN {text} IS NULL THEN NULL ELSE CASE {text} {self._cases(str)} ELSE {loose} END END"

    def _cases(self, spelled: Callable[[str], str]) -> str:
        return " ".join(
            f"WHEN {literal(spelled(code))} THEN {literal(word) if word else 'NULL'}"
            for code, word in self.codes.items()
        )

    def write(self, value: str) -> str:
        """The code `written` for a word, else the first that means it; a word for unlisted codes stands for itself."""
        first: dict[str, str] = {}
        for code, word in self.codes.items():
            first.setdefault(word or "", code)
        cases = " ".join(
            f"WHEN {literal(word)} THEN {literal(code)}" for word, code in {**first, **self.written}.items() if word
        )
        return f"CASE {value} {cases} {f'ELSE upper({value})' if self.otherwise else ''} END"

    def placeholder(self, text: str, value: str) -> str:
        """A mask, or a code that is listed as meaning nothing."""
        nothing = [_bare_text(code) for code, word in self.codes.items() if word is None]
        listed = f"coalesce({_bare(text)} IN ({literals(nothing)}), false)" if nothing else "false"
        return either(super().placeholder(text, value), listed)

    @property
    def rule(self) -> str:
        """It must be on the list."""
        return f"is one of {len(self.codes)} known codes"


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
class Flags(Operation):
    """One word out of several columns of yes and no: that of the first flag that is yes, else `otherwise`.

    The text that it reads is a sign for each flag, in their order: + for yes, - for no, blank for neither.
    """

    flags: Mapping[str, str] = field(default_factory=dict)
    yes: tuple[str, ...] = ("Y",)
    no: tuple[str, ...] = ()
    otherwise: str | None = None

    def text(self, texts: Mapping[str, str]) -> str:
        """SQL of the signs of the flags that a file has, by header; the others are blank.

        Args:
            texts: SQL of the text of each flag that is there.
        """
        yes, no = (literals(found.upper() for found in said) for said in (self.yes, self.no))
        others = f"WHEN upper({{0}}) IN ({no}) THEN '-' WHEN {{0}} <> '' THEN '?'" if self.no else ""
        signs = [
            f"CASE WHEN upper({{0}}) IN ({yes}) THEN '+' {others} ELSE ' ' END".format(f"trim({texts[header]})")
            if header in texts
            else "' '"
            for header in self.flags
        ]
        return f"concat({', '.join(signs)})"

    def read(self, text: str) -> str:
        """The word of the first flag; a flag that is neither yes nor no is none."""
        cases = [
            f"WHEN {text}[{place}] = '+' THEN {literal(word)}" for place, word in enumerate(self.flags.values(), 1)
        ]
        return f"CASE WHEN contains({text}, '?') THEN NULL {' '.join(cases)} ELSE {literal(self.otherwise or '')} END"

    def placeholder(self, text: str, value: str) -> str:
        """No flag is yes, and nothing is told about that."""
        del text
        return f"coalesce({value} = '', false)"

    def written_for(self, value: str, header: str) -> str:
        """SQL of the text of one flag."""
        no = f"ELSE {literal(self.no[0])}" if self.no else ""
        return f"CASE WHEN {value} = {literal(self.flags[header])} THEN {literal(self.yes[0])} {no} END"

    @property
    def rule(self) -> str:
        """Every flag is yes or no."""
        return "is yes or no"


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
        return f"CASE {value} {cases} ELSE upper({value}) END" if cases else f"upper({value})"

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


def _undated(date_format: str) -> str:
    """Regular expression of a text in a strptime format whose day is 00."""
    return re.sub(
        r"%-?([A-Za-z])",
        lambda found: "0{1,2}" if found[1] == "d" else "[0-9]+",
        re.escape(date_format).replace("\\-", "-"),
    )


def _bare(text: str) -> str:
    """SQL of a code without case, blanks and punctuation; a code of signs alone stays as it is."""
    return f"coalesce(nullif(regexp_replace(upper({text}), '[^A-Z0-9]+', '', 'g'), ''), {text})"


def _bare_text(code: str) -> str:
    return normalise(code) or code


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
