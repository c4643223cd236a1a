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
class Addresses:
    """Address of each dwelling of a chunk, dormitories last.

    Attributes:
        line: Number, street and unit.
        city: City.
        zip_code: Five digits.
        key: Key of the home in the truth, the same for all who live there.
    """

    line: pa.Array
    city: pa.Array
    zip_code: pa.Array
    key: pa.Array


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
    lines = pa.concat_arrays([_lines(homes, opens, total), halls])
    own = joined([pa.scalar(f"{name}-H"), padded(opens + np.arange(homes.dwellings), 9)], "")
    shared = joined([pa.scalar(f"{name}-D"), padded(dorms, 9)], "")
    city = spaced(worded(words.CITIES, (zip_code - state.zip_first) // 3 % len(words.CITIES)))
    return Addresses(lines, city, padded(zip_code, 5), pa.concat_arrays([own, shared]))


def _lines(homes: Homes, opens: int, total: int) -> pa.Array:
    """Number and street of each building, with the unit where there are several."""
    building = _scattered(opens + homes.building, total)
    road, number = building % _ROADS, 1 + building // _ROADS
    street = joined([text(number), worded(words.STREETS, road // 10), worded(words.STREET_TYPES, road % 10)], " ")
    unit = joined([street, pa.scalar("APT"), text(1 + np.arange(homes.dwellings) - homes.building)], " ")
    return either(homes.has_unit, unit, street)


def _scattered(numbers: Ints, total: int) -> Ints:
    """Numbers moved one to one over the state's house numbers, so that neighbours in number are not on one street."""
    room = max(total, _ROADS * 9000)
    step = int(room * 0.6180339887) | 1
    while math.gcd(step, room) > 1:
        step += 2
    return numbers * step % room
