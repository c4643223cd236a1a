"""Other ways to write a name: nicknames, and transliterations of one Arabic name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from nicknames import NickNamer

from pipelines.synthetic.draws import Bools, Floats, Ints
from pipelines.synthetic.names import foreign


@dataclass(frozen=True)
class Spellings:
    """Other forms of the names of a list.

    Attributes:
        starts: Where the forms of each name begin, one more at the end, (names + 1,).
        forms: The forms of all names.
    """

    starts: Ints
    forms: pa.Array

    def has_any(self, names: Ints) -> Bools:
        """Whether there is another form of the names at some positions; -1 has none."""
        return (names >= 0) & (self.starts[names + 1] > self.starts[names])

    def at(self, names: Ints, draws: Floats) -> pa.Array:
        """One other form for each of the names that have any, picked by uniform draws."""
        first, count = self.starts[names], self.starts[names + 1] - self.starts[names]
        return self.forms.take(pa.array(first + (draws * count).astype(np.int64)))


def spellings_of(names: Sequence[str], forms: dict[str, list[str]]) -> Spellings:
    """The forms of names in their order; names that are not told have none."""
    each = [forms.get(name, []) for name in names]
    starts = np.concatenate([[0], np.cumsum([len(found) for found in each])]).astype(np.int64)
    return Spellings(starts, pa.array([form for found in each for form in found], pa.string()))


def nicknames_of(names: Sequence[str]) -> dict[str, list[str]]:
    """Nicknames in capitals by name."""
    known = NickNamer()
    found = {name: sorted(form.upper() for form in known.nicknames_of(name.lower())) for name in names}
    return {name: forms for name, forms in found.items() if forms}


def given_transliterations() -> dict[str, list[str]]:
    """The other spellings of each Arabic given name."""
    return _others(
        group.split() for names in (foreign.ARABIC_FEMALE, foreign.ARABIC_MALE) for group in names.split(",")
    )


def family_transliterations() -> dict[str, list[str]]:
    """The other spellings of each Arabic family name, which may have an article."""
    return _others([article + name for article in foreign.ARTICLES] for name in foreign.ARABIC_LAST)


def _others(groups: Iterable[Sequence[str]]) -> dict[str, list[str]]:
    return {name: [other for other in group if other != name] for group in groups for name in group}
