import datetime as dt
from itertools import pairwise

import numpy as np

from pipelines.synthetic.draws import NEVER, YEAR, Dice, Purpose, day_number, first_event, picked
from pipelines.synthetic.dwellings import dwellings_of
from pipelines.synthetic.elections import federal_general


def test_a_stream_depends_on_its_purpose_state_and_chunk():
    first = [Dice(1, "NC").rng(Purpose.LIVES).random() for _ in range(2)]
    others = [Dice(1, "NC").rng(Purpose.MOVES), Dice(1, "GA").rng(Purpose.LIVES), Dice(1, "NC", 1).rng(Purpose.LIVES)]
    assert first[0] == first[1]
    assert len({first[0], *(other.random() for other in others)}) == 4


def test_shares_are_met():
    found = picked(np.random.default_rng(1), {"a": 3, "b": 1}, 20_000)
    assert abs((found == 0).mean() - 0.75) < 0.02


def test_events_come_at_the_rate_of_the_age():
    start, birth = np.zeros(20_000, np.int64), np.full(20_000, -round(18 * YEAR))
    event = first_event(np.random.default_rng(1), start, birth, {18: 0.1, 28: 0.0})
    assert abs((event < NEVER).mean() - (1 - np.exp(-1))) < 0.02
    assert event[event < NEVER].max() <= 10 * YEAR + 2


def test_a_dwelling_is_never_home_to_two_families_at_once():
    rng = np.random.default_rng(1)
    begins = np.sort(rng.integers(0, 5000, (400, 3)), axis=1)
    ends = np.column_stack([begins[:, 1:], begins[:, 2] + 300])
    dwelling, county_of = dwellings_of(rng.integers(0, 3, (400, 3)), begins, ends)
    spells = sorted(zip(dwelling.ravel(), begins.ravel(), ends.ravel(), strict=True))
    overlaps = [a for a, b in pairwise(spells) if a[0] == b[0] and b[1] < a[2]]
    assert not overlaps
    assert len(county_of) < 1200


def test_federal_generals_are_on_their_days():
    assert federal_general(2024) == dt.date(2024, 11, 5)
    assert federal_general(2022) == dt.date(2022, 11, 8)
    assert day_number(dt.date(1970, 1, 2)) == 1
