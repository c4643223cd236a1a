"""Votes that stand in the row of a voter: packed into one list of texts a row, and told apart again.

A packed vote is the number of its group, its slot (or the name of its election), and the raw texts of its columns, with
a unit separator between them. So millions of packed votes are a few thousand different texts, read once each.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.layouts.ballots import VoteColumns
from pipelines.layouts.columns import ColumnLayout
from pipelines.layouts.history import AnyHistory, InRow, LongHistory
from pipelines.layouts.lookups import Lookup
from pipelines.layouts.naming import ElectionName
from pipelines.layouts.reading.positions import Positions
from pipelines.layouts.slots import CodeMapped, FreeText, RelativeSlots, SlotGroup
from pipelines.layouts.wide import WideElection, WideHistory
from pipelines.sql import literal, literals

SEPARATOR = "\x1f"
SLOT = "slot"
"""Header of the number of a slot, or of the name of the election, in a packed vote."""


@dataclass(frozen=True)
class VoteGroup:
    """Votes of a row that are told by the same columns.

    Attributes:
        headers: Headers of the texts of a packed vote, {n} or {} left in, those of group and slot aside.
        columns: Column of the vote to its place among them.
        election: How a text names the election, if one does.
        type: Type of all elections of the group, where it has one.
        lookups: Code files that say more of a vote.
    """

    headers: tuple[str, ...]
    columns: dict[str, ColumnLayout]
    election: ElectionName | None = None
    type: str | None = None
    lookups: tuple[Lookup, ...] = ()


def is_packed(history: object) -> bool:
    """Whether the votes of a row are packed; cells of few words are not, and are cheaper to read."""
    return isinstance(history, InRow) and not (isinstance(history, WideHistory) and history.voted)


def vote_groups(history: InRow) -> list[VoteGroup]:
    """The groups of votes of a row, in order; none where the cells of a wide history are a few words."""
    if not is_packed(history):
        return []
    if isinstance(history, FreeText):
        return [VoteGroup((), {})]
    if isinstance(history, RelativeSlots):
        return [_group(slots, slots.type) for slots in history.slots]
    return [_group(history)]


def unread_votes(history: object) -> str:
    """SQL of how many packed votes of a row have a text that is no day, where each is to have the day of its election.

    Without fixed places such a text tells that the row is not one record.
    """
    if not isinstance(history, WideHistory) or not is_packed(history) or "election_date" not in history.columns:
        return "0"
    day = history.columns["election_date"]
    place = texts_of_votes(history).index(day.from_[0]) + 3  # behind the number of the group and the slot
    read = day.operation.read(f"split_part(vote, chr({ord(SEPARATOR)}), {place})")
    return f"coalesce(len(list_filter(votes, lambda vote: {read} IS NULL)), 0)"


def texts_of_votes(history: LongHistory | SlotGroup | CodeMapped | WideHistory) -> list[str]:
    """Headers of all that is said of a vote, the voter aside."""
    columns = {name: layout for name, layout in history.column_layouts().items() if name != "voter_id"}
    named = [history.election.from_] if history.election and history.election.from_ else []
    looked = [header for lookup in history.lookups for header in lookup.by if not header.startswith("=")]
    joined = {header for lookup in history.lookups for header in lookup.gives}
    read = [header for layout in columns.values() for header in layout.from_]
    return [header for header in dict.fromkeys([*read, *named, *looked]) if header not in joined | {SLOT}]


def headers_in_row(history: InRow) -> list[str]:
    """Headers of the file that the votes of a row are read from, where they are the same in every file."""
    own = history.voter_id.from_[:1] if history.voter_id else []
    if isinstance(history, FreeText):
        return [*own, history.from_]
    if isinstance(history, WideHistory):
        return own
    slots = history.slots if isinstance(history, RelativeSlots) else [history]
    return own + [
        header.replace("{n}", str(n))
        for group in slots
        for header in texts_of_votes(group)
        for n in range(1, group.count + 1)
    ]


def needed_in_row(history: AnyHistory) -> list[tuple[str, int]]:
    """Headers that say whether there is a vote, or what its codes mean, each with the number of its slot."""
    if isinstance(history, FreeText):
        return [(history.from_, 1)]
    groups = (
        history.slots if isinstance(history, RelativeSlots) else [history] if isinstance(history, CodeMapped) else []
    )
    stated = [(group.stated_by, n) for group in groups for n in range(1, group.count + 1)]
    lookups = [] if isinstance(history, RelativeSlots | WideHistory) else history.lookups
    joined = {header for lookup in lookups for header in lookup.gives}
    header = history.election.from_ if isinstance(history, LongHistory) and history.election else None
    stated += [(header, 1)] if header and header not in joined else []
    return stated + [(at, 1) for lookup in lookups for at in lookup.by if at != SLOT and not at.startswith("=")]


def pack(history: InRow, positions: Positions, elections: Sequence[WideElection]) -> str:
    """SQL of the list of packed votes that a row of text columns states.

    Args:
        history: Shape of the history; one that is packed.
        positions: Where the columns of the file stand.
        elections: Elections that the file has columns for, where the history is wide.
    """
    if isinstance(history, FreeText):
        text = f"c{positions.of(history.from_)}"
        labels = f"list_transform(string_split({text}, {literal(history.separator)}), lambda label: trim(label))"
        packed = f"list_transform({labels}, lambda label: nullif(label, ''))"
        prefix = literal(f"0{SEPARATOR}")
        return f"list_filter(list_transform({packed}, lambda label: {prefix} || label), lambda vote: vote IS NOT NULL)"
    if isinstance(history, WideHistory):
        votes = [_packed_cells(history, positions, election) for election in elections]
    else:
        slots = history.slots if isinstance(history, RelativeSlots) else [history]
        votes = [
            _packed_slot(number, group, positions, n)
            for number, group in enumerate(slots)
            for n in range(1, group.count + 1)
        ]
    return f"list_filter([{', '.join(votes)}], lambda vote: vote IS NOT NULL)"


def _group(told: VoteColumns, type_: str | None = None) -> VoteGroup:
    columns = {name: layout for name, layout in told.column_layouts().items() if name != "voter_id"}
    headers = tuple(texts_of_votes(told)) if not isinstance(told, WideHistory) else tuple(told.templates)  # ty: ignore
    return VoteGroup(headers, columns, told.election, type_, tuple(told.lookups))


def _packed_slot(number: int, group: SlotGroup | CodeMapped, positions: Positions, n: int) -> str:
    texts = [_trimmed(positions.nth(header, n)) for header in texts_of_votes(group)]
    stated = _trimmed(positions.nth(group.stated_by, n))
    return _packed(f"{stated} NOT IN ({literals(['', *group.blank])})", [literal(str(number)), literal(str(n)), *texts])


def _packed_cells(history: WideHistory, positions: Positions, election: WideElection) -> str:
    """A vote of several cells; it is stated where one of them is not blank."""
    name = history.name_in(election.header) or ""
    texts = [_trimmed(positions.like(template, name)) for template in history.templates]
    return _packed(f"concat({', '.join(texts)}) <> ''", [literal("0"), literal(election.header), *texts])


def _packed(condition: str, parts: Sequence[str]) -> str:
    return f"CASE WHEN {condition} THEN concat_ws({literal(SEPARATOR)}, {', '.join(parts)}) END"


def _trimmed(place: int | None) -> str:
    return "''" if place is None else f"coalesce(trim(c{place}), '')"
