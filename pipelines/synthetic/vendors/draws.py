"""Draws and replacements that hold some rows and leave the others as they are."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.synthetic.columns import blanked, either
from pipelines.synthetic.draws import Bools


def flagged(rng: np.random.Generator, able: Bools, share: float) -> Bools:
    """Some of the rows that are able, so many that a share of all rows is told; all of them where they are too few."""
    chance = share * able.size / max(int(able.sum()), 1)
    return able & (rng.random(able.size) < chance)


def placed(values: pa.Array, where: Bools, others: pa.Array) -> pa.Array:
    """Values, with others in place of those told, in their order."""
    return pc.call_function("replace_with_mask", [values, pa.array(where), others])


def taken(values: pa.Array, where: Bools) -> pa.Array:
    """The values of some rows."""
    return values.filter(pa.array(where))


def joined_known(parts: Sequence[pa.Array], separator: str) -> pa.Array:
    """The parts of each row that are known, joined; null where none is."""
    nothing = np.logical_and.reduce([part.is_null().to_numpy(zero_copy_only=False) for part in parts])
    opening = either(nothing, pa.scalar(""), parts[0])  # pyarrow 25 loses a row of nulls alone
    options = pc.JoinOptions(null_handling="skip")
    whole = pc.call_function("binary_join_element_wise", [opening, *parts[1:], pa.scalar(separator)], options)
    return blanked(whole, nothing)


def unaccented(values: pa.Array, where: Bools) -> pa.Array:
    """Texts, without accents and other marks on letters where told."""
    apart = pc.call_function("utf8_normalize", [values], pc.Utf8NormalizeOptions("NFKD"))
    marks = pc.ReplaceSubstringOptions(r"\p{Mn}", "")
    return either(where, pc.call_function("replace_substring_regex", [apart], marks), values)
