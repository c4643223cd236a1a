"""Dwellings, and the families that take them over one after another."""

import numpy as np

from pipelines.synthetic.draws import NEVER, Bools, Ints


def dwellings_of(county: Ints, begins: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """Dwelling of each address, and the county of each dwelling.

    Within a county the dwellings that fall empty are taken in turn by those who come later. The queue opens with as
    many new dwellings as it takes for nobody to wait.
    """
    used = begins < NEVER
    begin, end, where = begins[used], ends[used], county[used]
    arriving, leaving = np.lexsort((begin, where)), np.lexsort((end, where))
    span = 2 * NEVER
    freed = np.searchsorted((where * span + end)[leaving], (where * span + begin)[arriving], side="left")
    opens = np.searchsorted(where[arriving], np.arange(where.max() + 2), side="left")
    first = opens[where[arriving]]
    rank = np.arange(begin.size) - first
    short = rank + 1 - (freed - first)
    new = np.maximum.reduceat(np.append(short, 0), np.minimum(opens[:-1], short.size))[where[arriving]]
    taken = np.where(rank < new, -1, leaving[(first + rank - new).clip(0)])
    before = np.arange(begin.size)
    before[arriving] = np.where(taken < 0, arriving, taken)
    origin = _origins(before)
    founders, number = np.unique(origin, return_inverse=True)
    dwelling = np.full(begins.shape, -1)
    dwelling[used] = number
    return dwelling, where[founders]


def _origins(before: Ints) -> Ints:
    """The first address in each chain of takeovers, by pointer doubling."""
    while not np.array_equal(further := before[before], before):
        before = further
    return before


def buildings_of(rng: np.random.Generator, precinct: Ints, unit_share: float) -> tuple[Bools, Ints]:
    """Which dwellings share a building of up to eight units with their neighbours in the row."""
    at = np.arange(precinct.size)
    opens = np.searchsorted(precinct, precinct, side="left")
    building = opens + (at - opens) // 8 * 8
    has_unit = (rng.random(precinct.size) < unit_share)[building]
    return has_unit, np.where(has_unit, building, at)
