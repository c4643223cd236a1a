"""Operations on columns of yes and no, one by one and several together."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipelines.layouts.operations import Operation
from pipelines.sql import literal, literals


@dataclass(frozen=True)
class Flags(Operation):
    """One word out of several columns of yes and no: that of the first flag that is yes, else `otherwise`.

    With `several`, that is the word where more than one is yes: who may be reached neither by phone nor by mail.

    The text that it reads is a sign for each flag, in their order: + for yes, - for no, a point for neither.
    """

    flags: Mapping[str, str] = field(default_factory=dict)
    yes: tuple[str, ...] = ("Y",)
    no: tuple[str, ...] = ()
    otherwise: str | None = None
    several: str | None = None

    def text(self, texts: Mapping[str, str]) -> str:
        """SQL of the signs of the flags that a file has, by header; the others are points.

        Args:
            texts: SQL of the text of each flag that is there.
        """
        yes, no = (literals(found.upper() for found in said) for said in (self.yes, self.no))
        others = f"WHEN upper({{0}}) IN ({no}) THEN '-' WHEN {{0}} <> '' THEN '?'" if self.no else ""
        signs = [
            f"CASE WHEN upper({{0}}) IN ({yes}) THEN '+' {others} ELSE '.' END".format(f"trim({texts[header]})")
            if header in texts
            else "'.'"
            for header in self.flags
        ]
        return f"concat({', '.join(signs)})"

    def read(self, text: str) -> str:
        """The word of the first flag; a flag that is neither yes nor no is none."""
        cases = [
            f"WHEN {text}[{place}] = '+' THEN {literal(word)}" for place, word in enumerate(self.flags.values(), 1)
        ]
        if self.several:
            cases.insert(0, f"WHEN length({text}) - length(replace({text}, '+', '')) > 1 THEN {literal(self.several)}")
        return f"CASE WHEN contains({text}, '?') THEN NULL {' '.join(cases)} ELSE {literal(self.otherwise or '')} END"

    def placeholder(self, text: str, value: str) -> str:
        """No flag is yes, and nothing is told about that."""
        del text
        return f"coalesce({value} = '', false)"

    def written_for(self, value: str, header: str) -> str:
        """SQL of the text of one flag."""
        no = f"ELSE {literal(self.no[0])}" if self.no else ""
        words = [self.flags[header]]
        if self.several and self.several not in self.flags.values() and header in list(self.flags)[:2]:
            words.append(self.several)
        return f"CASE WHEN {value} IN ({literals(words)}) THEN {literal(self.yes[0])} {no} END"

    @property
    def rule(self) -> str:
        """Every flag is yes or no."""
        return "is yes or no"


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
        """The first text that means yes, or the first that means no; blank where neither is known or none means no."""
        no = f"WHEN NOT {value} THEN {literal(self.no[0])}" if self.no else ""
        return f"CASE WHEN {value} THEN {literal(self.yes[0])} {no} END"

    @property
    def rule(self) -> str:
        """Every text is one, or must be on one of the lists."""
        return f"is one of {len(self.yes) + len(self.no)} known codes" if self.no else "is a flag"
