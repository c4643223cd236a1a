"""Votes in numbered columns of the row of a voter: which columns belong to one slot, and what they say."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.calendar import Election
from pipelines.sniff.notes import Noted
from pipelines.sniff.profile import ColumnProfile
from pipelines.sniff.turns import UNNAMED
from pipelines.sniff.types import names_election, type_by_days, type_of_header
from pipelines.sniff.vocabulary import Vocabulary
from pipelines.sniff.votes import (
    is_yes_or_no,
    method_column,
    party_column,
    pooled,
    type_column,
)

_FEWEST_SLOTS = 2


@dataclass(frozen=True)
class Stem:
    """Columns of one name but for their number.

    Attributes:
        header: Their header, `{n}` for the number; without it where the name itself repeats.
        profiles: The columns, in the order of their numbers.
    """

    header: str
    profiles: tuple[ColumnProfile, ...]

    @property
    def all(self) -> ColumnProfile:
        """The columns as one."""
        return pooled(self.profiles, self.header)


def find_stems(profiles: Sequence[ColumnProfile]) -> list[Stem]:
    """Columns whose names repeat or are numbered from 1, in the order of the file."""
    numbered: dict[str, dict[int, ColumnProfile]] = defaultdict(dict)
    repeated: dict[str, list[ColumnProfile]] = defaultdict(list)
    for profile in profiles:
        repeated[profile.header].append(profile)
        for match in re.finditer(r"\d+", profile.header):
            stem = profile.header[: match.start()] + "{n}" + profile.header[match.end() :]
            numbered[stem].setdefault(int(match[0]), profile)
    found = [Stem(header, tuple(same)) for header, same in repeated.items() if len(same) >= _FEWEST_SLOTS]
    for header, same in numbered.items():
        count = next(n for n in range(1, len(same) + 2) if n not in same) - 1
        if count >= _FEWEST_SLOTS:
            found.append(Stem(header, tuple(same[n] for n in range(1, count + 1))))
    return sorted(found, key=lambda stem: stem.profiles[0].place)


def find_slots(
    profiles: Sequence[ColumnProfile],
    vocabulary: Vocabulary,
    calendar: Sequence[Election] = (),
    rows: Sequence[Sequence[str]] = (),
) -> tuple[dict[str, Any], set[int]] | None:
    """A history in numbered columns, and the places of its columns; nothing where there is none.

    Args:
        profiles: Columns of the file.
        vocabulary: What known sources call things.
        calendar: Elections of the state.
        rows: Rows of the file.
    """
    groups, used = [], set()
    for stems in stems_in_turn(profiles):
        told = _group(stems, vocabulary, calendar, rows)
        if told:
            groups.append(told)
            used |= {profile.place for stem in stems for profile in stem.profiles}
    return ({"shape": "relative_slots", "slots": groups}, used) if groups else None


def stems_in_turn(profiles: Sequence[ColumnProfile]) -> list[list[Stem]]:
    """Numbered columns in groups whose columns stand in turn, as those of one slot do."""
    groups: list[list[Stem]] = []
    for stem in find_stems(profiles):
        last = groups[-1] if groups else None
        if last and len(last[0].profiles) == len(stem.profiles) and _are_in_turn(last[0], stem):
            last.append(stem)
        else:
            groups.append([stem])
    return groups


def _are_in_turn(one: Stem, other: Stem) -> bool:
    between = zip(one.profiles, one.profiles[1:], other.profiles, strict=False)
    return all(first.place < inner.place < second.place for first, second, inner in between)


def _group(
    stems: Sequence[Stem], vocabulary: Vocabulary, calendar: Sequence[Election], rows: Sequence[Sequence[str]]
) -> dict[str, Any] | None:
    """The slots that some stems are, where one of them names the election."""
    count = len(stems[0].profiles)
    named = next(((stem, said) for stem in stems if (said := names_election(stem.header, stem.all))), None)
    if not named:
        return None
    stem, said = named
    columns, kind = {}, type_of_header(stem.header)
    rest = [other for other in stems if other is not stem]
    if "election_date" in said:
        columns["election_date"] = said["election_date"]
    kinds = [(other, found) for other in rest if (found := type_column(other.all, vocabulary))]
    if not kinds and "election_date" in said:
        kinds = [
            (other, found)
            for other in rest
            if (found := type_by_days(stem.profiles, other.all, other.profiles, calendar, vocabulary, rows))
        ]
    if kinds and not kind and "election_date" in said:
        columns["election_type"] = kinds[0][1]
        rest = [other for other in rest if other is not kinds[0][0]]
    for name, read in (("ballot_party_code", party_column), ("method_code", method_column)):
        best = [
            (_likeness(other, name, vocabulary), other, found)
            for other in rest
            if (found := read(other.all, vocabulary))
        ]
        if best:
            _, chosen, found = max(best, key=lambda entry: entry[0])
            columns[name] = found
            rest = [other for other in rest if other is not chosen]
    columns |= _absentees(rest) if "election_type" in columns and "method_code" not in columns else {}
    told: dict[str, Any] = {"count": count, "stated_by": stem.header}
    told |= {"type": kind} if kind and "election" not in said and kind != "presidential_primary" else {}
    told |= {"blank": blank} if (blank := [text for text in ("0", "0000") if text in stem.all.texts]) else {}
    if "election" not in said and not kind and "election_type" not in columns:
        del columns["election_date"]  # no column tells the type: the calendar does
        said = {
            "election": {
                "from": stem.header,
                "pattern": "(?P<date>.+)",
                "date": list(stem.all.days.formats),
                "otherwise": "special",
            }
        }
    if "election" in said:
        told["election"] = said["election"] | ({"type": kind} if kind and "types" not in said["election"] else {})
    return told | ({"columns": columns} if columns else {})


def _absentees(stems: Sequence[Stem]) -> dict[str, Any]:
    """A yes or no without a name beside an election: mostly whether the ballot came by mail."""
    found = [stem for stem in stems if stem.header.startswith(UNNAMED) and is_yes_or_no(stem.all)]
    if not found:
        return {}
    told = {"Y": "mail", "N": "election_day"}
    return {"method_code": {"from": found[0].header, "code": Noted(told, "a guess: what is said yes or no to?")}}


def _likeness(stem: Stem, column: str, vocabulary: Vocabulary) -> float:
    return vocabulary.likeness(stem.header.replace("{n}", " "), "votes").get(column, 0.0)
