"""Names as a record has them: nicknames, other surnames, initials, and suffixes left out."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipelines.synthetic import words
from pipelines.synthetic.chunk import Chunk
from pipelines.synthetic.columns import blanked, initials, worded
from pipelines.synthetic.draws import NEVER, Bools, Ints
from pipelines.synthetic.names.systems import WESTERN
from pipelines.synthetic.vendors.config import VendorConfig
from pipelines.synthetic.vendors.draws import flagged, joined_known, placed


@dataclass(frozen=True)
class Names:
    """Names of records, one position per record, with what was done to them.

    Attributes:
        first: First name.
        middle: Middle name or initial.
        last: Last name.
        suffix: Jr, Sr and the like.
        is_nickname: Whether the first name is a nickname.
        is_married: Whether the last name is not that of the file because of a marriage.
        is_other_form: Whether the name is written in another way of its naming system.
    """

    first: pa.Array
    middle: pa.Array
    last: pa.Array
    suffix: pa.Array
    is_nickname: Bools
    is_married: Bools
    is_other_form: Bools


def draw_names(config: VendorConfig, rng: np.random.Generator, chunk: Chunk, day: int, rows: Ints) -> Names:
    """Names of records about the people at `rows`; some records have none."""
    own, take = chunk.identity, pa.array(rows)
    named = rng.random(rows.size) >= config.no_name
    is_western = own.naming.system[rows] == WESTERN
    first, is_nickname = _first(config, rng, chunk, (rows, named & is_western))
    last, is_married = _last(config, rng, chunk, (rows, named, day))
    middle = _middle(config, rng, own.middle_names().take(take))
    suffix = np.where(rng.random(rows.size) < config.suffix_dropped, -1, own.suffix[rows])
    return Names(
        first=blanked(first, ~named),
        middle=blanked(middle, ~named),
        last=blanked(last, ~named),
        suffix=worded(words.SUFFIXES, np.where(named, suffix, -1)),
        is_nickname=is_nickname,
        is_married=is_married,
        is_other_form=named & ~is_western & (rng.random(rows.size) < config.other_form),
    )


def _first(
    config: VendorConfig, rng: np.random.Generator, chunk: Chunk, able: tuple[Ints, Bools]
) -> tuple[pa.Array, Bools]:
    """First names, and which of them are nicknames."""
    (rows, may), names = able, chunk.identity.book.first
    first = chunk.identity.first[rows]
    told = flagged(rng, may & names.nicknames.has_any(first), config.nickname)
    nicknames = names.nicknames.at(first[told], rng.random(int(told.sum())))
    return placed(names.texts(first), told, nicknames), told


def _last(
    config: VendorConfig, rng: np.random.Generator, chunk: Chunk, able: tuple[Ints, Bools, int]
) -> tuple[pa.Array, Bools]:
    """Last names, and which of them are from the other side of a marriage."""
    own, (rows, named, day) = chunk.identity, able
    before, after, renamed = own.last[rows], own.later_last[rows], own.renamed[rows]
    is_wed = chunk.people.homes.lives.marry[rows] <= day
    told = flagged(rng, named & is_wed & (before != after) & (renamed < NEVER), config.married_name)
    surname = np.where((renamed <= day) ^ told, after, before)
    return own.surnames(surname, own.naming.second[rows]), told


def _middle(config: VendorConfig, rng: np.random.Generator, middle: pa.Array) -> pa.Array:
    """Middle names as the file has them, their first letters, or nothing."""
    draws = rng.random(len(middle))
    cut = initials(middle, draws >= config.middle.full)
    return blanked(cut, draws >= config.middle.full + config.middle.initial)


def full_names(columns: Mapping[str, pa.Array]) -> pa.Array:
    """`LAST, FIRST MIDDLE SUFFIX`, parts without a value left out; null without any name."""
    given = joined_known([columns[name] for name in ("first_name", "middle_name", "name_suffix")], " ")
    return joined_known([columns["last_name"], given], ", ")
