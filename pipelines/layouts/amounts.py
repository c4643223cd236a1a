"""Operations that read numbers with a unit, and lists: what vendors tell and states do not."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from pipelines.layouts.operations import Operation
from pipelines.sql import literal, literals

_PLAIN = r"-?[0-9]+(?:\.[0-9]*)?|-?\.[0-9]+"


@dataclass(frozen=True)
class Amount(Operation):
    """A number as people write it: `$1,250.00`, `(40)` and `40-` are 1250, -40 and -40; `unit` is what 1 stands for.

    Where another field says that the number is taken off, such as a kind `Refund`, `minus` names it with the texts that
    say so: `40` and `-40` beside one of them are both -40.
    """

    unit: float = 1
    minus: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def signed(self, text: str, others: Mapping[str, str]) -> str:
        """SQL of the text of the number with the sign that other fields give it.

        Args:
            text: SQL of the text of the number.
            others: SQL of the text of each field of `minus` that is there, by header.
        """
        tests = [
            f"upper(trim({other})) IN ({literals(found.upper() for found in self.minus[header])})"
            for header, other in others.items()
        ]
        if not tests:
            return text
        is_bare = f"NOT regexp_matches({text}, '^[ ]*$|[-(]')"
        return f"CASE WHEN ({' OR '.join(tests)}) AND {is_bare} THEN concat('-', trim({text})) ELSE {text} END"

    def read(self, text: str) -> str:
        """The number times the unit, null for any other text."""
        bare = f"regexp_replace({text}, '[$, ]', '', 'g')"
        turned = rf"regexp_replace({bare}, '^\(([0-9.]+)\)$|^([0-9.]+)-$', '-\1\2')"
        number = f"CASE WHEN regexp_full_match({turned}, '{_PLAIN}') THEN TRY_CAST({turned} AS DOUBLE) END"
        return self._scaled(number, "*", "/")

    def write(self, value: str) -> str:
        """The number in the source's unit, a whole one without a point, without its sign where another field has it."""
        stated = f"abs({value})" if self.minus else value
        own = stated if self.unit == 1 else f"round({self._scaled(stated, '/', '*')}, 6)"
        return f"CASE WHEN {own} = trunc({own}) THEN format('{{:.0f}}', {own}) ELSE CAST({own} AS VARCHAR) END"

    def _scaled(self, number: str, by: str, per: str) -> str:
        """A number in another unit; a hundredth is divided by 100, which leaves no trace of binary fractions."""
        whole = round(1 / self.unit)
        if self.unit < 1 and math.isclose(whole * self.unit, 1):
            return f"({number} {per} {whole})"
        return f"({number} {by} {self.unit})" if self.unit != 1 else number

    @property
    def rule(self) -> str:
        """It must be a number."""
        return "is a number"


@dataclass(frozen=True)
class Count(Operation):
    """A whole number, 0 or more."""

    def read(self, text: str) -> str:
        """The number, null for any other text; `3.0` is 3."""
        number = f"TRY_CAST(TRY_CAST({text} AS DOUBLE) AS SMALLINT)"
        return rf"CASE WHEN regexp_full_match({text}, '[0-9]+(?:\.0*)?') THEN {number} END"

    @property
    def rule(self) -> str:
        """It must be a count."""
        return "is a whole number"


@dataclass(frozen=True)
class Valued(Operation):
    """A code that stands for a number: `C` for an income of 50,000 to 74,999 is told as 62,500."""

    values: Mapping[str, float] = field(default_factory=dict)

    def read(self, text: str) -> str:
        """The number of the code, compared in upper case."""
        cases = " ".join(f"WHEN {literal(code.upper())} THEN {float(number)}" for code, number in self.values.items())
        return f"CAST(CASE upper({text}) {cases} END AS DOUBLE)"

    def write(self, value: str) -> str:
        """The code whose number is nearest."""
        pairs = ", ".join(
            f"{{'far': abs({value} - {float(number)}), 'code': {literal(code)}}}"
            for code, number in self.values.items()
        )
        return f"CASE WHEN {value} IS NOT NULL THEN list_sort([{pairs}])[1].code END"

    @property
    def rule(self) -> str:
        """It must be on the list."""
        return f"is one of {len(self.values)} known codes"


@dataclass(frozen=True)
class Split(Operation):
    """Several texts in one field, with a sign between them."""

    sign: str = ";"
    reads_every_text: ClassVar[bool] = True

    def read(self, text: str) -> str:
        """The texts, each once, in the order of the alphabet; null when there is none."""
        parts = f"[trim(part) FOR part IN string_split({text}, {literal(self.sign)}) IF trim(part) <> '']"
        return f"CASE WHEN len({parts}) > 0 THEN list_sort(list_distinct({parts})) END"

    def write(self, value: str) -> str:
        """The texts with the sign between them."""
        return f"array_to_string({value}, {literal(self.sign)})"

    @property
    def rule(self) -> str:
        """Every text is one."""
        return "is text"


@dataclass(frozen=True)
class EveryFlag(Operation):
    """A word for each of several columns of yes and no that is yes.

    The text that it reads is a sign for each flag, in their order: + for yes, ? for a text on neither list where both
    are given, a point for all else.
    """

    flags: Mapping[str, str] = field(default_factory=dict)
    yes: tuple[str, ...] = ("Y",)
    no: tuple[str, ...] = ()

    def text(self, texts: Mapping[str, str]) -> str:
        """SQL of the signs of the flags that a file has, by header; null where every flag is blank.

        Args:
            texts: SQL of the text of each flag that is there.
        """
        signs = [self._sign(texts[header]) if header in texts else "'.'" for header in self.flags]
        told = " OR ".join(f"trim({text}) <> ''" for text in texts.values())
        return f"CASE WHEN {told} THEN concat({', '.join(signs)}) END"

    def _sign(self, text: str) -> str:
        yes, no = (literals(found.upper() for found in said) for said in (self.yes, self.no))
        other = f"WHEN upper(trim({text})) NOT IN ({no}, '') THEN '?'" if self.no else ""
        return f"CASE WHEN upper(trim({text})) IN ({yes}) THEN '+' {other} ELSE '.' END"

    def read(self, text: str) -> str:
        """The words of the flags that are yes, in order; null where no flag is told, empty where none is yes."""
        words = [
            f"CASE WHEN {text}[{at}] = '+' THEN {literal(word)} END" for at, word in enumerate(self.flags.values(), 1)
        ]
        told = f"list_sort(list_distinct([word FOR word IN [{', '.join(words)}] IF word IS NOT NULL]))"
        return f"CASE WHEN NOT contains({text}, '?') THEN {told} END"

    def written_for(self, value: str, header: str) -> str:
        """SQL of the text of one flag."""
        is_told = f"list_contains({value}, {literal(self.flags[header])})"
        no = f"WHEN {value} IS NOT NULL THEN {literal(self.no[0])}" if self.no else ""
        return f"CASE WHEN {is_told} THEN {literal(self.yes[0])} {no} END"

    @property
    def rule(self) -> str:
        """Every text is one, or must be on one of the lists."""
        return "is yes or no" if self.no else "is a flag"
