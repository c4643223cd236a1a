"""Votes that vanish, change hands or turn up out of nowhere hold a delivery; a history that rolls does not."""

import datetime as dt

import pytest

from pipelines.calendar import Election
from tests.flow.plausible_world import (
    BEFORE,
    DAY,
    ELECTIONS,
    VOTERS,
    World,
    month_later,
    people,
    source,
    text_of,
    votes_of,
)

GOOD = people()
NEXT = month_later(GOOD)
COLUMNS = text_of([]).strip().split(",")[: -len(ELECTIONS)]
SOURCE = source(is_long=True)


@pytest.fixture
def judge(tmp_path):
    """Judges a history after a good month, in which the election of 2022 was the newest unless it is said."""

    def judged(votes, elections=("e2018", "e2020", "e2022"), calendar=(), day=DAY):
        world = World(tmp_path, list(calendar))
        world.land(BEFORE, voters=text_of(GOOD, COLUMNS), history=votes_of(GOOD, list(elections)))
        world.land(day, voters=text_of(NEXT, COLUMNS), history=votes)
        return world.judge(SOURCE)

    return judged


def moved(rows, column):
    """The votes of one election, each with the next person."""
    values = [row[column] for row in rows]
    return [{**row, column: value} for row, value in zip(rows, values[1:] + values[:1], strict=True)]


HELD = {
    "the newest known election": (
        votes_of(NEXT, ["e2018", "e2020"]),
        "the newest election known, is not stated any more: a history of an older vintage.",
    ),
    "one election between": (
        votes_of(NEXT, ["e2018", "e2022"]),
        "GA-2020-11-03-general: ",
    ),
    "a tenth of one election": (
        votes_of(NEXT[: VOTERS * 8 // 10], ["e2018", "e2020", "e2022"])
        + votes_of(NEXT[VOTERS * 8 // 10 :], ["e2018", "e2022"]).partition("\n")[2],
        "known votes are gone, allowed 5%.",
    ),
    "votes of the neighbours": (votes_of(moved(NEXT, "e2020"), ["e2018", "e2020", "e2022"]), "GA-2020-11-03-general: "),
    "an election of long ago": (
        votes_of(NEXT, ["e2018", "e2020", "e2022", "e2024"]).replace("2024-11-05", "2016-11-08"),
        "votes appear after 10 years; 0 were known",
    ),
    "votes of children": (
        votes_of(NEXT, ["e2018", "e2020", "e2022"])
        + "".join(f"{row['id']},2025-11-04,G\n" for row in NEXT if row["born"] > "12/20")
        + "".join(f"{row['id']},1950-11-07,G\n" for row in NEXT[::20]),
        "new votes are of people under 17 on the day: votes and ids do not belong together.",
    ),
}


@pytest.mark.parametrize("case", HELD)
def test_a_history_that_lost_or_mixed_votes_is_held(judge, case):
    votes, sentence = HELD[case]
    judgement = judge(votes)
    assert judgement.verdict == "held" and sentence in judgement.reason, judgement.reason


FINE = {
    "the same elections": ["e2018", "e2020", "e2022"],
    "a new election": ["e2018", "e2020", "e2022", "e2024"],
    "the oldest has rolled out": ["e2020", "e2022", "e2024"],
}


@pytest.mark.parametrize("case", FINE)
def test_a_history_that_goes_on_or_rolls_is_accepted(judge, case):
    judgement = judge(votes_of(NEXT, FINE[case]))
    assert judgement.verdict == "accepted", judgement.reason


def election(day, kind="general"):
    return Election.model_validate({"jurisdiction": "GA", "date": day, "type": kind})


def test_an_election_of_the_calendar_that_nobody_posts_is_missed_after_the_lag(judge):
    votes, held = votes_of(NEXT, ["e2018", "e2020", "e2022"]), [election("2024-11-05")]
    judgement = judge(votes, calendar=held)
    assert judgement.verdict == "held" and "No vote of 2024-11-05, general, is stated" in judgement.reason


def test_an_election_that_is_not_due_yet_is_not_missed(judge):
    votes = votes_of(NEXT, ["e2018", "e2020", "e2022"])
    assert judge(votes, calendar=[election(str(DAY - dt.timedelta(days=20)))]).verdict == "accepted"


def test_the_history_of_last_month_is_held_once_an_election_was_held(judge):
    votes, held = votes_of(GOOD, ["e2018", "e2020", "e2022"]), [election(str(DAY - dt.timedelta(days=20)))]
    judgement = judge(votes, calendar=held)
    told = f"Its history files are byte for byte those of {BEFORE}, and 1 elections were held since"
    assert judgement.verdict == "held" and told in judgement.reason, judgement.reason


def test_the_history_of_last_month_is_fine_while_nothing_was_voted_on(judge):
    assert judge(votes_of(GOOD, ["e2018", "e2020", "e2022"])).verdict == "accepted"
