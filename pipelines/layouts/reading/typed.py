"""A layout as SQL that reads: columns of text to typed columns, and to the faults they had.

Shapes: the text relation has columns `c0 .. cN` in the order of the file. Two integers ride along with each row:
`fault_bits`, a bit per column whose text did not convert, and `masked_bits`, a bit per column with a placeholder.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from pipelines.layouts.columns import ColumnLayout
from pipelines.layouts.operations import AtLeast, Operation
from pipelines.layouts.reading.positions import Positions
from pipelines.sql import identifier, literal

_AHEAD = ("election_date", "until_date")  # days of campaign tables that may lie after the file was made


def select_typed(
    columns: Mapping[str, ColumnLayout],
    positions: Positions,
    relation: str,
    carry: Sequence[str] = (),
    made_on: dt.date | None = None,
    least: Mapping[str, float] = MappingProxyType({}),
) -> str:
    """SELECT of the typed columns, the two bit columns, and whatever else is carried along.

    Columns that the file lacks are left out: the table's contract makes them null.

    Args:
        columns: Layout of every column.
        positions: Where the columns of the file stand.
        relation: SQL of the text columns.
        carry: SQL of further columns, as they stand in the relation.
        made_on: Day of the file; a day or year after it is a fault.
        least: Column of numbers to the bound below which a value is a fault.
    """
    read = _operations(columns, positions, made_on, least)
    texts = [f"{_clean(positions.texts(columns[name]), columns[name])} AS {_text(name)}" for name in read]
    values = [
        f"{_text(name)}, {_in_form(operation.read(_text(name)), columns[name])} AS {identifier(name)}"
        for name, operation in read.items()
    ]
    told = [f"{_told(name, operation)} AS {identifier(name)}" for name, operation in read.items()]
    faults = _bits([_is_fault(name, operation, columns[name]) for name, operation in read.items()])
    masked = _bits([operation.placeholder(_text(name), identifier(name)) for name, operation in read.items()])
    return f"""
    SELECT {", ".join([*told, f"{faults} AS fault_bits", f"{masked} AS masked_bits", *map(_name, carry)])}
    FROM (
        SELECT {", ".join([*values, *map(_name, carry)])}
        FROM (SELECT {", ".join([*texts, *carry])} FROM {relation})
    )"""


def rules(
    columns: Mapping[str, ColumnLayout],
    positions: Positions,
    made_on: dt.date | None = None,
    least: Mapping[str, float] = MappingProxyType({}),
) -> list[tuple[str, str]]:
    """Column and rule behind each bit of `fault_bits`, in the order of the bits."""
    return [(name, operation.rule) for name, operation in _operations(columns, positions, made_on, least).items()]


def _operations(
    columns: Mapping[str, ColumnLayout], positions: Positions, made_on: dt.date | None, least: Mapping[str, float]
) -> dict[str, Operation]:
    present = {name: layout.operation for name, layout in columns.items() if positions.texts(layout)}
    present |= {name: AtLeast((), present[name], bound) for name, bound in least.items() if name in present}
    return {
        name: operation.until(made_on) if made_on and name not in _AHEAD else operation
        for name, operation in present.items()
    }


def _text(name: str) -> str:
    return identifier(f"text of {name}")


def _name(expression: str) -> str:
    return expression.rsplit(" AS ", 1)[-1]


def _clean(texts: list[str], layout: ColumnLayout) -> str:
    """SQL of a text without the blanks around it, a key without any white space; null when nothing is left.

    Of a text in several parts the masked ones are left out.
    """
    parts = [_without_spaces(text) if layout.is_key else _without_blanks(text) for text in texts]
    if len(parts) == 1:
        return parts[0]
    for mask in layout.masks:
        parts = [f"nullif({part}, {literal(mask)})" for part in parts]
    parts = [_told_once(parts, place) for place, _ in enumerate(parts)] if layout.has_repeats else parts
    return f"nullif(concat_ws(' ', {', '.join(parts)}), '')"


def _told_once(parts: Sequence[str], place: int) -> str:
    """A part, null where the part before it ends with it or the next one begins with it."""
    part = parts[place]
    before = [f"ends_with({parts[place - 1]}, concat(' ', {part}))"] if place else []
    behind = [f"starts_with({parts[place + 1]}, concat({part}, ' '))"] if place + 1 < len(parts) else []
    return f"CASE WHEN NOT coalesce({' OR '.join([*before, *behind])}, false) THEN {part} END"


def _without_spaces(text: str) -> str:
    """A key that begins and ends with a sign of ASCII has none to cut; looking is six times cheaper than cutting."""
    last = f"right({text}, 1)"
    is_bare = f"{text} > '!' AND {text} < chr(127) AND {last} > ' ' AND {last} < chr(127)"
    return f"CASE WHEN {is_bare} THEN {text} ELSE nullif(trim({text}, ' \t\r\n\u00a0'), '') END"


def _without_blanks(text: str) -> str:
    """Few texts have a blank at an end; looking is five times cheaper than cutting."""
    has_blank = f"starts_with({text}, ' ') OR ends_with({text}, ' ') OR {text} = ''"
    return f"CASE WHEN {has_blank} THEN nullif(trim({text}), '') ELSE {text} END"


def _in_form(value: str, layout: ColumnLayout) -> str:
    """A value, null where it has not the form that it must have."""
    return f"CASE WHEN regexp_full_match({value}, {literal(layout.form)}) THEN {value} END" if layout.form else value


def _told(name: str, operation: Operation) -> str:
    value = identifier(name)
    placeholder, valid = operation.placeholder(_text(name), value), operation.valid(value)
    if (placeholder, valid) == ("false", "true"):
        return value
    return f"CASE WHEN NOT {placeholder} AND {valid} THEN {value} END"


def _is_fault(name: str, operation: Operation, layout: ColumnLayout) -> str:
    if operation.reads_every_text and (layout.is_key or not layout.form):
        return "false"  # a row whose key has another form is refused, and counted so
    value, text = identifier(name), _text(name)
    placeholder, valid = operation.placeholder(text, value), operation.valid(value)
    wrong = f"{value} IS NULL" if valid == "true" else f"({value} IS NULL OR NOT {valid})"
    return f"{text} IS NOT NULL AND {wrong}" + ("" if placeholder == "false" else f" AND NOT {placeholder}")


def _bits(conditions: Sequence[str]) -> str:
    bits = [
        f"(CASE WHEN {condition} THEN {1 << place} ELSE 0 END)"
        for place, condition in enumerate(conditions)
        if condition != "false"
    ]
    return f"CAST({' + '.join(bits) or '0'} AS BIGINT)"
