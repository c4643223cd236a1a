"""What facts are drawn from, and what is drawn: rows with their days, as they stand in the end and before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from scipy.special import ndtr

from pipelines.synthetic.chunk import Chunk
from pipelines.synthetic.columns import worded
from pipelines.synthetic.draws import Bools, Floats, Ints, picked
from pipelines.synthetic.vendors.traits import Traits

Columns = dict[str, pa.Array]


@dataclass(frozen=True)
class Known:
    """Records about the people of a chunk, before they say anything but who they are about.

    Attributes:
        chunk: The people.
        traits: Their traits.
        day: Day as of which the records are drawn.
        person: Position of each record's person, (records,).
        relation: VOTER, or what relates the person to the voters, (records,).
        since: Day from which each record is on a list, (records,).
    """

    chunk: Chunk
    traits: Traits
    day: int
    person: Ints
    relation: Ints
    since: Ints

    def ages(self) -> Floats:
        """Age of each record's person, years."""
        return (self.day - self.chunk.people.homes.lives.birth[self.person]) / 365.25

    def deaths(self) -> Ints:
        """Day on which each record's person dies, (records,)."""
        return self.chunk.people.homes.lives.death[self.person]


def _unchanged(day: int) -> Columns:
    del day
    return {}


@dataclass(frozen=True)
class Facts:
    """Rows of a campaign table, without who they are about.

    Attributes:
        record: Position of the record that each row is of, (rows,); a record may have no row, or several.
        since: Day from which a row can be told, (rows,).
        columns: Columns as they stand in the end.
        earlier: Of columns that are mended, what stood there before.
        on: Columns that follow the day of a file.
    """

    record: Ints
    since: Ints
    columns: Columns
    earlier: Columns = field(default_factory=dict)
    on: Callable[[int], Columns] = _unchanged


def repeated(counts: Ints) -> Ints:
    """Positions of records, each as often as told."""
    return np.repeat(np.arange(counts.size), counts)


def words_of(rng: np.random.Generator, shares: Mapping[str, float], count: int) -> pa.Array:
    """Words in proportion to their shares."""
    return worded(list(shares), picked(rng, shares, count))


def words_by(values: Floats, shares: Mapping[str, float]) -> pa.Array:
    """Words in the order of standard normal values: the highest values get the first words, as often as shares say."""
    return worded(list(shares), at_quantiles(1 - ndtr(values), shares))


def at_quantiles(quantiles: Floats, shares: Mapping[Any, float]) -> Ints:
    """Positions in `shares` at quantiles between 0 and 1."""
    edges = np.cumsum(list(shares.values()))
    return np.searchsorted(edges / edges[-1], quantiles, side="right").clip(0, len(edges) - 1)


def word_lists(rng: np.random.Generator, shares: Mapping[str, float], missing: Bools) -> pa.Array:
    """Lists of words in order, each word with its own chance; null where told."""
    words = sorted(shares)
    has = rng.random((missing.size, len(words))) < np.array([shares[word] for word in words])
    has[missing] = False
    offsets = np.concatenate([[0], np.cumsum(has.sum(axis=1))]).astype(np.int32)
    flat = pa.array(words, pa.string()).take(pa.array(np.nonzero(has)[1]))
    return pa.ListArray.from_arrays(pa.array(offsets), flat, mask=pa.array(missing))


def dates(days: Ints, missing: Bools | None = None) -> pa.Array:
    """Days as dates, null where told."""
    return pa.array(days.astype(np.int32), mask=missing).cast(pa.date32())


def numbers(values: Floats, missing: Bools) -> pa.Array:
    """Numbers, null where told."""
    return pa.array(values, pa.float64(), mask=missing)
