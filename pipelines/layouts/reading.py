"""A layout as SQL that reads: columns of text to typed columns, and to the faults they had.

Shapes: the text relation has columns `c0 .. cN` in the order of the file. Two integers ride along with each row:
`fault_bits`, a bit per column whose text did not convert, and `masked_bits`, a bit per column with a placeholder.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.errors import LayoutError
from pipelines.layouts.columns import ColumnLayout
from pipelines.layouts.history import WideHistory
from pipelines.layouts.operations import normalise
from pipelines.sql import identifier, literal, literals


@dataclass(frozen=True)
class Positions:
    """Where the columns of a file stand.

    Attributes:
        headers: Headers as found, in order.
    """

    headers: tuple[str, ...]

    def of(self, header: str) -> int | None:
        """Position of a header, compared without case and punctuation; the first one when it stands twice."""
        wanted = normalise(header)
        return next((place for place, found in enumerate(self.headers) if normalise(found) == wanted), None)

    def texts(self, layout: ColumnLayout) -> list[str]:
        """SQL of the raw texts of a column: one, or the parts to join; empty when the file lacks it."""
        places = [place for place in map(self.of, layout.from_) if place is not None]
        return [f"c{place}" for place in (places if layout.join else places[:1])]


def missing_required(columns: Mapping[str, ColumnLayout], positions: Positions) -> list[str]:
    """Headers of required columns that the file lacks."""
    return [
        " or ".join(layout.from_) for layout in columns.values() if layout.is_required and not positions.texts(layout)
    ]


def select_typed(
    columns: Mapping[str, ColumnLayout], positions: Positions, relation: str, carry: Sequence[str] = ()
) -> str:
    """SELECT of the typed columns, the two bit columns, and whatever else is carried along.

    Columns that the file lacks are left out: the table's contract makes them null.
    """
    present = {name: layout for name, layout in columns.items() if positions.texts(layout)}
    texts = ", ".join(f"{_clean(positions.texts(layout))} AS {identifier(name)}" for name, layout in present.items())
    values = [f"{_value(name, layout)} AS {identifier(name)}" for name, layout in present.items()]
    faults = _bits({name: _is_fault(name, layout) for name, layout in present.items()})
    masked = _bits({name: layout.operation.placeholder(identifier(name)) for name, layout in present.items()})
    kept = ", ".join([*values, f"{faults} AS fault_bits", f"{masked} AS masked_bits", *carry])
    carried = "".join(f", {name}" for name in carry)
    return f"SELECT {kept}\nFROM (SELECT {texts}{carried} FROM {relation})"


def rules(columns: Mapping[str, ColumnLayout], positions: Positions) -> list[tuple[str, str]]:
    """Column and rule behind each bit of `fault_bits`, in the order of the bits."""
    return [(name, layout.operation.rule) for name, layout in columns.items() if positions.texts(layout)]


def select_wide_votes(history: WideHistory, positions: Positions, relation: str, carry: Sequence[str]) -> str:
    """SELECT of a row per stated participation from one column per election: carried columns, election_id, is_voted."""
    found = {header: positions.of(header) for header in history.elections}
    missing = [header for header, place in found.items() if place is None]
    if missing:
        raise LayoutError(f"{len(missing)} of {len(found)} election columns are missing: {', '.join(missing)}.")
    cells = [
        f"SELECT {', '.join(carry)}, {literal(history.elections[header])} AS election_id, trim(c{place}) AS cell FROM {relation}"
        for header, place in found.items()
    ]
    stated = literals([*history.voted, *history.stayed_home])
    union = "\nUNION ALL ".join(cells)
    return f"SELECT *, cell IN ({literals(history.voted)}) AS is_voted\nFROM ({union})\nWHERE cell IN ({stated})"


def _clean(texts: list[str]) -> str:
    if len(texts) == 1:
        return f"nullif(trim({texts[0]}), '')"
    return f"nullif(trim(concat_ws(' ', {', '.join(f'nullif(trim({text}), chr(0))' for text in texts)})), '')"


def _value(name: str, layout: ColumnLayout) -> str:
    text = identifier(name)
    masked = literals(layout.masks)
    value = layout.operation.read(text)
    return f"CASE WHEN {text} NOT IN ({masked}) OR {text} IS NULL THEN {value} END" if layout.masks else value


def _is_fault(name: str, layout: ColumnLayout) -> str:
    text = identifier(name)
    return (
        f"{text} IS NOT NULL AND NOT {layout.operation.placeholder(text)} AND ({layout.operation.read(text)}) IS NULL"
    )


def _bits(conditions: Mapping[str, str]) -> str:
    bits = [
        f"(CASE WHEN {condition} THEN {1 << place} ELSE 0 END)"
        for place, condition in enumerate(conditions.values())
        if condition != "false"
    ]
    return f"CAST({' + '.join(bits) or '0'} AS BIGINT)"
