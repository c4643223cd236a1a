"""Lists of names, each name once, and with which share each is drawn for whom."""

import unicodedata
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from pipelines.synthetic.draws import Floats, Ints
from pipelines.synthetic.names.spellings import Spellings, nicknames_of, spellings_of


@dataclass(frozen=True)
class Pool:
    """Names for one kind of people, as positions in a list, with their cumulative shares; the last of these is 1."""

    positions: Ints
    edges: Floats

    def at(self, draws: Floats) -> Ints:
        """Positions of names for uniform draws."""
        return self.positions[np.searchsorted(self.edges, draws, side="right").clip(0, self.edges.size - 1)]


@dataclass(frozen=True)
class NameList:
    """Names, each once.

    Attributes:
        names: The names.
        pools: From what to draw, by kind: twice the naming system, plus one for men.
        transliterations: Other spellings of the Arabic names, by name.
    """

    names: list[str]
    pools: dict[int, Pool]
    transliterations: dict[str, list[str]]

    def draw(self, kinds: Ints, draws: Floats) -> Ints:
        """Positions of names for uniform draws, -1 for kinds without names of this list."""
        found = np.full(draws.size, -1)
        for kind, pool in self.pools.items():
            rows = np.flatnonzero(kinds == kind)
            found[rows] = pool.at(draws[rows])
        return found

    def texts(self, positions: Ints) -> pa.Array:
        """Names at positions, null at -1."""
        return self._texts.take(pa.array(positions, mask=positions < 0))

    def plain(self, positions: Ints) -> pa.Array:
        """Names at positions in small ASCII letters, as e-mail addresses have them; null at -1."""
        return self._plain.take(pa.array(positions, mask=positions < 0))

    @cached_property
    def _texts(self) -> pa.Array:
        return pa.array(self.names, pa.string())

    @cached_property
    def _plain(self) -> pa.Array:
        return pa.array([_plain(name) for name in self.names], pa.string())

    @cached_property
    def transliterated(self) -> Spellings:
        """Other spellings of the Arabic names."""
        return spellings_of(self.names, self.transliterations)

    @cached_property
    def nicknames(self) -> Spellings:
        """Nicknames."""
        return spellings_of(self.names, nicknames_of(self.names))


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "".join(letter for letter in letters if letter.isalnum()).lower()
