"""Random draws that depend on what they are for and on nothing else, so that a rerun gives the same bytes."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

NEVER = 10**6
"""A day, counted from 1970-01-01, that no calendar here reaches."""
YEAR = 365.25
_EPOCH = dt.date(1970, 1, 1)


class Purpose(IntEnum):
    """What a stream of draws is for; a number is never given to another purpose."""

    PLACES = 1
    SHOCK = 2
    POSTING = 3
    LIVES = 4
    FAMILIES = 5
    MOVES = 6
    DWELLINGS = 7
    REGISTRATION = 8
    NAMES = 9
    TRAITS = 10
    PROPENSITY = 11
    VOTE = 12
    REMOVAL = 13
    IDENTIFIERS = 14
    UNCOUNTED = 15
    ABSENCE = 16
    PRECINCT_NAMES = 17
    NAMING = 18
    CONTACTS = 19
    VENDOR = 20
    CAMPAIGN = 21


@dataclass(frozen=True)
class Dice:
    """The streams of one chunk of a state.

    Attributes:
        seed: Seed of the configuration.
        state: Two letters of the state.
        stream: 0 for what the whole state shares, the chunk's index plus one for a chunk.
    """

    seed: int
    state: str
    stream: int = 0

    def rng(self, purpose: Purpose, *more: int) -> np.random.Generator:
        """The stream of one purpose; `more` tells elections apart by their day."""
        state_number = int.from_bytes(self.state.encode("ascii"), "big")
        return np.random.default_rng([self.seed, state_number, self.stream, int(purpose), *more])


def day_number(day: dt.date) -> int:
    """Days from 1970-01-01 to a date."""
    return (day - _EPOCH).days


def picked(rng: np.random.Generator, shares: Mapping[str, float], count: int) -> npt.NDArray[np.int64]:
    """Positions in `shares`, drawn in proportion to their values."""
    edges = np.cumsum(list(shares.values()))
    return np.minimum(np.searchsorted(edges / edges[-1], rng.random(count), side="right"), len(edges) - 1)


def zipf_picked(rng: np.random.Generator, words: int, count: int, power: float = 0.6) -> Ints:
    """Positions below `words`, the first ones oftener, as names are."""
    edges = np.cumsum(1.0 / np.arange(1, words + 1) ** power)
    return np.searchsorted(edges / edges[-1], rng.random(count), side="right").clip(0, words - 1)


def first_event(rng: np.random.Generator, start: Ints, birth: Ints, rates: Mapping[int, float]) -> Ints:
    """Day of the first event after `start` of a hazard that depends on age.

    Args:
        rng: Stream of draws.
        start: Days from which the hazard acts, (n,).
        birth: Days of birth, (n,).
        rates: Events a year by the age from which each rate holds, ascending.

    Returns:
        Days, (n,), at least one after `start`; NEVER where the last rate is zero and nothing happened.
    """
    left, event = rng.standard_exponential(start.size), np.full(start.size, float(NEVER))
    ages = [*rates, 1000]
    for age, until, rate in zip(ages, ages[1:], rates.values(), strict=False):
        begin = np.maximum(start, birth + age * YEAR)
        room = np.maximum(birth + until * YEAR - begin, 0) * rate / YEAR
        hit = (event == NEVER) & (left < room)
        event[hit] = begin[hit] + left[hit] * YEAR / rate
        left -= np.where(hit, 0, room)
    return np.maximum(np.minimum(event, NEVER).astype(np.int64), np.minimum(start + 1, NEVER))
