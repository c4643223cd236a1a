"""Who gets another number in a state, had two of them, or has one that the state takes apart again."""

import datetime as dt

import pytest

from pipelines.lake import Lake
from tests.unit.pipelines.linking.people_world import ANNE, BORIS, DAYS, World, outline, person, told_of

MOVED = {"address_line": "1 PINE CT", "zip_code": "27501", "phone": None}


@pytest.fixture
def world(lake):
    return World(lake)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Rows of each case: a number that leaves as another comes."""
    lake = Lake(tmp_path_factory.mktemp("renumbered"))
    lake.prepare()
    cases = {
        case: ([person("A", {**ANNE, **before})], [person("B", {**ANNE, **after})])
        for case, (before, after, *_) in {**ENOUGH, **TOO_LITTLE}.items()
    }
    return told_of(lake, cases)


YEAR_ONLY = {"birth_date": None, "birth_year": 1970}

ENOUGH = {
    "name and day": ({}, MOVED, "birth_date, first_name, last_name, middle_name, gender_code"),
    "a short form of the name": (
        {"first_name": "ROBERT"}, {"first_name": "BOB", **MOVED},
        "birth_date, first_name (short form), last_name, middle_name, gender_code",
    ),
    "other letters, and no middle name": (
        {}, {"last_name": "Oneil", "first_name": "Anne", "middle_name": None, **MOVED},
        "birth_date, first_name, last_name, gender_code",
    ),
    "married, in the same home": (
        {}, {"last_name": "FERRANTE", "phone": None},
        "birth_date, first_name, middle_name, gender_code, address_line",
    ),
    "married, with the same phone": (
        {}, {"last_name": "FERRANTE", "address_line": "1 PINE CT"},
        "birth_date, first_name, middle_name, gender_code, phone",
    ),
    "married, the last name kept as the middle one": (
        {}, {"last_name": "FERRANTE", "middle_name": "ONEIL", "phone": None},
        "birth_date, first_name, last_name (as middle_name), gender_code, address_line",
    ),
    "the year, the whole name and the home": (
        YEAR_ONLY, {**YEAR_ONLY, "phone": None},
        "birth_year, first_name, last_name, middle_name, gender_code, address_line",
    ),
    "the day in one file alone": (
        {}, {**YEAR_ONLY, "phone": None},
        "birth_year, first_name, last_name, middle_name, gender_code, address_line",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ENOUGH)
def test_what_is_enough_for_one_person(told, case):
    assert outline(told[case]) == [("A", 1, 1, "first_seen"), ("B", 2, None, "changed_number")]
    first, second = told[case]
    assert second["person_id"] == first["person_id"] and second["earlier_voter_id"] == first["voter_id"]
    assert second["earlier_seen_on"] == DAYS[0] and second["evidence"] == ENOUGH[case][2]
    assert second["match_weight"] is None and second["known_on"] == DAYS[1]


TOO_LITTLE = {
    "another day": ({}, {"birth_date": dt.date(1970, 5, 18)}),
    "the year alone": ({}, {**YEAR_ONLY, **MOVED}),
    "the year and the home without a middle name": (YEAR_ONLY, {**YEAR_ONLY, "middle_name": None}),
    "another middle name": ({}, {"middle_name": "KATE"}),
    "another middle name of the same letter": ({}, {"middle_name": "MILDRED"}),
    "Jr and Sr": ({"name_suffix": "JR"}, {"name_suffix": "SR"}),
    "the other sex": ({}, {"gender_code": "M"}),
    "a twin": ({}, {"first_name": "CLARA"}),
    "married, elsewhere, with another phone": ({}, {"last_name": "FERRANTE", **MOVED}),
    "married, in the same house, but another flat": (
        {"address_line": "12 OAK ST APT 1"}, {"last_name": "FERRANTE", "address_line": "12 OAK ST APT 2", "phone": None}
    ),
    "married, the middle name unknown": ({}, {"last_name": "FERRANTE", "middle_name": None}),
    "the address was kept from the public": ({"is_confidential": True}, {}),
    "the address is kept from the public": ({}, {"is_confidential": True}),
}  # fmt: skip


@pytest.mark.parametrize("case", TOO_LITTLE)
def test_what_is_too_little(told, case):
    assert outline(told[case]) == [("A", 1, 1, "first_seen"), ("B", 2, None, "first_seen")]
    assert len({row["person_id"] for row in told[case]}) == 2


def test_a_removed_row_beside_the_new_number_is_the_usual_shape(world):
    world.put(DAYS[0], person("A", ANNE))
    world.put(DAYS[1], person("A", ANNE, status_code="removed"), person("B", ANNE, **MOVED))
    world.put(DAYS[2], person("B", ANNE, **MOVED))
    world.write()
    assert world.told() == [("A", 1, 2, "first_seen"), ("B", 2, None, "changed_number")]


def test_it_may_stand_in_the_first_file_already_or_come_with_the_new_number(world):
    world.put(DAYS[0], person("A", ANNE, status_code="removed"), person("B", ANNE, **MOVED))
    world.put(
        DAYS[1], person("A", ANNE, status_code="removed"), person("B", ANNE, **MOVED),
        person("C", BORIS, status_code="removed"), person("D", BORIS),
    )  # fmt: skip
    world.write()
    assert [spell[::3] for spell in world.told()] == [
        ("A", "first_seen"), ("B", "changed_number"), ("C", "first_seen"), ("D", "changed_number")
    ]  # fmt: skip


def test_years_may_pass_between_two_numbers_and_a_person_may_have_many(world):
    world.put(DAYS[0], person("A", ANNE))
    world.put(DAYS[1])
    world.put(DAYS[4], person("B", ANNE, **MOVED))
    world.put(DAYS[5])
    world.put(DAYS[6], person("C", ANNE, **MOVED))
    world.write()
    assert world.told() == [
        ("A", 1, 1, "first_seen"), ("B", 5, 5, "changed_number"), ("C", 7, None, "changed_number")
    ]  # fmt: skip
    assert len({row["person_id"] for row in world.rows()}) == 1
    assert [(row["voter_id"][3:], row["place"]) for row in world.history()] == [("A", 1), ("B", 2), ("C", 3)]


NAMESAKES = {
    "two left": ([person("A", ANNE), person("A2", ANNE, **MOVED)], [person("B", ANNE)]),
    "two came": ([person("A", ANNE)], [person("B", ANNE), person("B2", ANNE, **MOVED)]),
    "one was there all the time": (
        [person("A", ANNE), person("Z", ANNE, **MOVED)], [person("B", ANNE), person("Z", ANNE, **MOVED)]
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", NAMESAKES)
def test_of_namesakes_with_one_day_of_birth_nobody_is_taken(world, case):
    before, after = NAMESAKES[case]
    world.put(DAYS[0], *before)
    world.put(DAYS[1], *after)
    world.write()
    assert {spell[3] for spell in world.told()} == {"first_seen"}


def test_a_namesake_who_contradicts_is_no_candidate(world):
    world.put(DAYS[0], person("A", ANNE), person("A2", ANNE, middle_name="KATE"))
    world.put(DAYS[1], person("B", ANNE, **MOVED))
    world.write()
    (found,) = [row for row in world.rows() if row["basis_code"] == "changed_number"]
    assert (found["voter_id"], found["earlier_voter_id"]) == ("NC-B", "NC-A")


def test_a_day_of_birth_that_far_too_many_have_tells_of_nobody(world):
    crowd = [person(f"C{n}", BORIS, last_name=f"L{n}X", birth_date=ANNE["birth_date"]) for n in range(60)]
    others = [
        person(f"O{n}", BORIS, last_name=f"M{n}X", birth_date=dt.date(1950, 1, 1) + n * dt.timedelta(11))
        for n in range(60)
    ]
    world.put(DAYS[0], person("A", ANNE), *crowd, *others)
    world.put(DAYS[1], person("B", ANNE, **MOVED), *crowd, *others)
    world.write()
    assert {spell[3] for spell in world.told()} == {"first_seen"}


def test_of_two_numbers_of_one_person_the_one_that_leaves_means_the_person_of_the_other(world):
    world.put(DAYS[0], person("A", ANNE))
    world.put(DAYS[1], person("A", ANNE), person("B", ANNE, **MOVED))
    world.put(DAYS[2], person("B", ANNE, **MOVED))
    world.write()
    assert world.told() == [
        ("A", 1, 2, "first_seen"), ("A", 3, None, "merged"), ("B", 2, None, "first_seen")
    ]  # fmt: skip
    old, merged, new = world.rows("person_id", "earlier_voter_id", "evidence")
    assert merged["person_id"] == new["person_id"] != old["person_id"]
    assert merged["earlier_voter_id"] == "NC-B" and merged["evidence"].startswith("birth_date, first_name, last_name")


def test_persons_that_were_merged_are_one_from_then_on_and_were_two_before(world):
    world.put(DAYS[0], person("A", ANNE), person("B", ANNE, **MOVED))
    world.put(DAYS[1], person("A", ANNE), person("B", ANNE, **MOVED))
    world.put(DAYS[2], person("A", ANNE, status_code="removed"), person("B", ANNE, **MOVED))
    world.write()
    before, after = world.persons(DAYS[1]), world.persons(DAYS[2])
    assert before["A"] != before["B"]
    assert after["A"] == after["B"] == before["A"]
    assert [row["voter_id"] for row in world.history()] == ["NC-A", "NC-B", "NC-A"]
    assert len({row["person_id"] for row in world.history()}) == 1


def test_a_merged_number_that_is_back_beside_the_other_is_split_off_again(world):
    world.put(DAYS[0], person("A", ANNE), person("B", ANNE, **MOVED))
    world.put(DAYS[1], person("B", ANNE, **MOVED))
    world.put(DAYS[2], person("A", ANNE), person("B", ANNE, **MOVED))
    world.write()
    assert world.told() == [
        ("A", 1, 1, "first_seen"), ("A", 2, 2, "merged"), ("A", 3, None, "split"), ("B", 1, None, "first_seen")
    ]  # fmt: skip
    first, merged, split, other = (row["person_id"] for row in world.rows())
    assert split == first and merged == other
    assert [len(set(world.persons(day).values()) - {world.persons()["STAYS"]}) for day in DAYS[:3]] == [2, 1, 2]


def test_a_merged_number_that_takes_the_others_place_means_the_same_person(world):
    world.put(DAYS[0], person("A", ANNE), person("B", ANNE, **MOVED))
    world.put(DAYS[1], person("B", ANNE, **MOVED))
    world.put(DAYS[2], person("A", ANNE))
    world.write()
    assert world.told()[:3] == [("A", 1, 1, "first_seen"), ("A", 2, 2, "merged"), ("A", 3, None, "same_number")]
    assert world.rows()[2]["person_id"] == world.rows()[3]["person_id"]
    assert world.persons()["A"] == world.persons()["B"]


def test_who_lost_a_number_to_another_person_is_found_under_the_new_one(world):
    world.put(DAYS[0], person("A", ANNE))
    world.put(DAYS[1], person("A", BORIS), person("B", ANNE, **MOVED))
    world.write()
    assert world.told() == [
        ("A", 1, 1, "first_seen"), ("A", 2, None, "reused_number"), ("B", 2, None, "changed_number")
    ]  # fmt: skip
    anne, boris, again = (row["person_id"] for row in world.rows())
    assert again == anne != boris


def test_who_left_long_ago_and_lost_the_number_since_is_found_too(world):
    world.put(DAYS[0], person("A", ANNE))
    world.put(DAYS[1])
    world.put(DAYS[2], person("A", BORIS))
    world.put(DAYS[3], person("A", BORIS), person("B", ANNE, **MOVED))
    world.write()
    (found,) = [row for row in world.rows() if row["voter_id"] == "NC-B"]
    assert (found["basis_code"], found["earlier_seen_on"]) == ("changed_number", DAYS[0])
    assert found["person_id"] == world.rows()[0]["person_id"]


def test_a_person_found_once_is_not_looked_for_again(world):
    world.put(DAYS[0], person("A", ANNE))
    world.put(DAYS[1], person("B", ANNE, **MOVED))
    world.put(DAYS[2], person("B", ANNE, **MOVED), person("C", ANNE, phone=None))
    world.write()
    assert world.told()[-1] == ("C", 3, None, "first_seen")


@pytest.mark.parametrize("is_hidden", [False, True])
def test_who_is_protected_on_leaving_is_not_found_under_another_number(world, is_hidden):
    removed = person("1", ANNE, status_code="removed", is_confidential=is_hidden)
    world.put(DAYS[0], person("1", ANNE), person("9", BORIS))
    world.put(DAYS[1], removed, person("2", ANNE), person("9", BORIS))
    world.write()
    codes = [row["basis_code"] for row in world.rows() if row["voter_id"] == "NC-2"]
    assert ("changed_number" in codes) is not is_hidden
