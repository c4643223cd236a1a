"""Which delimiter a text has, and whether its first line is the header: resolved without doubt, or refused in words."""

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from models.errors import LayoutError
from models.wording import visible
from pipelines.layouts.files import FileLayout
from pipelines.layouts.formats import Delimited
from pipelines.layouts.lookups import LandedFiles
from pipelines.layouts.reading.positions import Positions, missing_required
from pipelines.layouts.spelling import normalise
from pipelines.raw.diff import describe_difference
from pipelines.raw.opening import OpenedText

_COMMON_DELIMITERS = ("\t", ",", "|", ";")
_NAMES = {"\t": "tab", ",": "comma", "|": "pipe", ";": "semicolon", " ": "space"}


@dataclass(frozen=True)
class Dialect:
    """What was found in the first lines.

    Attributes:
        delimiter: Delimiter of the file.
        headers: Names of the columns, in order.
        has_header: Whether a line of the text says them.
    """

    delimiter: str
    headers: tuple[str, ...]
    has_header: bool = True


def find_dialect(opened: OpenedText, files: LandedFiles, format_: Delimited) -> Dialect:
    """The delimiter and headers of a text, resolved without doubt.

    Where a header may be there or not, a first line that has most of the known names is the header, and one that has
    as many fields as there are names is a row of data.

    Args:
        opened: The text.
        files: What must be in it.
        format_: Format of the text.

    Raises:
        LayoutError: No delimiter, or more than one, gives the required columns; the difference is said in words.
    """
    first = "".join(opened.head(format_.skipped_lines + 1)[format_.skipped_lines :])
    found = {delimiter: split_header(first, delimiter, format_.quote) for delimiter in format_.delimiters}
    is_header = any(_is_header(headers, format_) for headers in found.values())
    if not format_.header or (format_.header == "either" and not is_header):
        return _without_header(opened.name, found, format_)
    fitting = [delimiter for delimiter, headers in found.items() if not missing_columns(files, headers)]
    if len(fitting) == 1:
        return _checked(opened.name, Dialect(fitting[0], found[fitting[0]]), files)
    if len(fitting) > 1:
        raise LayoutError(
            f"{opened.name}: more than one delimiter gives the required columns: {_named(fitting)}. "
            "Name one in the layout."
        )
    raise LayoutError(_why_not(opened.name, first, files, format_))


def split_header(line: str, delimiter: str, quote: str) -> tuple[str, ...]:
    """The headers of a first line, without quotes, blanks and signs that cannot be seen."""
    if not quote:
        return tuple(visible(name.strip()) for name in line.split(delimiter))
    try:
        return tuple(
            visible(name.strip()) for name in next(csv.reader([line], delimiter=delimiter, quotechar=quote), [])
        )
    except csv.Error:  # a field of more than 131,072 characters
        return ()


def missing_columns(files: LandedFiles, headers: tuple[str, ...]) -> list[str]:
    """Headers of required columns that a file lacks; a code file needs all that its layout names."""
    positions = Positions(headers)
    if not isinstance(files, FileLayout):
        return [name for name in files.format.names if positions.of(name) is None]
    columns = files.column_layouts()
    voter_id = getattr(files.history, "voter_id", None)
    told = missing_required(columns if "voter_id" in columns or not voter_id else {"voter_id": voter_id}, positions)
    lost = [(header, number) for header, number in files.needed_headers() if positions.nth(header, number) is None]
    return told + list(dict.fromkeys(header.replace("{n}", str(number)) for header, number in lost))


def _is_header(headers: tuple[str, ...], format_: Delimited) -> bool:
    """Whether most of the fields of a line are names of columns; a header may have columns of elections beside them."""
    return 2 * len(_known(headers, format_)) >= min(len(headers), len(format_.names))


def _known(headers: tuple[str, ...], format_: Delimited) -> set[str]:
    return {normalise(header) for header in headers} & {normalise(name) for name in format_.names}


def _without_header(name: str, found: dict[str, tuple[str, ...]], format_: Delimited) -> Dialect:
    fitting = [delimiter for delimiter, fields in found.items() if len(fields) == len(format_.names)]
    if len(fitting) == 1:
        return Dialect(fitting[0], tuple(format_.names), has_header=False)
    counts = ", ".join(f"{len(fields)} by {_named([delimiter])}" for delimiter, fields in found.items())
    what = "in a line without header" if not format_.header else "where the first line is not the header"
    raise LayoutError(f"{name}: {len(format_.names)} columns were expected {what}; found {counts}.")


def _checked(name: str, dialect: Dialect, files: LandedFiles) -> Dialect:
    """The dialect, unless a column that is read stands more often in the header than the layout lists it."""
    read = files.read_headers() if isinstance(files, FileLayout) else files.format.names
    keys = {normalise(header) for header in read}
    listed = Counter(map(normalise, files.format.names))
    found = Counter(map(normalise, dialect.headers))
    doubled = sorted(
        {
            header
            for header in dialect.headers
            if (key := normalise(header)) in keys and found[key] > max(listed[key], 1)
        }
    )
    if doubled:
        raise LayoutError(
            f"{name}: {len(doubled)} columns that are read stand twice in the header: {', '.join(doubled)}."
        )
    return dialect


def _why_not(name: str, first: str, files: LandedFiles, format_: Delimited) -> str:
    others = [other for other in _COMMON_DELIMITERS if other not in format_.delimiters]
    fitting = [other for other in others if not missing_columns(files, split_header(first, other, format_.quote))]
    if len(fitting) == 1:
        return (
            f"{name}: its delimiter is {_named(fitting)}, the layout says {_named(format_.delimiters)}. "
            "If the state changed it, add a dated layout."
        )
    split = [split_header(first, delimiter, format_.quote) for delimiter in format_.delimiters]
    headers = max(split, key=lambda headers: len(_known(headers, format_)))
    known = _known(headers, format_)
    if 2 * len(known) < len(format_.names):  # may be a row of data: its texts are not repeated
        return (
            f"{name}: the first line is not the header: {len(known) or 'none'} of its {len(headers):,} fields "
            f"is one of the {len(format_.names)} known columns."
        )
    missing = missing_columns(files, headers)
    return (
        f"{name}: {len(missing)} required columns are missing: {', '.join(missing)}. "
        f"{describe_difference(headers, files)}. If the state renamed a column, add a dated layout."
    )


def _named(delimiters: Iterable[str]) -> str:
    return " or ".join(_NAMES.get(delimiter, repr(delimiter)) for delimiter in delimiters)
