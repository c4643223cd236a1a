"""How many records find their voter, how right that is, and an alarm where it moves or is worse for a group."""

import datetime as dt
import json

import pytest

from pipelines.linking.alarms import find_alarms, keep_coverage
from pipelines.linking.coverage import coverage_of, wilson
from pipelines.tables.links import Links
from tests.unit.pipelines.linking.worlds import (
    decide_all,
    hand_made_model,
    plant_links,
    record_of,
    voter,
    write_records,
    write_voters,
)  # fmt: skip

MODEL = hand_made_model()
SURE, UNPROVEN = [8, 4, -1, -1, 5, 1, 6, 1], [3, 4, -1, -1, 5, 1, 6, 1]


def row(number: int, q: float | None, **told):
    return {
        "source_record_id": f"r{number}", "voter_id": "NC-0000", "link_q": q, "levels": SURE, "namesake_count": 1,
        "model_sha256": MODEL.sha256, **told,
    }  # fmt: skip


def start(lake, rows, **told):
    write_voters(lake, [voter(0)])
    people = [
        record_of(voter(0), f"r{n}", **{name: values[n] for name, values in told.items()}) for n in range(len(rows))
    ]
    write_records(lake, people)
    plant_links(lake, rows)


def coverage(lake):
    return coverage_of(lake, "NC", "acme", "donations", MODEL)


def test_links_are_counted_by_use_and_groups_are_those_a_record_tells(lake):
    rows = [
        row(0, 0.999), row(1, 0.96), row(2, 0.92, is_surname_compound=True), row(3, 0.6, surname_code="rare"),
        row(4, 0.1, surname_code="unknown"), row(5, None, voter_id=None, levels=None),
    ]  # fmt: skip
    years = [2000, 1990, 1970, 1950, None, 1970]
    start(
        lake, rows, birth_date=[None] * 5 + [dt.date(1970, 1, 1)], birth_year=[*years[:5], None],
        gender_code=["F", "M", None, "F", "F", "M"],
    )  # fmt: skip
    found = coverage(lake)
    assert found["records"] == 6
    assert {use: told["linked"] for use, told in found["uses"].items()} == {
        "suppress": 4, "feature": 3, "outcome": 2, "append": 1,
    }  # fmt: skip
    assert found["uses"]["suppress"]["share"] == 0.6667
    groups = {name: {v: (t["records"], t["linked"]) for v, t in told.items()} for name, told in found["groups"].items()}
    assert groups == {
        "age": {
            "under 30": (1, 1), "30 to 44": (1, 1), "45 to 64": (2, 1), "65 and over": (1, 0), "not told": (1, 0),
        },
        "gender": {"F": (3, 1), "M": (2, 1), "not told": (1, 1)},
        "surname": {"common": (4, 3), "rare": (1, 0), "not told": (1, 0)},
        "surname_words": {"one word": (4, 2), "several words": (1, 1), "not told": (1, 0)},
    }  # fmt: skip


def test_precision_weighs_each_reviewed_record_by_the_many_it_stands_for(lake):
    start(lake, [row(0, 0.95), row(1, 0.95), row(2, 0.6), row(3, 0.6), row(4, 0.95)])
    decide_all(lake, [("r0", "NC-0000", "same", 0.1), ("r1", "NC-0000", "other", 0.5), ("r2", "NC-0000", "other", 1.0),
                      ("r3", "NC-0007", "same", 1.0), ("r4", "NC-0000", "other", None)])  # fmt: skip
    found = coverage(lake)["uses"]
    assert (found["outcome"]["reviewed"], found["outcome"]["precision"]) == (2, round(10 / 12, 4))
    assert (found["suppress"]["reviewed"], found["suppress"]["precision"]) == (4, round(10 / 14, 4))
    assert found["append"] == {
        "linked": 0, "share": 0.0, "reviewed": 0, "precision": None, "low": None, "high": None,
    }  # fmt: skip
    low, high = wilson(10 / 12, 144 / 104)
    assert (found["outcome"]["low"], found["outcome"]["high"]) == (round(low, 4), round(high, 4))


