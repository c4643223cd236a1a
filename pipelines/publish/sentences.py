"""The plain sentences of the morning page: first whether all is well, then state by state why not."""

import datetime as dt

from pipelines.publish.news import Arrival, ListNews, Morning, StateNews

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")

SHOWN_ARRIVALS = 4
"""Deliveries that a card names; a day rarely brings more than one."""


def number(count: int) -> str:
    """A small number as a word, a large one in digits."""
    return _NUMBERS[count] if 0 <= count < len(_NUMBERS) else f"{count:,}"


def day_text(day: dt.date) -> str:
    """`1 September 2026`."""
    return f"{day.day} {day:%B %Y}"


def days_text(count: int) -> str:
    """`1 day`, `31 days`."""
    return f"{count:,} day{'' if count == 1 else 's'}"


def mood_of(news: StateNews) -> str:
    """`fresh`, `waits` where older rows are in use, or `broken` where a run failed or nothing is published."""
    if not news.told or (news.outcome and not news.outcome.is_success):
        return "broken"
    return "fresh" if news.told.get("standing", "fresh") == "fresh" else "waits"


def headline(morning: Morning) -> str:
    """The first sentence: how many states are fresh."""
    states, fresh = morning.states, [found for found in morning.states if mood_of(found) == "fresh"]
    if not morning.release:
        return "Nothing is published yet."
    if len(fresh) == len(states):
        whole = {1: f"{states[0].name} is fresh.", 2: "Both states are fresh."} if states else {}
        return whole.get(len(states), f"All {number(len(states))} states are fresh.")
    if not fresh:
        return f"{states[0].name} is not fresh." if len(states) == 1 else "No state is fresh."
    verb = "is" if len(fresh) == 1 else "are"
    return f"{number(len(fresh)).capitalize()} of {number(len(states))} states {verb} fresh."


def state_sentence(news: StateNews) -> str:
    """How a state stands."""
    if not news.told:
        failed = (
            "Its last run failed." if news.outcome and not news.outcome.is_success else "Nothing of it was scored yet."
        )
        return f"{news.name} is not published. {failed}"
    file, behind = day_text(dt.date.fromisoformat(news.told["snapshot_date"])), news.told["behind_days"]
    late = f", {days_text(behind)} behind" if behind else ""
    if news.outcome and not news.outcome.is_success:
        return f"The last run of {news.name} failed. Its rows from the file of {file} stay in use{late}."
    if news.told["standing"] == "fresh":
        return f"{news.name} is fresh, from its file of {file}."
    stands = "stands at its last good file" if news.told["standing"] == "last_good" else "keeps its rows from the file"
    return f"{news.name} {stands} of {file}{late}."


def reason_of(news: StateNews) -> str:
    """Why a state is not fresh; empty when it is."""
    if news.outcome and not news.outcome.is_success:
        return news.outcome.reason
    return str(news.told.get("reason", ""))


def change_sentence(news: StateNews) -> str:
    """What changed since yesterday."""
    change = news.change
    if not news.told:
        return "No rows."
    if change.rows is None:
        return "There are no rows of yesterday to compare with."
    start = "New scores" if change.is_rescored else "The scores of yesterday stand"
    moved = (
        "" if not change.is_rescored or change.mean is None else f"; the mean moved by {100 * change.mean:+.1f} points"
    )
    people = "" if change.new is None else f"; {change.new:,} people new, {change.gone:,} gone"
    rows = f"; {change.rows:+,} rows" if change.rows else ""
    return f"{start}{moved}{people if change.new or change.gone else ''}{rows}."


def arrival_sentence(arrival: Arrival) -> str:
    """A delivery that arrived, and what became of it."""
    files = f"{arrival.files} file{'' if arrival.files == 1 else 's'}"
    words = {"accepted": "in use", "held": "held", "received": "waits", "rejected": "refused"}
    return f"{files} of {day_text(arrival.snapshot_date)}: {words.get(arrival.verdict, arrival.verdict)}"


def arrival_sentences(news: StateNews) -> list[str]:
    """What arrived, the newest first; the oldest are counted where many came at once."""
    told = [arrival_sentence(arrival) for arrival in reversed(news.arrivals)]
    older = len(told) - SHOWN_ARRIVALS
    return told if older <= 1 else [*told[:SHOWN_ARRIVALS], f"and {number(older)} older deliveries"]


def election_sentence(news: StateNews, today: dt.date) -> str:
    """The day of the next election, and the days to it."""
    if news.election is None:
        return "None is in the calendar."
    day = news.election[1]
    days = (day - today).days
    when = "today" if days == 0 else f"in {days_text(days)}" if days > 0 else f"{days_text(-days)} ago"
    return f"{day_text(day)}, {when}"


def behind_sentence(news: StateNews) -> str:
    """How far the file in use is behind the newest; empty where it is the newest."""
    behind = news.told.get("behind_days", 0)
    newest = day_text(dt.date.fromisoformat(news.told["newest_file_date"])) if behind else ""
    return f"{days_text(behind)} behind the newest file, of {newest}" if behind else ""


def age_sentence(news: StateNews, today: dt.date) -> str:
    """How old the file in use is."""
    if not news.told:
        return "no file in use"
    file = dt.date.fromisoformat(news.told["snapshot_date"])
    return f"{day_text(file)}, {days_text((today - file).days)} old"


def list_mood(news: ListNews) -> str:
    """`fresh`, `waits` where an older delivery is in use or the list is late, or `broken` where none is in use."""
    if news.in_use is None:
        return "broken" if news.verdict else "waits"
    return "fresh" if news.verdict == "accepted" and not news.is_late else "waits"


def list_sentence(news: ListNews, today: dt.date) -> str:
    """How a list stands."""
    if not news.verdict:
        return "Nothing has come yet."
    if news.in_use is None:
        return "Its first delivery is not in use."
    age = f"{day_text(news.in_use)}, {days_text((today - news.in_use).days)} old"
    return f"{age}{', later than usual' if news.is_late else ''}"


def markdown(morning: Morning) -> str:
    """The page for the UI: the sentences, and a line for each state."""
    lines = [f"**{headline(morning)}**", ""]
    for news in morning.states:
        why = reason_of(news)
        lines += [f"- {state_sentence(news)} {change_sentence(news)}{' Why: ' + why if why else ''}"]
        lines += [f"  - arrived: {told}" for told in arrival_sentences(news)]
    for each in morning.lists:
        why = f" Why: {each.reason}" if each.verdict == "held" else ""
        lines += [f"- {each.name}: {list_sentence(each, morning.written_at.date())}{why}"]
    return "\n".join([*lines, "", f"Written {morning.written_at:%Y-%m-%d %H:%M %Z}."])
