"""Links are handed out where they are as sure as their use demands, for a purpose that is permitted."""

import datetime as dt
import math

import pytest

from models.errors import LinkError, PolicyError
from pipelines.linking.handing_out import select_linked, select_weak, why_not
from pipelines.linking.uses import THRESHOLDS, Use
from tests.unit.pipelines.linking.worlds import (
    DAY,
    TODAY,
    decide,
    plant_links,
    policy,
    record_of,
    vendor,
    voter,
    write_records,
    write_voters,
)  # fmt: skip

PEOPLE = [voter(number) for number in range(9)]
PURPOSE = {Use.SUPPRESS: "suppression", Use.FEATURE: "scoring", Use.OUTCOME: "measurement", Use.APPEND: "contact"}


def start(lake, count=3, people=PEOPLE, **told):
    write_voters(lake, people)
    write_records(lake, [record_of(people[n], f"r{n}", amount_usd=10.0 * n, **told) for n in range(count)])


def row(number: int, q: float | None = None, **told):
    return {"source_record_id": f"r{number}", "voter_id": f"NC-{number:04d}", "link_q": q, **told}


def handed(lake, use: Use, purpose: str | None = None, columns="voter_id, source_record_id", **rest) -> list[tuple]:
    told = rest.pop("vendor", vendor("donations"))
    query = select_linked(
        lake, rest.pop("policy", policy()), "acme", told, "donations", use, purpose or PURPOSE[use], TODAY, **rest
    )
    with lake.connect() as connection:
        return connection.execute(f"SELECT {columns} FROM ({query}) ORDER BY ALL").fetchall()


def weak(lake, **rest) -> dict:
    query = select_weak(lake, policy(), "acme", vendor("donations"), "donations", "scoring", TODAY, **rest)
    with lake.connect() as connection:
        return {voter: count for voter, count, *_ in connection.execute(query).fetchall()}


def who(lake, use: Use, **rest) -> list[str]:
    return [record for _, record in handed(lake, use, **rest)]


@pytest.mark.parametrize(("use", "least"), [("suppress", 0.5), ("feature", 0.9), ("outcome", 0.95), ("append", 0.99)])
def test_a_calibrated_link_serves_a_use_from_its_threshold_on(lake, use, least):
    start(lake)
    plant_links(lake, [row(0, least), row(1, least - 1e-6), row(2, 1.0)])
    assert who(lake, Use(use)) == ["r0", "r2"]
    assert THRESHOLDS[Use(use)].because


def test_what_is_appended_is_proven_by_the_name_and_by_the_day_of_birth_or_the_e_mail(lake):
    start(lake, 4)
    proofs = [(True, True), (True, False), (False, True), (False, False)]
    rows = [row(n, 0.999, is_name_proven=name, is_person_proven=person) for n, (name, person) in enumerate(proofs)]
    plant_links(lake, rows)
    assert who(lake, Use.APPEND) == ["r0"] and who(lake, Use.OUTCOME) == ["r0", "r1", "r2", "r3"]


@pytest.mark.parametrize(
    ("use", "weight", "gap", "passes"),
    [
        ("suppress", 0.0, 1e-6, True), ("suppress", -1e-6, 9.0, False),
        ("feature", math.log2(9), 3.3, True), ("feature", math.log2(9) - 1e-6, 9.0, False),
        ("feature", 30.0, 3.3 - 1e-6, False),
        ("outcome", 60.0, 60.0, False), ("append", 60.0, 60.0, False),
    ],
)  # fmt: skip
def test_without_reviews_weights_serve_the_two_lower_uses_and_none_of_the_upper_ones(lake, use, weight, gap, passes):
    start(lake)
    plant_links(lake, [row(0, None, match_weight=weight, gap_bits=gap)])
    assert who(lake, Use(use)) == (["r0"] if passes else [])


def test_what_is_calibrated_is_not_served_by_its_weight(lake):
    start(lake)
    plant_links(lake, [row(0, 0.49)])
    assert [who(lake, use) for use in Use] == [[]] * 4


