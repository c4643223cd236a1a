"""How a file differs from its layout, in words, and which dialect it has."""

import csv
import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from models.errors import LayoutError
from pipelines.layouts.columns import ColumnLayout
from pipelines.layouts.formats import Delimited
from pipelines.layouts.operations import normalise
from pipelines.layouts.reading import Positions, missing_required
from pipelines.layouts.source import FileLayout
from pipelines.layouts.wide import WideHistory
from pipelines.raw.opening import OpenedText

_COMMON_DELIMITERS = ("\t", ",", "|", ";")
_NAMES = {"\t": "tab", ",": "comma", "|": "pipe", ";": "semicolon", " ": "space"}


@dataclass(frozen=True)
class Dialect:
    """What was found in the first line.

    Attributes:
        delimiter: Delimiter of the file.
        headers: Names of the columns, in order.
    """

    delimiter: str
    headers: tuple[str, ...]


def find_dialect(opened: OpenedText, layout: FileLayout) -> Dialect:
    """The delimiter and headers of a text, resolved without doubt.

    Raises:
        LayoutError: No delimiter, or more than one, gives the required columns; the difference is said in words.
    """
    assert isinstance(layout.format, Delimited)
    first = _first_line(opened)
    if not layout.format.header:
        return _without_header(opened, layout.format, first)
    found = {delimiter: split_header(first, delimiter, layout.format.quote) for delimiter in layout.format.delimiters}
    fitting = [delimiter for delimiter, headers in found.items() if not _missing(layout, headers)]
    if len(fitting) == 1:
        return _checked(opened.name, Dialect(fitting[0], found[fitting[0]]), layout)
    if len(fitting) > 1:
        raise LayoutError(
            f"{opened.name}: more than one delimiter gives the required columns: {_named(fitting)}. "
            "Name one in the layout."
        )
    raise LayoutError(_why_not(opened.name, first, layout, layout.format))


def describe_difference(headers: Iterable[str], layout: FileLayout) -> str:
    """The columns that a file lacks and has beyond its layout, with likely renames; empty when there are none.

    Columns of elections come with every file and are no difference.
    """
    expected, present = (
        {normalise(name): name for name in layout.format.names},
        {normalise(name): name for name in headers},
    )
    missing = [name for key, name in expected.items() if key not in present]
    history = layout.history
    is_known = history.is_election if isinstance(history, WideHistory) else lambda _: False
    new = [name for key, name in present.items() if key not in expected and not is_known(name)]
    likely = {name: _closest(name, new) for name in missing}
    renamed = [f"{name} may now be {likely[name]}" for name in missing if likely[name]]
    parts = [
        f"{len(missing)} of {len(expected)} columns are missing: {', '.join(missing)}" if missing else "",
        f"{len(new)} {'is' if len(new) == 1 else 'are'} new: {', '.join(new)}" if new else "",
        "; ".join(renamed),
    ]
    return ". ".join(part for part in parts if part)


def split_header(line: str, delimiter: str, quote: str) -> tuple[str, ...]:
    """The headers of a first line, without quotes and blanks."""
    if not quote:
        return tuple(name.strip() for name in line.split(delimiter))
    return tuple(name.strip() for name in next(csv.reader([line], delimiter=delimiter, quotechar=quote), []))


def _first_line(opened: OpenedText) -> str:
    with Path(opened.path).open(encoding="utf-8-sig", newline="") as text:
        return text.readline(1 << 20).split("\r")[0].rstrip("\n")


def _without_header(opened: OpenedText, format_: Delimited, first: str) -> Dialect:
    widths = {delimiter: len(split_header(first, delimiter, format_.quote)) for delimiter in format_.delimiters}
    fitting = [delimiter for delimiter, width in widths.items() if width == len(format_.names)]
    if len(fitting) == 1:
        return Dialect(fitting[0], tuple(format_.names))
    counts = ", ".join(f"{width} by {_NAMES.get(delimiter, 'another sign')}" for delimiter, width in widths.items())
    raise LayoutError(
        f"{opened.name}: {len(format_.names)} columns were expected in a line without header; found {counts}."
    )


def _checked(name: str, dialect: Dialect, layout: FileLayout) -> Dialect:
    read = {normalise(header) for header in layout.read_headers()}
    normal = [normalise(header) for header in dialect.headers]
    doubled = sorted(
        {header for header, key in zip(dialect.headers, normal, strict=True) if key in read and normal.count(key) > 1}
    )
    if doubled:
        raise LayoutError(
            f"{name}: {len(doubled)} columns that are read stand twice in the header: {', '.join(doubled)}."
        )
    return dialect


def _why_not(name: str, first: str, layout: FileLayout, format_: Delimited) -> str:
    others = [other for other in _COMMON_DELIMITERS if other not in format_.delimiters]
    fitting = [other for other in others if not _missing(layout, split_header(first, other, format_.quote))]
    if len(fitting) == 1:
        return (
            f"{name}: its delimiter is {_named(fitting)}, the layout says {_named(format_.delimiters)}. "
            "If the state changed it, add a dated layout."
        )
    headers = split_header(first, format_.delimiters[0], format_.quote)
    known = {normalise(header) for header in headers} & {normalise(header) for header in format_.names}
    if 2 * len(known) < len(format_.names):  # may be a row of data: its texts are not repeated
        return (
            f"{name}: the first line is not the header: {len(known) or 'none'} of its {len(headers):,} fields "
            f"is one of the {len(format_.names)} known columns."
        )
    missing = _missing(layout, headers)
    return (
        f"{name}: {len(missing)} required columns are missing: {', '.join(missing)}. "
        f"{describe_difference(headers, layout)}. If the state renamed a column, add a dated layout."
    )


def _missing(layout: FileLayout, headers: tuple[str, ...]) -> list[str]:
    columns: dict[str, ColumnLayout] = layout.column_layouts()
    return missing_required(columns, Positions(headers))


def _closest(name: str, new: list[str]) -> str | None:
    return next(iter(difflib.get_close_matches(name, new, n=1, cutoff=0.6)), None)


def _named(delimiters: Iterable[str]) -> str:
    return " or ".join(_NAMES.get(delimiter, repr(delimiter)) for delimiter in delimiters)
