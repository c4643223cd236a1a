import numpy as np
import pyarrow as pa
import pytest

from pipelines.synthetic.vendors.config import ERRORS
from pipelines.synthetic.vendors.typos import misdated, misspelled

NAMES = ["SMITH", "O'BRIEN", "NÚÑEZ", "ANNE-MARIE", "LEE", "AAA", "12 OAK ST"] * 40


def erred(error):
    return misspelled(np.random.default_rng(4), {error: 1.0}, pa.array(NAMES)).to_pylist()


@pytest.mark.parametrize("error", ERRORS)
def test_every_text_comes_out_other_than_it_went_in_with_its_first_letter_mostly_kept(error):
    wrong = erred(error)
    assert all(new != old for new, old in zip(wrong, NAMES, strict=True))
    assert all(abs(len(new) - len(old)) <= 1 for new, old in zip(wrong, NAMES, strict=True))


def test_a_deleted_letter_is_gone():
    for new, old in zip(erred("deletion"), NAMES, strict=True):
        assert new in {old[:at] + old[at + 1 :] for at in range(len(old))} or len(new) == len(old)


def test_a_doubled_letter_stands_twice():
    for new, old in zip(erred("doubled"), NAMES, strict=True):
        assert new in {old[: at + 1] + old[at:] for at in range(len(old))}


def test_transposed_neighbours_change_places_unless_they_are_equal():
    for new, old in zip(erred("transposition"), NAMES, strict=True):
        swapped = {old[: at - 1] + old[at] + old[at - 1] + old[at + 1 :] for at in range(1, len(old))}
        assert new in swapped or old in swapped


def test_a_scanner_takes_one_letter_for_another():
    assert {new for new, old in zip(erred("ocr"), NAMES, strict=True) if old == "SMITH"} == {"5MITH", "SM1TH"}


def test_no_text_gives_no_text():
    assert misspelled(np.random.default_rng(1), {"ocr": 1.0}, pa.array([], pa.string())).to_pylist() == []


def test_wrong_days_of_birth_are_others_and_near_or_swapped():
    days = np.random.default_rng(2).integers(-10_000, 15_000, 2000)
    wrong = misdated(np.random.default_rng(3), days)
    old, new = days.astype("datetime64[D]").tolist(), wrong.astype("datetime64[D]").tolist()
    swapped = [(o.day, o.month, o.year) == (n.month, n.day, n.year) for o, n in zip(old, new, strict=True)]
    near = [
        abs((n - o).days) in (1, 10) and (n.year, n.month) == (o.year, o.month) for o, n in zip(old, new, strict=True)
    ]
    assert all(one or other for one, other in zip(swapped, near, strict=True))
    assert 0.1 < np.mean(swapped) < 0.3 and (wrong != days).all()
