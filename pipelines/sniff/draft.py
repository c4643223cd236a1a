"""A draft of a source: every file that was found as a role of its first layout, as YAML with remarks."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from models.errors import LayoutError
from pipelines.calendar import Election
from pipelines.sniff.about import UNKNOWN_STATE, about_source, voters_not_shown
from pipelines.sniff.coded import CodeFile, find_codes
from pipelines.sniff.completing import complete_matches
from pipelines.sniff.history import FoundHistory, find_history
from pipelines.sniff.long import find_long, find_voter, id_column
from pipelines.sniff.mapped import find_mapped
from pipelines.sniff.matching import Match, match_columns
from pipelines.sniff.notes import Noted, one_line, to_yaml
from pipelines.sniff.people import draft_voters
from pipelines.sniff.profile import ColumnProfile, profile_columns
from pipelines.sniff.sample import Sample
from pipelines.sniff.turns import UNNAMED, name_repeated
from pipelines.sniff.vocabulary import Vocabulary

_LEAST_OF_A_VOTER = {"last_name", "first_name"}
_FEW = 100  # rows, count


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
    files, coded = _with_codes(files, vocabulary)
    roles, left = _roles(files, vocabulary, coded)
    if not roles:
        told = " ".join(["no column is known; no layout can be drafted from it.", *_too_few(files)])
        raise LayoutError(f"{samples[0].kind.name}: {told}")
    layout = {"valid_from": Noted("2000-01-01", "fill in: the first snapshot day that looks so"), "files": roles}
    layout |= {"codes": {use.name: _landed(found) for found, use in coded.uses}} if coded.uses else {}
    head = "".join(f"# {one_line(line)}\n" for line in _opening(files, left))
    return head + to_yaml({**about_source(state), "layouts": [layout]})


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
        if profile.header
        and not (history and profile.place in history.places)
        and not (profile.header.startswith(UNNAMED) and not sample.has_header)
    ]
    matches = match_columns(free, vocabulary, sample.has_header, sample.rows)
    matches = complete_matches(matches, free, vocabulary, sample.has_header, sample.rows)
    return SniffedFile(sample, profiles, history, matches)


@dataclass(frozen=True)
class _Coded:
    """What files of codes tell of voters.

    Attributes:
        uses: The files that tell something.
        lookups: How they join the rows of voters.
        columns: Columns of a voter that they tell.
    """

    uses: list[tuple[SniffedFile, CodeFile]] = field(default_factory=list)
    lookups: list[dict[str, Any]] = field(default_factory=list)
    columns: dict[str, Any] = field(default_factory=dict)


def _with_codes(files: Sequence[SniffedFile], vocabulary: Vocabulary) -> tuple[list[SniffedFile], _Coded]:
    """The files, the voters' with the votes whose numbers a file of codes explains, and what such files tell."""
    coded = _Coded()
    people = next((file for file in files if file.is_voters), None)
    if people is None:
        return list(files), coded
    voters = people
    for other in [file for file in files if not file.is_voters and not file.history]:
        use = CodeFile(_name_of_codes(other, voters, len(coded.uses)), other.sample, other.profiles)
        mapped = None if voters.history else find_mapped(use, voters.profiles, voters.matches, vocabulary)
        told = None if mapped else find_codes(use, voters.profiles, voters.matches, vocabulary)
        voters = replace(voters, history=mapped) if mapped else voters
        coded.lookups.extend([told.lookup] if told else [])
        coded.columns.update(told.columns if told else {})
        coded.uses.extend([(other, use)] if mapped or told else [])
    return [voters if file is people else file for file in files], coded


def _name_of_codes(file: SniffedFile, voters: SniffedFile, nth: int) -> str:
    """A name by the words that its files have and the voters' have not."""
    shared = {*voters.sample.kind.words, "txt", "csv", "zip", "lst"}
    return "_".join(word.lower() for word in file.sample.kind.words if word not in shared) or f"codes_{nth + 1}"


def _roles(
    files: Sequence[SniffedFile], vocabulary: Vocabulary, coded: _Coded
) -> tuple[dict[str, Any], list[SniffedFile]]:
    """The file of each role, drafted, and the files that have none."""
    used = [found for found, _ in coded.uses]
    people = [found for found in files if found.is_voters]
    roles: dict[str, Any] = {}
    known: dict[str, ColumnProfile] = {}
    if people:
        known = {name: match.profile for name, match in people[0].matches.items()}
        roles["voters"] = _voters_file(people[0], vocabulary, coded)
        used.append(people[0])
    for found in [found for found in files if found not in used]:
        told = _history_of(found, vocabulary, known)
        if told and "history" not in roles and "history" not in roles.get("voters", {}):
            roles["history"] = {**_landed(found), "history": told}
            used.append(found)
    if roles and "voters" not in roles:
        roles = {"voters": voters_not_shown(), **roles}
    return roles, [found for found in files if found not in used]


def _history_of(found: SniffedFile, vocabulary: Vocabulary, known: dict[str, ColumnProfile]) -> dict[str, Any] | None:
    """The votes of a file of its own, in whichever shape."""
    if not found.history:
        return find_long(found.profiles, vocabulary, found.sample.has_header, known)
    free = [profile for profile in found.profiles if profile.place not in found.history.places and profile.filled]
    who = find_voter(free, vocabulary, found.sample.has_header, known)
    if not who:
        return None
    return {**found.history.told, "voter_id": id_column(who, known.get("voter_id"))}


def _voters_file(found: SniffedFile, vocabulary: Vocabulary, coded: _Coded) -> dict[str, Any]:
    places = found.history.places if found.history else set()
    free = [profile for profile in found.profiles if profile.place not in places and profile.header]
    columns = draft_voters(free, found.matches, vocabulary, found.sample.has_header) | coded.columns
    lookups = {"lookups": coded.lookups} if coded.lookups else {}
    told = {**_landed(found), **lookups, "voters": columns}
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
        format_["names"] = [
            profile.header or f"nameless_{profile.place + 1}"
            for profile in found.profiles
            if profile.place not in places
        ]
    remarks = "; ".join(found.sample.remarks)
    return {**names, "format": Noted(format_, remarks) if remarks else format_}


def _opening(files: Sequence[SniffedFile], left: Sequence[SniffedFile]) -> list[str]:
    """What the draft was made from, and what it leaves out."""
    made = [f"{found.sample.kind.name}: {len(found.sample.rows):,} rows sampled" for found in files]
    unread = [f"not read: {found.sample.kind.name}, {len(found.profiles)} columns" for found in left]
    return [
        "A draft of `walklist sniff`. Look at every line with a remark, then hold it against the documentation.",
        *made,
        *_too_few(files),
        *unread,
    ]


def _too_few(files: Sequence[SniffedFile]) -> list[str]:
    """A warning where the largest sample tells little."""
    most = max(len(found.sample.rows) for found in files)
    return [f"Only {most} rows: too few to tell columns by their texts. Give a larger file."] if most < _FEW else []
