"""Who moved from one state to another, and who only looks like it."""

import datetime as dt

import pytest

from pipelines.lake import Lake
from pipelines.linking.people.moving import LATE_DAYS
from tests.unit.pipelines.linking.people_model import made_model
from tests.unit.pipelines.linking.people_world import ANNE, BORIS, DAYS, World, person, tagged

MODEL = made_model()
ELSEWHERE = {"address_line": "700 BAY AVE", "city": "TAMPA", "zip_code": "33601"}


@pytest.fixture
def world(lake):
    return World(lake)


def crowd(state):
    """People who stay, so that names and days of birth have their usual shares."""
    return [
        person(f"X{state}{n}", BORIS, last_name=f"L{n % 37}{state}ER", first_name=f"F{n % 23}A",
               birth_date=dt.date(1940, 1, 1) + dt.timedelta(41 * n))
        for n in range(700)
    ]  # fmt: skip


def move(world, before, after, leaves=1, comes=1):
    """Files of North Carolina and Florida, in which people leave the one and come to the other at some file."""
    for nth, day in enumerate(DAYS[:4]):
        world.put(day, *crowd("NC"), *(before if nth < leaves else []), state="NC")
        world.put(day, *crowd("FL"), *(after if nth >= comes else []), state="FL")
    world.write("NC")
    world.write("FL", ["NC"], MODEL)
    return found(world)


def found(world, state="FL"):
    """Number here, number there, and the month from which it is known."""
    return [
        (row["voter_id"][3:], row["earlier_voter_id"][3:], row["known_on"].month)
        for row in world.rows(state=state)
        if row["basis_code"] == "moved_state"
    ]


CASES = {
    "name and day": ({}, {"phone": None}, True),
    "a short form": ({"first_name": "ROBERT"}, {"first_name": "BOB"}, True),
    "married, with the same phone": ({}, {"last_name": "FERRANTE"}, True),
    "the year, the name and the phone": ({}, {"birth_date": None, "birth_year": 1970}, True),
    "the year and the whole rare name": (
        {"first_name": "ZEPHYRINE", "last_name": "QUILLONIA"},
        {"first_name": "ZEPHYRINE", "last_name": "QUILLONIA", "birth_date": None, "birth_year": 1970, "phone": None},
        True,
    ),
    "the year and the whole usual name": (
        {"first_name": "F1A", "last_name": "L1FLER"},
        {"first_name": "F1A", "last_name": "L1FLER", "birth_date": None, "birth_year": 1970, "phone": None}, False,
    ),
    "the year and a rare name, the middle name unknown": (
        {"first_name": "ZEPHYRA", "last_name": "QUILLON"},
        {"first_name": "ZEPHYRA", "last_name": "QUILLON", "middle_name": None, "birth_date": None, "birth_year": 1970,
         "phone": None}, False,
    ),
    "another day of the year": ({}, {"birth_date": dt.date(1970, 8, 30), "phone": None}, False),
    "Jr and Sr": ({"name_suffix": "JR"}, {"name_suffix": "SR"}, False),
    "a son of the same name": ({}, {"name_suffix": "JR", "birth_date": dt.date(1995, 1, 9)}, False),
    "a twin": ({}, {"first_name": "CLARA"}, False),
    "another middle name": ({}, {"middle_name": "KATE"}, False),
    "married, with another phone": ({}, {"last_name": "FERRANTE", "phone": None}, False),
    "the address is kept from the public here": ({}, {"is_confidential": True}, False),
    "the address was kept from the public there": ({"is_confidential": True}, {}, False),
}  # fmt: skip
"""Facts there, facts here, and whether they are told to be one person: the one leaves when the other comes."""

KATE = {"middle_name": "KATE", "phone": None}
STORIES = {
    "came first and left later": ([({}, 3)], [({}, 1)], True),
    "two who left": ([({}, 1), ({}, 1)], [({}, 1)], False),
    "two who came": ([({}, 1)], [({}, 1), ({"middle_name": None}, 1)], False),
    "still on the roll there": ([({}, 4)], [({}, 1)], False),
    "here since the first file": ([({}, 1)], [({}, 0)], False),
    "a namesake of the same birth on the roll there": ([({}, 1), (KATE, 4)], [({}, 1)], False),
    "a namesake of the same birth on the roll here": ([({}, 1)], [({}, 1), (KATE, 0)], False),
} | {case: ([(before, 1)], [(after, 1)], is_found) for case, (before, after, is_found) in CASES.items()}
"""Facts there and the place of the first file without them; facts here and the place of the first file with them."""


