"""In which shape a file tells votes: the first of the shapes that it has, with what is read."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.calendar import Election
from pipelines.layouts.reading.labels import read_label
from pipelines.sniff.naming import ElectionHeader, election_headers, name_rules, run_offs
from pipelines.sniff.notes import Noted
from pipelines.sniff.profile import ColumnProfile
from pipelines.sniff.slots import find_slots
from pipelines.sniff.vocabulary import Vocabulary
from pipelines.sniff.votes import day_column, method_column, party_column, pooled

_FEWEST_ELECTIONS = 2
_LABELLED = 0.6  # of the labels of a county's own making many say no type


@dataclass(frozen=True)
class FoundHistory:
    """Votes that stand in the rows of voters.

    Attributes:
        told: The history, in the words of a layout.
        places: Places of its columns, which are no columns of the voter.
        is_open: Whether its columns grow with the elections, so that they are not listed.
    """

    told: dict[str, Any]
    places: set[int] = field(default_factory=set)
    is_open: bool = False


def find_history(
    profiles: Sequence[ColumnProfile],
    vocabulary: Vocabulary,
    calendar: Sequence[Election] = (),
    rows: Sequence[Sequence[str]] = (),
) -> FoundHistory | None:
    """The votes that the rows of voters hold, or nothing.

    Args:
        profiles: Columns of the file.
        vocabulary: What known sources call things.
        calendar: Elections of the state, for days of primaries that labels leave open.
        rows: Rows of the file, which tell codes of a type by the days that they stand beside.
    """
    wide = _wide(profiles, vocabulary, calendar)
    if wide:
        return wide
    if slots := find_slots(profiles, vocabulary, calendar, rows):
        return FoundHistory(*slots)
    return _free_text(profiles, calendar)


def _wide(
    profiles: Sequence[ColumnProfile], vocabulary: Vocabulary, calendar: Sequence[Election]
) -> FoundHistory | None:
    """A column, or a few, for every election."""
    found = election_headers(profile.header for profile in profiles)
    main = max(found, key=lambda template: len(found[template]), default="")
    if not main or len(found[main]) < _FEWEST_ELECTIONS:
        return None
    names = {header.name for header in found[main]}
    templates = [template for template in found if {header.name for header in found[template]} & names]
    by_header = {profile.header: profile for profile in profiles}
    cells = {template: _pooled(found[template], by_header, template) for template in templates}
    places = {by_header[header.header].place for template in templates for header in found[template]}
    shape = {"shape": "wide", "header": name_rules(header for template in templates for header in found[template])}
    runoffs = run_offs(found[main], calendar)
    listed = {"elections": Noted(runoffs, "run-offs that the year does not tell, by the calendar")} if runoffs else {}
    return FoundHistory({**shape, **listed, **_cells(cells, vocabulary)}, places, is_open=True)


def _pooled(headers: Sequence[ElectionHeader], by_header: dict[str, ColumnProfile], template: str) -> ColumnProfile:
    return pooled([by_header[found.header] for found in headers], template)


def _cells(cells: dict[str, ColumnProfile], vocabulary: Vocabulary) -> dict[str, Any]:
    """What the cells of an election say."""
    main = next(iter(cells.values()))
    if len(cells) == 1 and (marks := _marks(main)):
        parties = {
            text: word
            for text in main.codes(3)
            if text not in marks and (word := vocabulary.word_of("party_code", text.upper()))
        }
        return {"voted": marks, **({"ballot_parties": parties} if parties else {}), "is_any_text_voted": True}
    if len(cells) == 1 and main.share(r"[A-Za-z]+ *- *.+") > 0:
        return _of_two_parts(main, vocabulary)
    return {"columns": _columns(cells, vocabulary)}


def _marks(profile: ColumnProfile) -> list[str]:
    """Texts that say no more than that there was a ballot."""
    return [text for text in profile.codes(3) if text.upper() in ("X", "VOTED")]


def _columns(cells: dict[str, ColumnProfile], vocabulary: Vocabulary) -> dict[str, Any]:
    """Column of the vote to the cells that tell it, each by the likeness of its header and by its texts."""
    columns: dict[str, Any] = {}
    left = dict(cells)
    for name, read in (("ballot_party_code", party_column), ("method_code", method_column)):
        fits = {
            template: found
            for template, profile in left.items()
            if (found := read(profile, vocabulary)) and not _is_for_another(template, name, vocabulary)
        }
        if fits:
            chosen = max(fits, key=lambda template: _like(template, name, vocabulary))
            columns[name] = fits[chosen] | {"from": chosen}
            del left[chosen]
    counties = [template for template in left if "county" in template.lower() and left[template].filled]
    if counties:
        columns["county_code"] = {"from": counties[0]}
    if not columns and (dated := next((day for profile in left.values() if (day := day_column(profile))), None)):
        columns["election_date"] = dated
    return columns or {"method_code": {"from": next(iter(cells)), "pattern": {".": "other"}}}


def _like(template: str, column: str, vocabulary: Vocabulary) -> float:
    return vocabulary.likeness(re.sub(r"[{}*]", " ", template), "votes").get(column, 0.0)


def _is_for_another(template: str, column: str, vocabulary: Vocabulary) -> bool:
    """Whether a header says clearly that its column is another one."""
    likeness = vocabulary.likeness(re.sub(r"[{}*]", " ", template), "votes")
    return likeness.get(column, 0.0) + _CLEAR < max(likeness.values(), default=0.0)


_CLEAR = 0.4


def _of_two_parts(cells: ColumnProfile, vocabulary: Vocabulary) -> dict[str, Any]:
    """Cells that say how, and in a primary for whom: `E - DEM`."""
    first: Counter[str] = Counter()
    parties: dict[str, str | None] = {}
    for text, count in cells.texts.items():
        head, _, party = text.partition("-")
        first[head.strip()] += count
        parties[text] = vocabulary.word_of("party_code", party.strip().upper()) or "other" if party else None
    heads = ColumnProfile(cells.place, cells.header, cells.rows, first)
    methods = {
        f"^{re.escape(code)}\\b": vocabulary.word_of("method_code", code.upper()) or "other"
        for code in sorted(heads.codes(3), key=len, reverse=True)
    }
    return {
        "columns": {
            "method_code": {"from": cells.header, "pattern": methods},
            "ballot_party_code": {
                "from": cells.header,
                "code": Noted(parties, "the part behind the dash"),
                "otherwise": "other",
            },
        }
    }


def _free_text(profiles: Sequence[ColumnProfile], calendar: Sequence[Election]) -> FoundHistory | None:
    """Labels of elections in one field."""
    for profile in profiles:
        for separator in (";", "|", ","):
            labels = [label for text, _ in profile.texts.most_common(_LOOKED_AT) for label in text.split(separator)]
            if profile.longest < _LONG or len(labels) < 2 * min(len(profile.texts), _LOOKED_AT):
                continue
            named = sum(read_label(label).type is not None and bool(re.search(r"\d", label)) for label in labels)
            if named > _LABELLED * len(labels):
                told = {"shape": "free_text", "from": profile.header, "separator": separator}
                days = _primary_days(calendar)
                rules = (
                    {"labels": {"days": {"primary": Noted(days, "years of one primary, by the calendar")}}}
                    if days
                    else {}
                )
                return FoundHistory({**told, **rules}, {profile.place})
    return None


_LONG, _LOOKED_AT = 20, 500


def _primary_days(calendar: Sequence[Election]) -> dict[int, Any]:
    """Day of the one primary of a year, where the calendar knows just one; labels name one for president so."""
    days: dict[int, set[Any]] = {}
    for election in calendar:
        if election.type == "primary" and not election.is_presidential:
            days.setdefault(election.date.year, set()).add(election.date)
    return {year: next(iter(found)).isoformat() for year, found in sorted(days.items()) if len(found) == 1}
