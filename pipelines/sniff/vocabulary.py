"""What known sources call things: headers with the columns read from them, and codes with our words for them."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from pipelines.layouts.columns import ColumnLayout
from pipelines.layouts.files import FileLayout
from pipelines.layouts.history import LongHistory
from pipelines.layouts.slots import CodeMapped, RelativeSlots
from pipelines.layouts.source import Source
from pipelines.layouts.spelling import normalise
from pipelines.layouts.wide import WideHistory
from pipelines.sniff.general import GENERAL_CODES, GENERAL_HEADERS, VOTE_WORDS
from pipelines.sniff.words import is_known, words_of

UNREAD = ""
"""Label of a header that nothing is read from."""


@dataclass(frozen=True)
class Vocabulary:
    """What known sources call things.

    Attributes:
        headers: By role (`voters`, `votes`), every header as its words, with the columns that are read from it, and by
            how many sources.
        codes: Column to code, in capitals, to our word, with the sources that say so.
    """

    headers: Mapping[str, Mapping[frozenset[str], Counter[str]]]
    codes: Mapping[str, Mapping[str, Counter[str]]]

    @classmethod
    def of(cls, sources: Iterable[Source]) -> "Vocabulary":
        """What some sources call things, and general knowledge."""
        headers: dict[str, dict[frozenset[str], Counter[str]]] = {
            "voters": defaultdict(Counter),
            "votes": defaultdict(Counter),
        }
        codes: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
        for role, told in (("voters", GENERAL_HEADERS), ("votes", VOTE_WORDS)):
            for column, said in told.items():
                for header in said.split(","):
                    headers[role][frozenset(words_of(header))][column] += 1
        for source in sources:
            for role, header, column in sorted(_headers(source)):
                headers[role][frozenset(words_of(header))][column] += 1
            for column, code, word in sorted(_codes(source)):
                codes[column][code][word] += 1
        for column, said in GENERAL_CODES.items():
            for word, listed in said.items():
                for code in listed.split():
                    codes[column][code][word] += 1
        return cls(headers, codes)

    def likeness(self, header: str, role: str = "voters") -> dict[str, float]:
        """How much a header is like those that each column is read from, in [0, 1]; 1 is the same words."""
        words = frozenset(words_of(header))
        found: dict[str, float] = defaultdict(float)
        for known, labels in self.headers[role].items():
            alike = self._alike(words, known)
            for label, count in labels.items():
                share = count / labels.total()
                found[label] = max(found[label], alike * (0.5 + 0.5 * share))
        return found

    def word_of(self, column: str, code: str) -> str | None:
        """Our word for a code by most of the sources that list it; empty for one that means unknown."""
        said = self.codes.get(column, {}).get(normalise(code) or code)
        return said.most_common(1)[0][0] if said else None

    def _alike(self, words: frozenset[str], known: frozenset[str]) -> float:
        """Weight of the words that two headers share, to that of all."""
        shared = sum(self._weight(word) for word in words & known)
        return shared / sum(self._weight(word) for word in words | known) if shared else 0.0

    def _weight(self, word: str) -> float:
        return self._weights.get(word, 1.0 if is_known(word) else _OF_UNKNOWN)

    @cached_property
    def _weights(self) -> dict[str, float]:
        """A word that few headers have says more."""
        known = [words for headers in self.headers.values() for words in headers]
        counts = Counter(word for words in known for word in words)
        return {
            word: math.log(1 + len(known) / count) * (1.0 if is_known(word) else _OF_UNKNOWN)
            for word, count in counts.items()
        }


_OF_UNKNOWN = 0.35  # a word that is no word of headers (of an office, of a system) says little


def _headers(source: Source) -> set[tuple[str, str, str]]:
    """Role, header and column of all that a source reads, and of what it does not."""
    found: set[tuple[str, str, str]] = set()
    for look in (look for layout in source.layouts for look in layout.all_looks()):
        read = {(header, name) for name, layout in look.voters.items() for header in layout.from_}
        found |= {("voters", header, name) for header, name in read}
        votes = {(header, name) for told in _vote_columns(look) for name, layout in told.items() for header in layout}
        found |= {("votes", _unnumbered(header), name) for header, name in votes}
        known = {normalise(header) for header, _ in read} | {normalise(_unnumbered(header)) for header, _ in votes}
        rest = {header for header in look.format.names if normalise(_unnumbered(header)) not in known}
        found |= {("voters" if look.voters else "votes", header, UNREAD) for header in rest}
    return found


def _vote_columns(look: FileLayout) -> list[dict[str, list[str]]]:
    """Headers of each column of a vote, group by group."""
    history = look.history
    groups = (
        history.slots
        if isinstance(history, RelativeSlots)
        else [history]
        if isinstance(history, LongHistory | WideHistory | CodeMapped)
        else []
    )
    told = []
    for group in groups:
        named = {"election_date": [group.election.from_]} if group.election and group.election.from_ else {}
        told.append({**{name: layout.from_ for name, layout in group.column_layouts().items()}, **named})
    return told


def _unnumbered(header: str) -> str:
    """A header of a slot or of an election without its number or name."""
    return re.sub(r"\{n?\}|\d+$", " ", header)


def _codes(source: Source) -> set[tuple[str, str, str]]:
    """Column, code and our word of every list of codes that gives words of ours."""
    found: set[tuple[str, str, str]] = set()
    for look in (look for layout in source.layouts for look in layout.all_looks()):
        told: list[dict[str, ColumnLayout]] = [look.voters]
        history = look.history
        groups = history.slots if isinstance(history, RelativeSlots) else [history] if history else []
        told += [group.column_layouts() for group in groups if not hasattr(group, "labels") and group is not None]
        for name, layout in (pair for columns in told for pair in columns.items()):
            found |= {(_kind(name), normalise(code) or code, word or "") for code, word in (layout.code or {}).items()}
        if isinstance(history, WideHistory):
            found |= {("party_code", normalise(code), word) for code, word in history.ballot_parties.items()}
    return found


def _kind(column: str) -> str:
    return "party_code" if column == "ballot_party_code" else column
