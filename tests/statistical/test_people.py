"""People who get another number or move between simulated states are found, and who only looks like them is not.

`.venv/bin/python -m pytest -s -q tests/statistical/test_people.py` prints what is found.
"""

from dataclasses import dataclass

import pytest

from pipelines.lake import Lake
from pipelines.linking.people.persons import select_persons
from pipelines.linking.people.teaching import learn_movers
from pipelines.linking.people.writing import write_people
from pipelines.tables.core import VoterChanges
from pipelines.tables.people import People
from tests.statistical.people_world import DECOYS, Planted

pytestmark = pytest.mark.slow
VOTERS, SEED = 20_000, 11
OFF_ROLL = ("dropped", "purged")


@dataclass(frozen=True)
class Found:
    """What was found of what was planted.

    Attributes:
        pairs: Numbers there and here that were told to be one person.
        right: Of these, those that are, count.
        findable: Pairs of one person of which the files show both halves, count.
    """

    pairs: set[tuple[str, str]]
    right: int
    findable: int

    def __str__(self) -> str:
        return f"precision {self.precision:.4f}, recall {self.recall:.4f} ({len(self.pairs):,} found)"

    @property
    def precision(self) -> float:
        return self.right / max(len(self.pairs), 1)

    @property
    def recall(self) -> float:
        return self.right / max(self.findable, 1)


def planted(home, there, here, shares, **more) -> Planted:
    lake = Lake(home / "data")
    lake.prepare()
    return Planted(lake, VOTERS, SEED, there, here, {**shares, **DECOYS}, **more).write()


def numbers(lake: Lake, state: str, *codes: str) -> set[str]:
    """Numbers of whom the files of a state tell one of some changes."""
    listed = ", ".join(f"'{code}'" for code in codes)
    query = f"SELECT voter_id FROM ({lake.table(VoterChanges, state=state).select()}) WHERE change_code IN ({listed})"
    with lake.connect() as connection:
        return {number for (number,) in connection.execute(query).fetchall()}


def told(world: Planted, *codes: str) -> set[tuple[str, str]]:
    """Pairs of numbers that core_people tells to be one person, the earlier first."""
    listed = ", ".join(f"'{code}'" for code in codes)
    table = world.lake.table(People, state=world.here).select()
    query = f"SELECT earlier_voter_id, voter_id FROM ({table}) WHERE basis_code IN ({listed})"
    with world.lake.connect() as connection:
        return set(connection.execute(query).fetchall())


def graded(world: Planted, pairs: set[tuple[str, str]], kind: str) -> Found:
    left, came = numbers(world.lake, world.there, *OFF_ROLL), numbers(world.lake, world.here, "added")
    truth = set(world.truth[kind].items())
    either = pairs | {(new, old) for old, new in pairs}
    findable = [
        (old, new) for old, new in truth if (old in left or (kind == "duplicate" and new in left)) and new in came
    ]
    return Found(pairs, len(truth & either), len(findable))


@pytest.fixture(scope="module", params=[False, True], ids=["days", "years"])
def movers(request, tmp_path_factory):
    """Two states between which people move; in the second world one of them gives only the year of birth."""
    home = tmp_path_factory.mktemp("movers")
    world = planted(home, "NC", "FL", {"mover": 0.04}, is_year_only=request.param)
    with world.lake.connect() as connection:
        model = learn_movers(world.lake, connection, "FL", ["NC"], SEED)
        write_people(world.lake, connection, "FL", ["NC"], model)
        write_people(world.lake, connection, "NC", ["FL"], model)
    return world


def test_who_moved_is_found_and_who_looks_like_it_is_not(movers):
    found = graded(movers, told(movers, "moved_state"), "mover")
    print(f"\nmoved_state, {'years' if movers.is_year_only else 'days'} of birth: {found}")
    assert found.findable > 600 and found.precision >= 0.99
    assert found.recall >= (0.55 if movers.is_year_only else 0.95)


def test_a_mover_is_one_person_in_both_states(movers):
    with movers.lake.connect() as connection:
        query = f"SELECT voter_id, person_id FROM ({select_persons(movers.lake.table(People))})"
        persons = dict(connection.execute(query).fetchall())
    pairs = told(movers, "moved_state")
    assert pairs and all(persons[old] == persons[new] for old, new in pairs)
    linked = {number for pair in pairs for number in pair}
    alone = [person for number, person in persons.items() if number not in linked]
    assert len(alone) > VOTERS and len(set(alone)) > 0.98 * len(alone)


@pytest.fixture(scope="module")
def renumbered(tmp_path_factory):
    """A state in which people get another number, have two for a while, or get the number of a stranger."""
    home = tmp_path_factory.mktemp("renumbered")
    world = planted(home, "NC", "NC", {"mover": 0.03, "duplicate": 0.015})
    with world.lake.connect() as connection:
        write_people(world.lake, connection, "NC")
    return world


def test_who_got_another_number_is_found(renumbered):
    pairs = told(renumbered, "changed_number", "merged")
    duplicates = set(renumbered.truth["duplicate"].items())
    twice = {pair for pair in pairs if pair in duplicates or pair[::-1] in duplicates}
    found, merged = graded(renumbered, pairs - twice, "mover"), graded(renumbered, twice, "duplicate")
    print(f"\nchanged_number: {found}\nmerged: recall {merged.recall:.4f}")
    assert found.findable > 400 and found.precision >= 0.99 and found.recall >= 0.95
    assert merged.findable > 150 and merged.recall >= 0.9


def test_a_number_given_to_a_stranger_is_noticed(renumbered):
    table = renumbered.lake.table(People, state="NC").select()
    with renumbered.lake.connect() as connection:
        query = f"SELECT voter_id FROM ({table}) WHERE basis_code = 'reused_number'"
        found = {number for (number,) in connection.execute(query).fetchall()}
    right = len(found & renumbered.reused)
    print(f"\nreused_number: precision {right / len(found):.4f}, recall {right / len(renumbered.reused):.4f}")
    assert found <= renumbered.reused and right > 0.95 * len(renumbered.reused) > 50