def family(nth, values):
    """Anne's facts in a family of its own, born some years before or after her."""
    facts, shift = {**ANNE, **values}, dt.timedelta(days=1461 * (nth - len(STORIES) // 2))
    if facts["birth_date"]:
        facts["birth_date"] += shift
    else:
        facts["birth_year"] = (dt.date(1970, 5, 17) + shift).year
    return tagged(facts, nth)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Places of the stories in which somebody was found to have moved."""
    world = World(Lake(tmp_path_factory.mktemp("moving")))
    world.lake.prepare()
    there, here = [], []
    for nth, (left, came, _) in enumerate(STORIES.values()):
        there += [(person(f"{nth}.{n}", family(nth, values)), leaves) for n, (values, leaves) in enumerate(left)]
        here += [
            (person(f"{nth}.{n}", family(nth, {**ELSEWHERE, **values})), comes)
            for n, (values, comes) in enumerate(came)
        ]
    for place, day in enumerate(DAYS[:4]):
        world.put(day, *crowd("NC"), *(row for row, leaves in there if place < leaves), state="NC")
        world.put(day, *crowd("FL"), *(row for row, comes in here if place >= comes), state="FL")
    world.write("NC")
    world.write("FL", ["NC"], MODEL)
    return {int(number.split(".")[0]) for number, *_ in found(world)}


@pytest.mark.parametrize("case", STORIES)
def test_who_moved_and_who_only_looks_like_it(told, case):
    assert (list(STORIES).index(case) in told) is STORIES[case][2]


def test_the_way_is_told_with_its_evidence(world):
    assert move(world, [person("A", ANNE)], [person("B", ANNE, **ELSEWHERE)]) == [("B", "A", 2)]
    (moved,) = [row for row in world.rows(state="FL") if row["basis_code"] == "moved_state"]
    assert moved["evidence"] == "birth_date, first_name, last_name, middle_name, gender_code, phone"
    assert moved["match_weight"] > 12 and moved["gap_bits"] > 6 and moved["earlier_seen_on"] == DAYS[0]
    (before,) = [row for row in world.rows(state="NC") if row["voter_id"] == "NC-A"]
    assert moved["person_id"] != before["person_id"]
    assert world.persons()["B"] == world.persons()["A"] == before["person_id"]
    assert [(row["state"], row["place"]) for row in world.history() if row["voter_id"][3:] in "AB"] == [
        ("NC", 1), ("FL", 2)
    ]  # fmt: skip


def test_who_came_first_and_left_later_is_known_from_then_on(world):
    anne, here = person("A", ANNE), person("B", ANNE, **ELSEWHERE)
    assert move(world, [anne], [here], leaves=3, comes=1) == [("B", "A", 4)]
    (moved,) = [row for row in world.rows(state="FL") if row["voter_id"] == "FL-B"]
    assert (moved["from_date"], moved["known_on"]) == (DAYS[1], DAYS[3])
    early, late = world.persons(DAYS[2]), world.persons(DAYS[3])
    assert early["B"] == moved["person_id"] != early["A"] and late["B"] == late["A"] == early["A"]
    codes = {day: [row["basis_code"] for row in world.history(day) if row["voter_id"] == "FL-B"] for day in DAYS[2:4]}
    assert codes == {DAYS[2]: ["first_seen"], DAYS[3]: ["moved_state"]}


@pytest.mark.parametrize(("days", "is_found"), [(LATE_DAYS - 1, True), (LATE_DAYS + 20, False)])
def test_a_departure_is_looked_for_so_long_and_no_longer(world, days, is_found):
    later = DAYS[1] + dt.timedelta(days=days)
    for day, there, here in ((DAYS[0], True, False), (DAYS[1], True, True), (later, False, True)):
        world.put(day, *crowd("NC"), *([person("A", ANNE)] if there else []), state="NC")
        world.put(day, *crowd("FL"), *([person("B", ANNE, **ELSEWHERE)] if here else []), state="FL")
    world.write("NC")
    world.write("FL", ["NC"], MODEL)
    assert len(found(world)) == is_found


def test_who_is_back_there_did_not_move(world):
    for nth, day in enumerate(DAYS[:4]):
        world.put(day, *crowd("NC"), *([person("A", ANNE)] if nth != 1 else []), state="NC")
        world.put(day, *crowd("FL"), *([person("B", ANNE, **ELSEWHERE)] if nth >= 3 else []), state="FL")
    world.write("NC")
    world.write("FL", ["NC"], MODEL)
    assert found(world) == []


def test_a_person_may_move_on_and_the_order_of_the_states_is_indifferent(tmp_path):
    orders = (("NC", "FL", "GA"), ("GA", "FL", "NC"))
    results = []
    for nth, order in enumerate(orders):
        world = World(Lake(tmp_path / str(nth)))
        world.lake.prepare()
        for place, day in enumerate(DAYS[:3]):
            for state, from_, until in (("NC", 0, 1), ("FL", 1, 2), ("GA", 2, 3)):
                here = [person("M", ANNE, **ELSEWHERE)] if from_ <= place < until else []
                world.put(day, *crowd(state)[:200], *here, state=state)
        for state in (*order, *order):
            world.write(state, sorted({"NC", "FL", "GA"} - {state}), MODEL)
        results.append((world.rows(), world.history()))
    assert results[0] == results[1]
    ways = [(row["state"], row["place"]) for row in results[0][1] if row["voter_id"].endswith("-M")]
    assert ways == [("NC", 1), ("FL", 2), ("GA", 3)]
    (georgia,) = [row for row in results[0][0] if row["voter_id"] == "GA-M"]
    assert georgia["earlier_voter_id"] == "FL-M"


def test_without_a_model_nobody_is_looked_for(world):
    world.put(DAYS[0], person("A", ANNE), state="NC")
    world.put(DAYS[1], state="NC")
    world.put(DAYS[0], state="FL")
    world.put(DAYS[1], person("B", ANNE, **ELSEWHERE), state="FL")
    world.write("NC", ["FL"])
    world.write("FL", ["NC"])
    assert {row["basis_code"] for row in world.rows()} == {"first_seen"}


@pytest.mark.parametrize("is_hidden", [False, True])
def test_who_is_protected_on_leaving_is_not_found_in_another_state(world, is_hidden):
    removed = person("A", ANNE, status_code="removed", is_confidential=is_hidden)
    for nth, day in enumerate(DAYS[:3]):
        world.put(day, *crowd("NC"), removed if nth else person("A", ANNE), state="NC")
        world.put(day, *crowd("FL"), *([person("B", ANNE, **ELSEWHERE)] if nth else []), state="FL")
    world.write("NC")
    world.write("FL", ["NC"], MODEL)
    assert bool(found(world)) is not is_hidden
