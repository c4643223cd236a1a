"""The residence: one text, or its parts, where number, street and unit stand in columns of their own."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.sniff.evidence import STREET
from pipelines.sniff.matching import Match
from pipelines.sniff.names import FIRST_NAMES, LAST_NAMES
from pipelines.sniff.notes import Noted
from pipelines.sniff.profile import ColumnProfile
from pipelines.sniff.vocabulary import Vocabulary
from pipelines.sniff.words import words_of

_NOT_HERE = {
    "mail",
    "email",
    "previous",
    "former",
    "last",
    "first",
    "middle",
    "phone",
    "birth",
    "precinct",
    "vote",
    "name_suffix",
    "voter_id",
    "county",
    "district",
}
_WHOLE = r"\d+\S* .*[A-Za-z].*"
_PLACES = ("number", "fraction", "pre", "street", "type", "post", "unit type", "unit")
_NO_PART = {
    "city",
    "zip",
    "state",
    "country",
    "route",
    "municipality",
    "flag",
    "code_city",
    "status",
    "plus",
    "library",
    "carrier",
    "flagged",
    "military",
    "county",
    "precinct",
    "district",
    "date",
    "email",
    "town",
    "development",
}


def address_columns(
    profiles: Sequence[ColumnProfile], vocabulary: Vocabulary, has_header: bool, matches: Mapping[str, Match]
) -> dict[str, Any]:
    """The residence in one text, or joined from its parts; nothing where there is none.

    Args:
        profiles: Columns that nothing else is read from.
        vocabulary: What known sources call things.
        has_header: Whether the file names its columns.
        matches: Other columns of the voter, which say where the residence is.
    """
    residence = (
        [profile for profile in profiles if not set(words_of(profile.header)) & _NOT_HERE]
        if has_header
        else list(profiles)
    )
    whole = _whole(residence, vocabulary, has_header, matches)
    if whole:
        return {"address_line": whole}
    parts = _parts_by_name(residence) if has_header else _parts_by_texts(residence, matches)
    if not parts:
        return {}
    number, rest = parts[0], parts[1:]
    street = next((part for part in rest if part.share(STREET) > _STREETS), rest[0] if rest else None)
    if street is None:
        return {}
    told = {"from": [part.header for part in parts], "join": True, "rest": street.header, "required": True}
    return {"address_line": Noted(told, f"{number.filled_share:.0%} of the rows have a house number")}


_STREETS = 0.5
_LIVE = 0.5  # of the rows: everybody lives somewhere, and few get their mail elsewhere


def _whole(
    profiles: Sequence[ColumnProfile], vocabulary: Vocabulary, has_header: bool, matches: Mapping[str, Match]
) -> Any:
    """A residence in one text, with the second line of one where there is such."""
    found = [
        profile
        for profile in profiles
        if profile.filled_share > _LIVE and profile.share(_WHOLE) > _STREETS and profile.share(STREET) > 0.2
    ]
    if not found:
        return None
    near = matches["city"].profile.place if "city" in matches else found[0].place
    if has_header:
        best = max(
            found,
            key=lambda profile: vocabulary.likeness(profile.header).get("address_line", 0.0) + profile.filled_share,
        )
    else:
        best = max(found, key=lambda profile: (round(profile.filled_share, 1), -abs(near - profile.place)))
    return {"from": best.header, "required": True} | ({"masks": best.masks} if best.masks else {})


def _parts_by_name(profiles: Sequence[ColumnProfile]) -> list[ColumnProfile]:
    """Parts of the residence by their headers, in the order in which an address is said."""
    found: dict[str, list[ColumnProfile]] = {place: [] for place in _PLACES}
    for profile in profiles:
        place = _place(words_of(profile.header))
        if place and profile.header not in [known.header for same in found.values() for known in same]:
            found[place].append(profile)
    if not found["number"] or not found["street"]:
        return []
    filled = [profile for profile in found["number"] if profile.share(r"\d+\S*") > _STREETS] or found["number"]
    numbers = [filled[0]]
    return numbers + [profile for place in _PLACES[1:] for profile in found[place]]


def _place(words: Sequence[str]) -> str | None:
    """Which part of an address a header names."""
    said = set(words)
    if said & _NO_PART:
        return None
    is_street = bool(said & {"street", "house", "residence", "address", "unit", "direction"})
    if "unit" in said:
        return "unit type" if "type" in said else "unit"
    if "fraction" in said or ({"suffix", "house"} <= said) or ({"number", "suffix"} <= said and "street" not in said):
        return "fraction"
    if "number" in said and said & {"house", "street", "residence", "address", "voter"}:
        return "fraction" if said & {"suffix", "prefix"} else "number"
    if said & {"pre", "prefix"} and said & {"direction", "street"}:
        return "pre"
    if said & {"post", "suffix"} and said & {"direction", "street"} and "type" not in said:
        return "post" if "direction" in said or "post" in said else "type"
    if "direction" in said:
        return "pre"
    if "type" in said and is_street and "street" in said:
        return "type"
    if "street" in said:
        return "street"
    return "unit" if said & {"extension"} or {"non", "std"} <= said or {"standard", "non"} <= said else None


def _parts_by_texts(profiles: Sequence[ColumnProfile], matches: Mapping[str, Match]) -> list[ColumnProfile]:
    """A column of numbers with a column of streets behind it, where no header says so."""
    for at, number in enumerate(profiles):
        if (
            number.share(r"\d{1,6}[A-Za-z]?") < _NUMBERS
            or number.filled_share < _NUMBERS
            or len(number.texts) < _FEWEST
        ):
            continue
        for street in profiles[at + 1 : at + _NEAR]:
            if street.share(STREET) > _STREETS and street.share_in(FIRST_NAMES | LAST_NAMES) < _NUMBERS:
                between = [
                    part
                    for part in profiles
                    if street.place < part.place < street.place + 3
                    and 0 < part.filled_share < _NUMBERS
                    and part.longest <= 12
                    and _before_city(part, matches)
                ]
                return [number, street, *between]
    return []


_NUMBERS, _FEWEST, _NEAR = 0.8, 50, 8


def _before_city(profile: ColumnProfile, matches: Mapping[str, Match]) -> bool:
    return "city" not in matches or profile.place < matches["city"].profile.place
