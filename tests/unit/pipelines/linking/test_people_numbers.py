"""A number means the same person until first name, last name and birth all say another."""

import datetime as dt

import pytest

from models.errors import WalklistError
from pipelines.lake import Lake
from pipelines.linking.people.writing import write_people
from tests.unit.pipelines.linking.people_world import ANNE, BORIS, DAYS, World, outline, person, told_of


@pytest.fixture
def world(lake):
    return World(lake)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Rows of each case."""
    lake = Lake(tmp_path_factory.mktemp("numbers"))
    lake.prepare()
    return told_of(lake, CASES)


YEAR_ONLY = {"birth_date": None}
SAME_PERSON = {
    "all as before": {},
    "a name by marriage": {"last_name": "FERRANTE"},
    "a name by marriage and a corrected day": {"last_name": "FERRANTE", "birth_date": dt.date(1971, 6, 18)},
    "another given name and another day": {"first_name": "ZOE", "birth_date": dt.date(1988, 1, 2)},
    "another given and another last name": {"first_name": "ZOE", "last_name": "FERRANTE"},
    "all names, and one sign of the day": {
        "first_name": "ZOE", "last_name": "FERRANTE", "birth_date": dt.date(1970, 5, 18)
    },
    "all names, and day for month": {"first_name": "ZOE", "last_name": "FERRANTE", "birth_date": dt.date(1970, 7, 5)},
    "names that change places, and the day": {
        "first_name": "O'NEIL", "last_name": "ANNE", "birth_date": dt.date(1950, 1, 1)
    },
    "her middle name, another last name, another day": {
        "first_name": "MARIE", "last_name": "FERRANTE", "birth_date": dt.date(1950, 1, 1)
    },
    "a short form, another last name, another day": {
        "first_name": "NAN", "last_name": "FERRANTE", "birth_date": dt.date(1950, 1, 1)
    },
    "part of a double name": {"first_name": "ZOE", "last_name": "FERRANTE O'NEIL", "birth_date": dt.date(1950, 1, 1)},
    "another person, the birth masked": {**BORIS, "birth_date": None, "birth_year": None},
    "another person, the first name masked": {**BORIS, "first_name": None},
    "another person, only a near year": {**BORIS, "birth_date": None, "birth_year": 1971},
    "removed": {"status_code": "removed"},
    "all is masked": {name: None for name in ANNE if name not in ("status_code", "is_confidential")},
}  # fmt: skip


OTHER_PERSON = {
    "all three contradict": (ANNE, BORIS),
    "the year alone is known": ({**ANNE, **YEAR_ONLY, "birth_year": 1970}, {**BORIS, **YEAR_ONLY, "birth_year": 1951}),
    "the day is known in one file": (ANNE, {**BORIS, **YEAR_ONLY, "birth_year": 1951}),
    "in the same home": (ANNE, {**BORIS, "address_line": "12 OAK ST", "zip_code": "27601"}),
}


CASES = {
    case: ([person("A", {**ANNE, "birth_date": dt.date(1970, 5, 7)} if "month" in case else ANNE)],
           [person("A", {**ANNE, **after})])
    for case, after in SAME_PERSON.items()
} | {
    case: ([person("A", before)], [person("A", after)]) for case, (before, after) in OTHER_PERSON.items()
}  # fmt: skip


@pytest.mark.parametrize("case", SAME_PERSON)
def test_less_than_three_contradictions_are_the_same_person(told, case):
    assert outline(told[case]) == [("A", 1, None, "first_seen")]


@pytest.mark.parametrize("case", OTHER_PERSON)
def test_three_contradictions_are_another_person(told, case):
    assert outline(told[case]) == [("A", 1, 1, "first_seen"), ("A", 2, None, "reused_number")]
    first, second = told[case]
    assert first["person_id"] != second["person_id"] and second["earlier_voter_id"] is None
    assert second["evidence"].split(", ")[1:] == ["first_name", "last_name"]


def test_father_and_son_whose_rows_were_exchanged_keep_their_numbers(world):
    senior = {**BORIS, "name_suffix": "SR"}
    junior = {**BORIS, "name_suffix": "JR", "birth_date": dt.date(1980, 4, 4)}
    world.put(DAYS[0], person("A", senior), person("B", junior))
    world.put(DAYS[1], person("A", junior), person("B", senior))
    world.write()
    assert world.told() == [("A", 1, None, "first_seen"), ("B", 1, None, "first_seen")]


def test_a_number_that_was_absent_means_the_same_person_when_it_is_back(world):
    married = {**ANNE, "last_name": "FERRANTE", "address_line": "1 PINE CT"}
    world.put(DAYS[0], person("A", ANNE))
    world.put(DAYS[1])
    world.put(DAYS[2])
    world.put(DAYS[3], person("A", married))
    world.write()
    assert world.told() == [("A", 1, 1, "first_seen"), ("A", 4, None, "same_number")]
    first, back = world.rows("person_id", "earlier_voter_id", "earlier_seen_on")
    assert back == {"person_id": first["person_id"], "earlier_voter_id": "NC-A", "earlier_seen_on": DAYS[2]}


@pytest.mark.parametrize("between", ["absent", "removed", "removed and blank"])
def test_a_number_that_is_given_out_again_after_it_was_free_is_another_person(world, between):
    rows = {
        "absent": [],
        "removed": [person("A", ANNE, status_code="removed")],
        "removed and blank": [person("A", dict.fromkeys(ANNE) | {"status_code": "removed", "is_confidential": False})],
    }[between]
    world.put(DAYS[0], person("A", ANNE))
    world.put(DAYS[1], *rows)
    world.put(DAYS[2], person("A", BORIS))
    world.write()
    until = 1 if between == "absent" else 2
    assert world.told() == [("A", 1, until, "first_seen"), ("A", 3, None, "reused_number")]


def test_a_registration_that_becomes_valid_again_begins_no_spell(world):
    world.put(DAYS[0], person("A", ANNE))
    world.put(DAYS[1], person("A", ANNE, status_code="removed"))
    world.put(DAYS[2], person("A", ANNE, status_code="inactive"))
    world.write()
    assert world.told() == [("A", 1, None, "first_seen")]


def test_three_persons_in_turn_are_three(world):
    third = {**BORIS, "first_name": "QUENTIN", "last_name": "ABARA", "birth_date": dt.date(1999, 9, 9)}
    for day, facts in zip(DAYS, (ANNE, BORIS, third), strict=False):
        world.put(day, person("A", facts))
    world.write()
    assert world.told() == [
        ("A", 1, 1, "first_seen"), ("A", 2, 2, "reused_number"), ("A", 3, None, "reused_number")
    ]  # fmt: skip
    assert len({row["person_id"] for row in world.rows()}) == 3


def test_numbers_are_told_from_their_first_row_even_if_it_is_a_removed_one(world):
    world.put(DAYS[0], person("A", ANNE, status_code="removed"))
    world.put(DAYS[1])
    world.put(DAYS[2], person("A", ANNE, status_code="removed"))
    world.put(DAYS[3])
    world.write()
    assert world.told() == [("A", 1, 1, "first_seen"), ("A", 3, 3, "same_number")]
    assert {row["ended_on"] for row in world.rows()} == {DAYS[1], DAYS[3]}


def test_no_name_or_address_is_in_the_table(world):
    world.put(DAYS[0], person("A", ANNE))
    world.put(DAYS[1], person("A", BORIS), person("B", ANNE))
    world.write()
    told = str(world.rows())
    assert not any(word in told for word in ("ANNE", "BORIS", "NEIL", "OAK", "27601", "1970", "91954"))


def test_changes_that_are_missing_are_asked_for(world):
    world.put(DAYS[0], person("A", ANNE))
    world.put(DAYS[1], person("A", ANNE))
    with world.lake.connect() as connection, pytest.raises(WalklistError, match="core_voter_changes lacks 2026-02-01"):
        write_people(world.lake, connection, "NC")
