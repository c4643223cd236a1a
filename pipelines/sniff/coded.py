"""Files of codes beside the voters: which columns of both say the same, and what the others tell of a voter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.sniff.matching import Match, match_columns
from pipelines.sniff.notes import Noted
from pipelines.sniff.profile import ColumnProfile, profile_columns
from pipelines.sniff.sample import Sample
from pipelines.sniff.vocabulary import Vocabulary

_TOLD = ("congressional_code", "county_code", "precinct_name")
"""Columns of a voter that files of codes tell: the places that a precinct or a zone lies in."""

_SAME = 0.9  # of the rows of voters have a text of the code file, which may be older
_SHORTEST, _FEWEST = 3, 5  # shorter or fewer codes stand in other columns by chance
_ONCE = 0.95  # of the rows of a code file have a key of their own: the first of the others counts
_FEWEST_ZONES = 3


@dataclass(frozen=True)
class CodeFile:
    """Texts that are neither voters nor votes.

    Attributes:
        name: Its name among the codes of the layout.
        sample: Its rows.
        profiles: Profile of each column.
    """

    name: str
    sample: Sample
    profiles: Sequence[ColumnProfile]


@dataclass(frozen=True)
class FoundCodes:
    """What a file of codes tells of a voter.

    Attributes:
        lookup: How it joins the rows, in the words of a layout.
        columns: Columns of the voter that it tells, drafted.
    """

    lookup: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, Any] = field(default_factory=dict)


def find_keys(
    codes: Sequence[ColumnProfile], voters: Sequence[ColumnProfile], matches: Mapping[str, Match]
) -> dict[str, str]:
    """Header of the voters to header of the code file, where both have the same texts.

    Args:
        codes: Columns of the code file.
        voters: Columns of the voters.
        matches: Columns of a voter that were found: of a county or a precinct short codes are known as well.
    """
    short = {matches[name].profile.place for name in ("county_code", "precinct_code") if name in matches}
    who = matches["voter_id"].profile.place if "voter_id" in matches else None
    found: dict[str, str] = {}
    for code in codes:
        texts = {text.upper() for text in code.texts}
        fits = [
            profile
            for profile in voters
            if (profile.longest >= _SHORTEST or profile.place in short)
            and len(profile.texts) >= _FEWEST
            and profile.header not in found
            and not profile.is_dates
            and profile.place != who
            and profile.share_in(texts) > _SAME
        ]
        if fits:
            found[max(fits, key=lambda profile: profile.filled).header] = code.header
    return found


def find_codes(
    file: CodeFile,
    voters: Sequence[ColumnProfile],
    matches: Mapping[str, Match],
    vocabulary: Vocabulary,
) -> FoundCodes | None:
    """What a file of codes tells of a voter that the voters' own file does not; nothing where that is nothing.

    Args:
        file: The file of codes.
        voters: Columns of the voters.
        matches: Columns of a voter that were found in their file.
        vocabulary: What known sources call things.
    """
    profiles = _of_congress(file.profiles, file.sample.rows)
    keys = find_keys(profiles, voters, matches)
    always = {f"={next(iter(found.texts))}": found.header for found in profiles if len(found.texts) == 1}
    always = always if len(keys) > 1 or profiles[0].rows < len(file.sample.rows) else {}
    joined = set(keys.values())
    if not joined or not is_told_once(joined | set(always.values()), file):
        return None
    given = [found for found in profiles if found.header not in joined and len(found.texts) > 1]
    told = match_columns(given, vocabulary, file.sample.has_header) if given else {}
    new = {
        name: match.profile
        for name, match in told.items()
        if name in _TOLD and (name not in matches or matches[name].profile.header in keys)
    }
    if not new:
        return None
    taken = {profile.header for profile in voters}
    names = {
        name: f"{file.name}_{profile.header}" if profile.header in taken else profile.header
        for name, profile in new.items()
    }
    lookup = {
        "codes": file.name,
        "by": keys | always,
        "gives": {names[name]: profile.header for name, profile in new.items()},
    }
    columns = {
        name: Noted({"from": names[name], **_operation(name, profile)}, "told by a file of codes")
        for name, profile in new.items()
    }
    return FoundCodes(lookup, columns)


def is_told_once(headers: set[str], file: CodeFile) -> bool:
    """Whether nearly every row of a code file has texts of its own in some columns."""
    places = [profile.place for profile in file.profiles if profile.header in headers]
    rows = [tuple(row[place].strip() for place in places) for row in file.sample.rows if len(row) > max(places)]
    return len(set(rows)) >= _ONCE * len(rows) > 0


def _operation(name: str, profile: ColumnProfile) -> dict[str, Any]:
    return {"number": True} if name == "congressional_code" and profile.share(r".*\d.*") > _SAME else {}


def _of_congress(profiles: Sequence[ColumnProfile], rows: Sequence[Sequence[str]]) -> list[ColumnProfile]:
    """Of the zones of several kinds those of congress, by their words; of another file of codes all rows."""
    for profile in profiles:
        zones = [row for row in rows if len(row) > profile.place and "congress" in row[profile.place].lower()]
        if _FEWEST_ZONES <= len(zones) < len(rows):
            return profile_columns([found.header for found in profiles], zones)
    return list(profiles)
