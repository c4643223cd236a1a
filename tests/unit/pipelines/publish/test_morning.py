"""The morning page says in plain sentences what a person must know, and nothing about a person."""

import datetime as dt
import re
from html.parser import HTMLParser

import pytest

from pipelines.publish.journal import StateOutcome
from pipelines.publish.morning import morning_page
from pipelines.publish.news import Arrival, Change, ListNews, Morning, StateNews
from pipelines.publish.sentences import arrival_sentences, change_sentence, headline, markdown, state_sentence

NOW = dt.datetime(2026, 10, 9, 7, 30, tzinfo=dt.UTC)
ELECTION = ("2026 midterm general", dt.date(2026, 11, 3))


STOOD = Change(False, 0, 0.0, 0, 0)


def told(standing="fresh", day="2026-10-01", newest="2026-10-01", behind=0, reason=""):
    scores = {"turnout_probability": {"mean": 0.5123}}
    days = {"snapshot_date": day, "newest_file_date": newest, "behind_days": behind}
    return {"rows": 48156, "scores": scores, "standing": standing, "reason": reason, **days}


def news(state="NC", name="North Carolina", change=STOOD, outcome=None, arrivals=(), **words):
    said = words.pop("said", None)
    inputs = {"turnout_version_id": "9f2c", "election_id": f"{state}-2026-11-03-general"}
    return StateNews(
        state, name, told(**words) if said is None else said, inputs, "AUC 0.780.", change, arrivals, outcome, ELECTION
    )


def morning(*states, release="ab12"):
    return Morning(NOW, release, True, states)


HELD = {
    "standing": "last_good",
    "day": "2026-09-01",
    "newest": "2026-10-02",
    "behind": 31,
    "reason": "1 <required> column is missing.",
}
OHIO = news("OH", "Ohio", **HELD)
FAILED = news("FL", "Florida", outcome=StateOutcome("FL", False, "feature_voters: No space left on device."))


@pytest.mark.parametrize(
    ("states", "sentence"),
    [
        ([news(), news("OH", "Ohio"), news("FL", "Florida")], "All three states are fresh."),
        ([news(), news("FL", "Florida")], "Both states are fresh."),
        ([news()], "North Carolina is fresh."),
        ([news(), OHIO, news("FL", "Florida")], "Two of three states are fresh."),
        ([news(), OHIO, FAILED], "One of three states is fresh."),
        ([OHIO, FAILED], "No state is fresh."),
        ([OHIO], "Ohio is not fresh."),
    ],
)
def test_the_first_sentence_says_whether_all_is_well(states, sentence):
    assert headline(morning(*states)) == sentence
    assert f"<h1>{sentence}</h1>" in morning_page(morning(*states))


def test_a_held_state_is_told_with_its_age_and_why():
    assert state_sentence(OHIO) == "Ohio stands at its last good file of 1 September 2026, 31 days behind."
    page = morning_page(morning(news(), OHIO))
    assert page.index("31 days behind.") < page.index("<article>"), "what is wrong stands before the cards"
    assert "1 &lt;required&gt; column is missing." in page


def test_a_failed_run_is_told_although_its_rows_look_fresh():
    assert (
        state_sentence(FAILED)
        == "The last run of Florida failed. Its rows from the file of 1 October 2026 stay in use."
    )
    assert "No space left on device" in morning_page(morning(FAILED))


def test_a_state_that_was_never_published_is_told():
    absent = news("GA", "Georgia", said={})
    assert headline(morning(absent, release="")) == "Nothing is published yet."
    assert state_sentence(absent) == "Georgia is not published. Nothing of it was scored yet."
    assert "<h2>Georgia</h2>" in morning_page(morning(news(), absent))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (Change(False, 0, 0.0, 0, 0), "The scores of yesterday stand."),
        (
            Change(True, 120, 0.0123, 400, 280),
            "New scores; the mean moved by +1.2 points; 400 people new, 280 gone; +120 rows.",
        ),
        (Change(True, None), "There are no rows of yesterday to compare with."),
        (Change(True, -3, None, None, None), "New scores; -3 rows."),
    ],
)
def test_what_changed(change, sentence):
    assert change_sentence(news(change=change)) == sentence