def test_what_people_mended_is_graded_as_it_was_found(lake):
    mended = row(0, 1.0, decided_by="review", voter_id="NC-0007", best_voter_id="NC-0000", best_q=0.95)
    ruled_out = row(1, None, decided_by="review", voter_id=None, best_voter_id="NC-0000", best_q=0.995, levels=UNPROVEN)
    start(lake, [mended, ruled_out])
    decide_all(lake, [("r0", "NC-0007", "same", 1.0), ("r1", "NC-0000", "other", 1.0)])
    found = coverage(lake)["uses"]
    assert (found["outcome"]["linked"], found["outcome"]["reviewed"], found["outcome"]["precision"]) == (1, 2, 0.0)
    assert found["append"]["reviewed"] == 0


def test_the_interval_is_wilsons():
    assert wilson(0.9, 100) == pytest.approx((0.8256, 0.9448), abs=1e-4)
    assert wilson(1.0, 10)[1] == 1.0 and wilson(0.0, 10)[0] == 0.0


def told(records: int, share: float, reviewed: int = 0, precision: float | None = None):
    return {"records": records, "share": share, "reviewed": reviewed, "precision": precision}


def whole(groups=None, **rest):
    found = told(**{"records": 5000, "share": 0.8, **rest})
    return {"records": found.pop("records"), "uses": {"feature": found}, "groups": groups or {}}


def test_a_rate_that_moves_by_more_than_three_points_is_told():
    before = whole({"age": {"under 30": told(1000, 0.81), "30 to 44": told(1000, 0.8), "65 and over": told(150, 0.9)}})
    after = whole({"age": {"under 30": told(1000, 0.779), "30 to 44": told(1000, 0.83), "65 and over": told(150, 0.8)}})
    assert find_alarms("acme", after, before) == ["acme: the link rate of age under 30 moved from 81.0% to 77.9%."]
    assert find_alarms("acme", after, None) == []
    graded = [whole(reviewed=400, precision=share) for share in (0.99, 0.95)]
    assert find_alarms("acme", graded[1], graded[0]) == [
        "acme: the reviewed precision of everybody moved from 99.0% to 95.0%."
    ]
    assert find_alarms("acme", whole(reviewed=99, precision=0.9), graded[0]) == []


def test_a_group_that_lies_three_points_below_everybody_is_told_but_not_the_records_that_do_not_say():
    groups = {"surname": {"rare": told(300, 0.76), "common": told(300, 0.78), "not told": told(900, 0.2)}}
    assert find_alarms("acme", whole(groups), None) == [
        "acme: the link rate of surname rare is 76.0%, of everybody 80.0%."
    ]


def test_coverage_is_kept_beside_the_links_and_the_same_links_give_the_same_alarms(lake):
    count = 250
    start(lake, [row(n, 0.95) for n in range(count)])
    first = keep_coverage(lake, "NC", "acme", "donations", MODEL)
    assert first.alarms == []
    plant_links(lake, [row(n, 0.95 if n % 10 else 0.2) for n in range(count)])
    moved = keep_coverage(lake, "NC", "acme", "donations", MODEL)
    assert "acme, donations, NC: the link rate of everybody moved from 100.0% to 90.0%." in moved.alarms
    assert keep_coverage(lake, "NC", "acme", "donations", MODEL) == moved
    file = lake.folder(Links) / "state=NC/source=acme/role=donations/coverage.json"
    assert json.loads(file.read_text())["coverage"] == moved.coverage
    plant_links(lake, [row(n, 0.95 if n % 10 else 0.3) for n in range(count)])
    assert keep_coverage(lake, "NC", "acme", "donations", MODEL).alarms == []
    assert "NC-0000" not in file.read_text()


def test_nothing_linked_is_nothing_and_no_fault(lake):
    found = coverage(lake)
    assert found["records"] == 0 and found["uses"]["feature"]["share"] is None
    assert keep_coverage(lake, "NC", "acme", "donations", None).alarms == []
