"""The columns of a voter, drafted: which header, which operation, and how sure that is."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.sniff.address import address_columns
from pipelines.sniff.long import county_column, id_column
from pipelines.sniff.matching import Match
from pipelines.sniff.notes import Noted
from pipelines.sniff.phone import phone_columns
from pipelines.sniff.profile import ColumnProfile
from pipelines.sniff.vocabulary import Vocabulary
from pipelines.sniff.votes import code_list
from pipelines.tables.core import Voters

_REQUIRED = (
    "county_code",
    "last_name",
    "first_name",
    "address_line",
    "birth_date",
    "birth_year",
    "status_code",
    "registration_date",
)
_MOSTLY = 0.9  # of the rows; what is emptier is not demanded of every file
_WORDS = {"party_code": "other"}
_CODED = ("gender_code", "party_code", "status_code")


def draft_voters(
    profiles: Sequence[ColumnProfile], matches: Mapping[str, Match], vocabulary: Vocabulary, has_header: bool
) -> dict[str, Any]:
    """The canonical columns of a file of voters, in the words of a layout.

    Args:
        profiles: Columns of the file, those of votes left out.
        matches: Header of each canonical column that was found.
        vocabulary: What known sources call things.
        has_header: Whether the file names its columns.
    """
    taken = {match.profile.place for match in matches.values()}
    found = {name: _noted(match, _column(name, match.profile, vocabulary)) for name, match in matches.items()}
    free = [profile for profile in profiles if profile.place not in taken]
    if "county_code" not in found and "precinct_code" in matches:
        found |= _county_of_precinct(matches["precinct_code"].profile)
    found |= address_columns(free, vocabulary, has_header, matches)
    if "phone" not in found:
        found |= phone_columns(free, has_header)
    return {name: found[name] for name in Voters.schema().names if name in found}


def _county_of_precinct(profile: ColumnProfile) -> dict[str, Any]:
    """The county in the first digits of a precinct, where those are numbers from 1 on, each with such precincts."""
    texts = [text for text in profile.texts if text.isdigit() and len(text) == profile.longest >= _LONG]
    if not texts or profile.share(r"\d+") < _MOSTLY or len(texts) < _MOSTLY * len(profile.texts):
        return {}
    for digits in (2, 3):
        counties = {int(text[:digits]) for text in texts}
        if len(counties) >= _FEWEST and _RUNNING * max(counties) <= len(counties) and 0 not in counties:
            told = {"from": profile.header, "required": True, "digits": digits, "derived": True}
            return {"county_code": Noted(told, "no column tells the county: the first digits of the precinct seem to")}
    return {}


_LONG = 5  # digits of a precinct that holds the number of its county
_FEWEST, _RUNNING = 5, 0.6  # counties, and of the numbers up to the largest those that are there


def _noted(match: Match, told: dict[str, Any]) -> Any:
    """A column with a remark where a person should look."""
    filled = match.profile.filled_share
    if not match.profile.filled:
        return Noted(told, "by its header alone: no text in the sample")
    return told if match.is_sure else Noted(told, f"uncertain: {filled:.0%} of the rows are filled; look at it")


def _column(name: str, profile: ColumnProfile, vocabulary: Vocabulary) -> dict[str, Any]:
    """Header and operation of one column."""
    told: dict[str, Any] = id_column(profile) if name == "voter_id" else {"from": profile.header}
    told |= {"required": True} if name in _REQUIRED and profile.filled_share > _MOSTLY else {}
    told |= _operation(name, profile, vocabulary)
    return told | ({"masks": profile.masks} if profile.masks and name != "voter_id" else {})


def _operation(name: str, profile: ColumnProfile, vocabulary: Vocabulary) -> dict[str, Any]:
    if name in ("birth_date", "registration_date"):
        days = profile.days
        return {"date": Noted(list(days.formats) or ["%m/%d/%Y"], f"{days.share:.1%} of the sampled texts convert")}
    if name == "birth_year":
        return {"year": True}
    if name == "county_code" and profile.filled:
        return county_column(profile)
    if name == "congressional_code" and profile.share(r".*\d.*") > _MOSTLY:
        return {"number": True}
    if name == "zip_code":
        return {"pad": 5} if profile.filled and profile.longest < 5 else {"digits": 5}
    if name == "phone":
        return {"digits": True}
    if name == "is_confidential":
        yes = [text for text in profile.codes(1) if text.upper() in ("Y", "YES", "T", "TRUE", "1", "X")]
        return {"flag": yes or ["Y"]}
    return _codes(name, profile, vocabulary)


def _codes(name: str, profile: ColumnProfile, vocabulary: Vocabulary) -> dict[str, Any]:
    """A list of codes; texts that hold a code's beginning are read by patterns."""
    if name not in _CODED or not profile.filled:
        return {"code": {"D": "democratic", "R": "republican"}, "otherwise": "other"} if name == "party_code" else {}
    listed = code_list(profile, name, vocabulary)
    told: dict[str, Any] = {"code": listed} if listed.value else {}
    if name == "party_code" and told:
        listed.value.update(_by_beginning(profile, listed.value))
    return told | ({"otherwise": _WORDS[name]} if name in _WORDS and told else {})


def _by_beginning(profile: ColumnProfile, listed: Mapping[str, Any]) -> dict[str, str]:
    """Longer names of parties by their first word, where the list has none of them."""
    found = {}
    for text in profile.codes():
        if text in listed or len(text) < _LEAST_NAME:
            continue
        for beginning, word in _PARTIES.items():
            if re.match(beginning, text, re.IGNORECASE):
                found[text] = word
                break
    return found


_LEAST_NAME = 4
_PARTIES = {
    "democrat": "democratic",
    "republican": "republican",
    "libertarian": "libertarian",
    "green": "green",
    "(no |non|unaffil|unenrol|undeclared|independent$|party not|none)": "none",
}
