"""What columns tell of each other once most are known: a mark of blotted-out rows, a town instead of a county."""

import re
from collections.abc import Mapping, Sequence

from pipelines.sniff.evidence import fit
from pipelines.sniff.matching import LEAST, SURE, Match, first_of_each
from pipelines.sniff.profile import ColumnProfile
from pipelines.sniff.vocabulary import Vocabulary
from pipelines.sniff.words import words_of

_MOSTLY = 0.8  # of the rows


def complete_matches(
    matches: Mapping[str, Match],
    profiles: Sequence[ColumnProfile],
    vocabulary: Vocabulary,
    has_header: bool,
    rows: Sequence[Sequence[str]],
) -> dict[str, Match]:
    """The columns that were found, with those that only the others tell.

    Args:
        matches: Header of each canonical column that was found.
        profiles: Columns of the file.
        vocabulary: What known sources call things.
        has_header: Whether the file names its columns.
        rows: Rows of the file.
    """
    found, firsts = dict(matches), first_of_each(profiles) if has_header else list(profiles)
    found |= {} if "is_confidential" in found else _by_masks(found, firsts, rows)
    if not has_header:
        return found
    found |= {} if "county_code" in found or "city" not in found else _with_town(found["city"], firsts, vocabulary)
    return found if "party_code" in found else _with_last_party(found, firsts, vocabulary)


def _by_masks(
    found: dict[str, Match], profiles: Sequence[ColumnProfile], rows: Sequence[Sequence[str]]
) -> dict[str, Match]:
    """A mark that stands in just those rows whose names or days of birth are blotted out."""
    hidden = [found[name].profile for name in ("last_name", "birth_date", "birth_year") if name in found]
    hidden = [profile for profile in hidden if profile.masks]
    if not hidden:
        return {}
    masked = _rows_with(hidden[0], rows, hidden[0].masks)
    for profile in profiles:
        if len(profile.texts) == 1 and profile.longest <= 5 and not profile.masks and profile.filled < profile.rows / 2:
            marked = _rows_with(profile, rows, list(profile.texts))
            if len(masked & marked) > _MOSTLY * len(masked | marked):
                return {"is_confidential": Match(profile, SURE, 0.0)}
    return {}


def _rows_with(profile: ColumnProfile, rows: Sequence[Sequence[str]], texts: Sequence[str]) -> set[int]:
    """Numbers of the rows that have one of some texts."""
    return {at for at, row in enumerate(rows) if len(row) > profile.place and row[profile.place].strip() in texts}


def _with_town(city: Match, profiles: Sequence[ColumnProfile], vocabulary: Vocabulary) -> dict[str, Match]:
    """Where no county is told and of two cities one is that of the post, the other one runs the elections."""
    towns = [
        profile
        for profile in profiles
        if "city" in words_of(profile.header)
        and "mail" not in words_of(profile.header)
        and profile.filled_share > _MOSTLY
        and fit("city", profile, vocabulary) > 0
    ]
    posts = [profile for profile in towns if re.search("post|usps", profile.header, re.IGNORECASE)]
    if len(towns) != 2 or len(posts) != 1 or city.profile not in towns:
        return {}
    town = next(profile for profile in towns if profile is not posts[0])
    return {"county_code": Match(town, LEAST, 0.0), "city": Match(posts[0], LEAST, 0.0)}


def _with_last_party(
    found: dict[str, Match], profiles: Sequence[ColumnProfile], vocabulary: Vocabulary
) -> dict[str, Match]:
    """Where nobody registers by party, the party whose ballot was last taken stands for it."""
    fits = [
        profile
        for profile in profiles
        if {"party", "vote"} <= set(words_of(profile.header)) and fit("party_code", profile, vocabulary) > 0
    ]
    return found | ({"party_code": Match(fits[0], LEAST, 0.0)} if len(fits) == 1 else {})
