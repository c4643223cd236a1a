"""How old a state's rows are, counted from files and never from a clock."""

import datetime as dt

import pytest

from pipelines.publish.standing import standing_of
from pipelines.raw.receipts import Delivery

ELECTION = dt.date(2026, 11, 3)


def delivery(day: str, verdict: str = "accepted", reason: str = "") -> Delivery:
    return Delivery("oh", dt.date.fromisoformat(day), ({"verdict": verdict, "reason": reason, "file_id": day},))


CASES = {
    "the newest file is in use": (["2026-09-01"], "", ("fresh", 0, "")),
    "a newer one is held": (
        ["2026-09-01", ("2026-10-02", "held", "It is held.")],
        "",
        ("last_good", 31, "It is held."),
    ),
    "a newer one waits": (
        ["2026-09-01", ("2026-09-02", "received", "Waits for history.")],
        "",
        ("last_good", 1, "Waits for history."),
    ),
    "a newer one is not judged": (
        ["2026-09-01", ("2026-09-02", "received", None)],
        "",
        ("last_good", 1, "A newer delivery has arrived and is not judged yet."),
    ),
    "a broken file came again for the same day": ([("2026-09-01", "held", "Broken.")], "", ("last_good", 0, "Broken.")),
    "an older one is held": ([("2026-08-01", "held", "Old."), "2026-09-01"], "", ("fresh", 0, "")),
    "a file made after the election is no source of its score": (["2026-09-01", "2026-11-20"], "", ("fresh", 0, "")),
    "it is in trouble": (["2026-09-01", "2026-09-08"], "A table is damaged.", ("kept", 7, "A table is damaged.")),
}


@pytest.mark.parametrize("case", CASES)
def test_standing(case):
    sent, trouble, (kind, behind, reason) = CASES[case]
    deliveries = [delivery(found) if isinstance(found, str) else delivery(*found) for found in sent]
    standing = standing_of(dt.date(2026, 9, 1), ELECTION, deliveries, trouble)
    assert (standing.kind, standing.behind_days, standing.reason) == (kind, behind, reason)


def test_a_study_whose_only_file_is_later_than_its_election_is_fresh():
    standing = standing_of(dt.date(2006, 12, 31), dt.date(2006, 8, 8), [delivery("2006-12-31")])
    assert (standing.kind, standing.behind_days) == ("fresh", 0)
