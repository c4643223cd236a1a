"""Addresses of dwellings: no two in a state are alike, and nothing in them tells the order of the simulation."""

import math
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipelines.synthetic import words
from pipelines.synthetic.columns import either, joined, padded, spaced, text, worded
from pipelines.synthetic.config import StateConfig
from pipelines.synthetic.draws import Ints
from pipelines.synthetic.homes import Homes
from pipelines.synthetic.places import Places

_ROADS = len(words.STREETS) * len(words.STREET_TYPES)


@dataclass(frozen=True)
class Houses:
    """What an address line is made of, one position per dwelling; all are 0 for dormitories.

    Attributes:
        number: House number, from 1.
        street: Street as a position in STREETS.
        kind: Its type as a position in STREET_TYPES.
        unit: Number of the unit, 0 for a house without.
    """

    number: Ints
    street: Ints
    kind: Ints
    unit: Ints


@dataclass(frozen=True)
class Addresses:
    """Address of each dwelling of a chunk, dormitories last.

    Attributes:
        line: Number, street and unit.
        city: City.
        zip_code: Five digits.
        key: Key of the home in the truth, the same for all who live there.
        houses: What the lines are made of.
    """

    line: pa.Array
    city: pa.Array
    zip_code: pa.Array
    key: pa.Array
    houses: Houses


def address_book(state: StateConfig, name: str, places: Places, homes: Homes, opens: int, total: int) -> Addresses:
    """Addresses of a chunk's dwellings.

    Args:
        state: Ranges of the ZIPs.
        name: Two letters of the state.
        places: Precincts of the state.
        homes: The chunk's dwellings.
        opens: Number of the chunk's first dwelling in the state.
        total: Dwellings that the state has room for.
    """
    zip_code = places.zip_code[homes.precinct]
    dorms = np.arange(homes.precinct.size - homes.dwellings)
    halls = joined(
        [pa.scalar("0"), worded(words.HALLS, dorms % len(words.HALLS)), pa.scalar("HALL"), text(1 + dorms // 12)],
        " ",
    )
    houses = _houses(homes, opens, total)
    lines = either(houses.number > 0, _lines(houses), pa.concat_arrays([pa.nulls(homes.dwellings, pa.string()), halls]))
    own = joined([pa.scalar(f"{name}-H"), padded(opens + np.arange(homes.dwellings), 9)], "")
    shared = joined([pa.scalar(f"{name}-D"), padded(dorms, 9)], "")
    city = spaced(worded(words.CITIES, (zip_code - state.zip_first) // 3 % len(words.CITIES)))
    return Addresses(lines, city, padded(zip_code, 5), pa.concat_arrays([own, shared]), houses)


def _houses(homes: Homes, opens: int, total: int) -> Houses:
    """Number and street of each building, with the unit where there are several; dormitories have none."""
    building = _scattered(opens + homes.building, total)
    road, number = building % _ROADS, 1 + building // _ROADS
    unit = np.where(homes.has_unit, 1 + np.arange(homes.dwellings) - homes.building, 0)
    dorms = homes.precinct.size - homes.dwellings
    return Houses(*(np.pad(values, (0, dorms)) for values in (number, road // 10, road % 10, unit)))


def _lines(houses: Houses) -> pa.Array:
    """Number, street and its type, with the unit where there is one."""
    types = worded(words.STREET_TYPES, houses.kind)
    street = joined([text(houses.number), worded(words.STREETS, houses.street), types], " ")
    return either(houses.unit > 0, joined([street, pa.scalar("APT"), text(houses.unit)], " "), street)


def _scattered(numbers: Ints, total: int) -> Ints:
    """Numbers moved one to one over the state's house numbers, so that neighbours in number are not on one street."""
    room = max(total, _ROADS * 9000)
    step = int(room * 0.6180339887) | 1
    while math.gcd(step, room) > 1:
        step += 2
    return numbers * step % room
