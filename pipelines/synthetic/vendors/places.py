"""Addresses as a record has them: of today or before the last move, and written in other words."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipelines.synthetic import words
from pipelines.synthetic.addresses import Addresses
from pipelines.synthetic.chunk import Chunk
from pipelines.synthetic.columns import either, joined, padded, spaced, text, worded
from pipelines.synthetic.draws import YEAR, Bools, Ints
from pipelines.synthetic.vendors.config import RELATIONS, AddressConfig, VendorConfig
from pipelines.synthetic.vendors.draws import flagged, joined_known
from pipelines.synthetic.vendors.people import Circle, Subjects

_TYPES = ("STREET", "ROAD", "DRIVE", "LANE", "AVENUE", "COURT", "CIRCLE", "WAY", "PLACE", "TRAIL")
_ORDINALS = {"FIRST": "1ST", "SECOND": "2ND", "THIRD": "3RD", "FOURTH": "4TH", "FIFTH": "5TH", "SIXTH": "6TH"}
_STREETS = (*words.STREETS, *(_ORDINALS.get(street, street) for street in words.STREETS))
_OLDEST_YEARS = 10
"""How long ago a move may be for a vendor to have missed it, years."""


@dataclass(frozen=True)
class Places:
    """Addresses of records, one position per record.

    Attributes:
        line: Number, street and unit, or a PO box.
        city: City.
        zip_code: Five digits.
        is_mover: Whether this is the address before the person's last move.
    """

    line: pa.Array
    city: pa.Array
    zip_code: pa.Array
    is_mover: Bools


def draw_places(
    config: VendorConfig, rng: np.random.Generator, chunk: Chunk, day: int, found: tuple[Circle, Subjects]
) -> Places:
    """Addresses of records on a day."""
    circle, subjects = found
    now, before = circle.dwelling[subjects.person], _earlier(chunk, day)[subjects.person]
    is_elsewhere = subjects.relation == RELATIONS.index("elsewhere")
    zip_code = chunk.addresses.zip_code
    has_moved = (now != before) & ~is_elsewhere
    if "address_line" not in config.gives:  # a move that no column tells is none
        has_moved &= _differ(zip_code.take(pa.array(now)), zip_code.take(pa.array(before)))
    is_mover = flagged(rng, has_moved, config.mover)
    at = np.where(is_mover, before, now)
    lines = _lines(config.address, rng, chunk.addresses, at)
    city, zips = _post(config.address, rng, chunk, (at, is_elsewhere))
    return Places(lines, city, zips, is_mover)


def _earlier(chunk: Chunk, day: int) -> Ints:
    """Dwelling of each person before the last move, that of the day for those who have long lived there."""
    homes = chunk.people.homes
    _, dwelling, moved = homes.at(day)
    recent = (moved > day - _OLDEST_YEARS * YEAR) & (moved - 1 > homes.lives.start)
    return np.where(recent, homes.dwelling_at(np.minimum(moved - 1, day)), dwelling)


def _differ(some: pa.Array, others: pa.Array) -> Bools:
    return some.to_numpy(zero_copy_only=False) != others.to_numpy(zero_copy_only=False)


def _lines(config: AddressConfig, rng: np.random.Generator, book: Addresses, at: Ints) -> pa.Array:
    """Address lines of dwellings, each written in a vendor's own way; dormitories stand as on the file."""
    houses, records = book.houses, at.size
    spelled, ordinal, unit, box = rng.random((4, records))
    street = houses.street[at] + len(words.STREETS) * (ordinal < config.ordinal)
    kind = houses.kind[at] + len(_TYPES) * (spelled < config.type_spelled)
    road = joined(
        [text(houses.number[at]), worded(_STREETS, street), worded((*words.STREET_TYPES, *_TYPES), kind)], " "
    )
    lines = joined_known([road, _units(config, unit, houses.unit[at])], " ")
    lines = either(houses.number[at] > 0, lines, book.line.take(pa.array(at)))
    boxes = joined([pa.scalar("PO BOX"), text(1 + (box * 1e6).astype(np.int64) % 9973)], " ")
    return either(box < config.po_box, boxes, lines)


def _units(config: AddressConfig, draws: np.ndarray, unit: Ints) -> pa.Array:
    """`APT 3`, `# 3`, or nothing."""
    kept = (unit > 0) & (draws >= config.unit_dropped)
    other = draws < config.unit_dropped + (1 - config.unit_dropped) * config.unit_other
    named = joined([worded(("APT", "#"), other.astype(np.int64)), text(unit)], " ")
    return either(kept, named, pa.nulls(unit.size, pa.string()))


def _post(
    config: AddressConfig, rng: np.random.Generator, chunk: Chunk, where: tuple[Ints, Bools]
) -> tuple[pa.Array, pa.Array]:
    """Cities and ZIPs; of people elsewhere those beyond the state's range."""
    (at, is_elsewhere), state = where, chunk.state
    zips = chunk.addresses.zip_code.take(pa.array(at)).cast(pa.int64()).to_numpy().copy()
    changed = rng.random(at.size) < config.zip_changed
    zips[changed] += np.where(zips[changed] < state.zip_last, 1, -1)
    beyond = state.zip_last + 1 if state.zip_last < 80_000 else state.zip_first - 10_000
    distant = beyond + rng.integers(0, 9_999, at.size)
    other = spaced(worded(words.CITIES, distant % len(words.CITIES)))
    city = either(is_elsewhere, other, chunk.addresses.city.take(pa.array(at)))
    return city, padded(np.where(is_elsewhere, distant, zips), 5)
