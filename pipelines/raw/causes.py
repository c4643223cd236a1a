"""Why the first lines of a delimited text do not fit its layout, and what a dated layout would have to say."""

from collections.abc import Mapping, Sequence
from typing import Any

from models.errors import LayoutError
from models.wording import counted
from pipelines.raw.dialects import (
    FirstLines,
    is_every_name,
    is_header_line,
    known_names,
    missing_columns,
    named,
    split_header,
)
from pipelines.raw.diff import compare
from pipelines.raw.quoting import find_quote

_LOOKED_AT = 10  # lines among which a header may stand behind a title
_ADD = "If the state changed it, add a dated layout."


def why_not(first: FirstLines) -> LayoutError:
    """The error that names the cause why a text has no dialect of its layout."""
    told = _header(first) or _delimiter(first) or _quote(first) or _title(first) or _columns(first) or _rows(first)
    return LayoutError(f"{first.name}: {told[0]}", told[1] or None)


Cause = tuple[str, Mapping[str, Any]]


def _delimiter(first: FirstLines) -> Cause | None:
    """Another delimiter gives the required columns, or their number."""
    headed = [
        other for other in first.other_delimiters if first.format.header and _is_header(first, first.first, [other])
    ]
    fitting = [other for other in first.other_delimiters if _fits(first, other)] or headed
    is_listed = any(_fits(first, delimiter) for delimiter in first.format.delimiters)
    if len(fitting) != 1 or is_listed or (headed and _is_header(first, first.first)):
        return None
    sentence = f"its delimiter is {named(fitting)}, the layout says {named(first.format.delimiters)}."
    is_header = first.format.header and _is_header(first, first.first, fitting)  # the texts of rows are not repeated
    difference = compare(first.split(fitting[0]), first.files, first.rows(fitting[0])) if is_header else None
    if difference and str(difference):
        sentence += f" {difference}."
    changed = difference.change() if difference else {}
    return f"{sentence} {_ADD}", {**changed, "set": {"format": {"delimiters": fitting}}}


def _fits(first: FirstLines, delimiter: str) -> bool:
    fields, format_ = first.split(delimiter), first.format
    if not format_.header or (format_.header == "either" and not is_header_line(fields, format_)):
        return len(fields) == len(format_.names)
    return not missing_columns(first.files, fields)


def _header(first: FirstLines) -> Cause | None:
    """There is a header where the layout says that there is none."""
    is_header = [is_every_name(first.split(delimiter), first.format) for delimiter in first.format.delimiters]
    if first.format.header or not any(is_header):
        return None
    told = f"its first line is a header, the layout says that there is none. {_ADD}"
    return told, {"set": {"format": {"header": "either"}}}


def _quote(first: FirstLines) -> Cause | None:
    quote = find_quote([first.first, *first.data], first.format.delimiters, first.format.quote)
    if quote is None:
        return None
    sentence = f"its fields stand in quotes ({quote}), the layout has {first.format.quote or 'none'}. {_ADD}"
    return sentence, {"set": {"format": {"quote": quote}}}


def _title(first: FirstLines) -> Cause | None:
    """The header stands in another line."""
    skipped, format_ = first.format.skipped_lines, first.format
    if not format_.header or _is_header(first, first.first):  # where it belongs; another one only repeats it
        return None
    at = next((at for at, line in enumerate(first.lines[:_LOOKED_AT]) if _is_header(first, line)), skipped)
    if at == skipped:
        return None
    where = "behind a title" if at > skipped else f"the layout expects it in line {skipped + 1}"
    return f"the header stands in line {at + 1}, {where}. {_ADD}", {"set": {"format": {"skipped_lines": at}}}


def _is_header(first: FirstLines, line: str, delimiters: Sequence[str] = ()) -> bool:
    """Whether a line has at least half of the known names, by a delimiter of the layout or by one of those given."""
    format_ = first.format
    split = [split_header(line, delimiter, format_.quote) for delimiter in delimiters or format_.delimiters]
    return any(2 * len(known_names(fields, format_)) >= len(format_.names) for fields in split)


def _columns(first: FirstLines) -> Cause | None:
    """Some required columns are missing."""
    format_ = first.format
    if not format_.header or not _is_header(first, first.first):
        return None
    delimiter = max(format_.delimiters, key=lambda one: len(known_names(first.split(one), format_)))
    headers = first.split(delimiter)
    missing = missing_columns(first.files, headers)
    difference = compare(headers, first.files, first.rows(delimiter))
    return (
        f"{counted(len(missing), 'required column', 'is missing', 'are missing')}: {', '.join(missing)}. {difference}. "
        "If the state renamed a column, add a dated layout.",
        difference.change(),
    )


def _rows(first: FirstLines) -> Cause:
    """The first line is no header: a row of data, or something else; its texts are not repeated."""
    format_ = first.format
    found = {delimiter: first.split(delimiter) for delimiter in format_.delimiters}
    counts = ", ".join(f"{len(fields):,} by {named([delimiter])}" for delimiter, fields in found.items())
    expected = f"{len(format_.names):,}"
    if not format_.header:
        return f"{expected} columns were expected in a line without header; found {counts}.", {}
    if format_.header == "either":
        return f"{expected} columns were expected where the first line is not the header; found {counts}.", {}
    known = max(len(known_names(fields, format_)) for fields in found.values())
    if not known and any(len(fields) == len(format_.names) for fields in found.values()):
        told = f"there is no header line; the first line is a row of data with as many fields as columns ({expected})."
        return f"the first line is not the header: {told} {_ADD}", {"set": {"format": {"header": "either"}}}
    fields = max(found.values(), key=lambda fields: len(known_names(fields, format_)))
    one = "is" if known < 2 else "are"
    return (
        f"the first line is not the header: {known or 'none'} of its {len(fields):,} fields {one} one of the "
        f"{expected} known columns.",
        {},
    )
