"""Columns of text made from numbers and word lists, without a loop over rows."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.synthetic.draws import Bools, Ints


def worded(words: Sequence[str], positions: Ints) -> pa.Array:
    """Words at positions, null at -1."""
    return pa.array(list(words), pa.string()).take(pa.array(positions, mask=positions < 0))


def text(numbers: Ints | pa.Array) -> pa.Array:
    """Numbers as text."""
    return pa.array(numbers).cast(pa.string())


def padded(numbers: Ints | pa.Array, width: int) -> pa.Array:
    """Numbers, or texts of digits, as text with leading zeros."""
    return pc.call_function("utf8_lpad", [text(numbers)], pc.PadOptions(width, "0"))


def joined(parts: Sequence[pa.Array | pa.Scalar], separator: str) -> pa.Array:
    """Texts of each row joined; null where a part is null."""
    return pc.call_function("binary_join_element_wise", [*parts, pa.scalar(separator)])


def blanked(values: pa.Array, where: Bools) -> pa.Array:
    """Values, null where told."""
    return either(where, pa.scalar(None, values.type), values)


def either(where: Bools, yes: pa.Array | pa.Scalar, no: pa.Array) -> pa.Array:
    """One value or the other, row by row."""
    return pc.call_function("if_else", [pa.array(where), yes, no])


def initials(values: pa.Array, where: Bools) -> pa.Array:
    """Texts, cut to their first letter where told."""
    return either(where, pc.call_function("utf8_slice_codeunits", [values], pc.SliceOptions(0, 1)), values)


def spaced(values: pa.Array) -> pa.Array:
    """Texts with spaces for hyphens."""
    return pc.call_function("replace_substring", [values], pc.ReplaceSubstringOptions("-", " "))


def years(days: pa.Array) -> pa.Array:
    """Years of dates, int16."""
    return pc.call_function("year", [days]).cast(pa.int16())


def ordered(values: pa.Array) -> Ints:
    """Positions that put texts in order."""
    return pc.call_function("array_sort_indices", [values]).to_numpy().astype(np.int64)


def count_within(values: pa.ChunkedArray, known: pa.ChunkedArray) -> int:
    """How many of the texts are among the known ones."""
    found = pc.call_function("is_in", [values], pc.SetLookupOptions(known.combine_chunks()))
    return int(found.to_numpy().sum())
