"""A file with a row for every vote: who, when, what kind of election, how, for whom."""

from collections.abc import Sequence
from typing import Any

from pipelines.sniff.matching import by_likeness
from pipelines.sniff.notes import Noted
from pipelines.sniff.profile import ColumnProfile
from pipelines.sniff.vocabulary import Vocabulary
from pipelines.sniff.votes import ballot_code, day_column, flag_columns, method_column, party_column, type_column

_LEAST_SHARED = 0.5  # of the ids of a history that stand among the voters; people move away


def find_long(
    profiles: Sequence[ColumnProfile], vocabulary: Vocabulary, has_header: bool, voters: dict[str, ColumnProfile]
) -> dict[str, Any] | None:
    """A history of a row a vote, in the words of a layout; nothing where no column can be the voter or the day.

    Args:
        profiles: Columns of the file.
        vocabulary: What known sources call things.
        has_header: Whether the file names its columns.
        voters: Columns of the voters of the same delivery, by canonical column, where they are at hand.
    """
    told = [profile for profile in profiles if profile.filled]
    who = find_voter(told, vocabulary, has_header, voters)
    when = _best([profile for profile in told if day_column(profile)], "election_date", vocabulary, has_header)
    if not who or not when:
        return None
    rest = [profile for profile in told if profile not in (who, when)]
    columns: dict[str, Any] = {"voter_id": id_column(who, voters.get("voter_id"))}
    history: dict[str, Any] = {"shape": "long"}
    kind, typed = _first(rest, "election_type", vocabulary, has_header, type_column)
    if kind and typed:
        columns |= {
            "election_date": {**(day_column(when) or {}), "required": True},
            "election_type": {**typed, "required": True},
        }
        rest.remove(kind)
    else:
        history["election"] = Noted(
            {"from": when.header, "pattern": "(?P<date>.+)", "date": list(when.days.formats), "otherwise": "special"},
            "no column tells the type in words that are known: the calendar does",
        )
    party, partied = _first(rest, "ballot_party_code", vocabulary, has_header, party_column)
    if party and partied:
        columns["ballot_party_code"] = partied
        rest.remove(party)
    how, cast = _first(rest, "method_code", vocabulary, has_header, method_column)
    flags = flag_columns(rest)
    if flags and not (cast and "pattern" in cast):
        columns["method_code"] = flags
    elif how and cast and (ballot := ballot_code(how, cast)):
        history["ballot"] = ballot
        rest.remove(how)
    elif how and cast:
        columns["method_code"] = cast
        rest.remove(how)
    if county := _county(rest, vocabulary, has_header, voters):
        columns["county_code"] = county
    return {**history, "columns": columns}


def find_voter(
    profiles: Sequence[ColumnProfile], vocabulary: Vocabulary, has_header: bool, voters: dict[str, ColumnProfile]
) -> ColumnProfile | None:
    """The column that says who: ids of the voters of the delivery, else by its header and its many texts."""
    if known := voters.get("voter_id"):
        ids = {text.lstrip("0") for text in known.texts}
        shared = {profile: _shared(profile, ids) for profile in profiles}
        best = max(shared, key=lambda profile: shared[profile], default=None)
        if best and shared[best] >= _LEAST_SHARED:
            return best
    fits = [
        profile
        for profile in profiles
        if profile.share(r".*\d.*") > 0.95
        and not profile.is_dates
        and len(profile.texts) > len(profile.texts) ** 0.5 + 20
    ]
    if has_header:
        return by_likeness(fits, "voter_id", vocabulary, "voters") or max(
            fits, key=lambda found: len(found.texts), default=None
        )
    return max(fits, key=lambda profile: (len(profile.texts), profile.longest), default=None)


def id_column(profile: ColumnProfile, known: ColumnProfile | None = None) -> dict[str, Any]:
    """The column of the voter's id; where ids lost their leading zeros they are filled up again."""
    told: dict[str, Any] = {"from": profile.header, "key": True}
    lengths = {len(text) for source in (profile, known) if source for text in source.texts if text.isdigit()}
    is_short = known is not None and known.longest > profile.longest
    return told | ({"pad": max(lengths)} if is_short and lengths else {})


def _shared(profile: ColumnProfile, ids: set[str]) -> float:
    texts = list(profile.texts)
    return sum(text.lstrip("0") in ids for text in texts) / len(texts) if len(texts) > 1 else 0.0


def _best(profiles: list[ColumnProfile], column: str, vocabulary: Vocabulary, has_header: bool) -> ColumnProfile | None:
    if has_header and (found := by_likeness(profiles, column, vocabulary, "votes")):
        return found
    return min(profiles, key=lambda profile: len(profile.texts), default=None)


def _first(
    profiles: list[ColumnProfile], column: str, vocabulary: Vocabulary, has_header: bool, read: Any
) -> tuple[ColumnProfile | None, dict[str, Any] | None]:
    """The column that says something of a vote, of those whose texts can be read so, and how."""
    fits = [(profile, found) for profile in profiles if (found := read(profile, vocabulary))]
    if not fits:
        return None, None
    if not has_header:
        return fits[0]
    likeness = {id(profile): vocabulary.likeness(profile.header, "votes") for profile, _ in fits}
    own = [
        (told.get(column, 0.0), profile, found)
        for profile, found in fits
        if (told := likeness[id(profile)]).get(column, 0.0) + _CLEAR >= max(told.values(), default=0.0)
    ]
    if not own:
        return None, None
    _, profile, found = max(own, key=lambda entry: entry[0])
    return profile, found


_CLEAR = 0.5


def _county(
    profiles: list[ColumnProfile], vocabulary: Vocabulary, has_header: bool, voters: dict[str, ColumnProfile]
) -> dict[str, Any] | None:
    """The county of a vote: texts of the county of the voters, read as theirs."""
    known = voters.get("county_code")
    texts = {text.upper() for text in known.texts} if known else set()
    fits = [profile for profile in profiles if not texts or profile.share_in(texts) > _LEAST_SHARED]
    if has_header:
        named = [profile for profile in fits if "county" in profile.header.lower()]
        found = named[0] if named else None
    else:
        found = fits[0] if texts and fits else None
    return county_column(found) if found else None


def county_column(profile: ColumnProfile) -> dict[str, Any]:
    """A county by its number, its letters or its name."""
    if profile.share(r"\d+") > 0.98:
        return {"from": profile.header, "pad": profile.longest}
    return {"from": profile.header} if profile.longest <= 3 else {"from": profile.header, "letters": True}
