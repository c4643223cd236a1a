"""What happened since yesterday is read from receipts, releases and the ends of runs."""

import datetime as dt
import json

import pytest

from pipelines.calendar import read_calendar
from pipelines.layouts.source import read_source
from pipelines.publish.journal import StateOutcome, record_outcome
from pipelines.publish.news import Arrival, Change, ListNews, gather
from pipelines.publish.standing import Standing
from pipelines.raw.receipts import ReceiptLedger
from pipelines.settings import CONFIGS
from tests.unit.pipelines.core.records.vendor_world import donors

OLD, NEW = dt.date(2026, 9, 26), dt.date(2026, 10, 3)
ELECTION = "NC-2026-11-03-general"


def receipt(day: dt.date, at: dt.datetime, verdict: str, file: str, reason: str | None = None) -> dict:
    return {
        "file_id": file * 64, "file_name": f"{file}.txt", "delivery_id": f"nc-{day}", "role": "voters",
        "snapshot_date": day, "received_at": at, "bytes_count": 1, "layout": "nc/2009", "license": "none",
        "permitted_uses": [], "verdict": verdict, "reason": reason, "decided_by": "rules",
    }  # fmt: skip


@pytest.fixture
def night(world, lake):
    """Two releases, the second of tonight; an old delivery and a held one of tonight; a run that ended well."""
    now = dt.datetime.now(dt.UTC)
    rows = world.voters("NC")
    stood = Standing("last_good", OLD, NEW, "It is held.")
    release(world, lake, rows, "t1", stood)
    age_ledger(lake, now - dt.timedelta(days=3))
    release(world, lake, rows.slice(20), "t2", stood)
    ReceiptLedger(lake, "nc").append([receipt(OLD, now - dt.timedelta(days=9), "accepted", "a")])
    ReceiptLedger(lake, "nc").append([receipt(NEW, now - dt.timedelta(hours=2), "held", "b", "It is held.")])
    record_outcome(lake.root, StateOutcome("NC", True))
    return lambda moment=now: gather(
        lake, "voter_scores", {"nc": read_source(CONFIGS, "nc")}, read_calendar(CONFIGS), moment
    )


def release(world, lake, rows, rows_from, standing):
    stated = {"rows_from": rows_from, "made_from": rows_from, "turnout_version_id": "9f2c", "election_id": ELECTION}
    passport = {"turnout": {"9f2c": {**world.PASSPORT["turnout"]["9f2c"], "quality_statement": "AUC 0.780."}}}
    world.publish(lake.root, states={"NC": rows}, inputs={"NC": stated}, standings={"NC": standing}, passport=passport)


def age_ledger(lake, at: dt.datetime) -> None:
    path = lake.root / "published/voter_scores/ledger.jsonl"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"at": at.isoformat()}) + "\n")


def test_what_arrived_tonight_is_told_with_its_verdict(night):
    assert night().states[0].arrivals == (Arrival(NEW, 1, "held", "It is held."),)


def test_what_changed_is_counted_against_yesterday(night):
    change = night().states[0].change
    assert (change.is_rescored, change.rows, change.new, change.gone) == (True, -20, 0, 20)
    assert change.mean == pytest.approx(0, abs=0.05) and change.mean != 0


def test_what_the_manifest_and_the_passport_say_is_told(night):
    state = night().states[0]
    assert (state.told["behind_days"], state.told["standing"], state.quality) == (7, "last_good", "AUC 0.780.")
    assert state.outcome == StateOutcome("NC", True)


def test_two_days_later_nothing_is_news_but_the_age(night):
    later = night(dt.datetime.now(dt.UTC) + dt.timedelta(days=2))
    assert not later.is_new and later.states[0].arrivals == ()
    assert later.states[0].change == Change(False, 0, 0.0, 0, 0)
    assert later.states[0].told["behind_days"] == 7


def test_the_election_is_the_next_one_or_the_one_scored_when_it_is_over(night):
    assert night(dt.datetime(2026, 10, 9, tzinfo=dt.UTC)).states[0].election == (
        "2026 midterm general",
        dt.date(2026, 11, 3),
    )
    assert night(dt.datetime(2026, 12, 9, tzinfo=dt.UTC)).states[0].election == (
        "2026 midterm general",
        dt.date(2026, 11, 3),
    )


def test_before_the_first_release_there_is_a_page_too(lake):
    record_outcome(lake.root, StateOutcome("NC", False, "the disk is full."))
    morning = gather(
        lake, "voter_scores", {"nc": read_source(CONFIGS, "nc")}, read_calendar(CONFIGS), dt.datetime.now(dt.UTC)
    )
    assert (morning.release, morning.states[0].told, morning.states[0].change) == ("", {}, Change(False))
    assert morning.states[0].outcome.reason == "the disk is full."


def test_a_list_is_told_with_its_age_and_why_its_newest_delivery_is_held(lake):
    vendor = donors(name="Gifts")
    now = dt.datetime.now(dt.UTC)
    old, new = now.date() - dt.timedelta(days=20), now.date() - dt.timedelta(days=2)
    ReceiptLedger(lake, "gifts").append([{**receipt(old, now, "accepted", "a"), "delivery_id": "gifts-1"}])
    ReceiptLedger(lake, "gifts").append([receipt(new, now, "held", "b", "40 records, 400 before.")])
    told = gather(lake, "voter_scores", {}, read_calendar(CONFIGS), now, {"gifts": vendor, "empty": vendor}).lists
    assert told == (
        ListNews("Gifts", None, False, "", ""),
        ListNews("Gifts", old, True, "held", "40 records, 400 before."),
    )
