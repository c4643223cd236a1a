"""A draft of a source: every file that was found as a role of its first layout, as YAML with remarks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from models.errors import LayoutError
from pipelines.calendar import Election
from pipelines.sniff.history import FoundHistory, find_history
from pipelines.sniff.long import find_long, find_voter, id_column
from pipelines.sniff.matching import Match, match_columns
from pipelines.sniff.notes import Noted, one_line, to_yaml
from pipelines.sniff.people import draft_voters
from pipelines.sniff.profile import ColumnProfile, profile_columns
from pipelines.sniff.sample import Sample
from pipelines.sniff.turns import name_repeated
from pipelines.sniff.vocabulary import Vocabulary

_LEAST_OF_A_VOTER = {"last_name", "first_name"}
UNKNOWN_STATE = "ZZ"
"""Letters that stand for a state that was not told."""

_FILL_IN = "fill in"


@dataclass(frozen=True)
class SniffedFile:
    """Texts of one kind, with what their columns are.

    Attributes:
        sample: The rows.
        profiles: Profile of each column.
        history: Votes in the rows of voters, if there are.
        matches: Header of each column of a voter.
    """

    sample: Sample
    profiles: list[ColumnProfile]
    history: FoundHistory | None
    matches: dict[str, Match]

    @property
    def is_voters(self) -> bool:
        """Whether its rows are people."""
        return set(self.matches) >= _LEAST_OF_A_VOTER


def draft_source(
    samples: Sequence[Sample], vocabulary: Vocabulary, state: str = UNKNOWN_STATE, calendar: Sequence[Election] = ()
) -> str:
    """The YAML of a source whose files these are.

    Args:
        samples: A sample of every kind of text.
        vocabulary: What known sources call things.
        state: Two letters of the state.
        calendar: Elections of the state.

    Raises:
        LayoutError: No file has a column that can be the voter's.
    """
    files = [sniff_sample(sample, vocabulary, calendar) for sample in samples]
    roles, left = _roles(files, vocabulary)
    if not roles:
        raise LayoutError(f"{samples[0].kind.name}: no column is known; no layout can be drafted from it.")
    layout = {"valid_from": Noted("2000-01-01", "fill in: the first snapshot day that looks so"), "files": roles}
    head = "".join(f"# {one_line(line)}\n" for line in _opening(files, left))
    return head + to_yaml({**_about(state), "layouts": [layout]})


def sniff_sample(sample: Sample, vocabulary: Vocabulary, calendar: Sequence[Election] = ()) -> SniffedFile:
    """What the columns of a sample are."""
    profiles = profile_columns(sample.headers, sample.rows)
    if not sample.has_header:
        headers = name_repeated(profiles)
        profiles = [replace(profile, header=header) for profile, header in zip(profiles, headers, strict=True)]
    history = find_history(profiles, vocabulary, calendar, sample.rows)
    free = [
        profile
        for profile in profiles
        if not (history and profile.place in history.places)
        and not (profile.header.startswith("slot_") and not sample.has_header)
    ]
    return SniffedFile(sample, profiles, history, match_columns(free, vocabulary, sample.has_header, sample.rows))


def _roles(files: Sequence[SniffedFile], vocabulary: Vocabulary) -> tuple[dict[str, Any], list[SniffedFile]]:
    """The file of each role, drafted, and the files that have none."""
    people = [found for found in files if found.is_voters]
    roles: dict[str, Any] = {}
    known: dict[str, ColumnProfile] = {}
    if people:
        known = {name: match.profile for name, match in people[0].matches.items()}
        roles["voters"] = _voters_file(people[0], vocabulary)
    others = [found for found in files if found not in people[:1]]
    for found in others:
        told = _history_of(found, vocabulary, known)
        if told and "history" not in roles and "history" not in roles.get("voters", {}):
            roles["history"] = {**_landed(found), "history": told}
    if roles and "voters" not in roles:
        roles = {"voters": _placeholder(), **roles}
    used = len(people[:1]) + ("history" in roles)
    return roles, [] if used >= len(files) else list(files[used:])


def _history_of(found: SniffedFile, vocabulary: Vocabulary, known: dict[str, ColumnProfile]) -> dict[str, Any] | None:
    """The votes of a file of its own, in whichever shape."""
    if not found.history:
        return find_long(found.profiles, vocabulary, found.sample.has_header, known)
    free = [profile for profile in found.profiles if profile.place not in found.history.places and profile.filled]
    who = find_voter(free, vocabulary, found.sample.has_header, known)
    if not who:
        return None
    return {**found.history.told, "voter_id": id_column(who, known.get("voter_id"))}


def _voters_file(found: SniffedFile, vocabulary: Vocabulary) -> dict[str, Any]:
    places = found.history.places if found.history else set()
    free = [profile for profile in found.profiles if profile.place not in places]
    told = {**_landed(found), "voters": draft_voters(free, found.matches, vocabulary, found.sample.has_header)}
    return told | ({"history": found.history.told} if found.history else {})


def _landed(found: SniffedFile) -> dict[str, Any]:
    """Names and format of the files."""
    kind, format_ = found.sample.kind, dict(found.sample.format)
    members = kind.members()
    names = {"match": kind.match(), **({"members": members} if members else {})}
    if format_["kind"] == "fixed_width":
        widths = zip(found.profiles, format_["records"][0].values(), strict=True)
        format_["records"] = [{profile.header: width for profile, width in widths}]
    else:
        is_open = found.history is not None and found.history.is_open
        places = found.history.places if found.history and is_open else set()
        format_["names"] = [profile.header or "nameless" for profile in found.profiles if profile.place not in places]
    remarks = "; ".join(found.sample.remarks)
    return {**names, "format": Noted(format_, remarks) if remarks else format_}


def _placeholder() -> dict[str, Any]:
    """A file of voters that was not shown, as a layout must have one."""
    format_ = {"kind": "delimited", "delimiters": [","], "encodings": ["utf-8"], "names": ["voter_id"]}
    match = Noted(["no-such-file"], "fill in: the file of voters was not shown; sniff it together with this one")
    return {"match": match, "format": format_, "voters": {"voter_id": {"from": "voter_id", "key": True}}}


def _about(state: str) -> dict[str, Any]:
    """What only a person knows, with values that can be read."""
    return {
        "state": state if state != UNKNOWN_STATE else Noted(state, f"{_FILL_IN}: the two letters of the state"),
        "name": Noted(state, f"{_FILL_IN}: name for people"),
        "obtained_from": Noted("not told", f"{_FILL_IN}: who gave the file"),
        "license": Noted(None, f"{_FILL_IN}: licence or statute"),
        "permitted_uses": Noted([], f"{_FILL_IN}: elections, research, as the terms say"),
        "refresh_days": Noted(30, f"{_FILL_IN}: usual days between files"),
        "posting_lag_days": Noted(45, f"{_FILL_IN}: days until a history is posted"),
        "registration_closes_days": Noted(30, f"{_FILL_IN}: usual days before an election"),
    }


def _opening(files: Sequence[SniffedFile], left: Sequence[SniffedFile]) -> list[str]:
    """What the draft was made from, and what it leaves out."""
    made = [f"{found.sample.kind.name}: {len(found.sample.rows):,} rows sampled" for found in files]
    unread = [f"not read: {found.sample.kind.name}, {len(found.profiles)} columns" for found in left]
    return [
        "A draft of `walklist sniff`. Look at every line with a remark, then hold it against the documentation.",
        *made,
        *unread,
    ]