@pytest.mark.parametrize("by", ["stated_id", "review"])
def test_stated_ids_and_persons_pass_every_use_but_are_appended_with_the_name_alone_proven(lake, by):
    start(lake)
    told = {"decided_by": by, "match_weight": None, "gap_bits": None, "is_person_proven": False}
    plant_links(lake, [row(0, None, is_name_proven=True, **told), row(1, None, is_name_proven=False, **told)])
    assert [who(lake, use) for use in Use] == [["r0", "r1"]] * 3 + [["r0"]]


def test_ties_and_voters_that_a_person_ruled_out_serve_nothing(lake):
    start(lake)
    tie = {"voter_id": None, "match_weight": 20.0, "gap_bits": 0.0, "near_voter_ids": ["NC-0000", "NC-0005"]}
    ruled_out = {"voter_id": None, "decided_by": "review", "best_voter_id": "NC-0001", "near_voter_ids": ["NC-0001"]}
    plant_links(lake, [row(0, **tie), row(1, **ruled_out)])
    assert [who(lake, use) for use in Use] == [[]] * 4


def test_a_record_with_a_voter_in_two_states_is_a_fact_about_neither_and_still_leaves_both_alone(lake):
    start(lake, 2, state=None)
    write_voters(lake, [voter(0, voter_id="GA-0000"), voter(1, voter_id="GA-0001")], state="GA")
    plant_links(lake, [row(0, 1.0), row(1, 1.0)])
    plant_links(lake, [{**row(0, 0.6), "voter_id": "GA-0000"}, {**row(1, 0.4), "voter_id": "GA-0001"}], state="GA")
    for use in (Use.FEATURE, Use.OUTCOME, Use.APPEND):
        assert who(lake, use) == who(lake, use, states=["NC"]) == ["r1"]
    assert handed(lake, Use.SUPPRESS) == [("GA-0000", "r0"), ("NC-0000", "r0"), ("NC-0001", "r1")]
    assert who(lake, Use.FEATURE, states=["GA"]) == []
    assert weak(lake) == {"NC-0000": 1, "GA-0000": 1}  # who is surely NC-0001 is no other state's doubt
    assert weak(lake, states=["NC"]) == {"NC-0000": 1}


def test_a_voter_who_is_protected_since_the_links_were_made_is_not_handed_out(lake):
    start(lake)
    plant_links(lake, [row(0, 1.0), row(1, 1.0), row(2, 0.6)])
    hidden = [{**person, "is_confidential": person["voter_id"] in ("NC-0000", "NC-0002")} for person in PEOPLE]
    write_voters(lake, hidden, day=DAY + dt.timedelta(7))
    assert [who(lake, use) for use in Use] == [["r1"]] * 4 and weak(lake) == {}


def test_a_record_that_says_another_thing_of_who_it_is_waits_for_its_link(lake):
    start(lake)
    plant_links(lake, [row(0, 1.0), row(1, 1.0)])
    changed = [record_of(PEOPLE[0], "r0", amount_usd=99.0), record_of(PEOPLE[5], "r1")]
    write_records(lake, changed, day=DAY + dt.timedelta(7))
    assert handed(lake, Use.FEATURE, columns="voter_id, amount_usd") == [("NC-0000", 99.0)]


def test_events_are_handed_out_as_they_were_known_on_a_day(lake):
    start(lake)
    later = [record_of(PEOPLE[n], f"r{n}", known_on=DAY + dt.timedelta(n)) for n in range(3)]
    write_records(lake, later, day=DAY + dt.timedelta(7))
    plant_links(lake, [row(n, 1.0) for n in range(3)])
    assert who(lake, Use.FEATURE, as_of=DAY + dt.timedelta(1)) == ["r0", "r1"]
    assert who(lake, Use.FEATURE) == ["r0", "r1", "r2"]


