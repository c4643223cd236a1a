"""Texts of one kind: the same layout in a file for each county, part or year, told by the words of their names."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipelines.raw.opening import OpenedText

_SHARED = 0.1  # a word in fewer of the names is a county's or a part's


@dataclass(frozen=True)
class NamedText:
    """One text of a received file.

    Attributes:
        file: Name of the file.
        member: Path inside its archive; empty where it is none.
        written: `text`, `spreadsheet` or `parquet`.
        path: The file as it was received.
        opened: The text that can be read; nothing for a Parquet file.
    """

    file: str
    member: str
    written: str
    path: Path
    opened: OpenedText | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """Words of its name, numbers left out."""
        return tuple(re.findall(r"[A-Za-z]+", f"{self.file} {PurePosixPath(self.member).name}"))


@dataclass(frozen=True)
class TextKind:
    """Texts that are written alike.

    Attributes:
        texts: The texts, the longest first.
        words: Words of their names that other texts of the delivery share, in order.
        others: Words of the names of texts of other kinds.
    """

    texts: tuple[NamedText, ...]
    words: tuple[str, ...]
    others: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """Name of the longest text."""
        return "/".join(part for part in (self.texts[0].file, self.texts[0].member) if part)

    def match(self) -> list[str]:
        """Patterns of the names of the files, any digits allowed where these have some."""
        patterns = sorted({_pattern(text.file) for text in self.texts})
        return patterns if len(patterns) <= _MOST_PATTERNS else [self._by_words([text.file for text in self.texts])]

    def members(self) -> list[str]:
        """Patterns of the members inside archives; none where the files are no archives."""
        names = [PurePosixPath(text.member).name for text in self.texts if text.member]
        if not names:
            return []
        patterns = sorted({"*" + _pattern(name) for name in names})
        return patterns if len(patterns) <= _MOST_PATTERNS else [self._by_words(names)]

    def _by_words(self, names: Sequence[str]) -> str:
        """One pattern of the words that all the names have; their beginning is left open."""
        shared = [word for word in self.words if all(word in name for name in names)]
        ends = {PurePosixPath(name).suffix for name in names}
        inner = [word for word in shared if f".{word}" not in ends]
        return "*" + "".join(f"{word}*" for word in inner) + (ends.pop() if len(ends) == 1 else "")


_MOST_PATTERNS = 4


def _pattern(name: str) -> str:
    return re.sub(r"\d+", "*", re.sub(r"[\[\]?*]", "?", name))


def kinds_of(texts: Sequence[NamedText]) -> list[TextKind]:
    """The texts in groups of one kind, the largest group of bytes first."""
    counts = Counter(word for text in texts for word in set(text.words))
    shared = {word for word, count in counts.items() if count >= _SHARED * len(texts)}
    groups: dict[tuple[str, ...], list[NamedText]] = {}
    for text in texts:
        groups.setdefault((text.written, *(word for word in text.words if word in shared)), []).append(text)
    kinds = []
    for key, group in groups.items():
        others = {word for other in groups if other != key for word in other[1:]} - set(key)
        longest_first = tuple(sorted(group, key=_size, reverse=True))
        kinds.append(TextKind(longest_first, tuple(dict.fromkeys(key[1:])), frozenset(others)))
    return sorted(kinds, key=lambda kind: -sum(map(_size, kind.texts)))


def _size(text: NamedText) -> int:
    return text.opened.line_count if text.opened else 0
