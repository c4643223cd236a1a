"""Votes in numbered columns whose numbers a file of codes explains: what election 5 of a county is, stands there."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.sniff.coded import CodeFile, find_keys, is_told_once
from pipelines.sniff.history import FoundHistory
from pipelines.sniff.matching import Match
from pipelines.sniff.notes import Noted
from pipelines.sniff.profile import ColumnProfile
from pipelines.sniff.slots import Stem, stems_in_turn
from pipelines.sniff.vocabulary import Vocabulary
from pipelines.sniff.votes import code_list, day_column, method_column, party_column, type_column

_FEWEST = 5  # numbers and columns of elections; fewer numbers may be of anything
_LONGEST = 6  # characters of a code
_MOST = 0.5  # of the ballots: most of them are cast at the polls, where no code is known to say so


def find_mapped(
    file: CodeFile, voters: Sequence[ColumnProfile], matches: Mapping[str, Match], vocabulary: Vocabulary
) -> FoundHistory | None:
    """The votes of the voters' rows, where a file of codes says which election a number is; nothing otherwise.

    Args:
        file: The file of codes.
        voters: Columns of the voters.
        matches: Columns of a voter that were found.
        vocabulary: What known sources call things.
    """
    told = [profile for profile in file.profiles if profile.filled]
    days = [profile for profile in told if day_column(profile)]
    titles = [profile for profile in told if type_column(profile, vocabulary)]
    numbers = [profile for profile in told if profile.share(r"[1-9]\d{0,2}") == 1 and len(profile.texts) >= _FEWEST]
    groups = [
        stems
        for stems in stems_in_turn(voters)
        if len(stems[0].profiles) >= _FEWEST and all(0 < stem.all.longest <= _LONGEST for stem in stems)
    ]
    slots = max(groups, key=lambda stems: sum(stem.all.filled for stem in stems), default=[])
    if not (days and titles and numbers and slots):
        return None
    count = len(slots[0].profiles)
    rest = [profile for profile in told if profile not in (days[0], titles[0], numbers[0])]
    keys = find_keys(rest, voters, matches)
    is_numbered = max(map(int, numbers[0].texts)) <= count
    if not is_numbered or not is_told_once({*keys.values(), numbers[0].header}, file):
        return None
    lookup = {
        "codes": file.name,
        "by": {**keys, "slot": numbers[0].header},
        "gives": {"election_title": titles[0].header, "election_day": days[0].header},
    }
    columns = {
        "election_date": {**(day_column(days[0]) or {}), "from": "election_day"},
        "election_type": {**(type_column(titles[0], vocabulary) or {}), "from": "election_title"},
        **_ballot(slots, vocabulary),
    }
    stated = max(slots, key=lambda stem: stem.all.filled)
    history = {"shape": "code_mapped", "count": count, "stated_by": stated.header, "lookups": [lookup]}
    places = {profile.place for stem in slots for profile in stem.profiles}
    return FoundHistory({**history, "columns": columns}, places)


def _ballot(stems: Sequence[Stem], vocabulary: Vocabulary) -> dict[str, Any]:
    """How a ballot was cast and for whom, by the texts of the columns of an election."""
    columns: dict[str, Any] = {}
    for stem in sorted(stems, key=lambda found: -found.all.filled):
        texts = stem.all
        if "ballot_party_code" not in columns and (party := party_column(texts, vocabulary)):
            columns["ballot_party_code"] = party
        elif "method_code" not in columns and texts.longest <= _LONGEST and not texts.is_dates:
            columns["method_code"] = method_column(texts, vocabulary) or _method(texts, vocabulary)
    return columns


def _method(texts: ColumnProfile, vocabulary: Vocabulary) -> dict[str, Any]:
    """Codes of how a ballot was cast of which that of most ballots is not known: they are those of the polls."""
    listed = code_list(texts, "method_code", vocabulary)
    common, count = texts.texts.most_common(1)[0]
    guessed = {common: "election_day"} if common not in listed.value and count > _MOST * texts.filled else {}
    remark = f"{listed.remark}; that of most ballots is taken for the polls" if guessed else listed.remark
    return {"from": texts.header, "code": Noted({**guessed, **listed.value}, remark), "otherwise": "other"}
