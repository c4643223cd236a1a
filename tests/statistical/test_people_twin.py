"""Whatever files come: what is told of people is what the slow twin tells, and later files do not change it."""

import datetime as dt
import hashlib
import tempfile
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipelines.lake import Lake
from tests.statistical.people_twin import File, Twin
from tests.unit.pipelines.linking.people_world import ANNE, BORIS, DAYS, World, person, tagged

pytestmark = pytest.mark.slow

PEOPLE = {
    "anne": ANNE,
    "boris": BORIS,
    "zoe": {**tagged(ANNE, 1), "first_name": "ZOE", "last_name": "ABARA", "birth_date": dt.date(1999, 8, 9)},
}
ANNE_ON, ANNE_OFF, BORIS_ON = ("anne", False), ("anne", True), ("boris", False)
ROWS = (None, ANNE_ON, ANNE_ON, ANNE_OFF, BORIS_ON, ("zoe", False))
row = st.sampled_from(ROWS)
changes = st.dictionaries(st.sampled_from("ABC"), row, min_size=1, max_size=2)
stories = st.tuples(st.fixed_dictionaries(dict.fromkeys("ABC", row)), st.lists(changes, min_size=2, max_size=5))
"""A first file, and which numbers stand otherwise in each file after it."""


def files_of(story: tuple[dict, list[dict]]) -> list[File]:
    """The files of a story, without numbers that are not listed."""
    whole = list(accumulate(story[1], lambda file, changed: {**file, **changed}, initial=story[0]))
    return [{number: told for number, told in file.items() if told} for file in whole]


def put(world: World, place: int, file: File) -> None:
    rows = [
        person(number, PEOPLE[name], status_code="removed" if is_removed else "active")
        for number, (name, is_removed) in file.items()
    ]
    world.put(DAYS[place], *rows)


def told(world: World) -> list[tuple]:
    return [
        (one["voter_id"], one["from_date"], one["until_date"], one["basis_code"], one["person_id"])
        for one in world.rows()
    ]


def expected(twin: Twin) -> list[tuple]:
    """The twin's spells with the ids of its persons."""
    return [(*spell, hashlib.md5(f"{number} {day}".encode()).hexdigest()[:20]) for *spell, number, day in twin.spells()]


@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(stories)
@example(({"A": ANNE_ON, "B": ANNE_ON, "C": None}, [{"A": None}, {"A": ANNE_ON}, {"B": None}, {"C": ANNE_ON}]))  # split
@example(({"A": ANNE_ON, "B": ANNE_ON, "C": BORIS_ON}, [{"A": ANNE_OFF}, {"A": ANNE_ON, "B": None}, {"A": BORIS_ON}]))
@example(
    ({"A": ANNE_ON, "B": None, "C": None}, [{"A": None}, {"A": BORIS_ON}, {"B": ANNE_ON}, {"A": None}, {"A": BORIS_ON}])
)
@example(({"A": ANNE_OFF, "B": ANNE_ON, "C": None}, [{"B": None}, {"C": ANNE_ON}, {"B": ANNE_OFF}, {"B": ANNE_ON}]))
def test_the_twin_agrees_and_nothing_told_changes(story):
    known = files_of(story)
    with tempfile.TemporaryDirectory() as home:
        world = World(Lake(Path(home)))
        world.lake.prepare()
        before, views = [], []
        for place, file in enumerate(known):
            put(world, place, file)
            world.write()
            now = told(world)
            assert now == expected(Twin(known[: place + 1]).decide())
            lasting = {(one[0], one[1]): (one[3], one[4]) for one in now}
            assert all(lasting[one[0], one[1]] == (one[3], one[4]) for one in before)
            assert all(one in now for one in before if one[2] is not None)
            before = now
            views.append((world.persons(DAYS[place]), world.history(DAYS[place])))
        assert [(world.persons(DAYS[place]), world.history(DAYS[place])) for place in range(len(known))] == views
