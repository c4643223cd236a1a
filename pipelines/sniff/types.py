"""Codes of the type of an election, told by the days that they stand beside: all votes of a day have one type."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from pipelines.calendar import Election, election_day
from pipelines.layouts.elections import held_on
from pipelines.sniff.notes import Noted
from pipelines.sniff.profile import ColumnProfile, read_day
from pipelines.sniff.vocabulary import Vocabulary

_LONGEST, _FEWEST_DAYS = 4, 4
_OF_THE_DAY = 0.98  # of the votes have the code of most of their day; local elections on the day of others have not


def type_by_days(
    days: Sequence[ColumnProfile],
    codes: ColumnProfile,
    parts: Sequence[ColumnProfile],
    calendar: Sequence[Election],
    vocabulary: Vocabulary,
    rows: Sequence[Sequence[str]],
) -> dict[str, Any] | None:
    """A column of codes of which a day has one, as the type of the election; nothing where days have several.

    Args:
        days: Columns of days.
        codes: The columns of codes as one.
        parts: The columns of codes, each beside one of days.
        calendar: Elections of the state, which tell what a code means.
        vocabulary: What a code mostly means elsewhere.
        rows: Rows of the file.
    """
    if not codes.filled or codes.longest > _LONGEST or codes.is_dates:
        return None
    beside: dict[str, Counter[str]] = defaultdict(Counter)
    for day, code in zip(days, parts, strict=True):
        for row in rows:
            if len(row) > max(day.place, code.place) and row[day.place].strip() and row[code.place].strip():
                beside[row[day.place].strip()][row[code.place].strip()] += 1
    votes = sum(map(Counter.total, beside.values()))
    alike = sum(max(found.values()) for found in beside.values())
    if len(codes.texts) < 2 or len(beside) < _FEWEST_DAYS or alike < _OF_THE_DAY * votes:
        return None
    types = {code: _type_of(code, beside, days[0].days.formats, calendar, vocabulary) for code in codes.codes()}
    return {
        "from": codes.header,
        "code": Noted(types, "a day has one of these codes: their meaning is that of its days"),
    }


def _type_of(
    code: str,
    beside: dict[str, Counter[str]],
    formats: Sequence[str],
    calendar: Sequence[Election],
    vocabulary: Vocabulary,
) -> str:
    """The type of most of the days of a code, else what it means elsewhere."""
    held: Counter[str] = Counter()
    for text, found in beside.items():
        day = read_day(text, formats)
        known = held_on(day, calendar) if day else []
        known = known or (["general"] if day and day == election_day(day.year) else [])
        held[known[0] if known else ""] += found[code]
    best = held.most_common(1)[0][0]
    return best or vocabulary.word_of("election_type", code.upper()) or "special"
