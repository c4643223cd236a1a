"""Errors of typing and scanning, made on matrices of letters rather than text by text."""

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa

from pipelines.synthetic.draws import Bools, Ints, picked
from pipelines.synthetic.vendors.config import ERRORS

LEAST_LETTERS = 3
"""Letters of a text that can be misspelled, at least."""
_OCR = {"O": "0", "I": "1", "L": "1", "S": "5", "B": "8", "G": "6", "Z": "2", "U": "V", "C": "O", "E": "F"}
_OCR |= {digit: letter for letter, digit in _OCR.items() if digit.isdigit()}
_LAST_CODE = 0x250
"""One above the last letter that may occur; all names fit latin-1."""


def misspelled(rng: np.random.Generator, errors: Mapping[str, float], texts: pa.Array) -> pa.Array:
    """Texts of at least three letters with one error each; all come out other than they went in.

    An error that would change nothing, such as two equal letters that change places, becomes another letter.
    """
    letters = _letters(texts)
    size = (letters > 0).sum(axis=1)
    kind = picked(rng, {error: errors.get(error, 0.0) for error in ERRORS}, size.size)
    at = 1 + (rng.random(size.size) * (size - 1)).astype(np.int64)  # the first letter is rarely wrong
    wrong = letters.copy()
    for nth, error in enumerate(ERRORS):
        rows = np.flatnonzero(kind == nth)
        wrong[rows] = _ERRORS[error](rng, letters[rows], at[rows])
    same = np.flatnonzero((wrong == letters).all(axis=1))
    wrong[same] = _substituted(rng, letters[same], at[same])
    return _texts(wrong)


def _letters(texts: pa.Array) -> Ints:
    """Code points of texts with two places more than the longest has, 0 behind the end."""
    array = np.array(texts.to_pylist() or [""], dtype=str)[: len(texts)]
    width = max(array.dtype.itemsize // 4, 1)
    codes = array.astype(f"U{width}").view(np.uint32).reshape(len(texts), width)
    return np.pad(codes.astype(np.int64), ((0, 0), (0, 2)))


def _texts(letters: Ints) -> pa.Array:
    width = letters.shape[1]
    codes = np.ascontiguousarray(letters.astype(np.uint32))
    return pa.array(codes.view(f"U{width}").ravel().tolist(), pa.string())


def _substituted(rng: np.random.Generator, letters: Ints, at: Ints) -> Ints:
    """Another letter for a letter, another digit for a digit."""
    rows = np.arange(at.size)
    old, shift = letters[rows, at], rng.integers(1, 10, at.size)
    is_digit = (old >= ord("0")) & (old <= ord("9"))
    new = np.where(is_digit, ord("0") + (old - ord("0") + shift) % 10, ord("A") + (old - ord("A") + shift) % 26)
    wrong = letters.copy()
    wrong[rows, at] = new
    return wrong


def _gathered(letters: Ints, source: Ints) -> Ints:
    return np.take_along_axis(letters, source.clip(0, letters.shape[1] - 1), axis=1)


def _deleted(rng: np.random.Generator, letters: Ints, at: Ints) -> Ints:
    places = np.arange(letters.shape[1])
    return _gathered(letters, places + (places >= at[:, None]))


def _doubled(rng: np.random.Generator, letters: Ints, at: Ints) -> Ints:
    places = np.arange(letters.shape[1])
    return _gathered(letters, places - (places > at[:, None]))


def _transposed(rng: np.random.Generator, letters: Ints, at: Ints) -> Ints:
    """Two neighbours change places."""
    rows, wrong = np.arange(at.size), letters.copy()
    wrong[rows, at], wrong[rows, at - 1] = letters[rows, at - 1], letters[rows, at]
    return wrong


def _scanned(rng: np.random.Generator, letters: Ints, at: Ints) -> Ints:
    """A letter that a scanner takes for another, where the text has one."""
    other = np.arange(_LAST_CODE)
    for letter, read in _OCR.items():
        other[ord(letter)] = ord(read)
    able = (other[letters] != letters) * rng.random(letters.shape)
    rows, where, wrong = np.arange(at.size), able.argmax(axis=1), letters.copy()
    wrong[rows, where] = other[letters[rows, where]]
    return wrong


_ERRORS: dict[str, Callable[[np.random.Generator, Ints, Ints], Ints]] = {
    "substitution": _substituted,
    "deletion": _deleted,
    "transposition": _transposed,
    "doubled": _doubled,
    "ocr": _scanned,
}


def misdated(rng: np.random.Generator, days: Ints) -> Ints:
    """Days of birth with one error each: day and month the other way round, else another day of the month or year."""
    months = days.astype("datetime64[D]").astype("datetime64[M]")
    day = days - months.astype("datetime64[D]").astype(np.int64)  # from 0
    month = months.astype(np.int64) % 12
    january = (months - month).astype("datetime64[M]")
    swapped = (january + day.clip(0, 11)).astype("datetime64[D]").astype(np.int64) + month
    near = days + np.where(rng.random(days.size) < 0.5, 1, 10) * np.where(day < 14, 1, -1)
    swaps: Bools = (day < 12) & (day != month) & (rng.random(days.size) < 0.5)
    return np.where(swaps, swapped, near)
