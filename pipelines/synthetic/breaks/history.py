"""Breaks of the histories: elections that are gone, files of an older vintage, votes that are stated no more."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence

from pipelines.layouts.files import Role
from pipelines.layouts.history import LongHistory
from pipelines.layouts.reading.positions import Positions
from pipelines.layouts.slots import CodeMapped, FreeText, RelativeSlots, SlotGroup
from pipelines.layouts.source import Layout
from pipelines.layouts.wide import WideHistory
from pipelines.synthetic.breaks.kinds import HELD, LOADS, Break, all_texts
from pipelines.synthetic.breaks.texts import TextFile, change_values
from pipelines.synthetic.breaks.victim import Victim

_LOST = r"votes|election"


def _is_apart(layout: Layout) -> bool:
    """Whether the history is landed in files of its own."""
    history, voters = layout.files.get("history"), layout.files["voters"]
    return bool(history and history.written and voters.written) and history.written.file != voters.written.file


def _lose_files(victim: Victim) -> None:
    for file in victim.files("history"):
        file.unlink()


def _long(layout: Layout) -> LongHistory | None:
    history = layout.files["history"].history if "history" in layout.files else None
    return history if isinstance(history, LongHistory) else None


def _election_header(layout: Layout) -> str | None:
    """The header that tells the election of a vote, where it is a field of the file."""
    history = _long(layout)
    if history is None:
        return None
    day = history.columns.get("election_date")
    header = day.from_[0] if day else history.election.from_ if history.election else None
    return header if header in layout.files["history"].format.names else None


def _age(text: str, formats: Sequence[str]) -> str:
    """What an election's text says of its day, so that a later one is greater."""
    for format_ in formats:
        try:
            return str(dt.datetime.strptime(text, format_.replace("%-", "%")).date())
        except ValueError:
            continue
    return max(re.findall(r"(?:19|20)\d\d", text), default="")


def _lose_newest(victim: Victim) -> None:
    """The votes of the two newest elections are gone from every text."""
    history, header = _long(victim.layout), _election_header(victim.layout) or ""
    day = history.columns.get("election_date") if history else None

    def cut(content: bytes, how: TextFile) -> bytes:
        rows = how.rows(content)
        nth = how.position(rows, header)
        ages = [_age(how.value(row[nth]), day.date or () if day else ()) for row in rows[1:]]
        newest = sorted(set(ages))[-2:]
        return how.content([rows[0], *(row for row, age in zip(rows[1:], ages, strict=True) if age not in newest)])

    victim.rewrite(cut, "history")


def _lose_largest(victim: Victim) -> None:
    """The votes of the election with most votes are gone from every text."""
    header = _election_header(victim.layout) or ""

    def counted(content: bytes, how: TextFile) -> bytes:
        rows = how.rows(content)
        nth = how.position(rows, header)
        counts.update(how.value(row[nth]) for row in rows[1:])
        return content

    def cut(content: bytes, how: TextFile) -> bytes:
        rows = how.rows(content)
        nth = how.position(rows, header)
        return how.content([row for row in rows if how.value(row[nth]) != lost])

    counts: Counter[str] = Counter()
    victim.rewrite(counted, "history")
    ((lost, _),) = counts.most_common(1)
    victim.rewrite(cut, "history")


def _reformat_elections(victim: Victim) -> None:
    header = _election_header(victim.layout) or ""
    victim.rewrite(lambda content, how: change_values(content, header, lambda text: f"E {text}", 1, how), "history")


def _repeat_votes(content: bytes, how: TextFile) -> bytes:
    rows = how.rows(content)
    return how.content([*rows, *rows[1:40]])


def _lose_column(victim: Victim) -> None:
    """The columns of the newest election are gone, of the last one where headers tell no day."""
    role, history = _wide(victim.layout)[0]

    def cut(content: bytes, how: TextFile) -> bytes:
        rows = how.rows(content)
        headers = [how.value(name) for name in rows[0]]
        dated = [found.header for found in history.elections_in(headers)]
        named = dated or [header for header in headers if history.name_in(header)]
        name = history.name_in(named[-1]) or ""
        lost = {Positions(tuple(headers)).like(template, name) for template in history.templates}
        return how.content([[cell for nth, cell in enumerate(row) if nth not in lost] for row in rows])

    victim.rewrite(cut, role)


def _wide(layout: Layout) -> list[tuple[Role, WideHistory]]:
    """The role whose rows have a column for each election, and the shape of that history."""
    found = [(role, files.history) for role, files in layout.files.items()]
    return [(role, history) for role, history in found if isinstance(history, WideHistory)]


def _vote_headers(layout: Layout) -> list[str]:
    """Headers of the fields without which no vote of a voter's row is stated; none where such a header repeats."""
    history = layout.files["voters"].history
    if isinstance(history, FreeText):
        return [history.from_]
    groups: Sequence[SlotGroup | CodeMapped] = (
        history.slots if isinstance(history, RelativeSlots) else [history] if isinstance(history, CodeMapped) else []
    )
    named = [group.stated_by.replace("{n}", str(n)) for group in groups for n in range(1, group.count + 1)]
    names = layout.files["voters"].format.names
    return named if len(set(named)) == len(named) and set(named) <= set(names) else []


def _empty_votes(victim: Victim) -> None:
    def emptied(content: bytes, how: TextFile) -> bytes:
        for header in _vote_headers(victim.layout):
            content = change_values(content, header, lambda _: "", 1, how)
        return content

    victim.rewrite(emptied)


BREAKS: Sequence[Break] = (
    Break(  # North Carolina's two files come in two transfers
        name="history_missing",
        sentence="The history did not come.",
        change=_lose_files,
        outcomes=frozenset({"waits"}),
        cause=r"Waits for history",
        fits=_is_apart,
    ),
    Break(  # a history that was not written anew: Washington's files are of one or two years
        name="history_of_older_vintage",
        sentence="The history is of an older vintage: the two newest elections are not in it.",
        change=_lose_newest,
        outcomes=HELD,
        cause=_LOST,
        fits=lambda layout: bool(_election_header(layout)),
    ),
    Break(  # Georgia's and Maine's histories are a file for each year or election: one is missing
        name="election_missing",
        sentence="The votes of one election are missing in the history.",
        change=_lose_largest,
        outcomes=HELD,
        cause=_LOST,
        fits=lambda layout: bool(_election_header(layout)),
    ),
    Break(  # Arizona's headers of elections changed four times, at last to EL1..EL5
        name="elections_renamed",
        sentence="The history names its elections in other words.",
        change=_reformat_elections,
        outcomes=HELD,
        cause=_LOST,
        fits=lambda layout: bool(_election_header(layout)),
    ),
    Break(  # Florida's and Georgia's histories hold rows twice
        name="votes_repeated",
        sentence="Some votes stand twice in the history.",
        change=all_texts(_repeat_votes, "history"),
        outcomes=LOADS,
        cause=r"repeated vote",
        fits=lambda layout: bool(_long(layout)),
    ),
    Break(  # the set of Ohio's columns differs by vintage
        name="election_column_vanished",
        sentence="The column of an election is gone.",
        change=_lose_column,
        outcomes=HELD,
        cause=_LOST,
        fits=lambda layout: bool(_wide(layout)),
    ),
    Break(  # the fields stayed, and nothing stands in them
        name="votes_emptied",
        sentence="The fields of the votes are empty.",
        change=_empty_votes,
        outcomes=HELD,
        cause=_LOST,
        fits=lambda layout: bool(_vote_headers(layout)),
    ),
)
"""Breaks of the histories."""
