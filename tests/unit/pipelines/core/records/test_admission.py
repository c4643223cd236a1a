"""A vendor's files come in as a state's do: receipt, layout, difference, rejects, plausibility, last good."""

import datetime as dt

import pytest
from pydantic import ValidationError

from pipelines.raw.receipts import ReceiptLedger
from pipelines.tables.campaign import RecordRejects
from tests.unit.pipelines.core.records.vendor_world import COLUMNS, DAY, HEADER, LATER, NEXT, VendorWorld, donors, gifts


@pytest.fixture
def world(lake, tmp_path):
    return VendorWorld(lake, tmp_path / "landing")


def test_records_are_typed_and_keyed(world):
    judged = world.admit(HEADER, '7,"DOE, JANE",0012,2026-08-01,"$1,250.50",G', '8,"ROE, RICHARD",,,(40),R')
    assert judged.verdict == "accepted", judged.reason
    assert world.rows("source_record_id, full_name, stated_voter_id, CAST(amount_usd AS DOUBLE), gift_kind_code") == [
        ("7", "DOE, JANE", "GA-0012", 1250.5, "gift"),
        ("8", "ROE, RICHARD", None, -40.0, "refund"),
    ]


def test_a_first_file_is_known_since_its_events_by_assumption_and_later_rows_since_they_came(world):
    world.admit(HEADER, '1,"A, B",,2026-07-01,5,G', '2,"C, D",,,5,G')
    assert world.rows("source_record_id, CAST(known_on AS VARCHAR), is_known_on_assumed") == [
        ("1", "2026-07-06", True), ("2", str(DAY), False),
    ]  # fmt: skip
    changed = '2,"C, D",,,6,G'
    world.admit(HEADER, '1,"A, B",,2026-07-01,5,G', changed, '3,"E, F",,2026-07-02,1,G', day=NEXT)
    assert world.rows("source_record_id, CAST(known_on AS VARCHAR), is_known_on_assumed", NEXT) == [
        ("1", "2026-07-06", True), ("2", str(NEXT), False), ("3", str(NEXT), False),
    ]  # fmt: skip


def test_rows_that_break_a_rule_wait_with_their_line(world):
    of = donors(plausibility={"rejected_share": 1})
    lines = ['1,"A, B",,,5,G', ',"C, D",,,5,G', "3,,,,5,G", '4,"E, F",,,5,G', '4,"E, F",,,6,G', HEADER]
    judged = world.admit(HEADER, *lines, of=of)
    assert judged.verdict == "accepted", judged.reason
    assert world.rows("source_record_id") == [("1",)]
    assert world.rows("row_number, rule", table=RecordRejects) == [
        (3, "is stated"), (4, "says who it is about"), (5, "has one set of facts for an id"),
        (6, "has one set of facts for an id"), (7, "is a row of data, not the header again"),
    ]  # fmt: skip


def test_a_record_without_an_id_has_that_of_its_row(world):
    columns = {name: column for name, column in COLUMNS.items() if name != "source_record_id"}
    of = donors(columns)
    world.admit(HEADER, '1,"A, B",,,5,G', '1,"A, B",,,5,G', '2,"A, B",,,5,G', of=of)
    first = world.rows("source_record_id")
    assert len(first) == 2
    world.admit(HEADER, '2,"A, B",,,5,G', '3,"A, B",,,5,G', '1,"A, B",,,5,G', of=of, day=NEXT)
    assert set(first) < set(world.rows("source_record_id", NEXT))


