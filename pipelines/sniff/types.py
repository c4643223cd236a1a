"""Which election a text names, and of what type: by words, by abbreviations, or by the days that codes stand beside."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from pipelines.calendar import Election, election_day
from pipelines.layouts.elections import held_on
from pipelines.sniff.notes import Noted
from pipelines.sniff.profile import ColumnProfile, read_day
from pipelines.sniff.vocabulary import Vocabulary
from pipelines.sniff.votes import TYPE_PATTERNS, found_in
from pipelines.sniff.words import words_of

_TYPE_OF_WORD = {
    "general": "general", "gen": "general", "primary": "primary", "pr": "primary", "prim": "primary",
    "pp": "presidential_primary", "presidential": "presidential_primary", "special": "special", "runoff": "runoff",
    "municipality": "municipal", "city": "municipal", "school": "municipal",
}  # fmt: skip
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


def type_of_header(header: str) -> str:
    """The type that the words of a header name, if they do."""
    return next((_TYPE_OF_WORD[word] for word in words_of(header.replace("{n}", "")) if word in _TYPE_OF_WORD), "")


def names_election(header: str, texts: ColumnProfile) -> dict[str, Any] | None:
    """How texts name elections: by the day, the year, or a code with a year; nothing where they name none.

    Args:
        header: Header of the columns, `{n}` for their number.
        texts: The columns as one.
    """
    if not texts.filled or "registration" in words_of(header) or "birth" in words_of(header):
        return None
    if texts.is_dates:
        return {"election_date": {"from": header, "date": list(texts.days.formats)}}
    if texts.share(r"(19|20)\d\d|0+") > 0.98 and texts.share(r"(19|20)\d\d") > 0:
        return {"election": {"from": header, "pattern": r"(?P<year>[1-9]\d{3})"}}
    coded = r"([A-Za-z]+)[ -]*((?:19|20)?\d\d)"
    if texts.share(coded) > 0.9:
        kinds = sorted({match[1].upper() for text in texts.texts if (match := re.fullmatch(coded, text))})
        types = {kind: said for kind in kinds if (said := _type_of_code(kind))}
        unknown = [kind for kind in kinds if kind not in types]
        remark = f"meaning not known: {', '.join(unknown)}" if unknown else "by the usual abbreviations"
        pattern = r"(?P<type>[A-Za-z]+)[ -]*(?P<year>(?:19|20)?\d{2})"
        return {"election": {"from": header, "pattern": pattern, "types": Noted(types, remark)}} if types else None
    return None


_CODES = {
    "G": "general", "GE": "general", "GN": "general", "GEN": "general", "P": "primary", "PR": "primary",
    "PRI": "primary",     "PP": "presidential_primary",
    "PPP": "presidential_primary", "S": "special", "SP": "special", "SPE": "special",
    "M": "municipal", "MU": "municipal", "R": "runoff", "RO": "runoff", "RUN": "runoff",
}  # fmt: skip


def _type_of_code(code: str) -> str | None:
    if code in _CODES:
        return _CODES[code]
    pattern = found_in(code, TYPE_PATTERNS)
    return TYPE_PATTERNS[pattern] if pattern else None
