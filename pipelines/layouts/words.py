"""Operations that translate a source's codes, labels and flags into the project's own words, and back."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pipelines.layouts.operations import Operation, either
from pipelines.layouts.spelling import normalise
from pipelines.sql import literal, literals


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