def test_files_that_add_leave_what_was_there(world):
    of = donors(file={"is_additional": True})
    world.admit(HEADER, '1,"A, B",,,5,G', '2,"C, D",,,5,G', of=of)
    world.admit(HEADER, '2,"C, D",,,7,G', '3,"E, F",,,5,G', of=of, day=NEXT)
    assert world.rows("source_record_id, CAST(amount_usd AS INTEGER), CAST(known_on AS VARCHAR)", NEXT) == [
        ("1", 5, str(DAY)), ("2", 7, str(NEXT)), ("3", 5, str(NEXT)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "lines", "says"),
    [
        (HEADER.replace("amount", "betrag"), gifts(0, 400), "amount"),
        (HEADER, gifts(0, 40), "40 records, 400 before"),
        (HEADER, gifts(5000, 400), "400 of 400 records are gone"),
        (HEADER, [line.replace(",G", ",R") for line in gifts(0, 400)], "gift_kind_code: gift for 0.0%"),
        (HEADER, [line.replace("2026-08-01", "soon") for line in gifts(0, 400)], "donation_date"),
        (HEADER, [line.replace("2026-08-01", "2026-12-01") for line in gifts(0, 400)], "donation_date"),
        (HEADER, gifts(0, 400, amount=1000), "amount_usd: 400 records have another value"),
        (HEADER, [f"{n},,7{n},2026-08-01,{10 + n % 7},G" for n in range(400)], "full_name"),
    ],
    ids=["renamed", "shrunk", "other people", "other codes", "no days", "days ahead", "other amounts", "other names"],
)  # fmt: skip
def test_an_implausible_file_is_held_and_the_last_good_stays(world, header, lines, says):
    assert world.admit(HEADER, *gifts(0, 400)).verdict == "accepted"
    judged = world.admit(header, *lines, day=NEXT)
    assert judged.verdict == "held"
    assert says in judged.reason
    assert world.rows("count(*)") == [(400,)] and world.rows("count(*)", NEXT) == [(0,)]


def test_an_old_file_under_a_new_day_is_held(world):
    world.admit(HEADER, *gifts(0, 1200))
    again = world.admit(HEADER, *gifts(0, 1200), day=NEXT)
    assert (again.verdict, "byte for byte" in again.reason) == ("held", True)
    turned = world.admit(HEADER, *reversed(gifts(0, 1200)), day=LATER)
    assert (turned.verdict, "an old file under a new day" in turned.reason) == ("held", True)


def test_nothing_is_read_twice_and_receipts_say_what_it_may_serve(world):
    first = world.admit(HEADER, *gifts(0, 20))
    assert next(iter(first.records.values())).is_new
    again = world.admit(HEADER, *gifts(0, 20))
    assert again.verdict == "accepted" and again.staged is None
    (event,) = ReceiptLedger(world.lake, "test").newest().values()
    assert event["permitted_uses"] == ["campaign"] and event["role"] == "donations"


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"amount_usd": "amount"}, "amount_usd needs the operation amount or values, found none"),
        ({"income_usd": {"from": "amount", "amount": True}}, "core_donations has no column income_usd"),
        ({"known_on": {"from": "given", "date": "%Y-%m-%d"}}, "core_donations has no column known_on"),
        ({"gift_kind_code": {"from": "refund", "code": {"R": "loan"}}}, "gift_kind_code is one of gift, refund, memo"),
    ],
)
def test_a_layout_of_records_is_held_against_its_table(columns, says):
    with pytest.raises(ValidationError, match=says):
        donors(columns)


def test_a_slip_in_a_small_file_that_adds_does_not_hold_it(world):
    of = donors(file={"is_additional": True})
    world.admit(HEADER, *gifts(0, 300), of=of)
    slips = ['900,"A, B",,,5,G', '901,"C, D",,2026-08-01,5,G', ",,,,5,G", '903,"E, F",,soon,5,G']
    judged = world.admit(HEADER, *slips, of=of, day=NEXT)
    assert judged.verdict == "accepted", judged.reason
    assert world.rows("count(*), count_if(donation_date IS NULL AND source_record_id >= '900')", NEXT) == [(303, 2)]


@pytest.mark.parametrize("days", [31, 92, 181])
def test_a_list_cut_to_a_few_is_held_however_long_ago_the_last_one_came(world, days):
    world.admit(HEADER, *gifts(0, 1000))
    judged = world.admit(HEADER, *gifts(0, 15), day=DAY + dt.timedelta(days=days))
    assert judged.verdict == "held" and "985 of 1,000 records are gone" in judged.reason


def test_a_list_that_may_stay_as_it_is_is_not_held_for_that(world):
    of = donors(may_stay=True)
    world.admit(HEADER, *gifts(0, 1200), of=of)
    assert world.admit(HEADER, *gifts(0, 1200), of=of, day=NEXT).verdict == "accepted"
    assert world.rows("count(DISTINCT known_on)", NEXT) == [(1,)]


def test_another_address_makes_no_new_gift_and_another_amount_does(world):
    world.admit(HEADER, '1,"A, B",,2026-07-01,5,G', '2,"C, D",,2026-07-01,5,G')
    world.admit(HEADER, '1,"A, BEA",,2026-07-01,5,G', '2,"C, D",,2026-07-01,6,G', day=NEXT)
    assert world.rows("source_record_id, CAST(known_on AS VARCHAR)", NEXT) == [("1", "2026-07-06"), ("2", str(NEXT))]