def test_a_purpose_that_is_not_permitted_gets_nothing(lake):
    start(lake)
    plant_links(lake, [row(0, 1.0)])
    with pytest.raises(PolicyError, match="acme: contact is refused"):
        handed(lake, Use.APPEND, vendor=vendor("donations", permitted_uses=["research"]))
    with pytest.raises(PolicyError, match="may be kept until 2026-10-04"):
        handed(lake, Use.FEATURE, vendor=vendor("donations", retention_until=TODAY - dt.timedelta(1)))
    with pytest.raises(PolicyError, match="contact is refused"):
        query = vendor("donations", permitted_uses=["research"])
        select_weak(lake, policy(), "acme", query, "donations", "contact", TODAY)
    with pytest.raises(LinkError, match="acme has no surveys; it has donations"):
        select_linked(lake, policy(), "acme", vendor("donations"), "surveys", Use.FEATURE, "scoring", TODAY)


def test_withheld_columns_are_not_handed_out_for_their_purpose(lake):
    start(lake)
    plant_links(lake, [row(0, 0.97)])
    held = vendor("donations", withheld_columns={"amount_usd": ["contact"], "employer": ["contact", "scoring"]})
    query = select_linked(lake, policy(), "acme", held, "donations", Use.FEATURE, "contact", TODAY)
    other = select_linked(lake, policy(), "acme", held, "donations", Use.FEATURE, "scoring", TODAY)
    with lake.connect() as connection:
        for_contact, for_scoring = [
            [name for name, *_ in connection.execute(f"DESCRIBE {told}").fetchall()] for told in (query, other)
        ]
        assert connection.execute(query).fetchall()[0][:2] == ("NC-0000", 0.97)
    assert for_contact[:2] == ["voter_id", "link_q"] and set(for_scoring) - set(for_contact) == {"amount_usd"}
    assert "employer" not in for_scoring and "record_hash" not in for_scoring
    misspelt = vendor("donations", withheld_columns={"amount": ["contact"]})
    with pytest.raises(PolicyError, match="acme: withheld_columns names amount, which none of its tables has"):
        handed(lake, Use.FEATURE, vendor=misspelt)


def test_what_a_weak_link_tells_is_unknown_of_every_voter_it_may_mean(lake):
    start(lake, 7)
    plant_links(
        lake,
        [
            row(0, 0.95),
            row(1, 0.7, near_voter_ids=["NC-0001", "NC-0006"]),
            row(2, voter_id=None, near_voter_ids=["NC-0006", "NC-0007"]),
            row(3, voter_id=None, candidate_count=0),
            row(4, voter_id=None, decided_by="review", best_voter_id="NC-0004", near_voter_ids=["NC-0004", "NC-0008"]),
            row(5, decided_by="review", near_voter_ids=["NC-0005", "NC-0008"]),
        ],
    )
    assert weak(lake) == {"NC-0001": 1, "NC-0006": 2, "NC-0007": 1, "NC-0008": 1}
    assert weak(lake, as_of=DAY - dt.timedelta(1)) == {}


def test_nothing_is_handed_out_where_nothing_is_linked(lake):
    start(lake)
    assert handed(lake, Use.FEATURE) == [] and weak(lake) == {} and why_not(lake, "acme", "donations", Use.APPEND) == ""


def test_why_links_are_kept_back_is_told_with_how_many_reviews_are_missing(lake):
    start(lake)
    plant_links(lake, [row(0), row(1), row(2, decided_by="stated_id")])
    decide(lake, "r0", "NC-0000", "same", chance=0.5)
    decide(lake, "r1", "NC-0001", "same")
    decide(lake, "r2", "NC-0002", "unsure", chance=0.5)
    told = "NC: 2 links are not calibrated: review 299 records first."
    assert why_not(lake, "acme", "donations", Use.OUTCOME) == f"acme, donations, for outcome: {told}"
    assert why_not(lake, "acme", "donations", Use.FEATURE) == ""


def test_a_state_that_the_source_no_longer_covers_gets_nothing_out_of_old_links(lake):
    start(lake)
    plant_links(lake, [row(0, 1.0)])
    assert who(lake, Use.FEATURE) == ["r0"]
    elsewhere = vendor("donations", states=("GA",))
    for use in Use:
        assert who(lake, use, vendor=elsewhere) == who(lake, use, vendor=elsewhere, states=["NC"]) == []
