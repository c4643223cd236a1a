"""What a voter's record says, in little tables: open or not, voted or not, known or not."""

import datetime as dt
import importlib.util
from pathlib import Path

import pytest

from models.features import Features
from pipelines.core.households import select_households
from pipelines.features.assemble import build_features
from pipelines.layouts.source import read_source
from pipelines.settings import CONFIGS
from pipelines.tables.core import Households, Voters

FILE = dt.date(2018, 9, 1)


def _electorates():
    file = Path(__file__).parents[1] / "unit/pipelines/features/world.py"
    spec = importlib.util.spec_from_file_location("electorates", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


el = _electorates()
GENERALS = [el.election(day, "general") for day in ("2012-11-06", "2014-11-04", "2016-11-08")]


def features(root, people, votes, elections=GENERALS, occasion=None, lake=None) -> dict[str, dict]:
    """The features of each person before the general of 2018, by name."""
    lake = lake or el.write(el.World({FILE: people}, elections, votes), root)
    occasion = occasion or el.occasion("2018-11-06")
    build_features(lake, occasion)
    table = lake.table(Features, state="NC", election_id=occasion.election.election_id)
    with lake.connect() as connection:
        rows = connection.sql(table.select()).to_arrow_table().to_pylist()
    return {row["voter_id"][3:]: row for row in rows}


def record(row: dict) -> list:
    return [row[f"general_lag{lag}_voted"] for lag in (1, 2, 3, 4)]


EVERYBODY_ELSE = [el.vote("other", day, "general") for day in ("2012-11-06", "2014-11-04", "2016-11-08")]


OPEN = {
    "stayed home three times": ({}, [0, 0, 0, None]),
    "registered after 2012": ({"registration_date": dt.date(2013, 5, 1)}, [0, 0, None, None]),
    "registered on the last day": ({"registration_date": dt.date(2012, 10, 12)}, [0, 0, 0, None]),
    "registered a day late": ({"registration_date": dt.date(2012, 10, 13)}, [0, 0, None, None]),
    "turned eighteen in 2016": ({"birth_year": 1998}, [0, None, None, None]),
    "has no known birth year": ({"birth_year": None}, [0, 0, 0, None]),
    "has no known date of registration": ({"registration_date": None}, [None, None, None, None]),
    "lives in a county that never posted": ({"county_code": "077"}, [None, None, None, None]),
}


def test_an_election_not_open_is_null_and_staying_home_is_zero(tmp_path) -> None:
    people = [el.voter(who, **changes) for who, (changes, _) in OPEN.items()]
    found = features(tmp_path, [*people, el.voter("other")], EVERYBODY_ELSE)
    for who, (_, expected) in OPEN.items():
        assert record(found[who]) == expected, who
        assert found[who]["general_open_count"] == sum(vote is not None for vote in expected), who
        assert found[who]["general_share"] == (0 if 0 in expected else None), who
        assert found[who]["any_voted_count"] == 0, who


def test_a_stated_vote_counts_whatever_the_date_of_registration(tmp_path) -> None:
    people = [el.voter("it", registration_date=dt.date(2017, 1, 1)), el.voter("other")]
    votes = [*EVERYBODY_ELSE, el.vote("it", "2014-11-04", "general")]
    found = features(tmp_path, people, votes)["it"]
    assert record(found) == [None, 1, None, None]
    assert (found["general_share"], found["general_streak_count"], found["is_new_registrant"]) == (1, 0, 1)


def test_an_election_without_posted_history_has_no_lag(tmp_path) -> None:
    late = [el.vote("other", "2016-11-08", "general", known_on=dt.date(2018, 12, 1))]
    votes = [*EVERYBODY_ELSE[:2], *late]
    assert record(features(tmp_path, [el.voter("other")], votes)["other"]) == [1, 1, None, None]


def test_a_vote_known_on_the_as_of_day_counts_and_one_known_the_day_after_does_not(tmp_path) -> None:
    for name, known_on, expected in (("on", dt.date(2018, 10, 12), 1), ("after", dt.date(2018, 10, 13), None)):
        votes = [el.vote("other", "2016-11-08", "general", known_on=known_on)]
        found = features(tmp_path / name, [el.voter("other")], votes)["other"]
        assert found["general_lag1_voted"] == expected


def test_an_election_still_to_come_on_the_as_of_day_is_no_past_even_if_ballots_came_early(tmp_path) -> None:
    early = el.vote("other", "2016-11-08", "general", known_on=dt.date(2016, 10, 20))
    people = [el.voter("other"), el.voter("it")]
    occasion = el.occasion("2018-11-06", as_of="2016-10-25")
    lake = el.write(el.World({dt.date(2016, 9, 1): people}, GENERALS, [early]), tmp_path)
    found = features(tmp_path, people, [], occasion=occasion, lake=lake)
    assert record(found["it"]) == record(found["other"]) == [None] * 4


def test_a_streak_counts_back_from_the_latest_general(tmp_path) -> None:
    """The latest general comes first: y voted, n stated not to have voted, - nothing known."""
    streaks = {"yyy": 3, "nyy": 0, "yny": 1, "yyn": 2, "---": None, "-yy": 0, "y--": 1}
    days = ("2016-11-08", "2014-11-04", "2012-11-06")
    stated = [
        el.vote(marks, day, "general", mark == "y")
        for marks in streaks
        for day, mark in zip(days, marks, strict=True)
        if mark != "-"
    ]
    people = [el.voter(marks, registration_date=None) for marks in streaks]
    found = features(tmp_path, [*people, el.voter("other")], [*EVERYBODY_ELSE, *stated])
    assert {marks: found[marks]["general_streak_count"] for marks in streaks} == streaks


def test_before_the_first_posted_election_counts_are_zero_and_shares_unknown(tmp_path) -> None:
    found = features(tmp_path, [el.voter("it")], [], elections=[])["it"]
    counts = ("general_open_count", "same_kind_open_count", "any_open_count", "any_voted_count")
    assert [found[name] for name in counts] == [0, 0, 0, 0]
    unknown = ("general_share", "any_share", "general_streak_count", "last_vote_years", "is_new_registrant")
    assert [found[name] for name in (*unknown, "precinct_general_lag1_share")] == [None] * 6
    assert found["precinct_mean_age_years"] == 48


def test_the_others_at_home_leave_the_voter_out(tmp_path) -> None:
    people = [
        el.voter(name, household_id="home", birth_year=born) for name, born in (("a", 1950), ("b", 1980), ("c", None))
    ]
    votes = [*EVERYBODY_ELSE, *(el.vote("a", day, "general") for day in ("2012-11-06", "2014-11-04", "2016-11-08"))]
    votes += [el.vote("b", day, "general") for day in ("2012-11-06", "2014-11-04", "2016-11-08")]
    found = features(tmp_path, people, votes)
    assert [found[name]["housemates_general_share"] for name in "abc"] == [0.5, 0.5, 1]
    assert [found[name]["housemates_best_general_share"] for name in "abc"] == [1, 1, 1]
    assert [found[name]["household_age_gap_years"] for name in "abc"] == [30, -30, None]
    assert [found[name]["household_oldest_years"] for name in "abc"] == [68, 68, 68]


def test_everyone_in_an_institution_lives_alone(tmp_path) -> None:
    source = read_source(CONFIGS, "nc")
    crowd = source.largest_home + 1
    people = [el.voter(f"i{place}", address_line="1 COLLEGE ST", zip_code="27001") for place in range(crowd)]
    people += [el.voter(f"h{place}", address_line="2 Oak Ave.", zip_code="27001") for place in range(2)]
    lake = el.write(el.World({FILE: people}, GENERALS, EVERYBODY_ELSE), tmp_path)
    with lake.connect() as connection:
        voters = lake.table(Voters, state="NC", snapshot_date=FILE)
        place = {"state": "NC", "snapshot_date": FILE}
        lake.write(Households, connection, select_households(voters, source), "by address", **place)
    found = features(tmp_path, people, [], lake=lake)
    assert {found[f"i{place}"]["household_size_count"] for place in range(crowd)} == {1}
    assert {found[f"i{place}"]["housemates_general_share"] for place in range(crowd)} == {None}
    assert [found[name]["household_size_count"] for name in ("h0", "h1")] == [2, 2]


def test_a_precinct_is_seen_without_the_own_home_and_drawn_to_the_state_with_fifty_voters(tmp_path) -> None:
    """Of two at home one votes in another precinct: only the mate in the same precinct is left out there."""
    people = [
        el.voter("a", household_id="home", precinct_code="A"),
        el.voter("b", household_id="home", precinct_code="A"),
        el.voter("c", household_id="home", precinct_code="B"),
        el.voter("d", precinct_code="A"),
        el.voter("e", precinct_code=None),
    ]
    votes = [el.vote(name, "2016-11-08", "general") for name in "abc"]
    found = features(tmp_path, people, votes)
    state = 3 / 5
    assert found["a"]["precinct_voter_count"] == 1
    assert found["a"]["precinct_general_lag1_share"] == pytest.approx((0 + 50 * state) / 51)
    assert found["d"]["precinct_general_lag1_share"] == pytest.approx((2 + 50 * state) / 52)
    assert found["c"]["precinct_general_lag1_share"] == pytest.approx(state)
    assert found["e"]["precinct_general_lag1_share"] is None
    assert found["e"]["precinct_voter_count"] is None


def test_who_may_vote(tmp_path) -> None:
    """Registered by the deadline, 12 October, of age in the year, and standing active or inactive."""
    cases = {
        "active": ({}, True),
        "inactive": ({"status_code": "inactive"}, True),
        "pending": ({"status_code": "pending"}, False),
        "removed": ({"status_code": "removed"}, False),
        "of age in the year": ({"birth_year": 2000}, True),
        "too young": ({"birth_year": 2001}, False),
        "registered on the last day": ({"registration_date": dt.date(2018, 10, 12)}, True),
        "registered a day late": ({"registration_date": dt.date(2018, 10, 13)}, False),
        "on a file of the time, date unknown": ({"registration_date": None}, True),
    }
    found = features(tmp_path, [el.voter(who, **changes) for who, (changes, _) in cases.items()], [])
    assert {who: who in found for who in cases} == {who: is_there for who, (_, is_there) in cases.items()}