def test_what_arrived_when_the_election_is_and_how_old_the_file_is():
    arrivals = (Arrival(dt.date(2026, 10, 8), 2, "held", "why"), Arrival(dt.date(2026, 10, 1), 1, "accepted", ""))
    page = morning_page(morning(news(arrivals=arrivals)))
    assert "1 file of 1 October 2026: in use<br>2 files of 8 October 2026: held" in page
    assert "3 November 2026, in 25 days<small>2026 midterm general</small>" in page
    assert "1 October 2026, 8 days old" in page
    assert "AUC 0.780." in page and "Written 2026-10-09 07:30 UTC" in page


def test_many_deliveries_at_once_are_counted():
    days = [dt.date(2026, month, 1) for month in range(1, 10)]
    lines = arrival_sentences(news(arrivals=tuple(Arrival(day, 2, "accepted", "") for day in days)))
    assert lines[0] == "2 files of 1 September 2026: in use" and lines[-1] == "and five older deliveries"
    assert len(lines) == 5


class Outline(HTMLParser):
    """Open tags, and everything that a page would fetch."""

    def __init__(self):
        super().__init__()
        self.open, self.fetched, self.headings = [], [], []

    def handle_starttag(self, tag, attrs):
        self.fetched += [value for name, value in attrs if name in ("src", "href")]
        self.headings += [tag] if tag in ("h1", "h2") else []
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_whole_by_itself_and_without_scripts():
    page = morning_page(morning(news(), OHIO, FAILED))
    outline = Outline()
    outline.feed(page)
    assert outline.open == [] and outline.fetched == []
    assert "<script" not in page and "url(" not in page and "@import" not in page
    assert outline.headings == ["h1", "h2", "h2", "h2"]
    assert '<html lang="en">' in page and "width=device-width" in page


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("ink", "paper"),
        ("soft", "card"),
        ("soft", "paper"),
        ("fresh", "fresh-bg"),
        ("waits", "waits-bg"),
        ("broken", "broken-bg"),
    ],
)
def test_the_colours_can_be_read_by_weak_eyes(ink, ground):
    colours = dict(re.findall(r"--([\w-]+): (#\w+)", morning_page(morning(news()))))
    colours = {
        name: value if len(value) == 7 else "#" + "".join(2 * part for part in value[1:])
        for name, value in colours.items()
    }
    light, dark = sorted((luminance(colours[ink]), luminance(colours[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5, "WCAG AA"


def test_the_ui_has_the_same_sentences():
    text = markdown(morning(news(), OHIO))
    assert (
        text.startswith("**One of two states is fresh.**")
        and "31 days behind. The scores of yesterday stand. Why: 1" in text
    )


def test_lists_stand_under_the_states_and_a_held_one_says_why():
    day = dt.date(2026, 10, 1)
    lists = (
        ListNews("Gifts", day, False, "accepted", ""),
        ListNews("Phones", day, True, "accepted", ""),
        ListNews("Mail", day, False, "held", "3 <codes> are new."),
        ListNews("Doors", None, False, "held", "No column."),
        ListNews("Texts", None, False, "", ""),
    )
    page = morning_page(Morning(NOW, "ab12", True, (news(),), lists))
    section = page[page.index('aria-label="Lists"') : page.index("<footer")]
    assert re.findall(r"<dd>(.*?)<", section) == [
        "1 October 2026, 8 days old", "1 October 2026, 8 days old, later than usual ", "1 October 2026, 8 days old ",
        "Its first delivery is not in use. ", "Nothing has come yet. ",
    ]  # fmt: skip
    assert section.count("pill waits") == 3 and section.count("pill broken") == 1
    assert "3 &lt;codes&gt; are new." in section and "3 <codes> are new." in markdown(
        Morning(NOW, "ab12", True, (news(),), lists)
    )
