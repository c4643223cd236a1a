"""The ways in which vendors write names of other naming systems than the western one.

Every way of a system is as frequent as the others. Who is written in none of them stands as on the voter file.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pyarrow as pa

from pipelines.synthetic.columns import either, joined
from pipelines.synthetic.draws import Bools, Ints
from pipelines.synthetic.identity import Identity
from pipelines.synthetic.names.spellings import Spellings
from pipelines.synthetic.names.systems import ARABIC, CHINESE, INDONESIAN, SINGLE, SPANISH, VIETNAMESE
from pipelines.synthetic.vendors.draws import joined_known, placed, taken
from pipelines.synthetic.vendors.names import Names

Parts = tuple[pa.Array, pa.Array, pa.Array]
"""First, middle and last names of some records."""
Write = Callable[[np.random.Generator, Identity, Ints, Parts], Parts]


def other_forms(rng: np.random.Generator, own: Identity, rows: Ints, names: Names) -> Names:
    """Names of records about the people at `rows`, those told as `is_other_form` written in another way."""
    system = np.where(names.is_other_form, own.naming.system[rows], -1)
    for code, write in _WAYS.items():
        where = system == code
        parts = write(
            rng, own, rows[where], (taken(names.first, where), taken(names.middle, where), taken(names.last, where))
        )
        first, middle, last = (
            placed(old, where, new) for old, new in zip((names.first, names.middle, names.last), parts, strict=True)
        )
        names = replace(names, first=first, middle=middle, last=last)
    return names


def _spanish(rng: np.random.Generator, own: Identity, rows: Ints, parts: Parts) -> Parts:
    """One of the two surnames only, or a hyphen between them, or the first one as a middle name."""
    (first, middle, last), way = parts, rng.integers(0, 4, rows.size)
    father, mother = own.book.last.texts(own.last[rows]), own.book.last.texts(own.naming.second[rows])
    last = _chosen(way, [father, mother, joined([father, mother], "-"), mother])
    return first, either(way == 3, father, middle), last


def _arabic(rng: np.random.Generator, own: Identity, rows: Ints, parts: Parts) -> Parts:
    """Other spellings: of the given name, of the family name, or of both."""
    (first, middle, last), way = parts, rng.integers(0, 3, rows.size)
    first = _respelled(rng, (first, own.first[rows]), own.book.first.transliterated, way != 1)
    last = _respelled(rng, (last, own.last[rows]), own.book.last.transliterated, way != 0)
    return first, middle, last


def _respelled(rng: np.random.Generator, names: tuple[pa.Array, Ints], spellings: Spellings, where: Bools) -> pa.Array:
    texts, positions = names
    told = where & spellings.has_any(positions)
    return placed(texts, told, spellings.at(positions[told], rng.random(int(told.sum()))))


def _indonesian(rng: np.random.Generator, own: Identity, rows: Ints, parts: Parts) -> Parts:
    """Both words as the first name, or the words the other way round."""
    (first, middle, last), is_one = parts, rng.random(rows.size) < 0.5
    none = pa.nulls(rows.size, pa.string())
    return either(is_one, joined([first, last], " "), last), middle, either(is_one, none, first)


def _single(rng: np.random.Generator, own: Identity, rows: Ints, parts: Parts) -> Parts:
    """The one name as the first name, or written twice, or behind FNU (first name unknown)."""
    (_, middle, last), way = parts, rng.integers(0, 3, rows.size)
    unknown = pa.array(["FNU"] * rows.size, pa.string())
    return _chosen(way, [last, last, unknown]), middle, _chosen(way, [pa.nulls(rows.size, pa.string()), last, last])


def _family_first(rng: np.random.Generator, own: Identity, rows: Ints, parts: Parts) -> Parts:
    """First and last name the other way round, or, of people with a middle name, that one before the first name."""
    (first, middle, last), swaps = parts, rng.random(rows.size) < 0.7
    swaps |= middle.is_null().to_numpy(zero_copy_only=False)
    none = pa.nulls(rows.size, pa.string())
    given = joined_known([middle, first], " ")
    return either(swaps, last, given), either(swaps, middle, none), either(swaps, first, last)


def _chosen(way: Ints, ways: list[pa.Array]) -> pa.Array:
    """The text of one way for each row."""
    return pa.chunked_array(ways, pa.string()).combine_chunks().take(pa.array(way * way.size + np.arange(way.size)))


_WAYS: dict[int, Write] = {
    SPANISH: _spanish,
    ARABIC: _arabic,
    INDONESIAN: _indonesian,
    SINGLE: _single,
    VIETNAMESE: _family_first,
    CHINESE: _family_first,
}
