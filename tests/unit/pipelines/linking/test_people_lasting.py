"""What was told of people stays as it was when later files come; homes and past days are read as they were known."""

import datetime as dt
from itertools import pairwise

import pyarrow as pa
import pytest

from pipelines.lake import Lake, fingerprint
from pipelines.linking.people.persons import select_person_households
from pipelines.tables.core import Households, Voters
from pipelines.tables.people import People, PersonSteps
from tests.unit.pipelines.linking.people_world import ANNE, BORIS, DAYS, World, person

MOVED = {"address_line": "1 PINE CT", "zip_code": "27501"}
FILES = [
    [person("A", ANNE), person("C", BORIS)],
    [person("A", ANNE), person("B", ANNE, **MOVED)],
    [
        person("B", ANNE, **MOVED),
        person("C", ANNE, first_name="ZOE", last_name="ABARA", birth_date=dt.date(1999, 9, 9)),
    ],
    [person("B", ANNE, **MOVED, status_code="removed"), person("D", BORIS)],
    [person("A", ANNE), person("E", BORIS, middle_name=None)],
]
"""A merging, a reused number, a new number, a number that is back, and a namesake."""
ENDS = ("until_date", "ended_on")


@pytest.fixture
def world(lake):
    return World(lake)


def stored(lake, contract=People):
    """Bytes of the files in use."""
    return [(pointer.parent / pointer.read_text().strip() / "part-0.parquet").read_bytes()
            for pointer in sorted(lake.folder(contract).rglob("current"))]  # fmt: skip


def test_a_later_file_changes_nothing_that_was_told_before(world):
    told, views = [], []
    for day, people in zip(DAYS, FILES, strict=False):
        world.put(day, *people)
        world.write()
        told.append({(row["voter_id"], row["from_date"]): row for row in world.rows()})
        views.append((world.persons(day), world.history(day)))
    for before, after in pairwise(told):
        assert before.keys() <= after.keys()
        for key, row in before.items():
            fixed = [name for name in row if name not in ENDS or row[name] is not None]
            assert {name: row[name] for name in fixed} == {name: after[key][name] for name in fixed}
    assert [(world.persons(day), world.history(day)) for day in DAYS[: len(FILES)]] == views


def test_files_one_by_one_or_all_at_once_give_the_same_bytes(world, tmp_path):
    at_once = World(Lake(tmp_path / "at once"))
    at_once.lake.prepare()
    for day, people in zip(DAYS, FILES, strict=False):
        world.put(day, *people)
        world.write()
        at_once.put(day, *people)
    at_once.write()
    assert stored(world.lake) == stored(at_once.lake)
    assert stored(world.lake, PersonSteps) == stored(at_once.lake, PersonSteps)


def test_what_stands_is_not_decided_again(world):
    for day, people in zip(DAYS[:3], FILES, strict=False):
        world.put(day, *people)
    assert world.write().is_new and not world.write().is_new
    before = [pointer.stat().st_mtime_ns for pointer in sorted(world.lake.folder(PersonSteps).rglob("current"))]
    world.put(DAYS[3], *FILES[3])
    assert world.write().is_new
    after = [pointer.stat().st_mtime_ns for pointer in sorted(world.lake.folder(PersonSteps).rglob("current"))]
    assert after[:3] == before and len(after) == 4


def test_a_file_that_comes_late_or_is_taken_out_of_use_takes_its_part_in_the_story(world):
    world.put(DAYS[0], person("A", ANNE))
    world.put(DAYS[2], person("B", ANNE))
    world.write()
    assert world.told() == [("A", 1, 1, "first_seen"), ("B", 3, None, "changed_number")]
    world.put(DAYS[1], person("A", ANNE), person("B", ANNE))
    world.write()
    assert world.told() == [("A", 1, 2, "first_seen"), ("A", 3, None, "merged"), ("B", 2, None, "first_seen")]
    world.lake.withdraw(Voters, state="NC", snapshot_date=DAYS[1])
    world.write()
    assert world.told() == [("A", 1, 1, "first_seen"), ("B", 3, None, "changed_number")]


def test_a_number_means_its_person_also_after_it_left_the_file(world):
    for day, people in zip(DAYS, FILES, strict=False):
        world.put(day, *people)
    world.write()
    assert world.persons(DAYS[3])["A"] == world.persons(DAYS[0])["A"]
    assert world.persons(DAYS[0] - dt.timedelta(1)) == {}
    assert world.persons(DAYS[0] + dt.timedelta(9)).keys() == {"A", "C", "STAYS"}


def test_an_end_is_known_when_a_file_shows_it(world):
    world.put(DAYS[0], person("A", ANNE))
    world.put(DAYS[1])
    world.write()
    ends = [row["until_date"] for day in (DAYS[0], DAYS[1] - dt.timedelta(1), DAYS[1]) for row in world.history(day)]
    assert ends == [None, None, DAYS[0]]


def put_homes(lake, day, homes):
    rows = [
        {"voter_id": number, "household_id": home, "is_address_known": True, "is_institution": False}
        for number, home in homes.items()
    ]
    with lake.connect() as connection:
        connection.register("homes", pa.Table.from_pylist(rows, schema=Households.schema()))
        lake.write(Households, connection, "FROM homes", fingerprint(rows), state="NC", snapshot_date=day)


def test_the_homes_of_a_person_are_read_over_all_numbers(world):
    world.put(DAYS[0], person("A", ANNE), person("C", BORIS))
    world.put(DAYS[1], person("B", ANNE, **MOVED), person("C", BORIS))
    world.write()
    put_homes(world.lake, DAYS[0], {"NC-A": "oak", "NC-C": "elm"})
    put_homes(world.lake, DAYS[1], {"NC-B": "pine", "NC-C": "pine"})
    people, homes = world.lake.table(People), world.lake.table(Households)
    found = world.query(f"FROM ({select_person_households(people, homes)}) ORDER BY snapshot_date, voter_id")
    persons = world.persons()
    assert [(row["person_id"], row["snapshot_date"], row["household_id"]) for row in found] == [
        (persons["A"], DAYS[0], "oak"), (persons["C"], DAYS[0], "elm"),
        (persons["A"], DAYS[1], "pine"), (persons["C"], DAYS[1], "pine"),
    ]  # fmt: skip
    early = world.query(select_person_households(people, homes, DAYS[0]))
    assert {row["household_id"] for row in early} == {"oak", "elm"}
