"""A layout as SQL that reads: columns of text to typed columns, and to the faults they had.

Shapes: the text relation has columns `c0 .. cN` in the order of the file. Two integers ride along with each row:
`fault_bits`, a bit per column whose text did not convert, and `masked_bits`, a bit per column with a placeholder.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.errors import LayoutError
from pipelines.layouts.columns import ColumnLayout
from pipelines.layouts.history import WideHistory
from pipelines.layouts.operations import Operation, normalise
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
    columns: Mapping[str, ColumnLayout],
    positions: Positions,
    relation: str,
    carry: Sequence[str] = (),
    made_on: dt.date | None = None,
) -> str:
    """SELECT of the typed columns, the two bit columns, and whatever else is carried along.

    Columns that the file lacks are left out: the table's contract makes them null.

    Args:
        columns: Layout of every column.
        positions: Where the columns of the file stand.
        relation: SQL of the text columns.
        carry: SQL of further columns, as they stand in the relation.
        made_on: Day of the file; a day or year after it is a fault.
    """
    read = _operations(columns, positions, made_on)
    texts = [f"{_clean(positions.texts(columns[name]), columns[name].is_key)} AS {_text(name)}" for name in read]
    values = [f"{_text(name)}, {operation.read(_text(name))} AS {identifier(name)}" for name, operation in read.items()]
    told = [f"{_told(name, operation)} AS {identifier(name)}" for name, operation in read.items()]
    faults = _bits([_is_fault(name, operation) for name, operation in read.items()])
    masked = _bits([operation.placeholder(_text(name), identifier(name)) for name, operation in read.items()])
    return f"""
    SELECT {", ".join([*told, f"{faults} AS fault_bits", f"{masked} AS masked_bits", *map(_name, carry)])}
    FROM (
        SELECT {", ".join([*values, *map(_name, carry)])}
        FROM (SELECT {", ".join([*texts, *carry])} FROM {relation})
    )"""


def rules(
    columns: Mapping[str, ColumnLayout], positions: Positions, made_on: dt.date | None = None
) -> list[tuple[str, str]]:
    """Column and rule behind each bit of `fault_bits`, in the order of the bits."""
    return [(name, operation.rule) for name, operation in _operations(columns, positions, made_on).items()]


def wide_cells(history: WideHistory, positions: Positions, name: str) -> list[str]:
    """SQL of the cell of every election, in the order of the layout: `cell_0 .. cell_N`.

    Raises:
        LayoutError: The file lacks the column of an election.
    """
    found = {header: positions.of(header) for header in history.elections}
    missing = [header for header, place in found.items() if place is None]
    if missing:
        raise LayoutError(f"{name}: {len(missing)} of {len(found)} election columns are missing: {', '.join(missing)}.")
    return [f"trim(c{place}) AS cell_{number}" for number, place in enumerate(found.values())]


def select_wide_votes(history: WideHistory, relation: str, carry: Sequence[str]) -> str:
    """SELECT of a row per stated participation from the cells of each row: carried columns, election_id, is_voted."""
    cells = [
        f"SELECT {', '.join(carry)}, {literal(election)} AS election_id, cell_{number} AS cell FROM {relation}"
        for number, election in enumerate(history.elections.values())
    ]
    stated = literals([*history.voted, *history.stayed_home])
    union = "\nUNION ALL ".join(cells)
    return f"SELECT *, cell IN ({literals(history.voted)}) AS is_voted\nFROM ({union})\nWHERE cell IN ({stated})"


def _operations(
    columns: Mapping[str, ColumnLayout], positions: Positions, made_on: dt.date | None
) -> dict[str, Operation]:
    present = {name: layout.operation for name, layout in columns.items() if positions.texts(layout)}
    return {name: operation.until(made_on) if made_on else operation for name, operation in present.items()}


def _text(name: str) -> str:
    return identifier(f"text of {name}")


def _name(expression: str) -> str:
    return expression.rsplit(" AS ", 1)[-1]


def _clean(texts: list[str], is_key: bool) -> str:
    """SQL of a text without the blanks around it, a key without any white space; null when nothing is left."""
    signs = ", ' \t\r\n\u00a0'" if is_key else ""
    parts = [f"nullif(trim({text}{signs}), '')" for text in texts]
    return parts[0] if len(parts) == 1 else f"nullif(concat_ws(' ', {', '.join(parts)}), '')"


def _told(name: str, operation: Operation) -> str:
    value = identifier(name)
    placeholder, valid = operation.placeholder(_text(name), value), operation.valid(value)
    if (placeholder, valid) == ("false", "true"):
        return value
    return f"CASE WHEN NOT {placeholder} AND {valid} THEN {value} END"


def _is_fault(name: str, operation: Operation) -> str:
    value, text = identifier(name), _text(name)
    return (
        f"{text} IS NOT NULL AND NOT {operation.placeholder(text, value)} "
        f"AND ({value} IS NULL OR NOT {operation.valid(value)})"
    )


def _bits(conditions: Sequence[str]) -> str:
    bits = [
        f"(CASE WHEN {condition} THEN {1 << place} ELSE 0 END)"
        for place, condition in enumerate(conditions)
        if condition != "false"
    ]
    return f"CAST({' + '.join(bits) or '0'} AS BIGINT)"
