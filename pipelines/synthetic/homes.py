"""Who lives where on a day: homes, their moves, and dwellings that later families take over."""

from dataclasses import dataclass

import numpy as np

from pipelines.synthetic.config import Lives as LivesConfig
from pipelines.synthetic.config import SyntheticConfig
from pipelines.synthetic.draws import NEVER, Bools, Dice, Ints, Purpose, day_number, first_event
from pipelines.synthetic.dwellings import buildings_of, dwellings_of
from pipelines.synthetic.lives import Lives
from pipelines.synthetic.places import Places

MOST_MOVES = 12
"""Moves of one home that are simulated; the thirteenth in twenty years does not happen."""


@dataclass(frozen=True)
class Homes:
    """The homes of a chunk, keyed by the person who keeps them.

    Attributes:
        lives: The people.
        begins: Days from which a keeper's home stands at each of its addresses, ascending, (people, addresses).
        dwelling: Dwelling of each, (people, addresses).
        precinct: Precinct of each dwelling; dormitories stand last, (dwellings,).
        dwellings: Dwellings without the dormitories, count.
        has_unit: Whether a dwelling lies in a building with units, (dwellings without dormitories,).
        building: First dwelling of the building, or the dwelling itself, (dwellings without dormitories,).
    """

    lives: Lives
    begins: Ints
    dwelling: Ints
    precinct: Ints
    dwellings: int
    has_unit: Bools
    building: Ints

    def keeper(self, day: Ints) -> Ints:
        """Person in whose home each lives, -1 in a dormitory; day (people,)."""
        lives = self.lives
        own = np.arange(day.size)
        joined = (lives.mate >= 0) & (lives.marry <= day) & (day < lives.divorce)
        settled = np.where(joined, lives.mate, own)
        away = np.where((lives.dorm >= 0) & (day < lives.dorm_end), -1, settled)
        return np.where((lives.host >= 0) & (day < lives.leave), lives.host, away)

    def _address(self, row: Ints, on: Ints) -> Ints:
        """Position of the address at which the home of each keeper stands on a day; most homes move little."""
        nth, left = np.zeros(row.size, np.int64), np.arange(row.size)
        for at in range(1, self.begins.shape[1]):
            left = left[self.begins[row[left], at] <= on[left]]
            nth[left] = at
        return nth

    def at(self, day: int) -> tuple[Ints, Ints, Ints]:
        """Keeper, dwelling and last change of address of each person on a day, each (people,).

        People who died or left keep the address they had: the file still shows it.
        """
        lives = self.lives
        on = np.minimum(day, lives.end)
        keeper, row, nth = self._found(on)
        moved = np.where(keeper < 0, lives.leave, self.begins[row, nth])
        for change in (lives.leave, lives.dorm_end, lives.marry, lives.divorce):
            moved = np.where(change <= on, np.maximum(moved, change), moved)
        return keeper, self._dwelling(keeper, row, nth), moved

    def dwelling_at(self, day: int | Ints) -> Ints:
        """Dwelling of each person on a day, or on an own one each, (people,); who died or left keeps the last one."""
        return self._dwelling(*self._found(np.minimum(day, self.lives.end)))

    def _found(self, on: Ints) -> tuple[Ints, Ints, Ints]:
        """Keeper of each person's home on a day, the keeper's row, and the position of the home's address."""
        keeper = self.keeper(on)
        row = np.maximum(keeper, 0)
        return keeper, row, self._address(row, on)

    def _dwelling(self, keeper: Ints, row: Ints, nth: Ints) -> Ints:
        return np.where(keeper < 0, self.dwellings + np.maximum(self.lives.dorm, 0), self.dwelling[row, nth])


def draw_homes(config: SyntheticConfig, places: Places, dice: Dice, lives: Lives) -> Homes:
    """The homes of a chunk's people."""
    rng = dice.rng(Purpose.MOVES)
    begins, ends = _addresses(config, rng, lives)
    county = _counties(config.lives, rng, places, lives, begins)
    first, county_of_dwelling = dwellings_of(county, begins, ends)
    return _placed(config.lives, dice.rng(Purpose.DWELLINGS), places, (lives, begins), (first, county_of_dwelling))


def _addresses(config: SyntheticConfig, rng: np.random.Generator, lives: Lives) -> tuple[Ints, Ints]:
    """Days on which each keeper's home comes to an address and leaves it, (people, addresses) each."""
    start = np.maximum(lives.dorm_end, day_number(config.starts_on))
    columns = [start]
    for _ in range(MOST_MOVES):
        columns.append(first_event(rng, columns[-1], lives.birth, config.lives.moving))
    begins = np.column_stack([*columns, np.where(lives.mate >= 0, lives.divorce, NEVER)])
    joined = (lives.mate >= 0)[:, None] & (begins >= lives.marry[:, None]) & (begins < lives.divorce[:, None])
    joined[:, 0] = False
    begins[joined | (begins >= _closes(lives)[:, None]) | (begins < start[:, None])] = NEVER
    begins[:, 0] = start
    begins.sort(axis=1)
    ends = np.column_stack([begins[:, 1:], np.full(start.size, NEVER)])
    ends = np.minimum(ends, np.maximum(_closes(lives), start)[:, None])
    wed = (lives.mate >= 0)[:, None] & (begins < lives.marry[:, None])
    return begins, np.where(wed, np.minimum(ends, lives.marry[:, None]), ends).clip(begins, NEVER)


def _closes(lives: Lives) -> Ints:
    """Day on which the last person of each home has died or left."""
    closes = lives.end.copy()
    mates, guests = np.flatnonzero(lives.mate >= 0), np.flatnonzero(lives.host >= 0)
    np.maximum.at(closes, lives.mate[mates], np.minimum(lives.end, lives.divorce)[mates])
    np.maximum.at(closes, lives.host[guests], np.minimum(lives.end, lives.leave)[guests])
    return closes


def _counties(rules: LivesConfig, rng: np.random.Generator, places: Places, lives: Lives, begins: Ints) -> Ints:
    """County of each address; most moves stay in the county, also those out of the first home."""
    drawn = np.searchsorted(places.county_edges, rng.random(begins.shape), side="right").clip(0, places.county.max())
    stays = rng.random(begins.shape) < rules.same_county_share
    near = (lives.host >= 0) & stays[:, 0]
    drawn[near, 0] = drawn[lives.host[near], 0]
    for nth in range(1, begins.shape[1]):
        drawn[:, nth] = np.where(stays[:, nth], drawn[:, nth - 1], drawn[:, nth])
    return drawn


def _placed(
    rules: LivesConfig,
    rng: np.random.Generator,
    places: Places,
    people: tuple[Lives, Ints],
    found: tuple[Ints, Ints],
) -> Homes:
    """The homes with a precinct for each dwelling, neighbours numbered in a row."""
    dwelling, county = found
    each = places.county.size // (places.county.max() + 1)
    precinct = county * each + (rng.random(county.size) ** 1.3 * each).astype(np.int64)
    order = np.lexsort((rng.random(county.size), precinct))
    position = np.empty_like(order)
    position[order] = np.arange(order.size)
    has_unit, building = buildings_of(rng, precinct[order], rules.unit_share)
    placed = np.concatenate([precinct[order], places.dorm_precinct])
    numbered = np.where(dwelling < 0, -1, position[dwelling])
    return Homes(*people, numbered, placed, order.size, has_unit, building)
