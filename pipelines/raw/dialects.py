"""Which delimiter a text has, and whether its first line is the header: resolved without doubt, or refused in words.

A text whose delimiter, quotes or header line are other than the layout says can be bridged, where every listed column
is then there; what was bridged is told. The cause of a refusal is told by `causes.py`.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from models.errors import LayoutError
from models.wording import counted, visible
from pipelines.layouts.files import FileLayout
from pipelines.layouts.formats import Delimited
from pipelines.layouts.lookups import LandedFiles
from pipelines.layouts.reading.positions import Positions, missing_required
from pipelines.layouts.spelling import normalise
from pipelines.raw.diff import compare, tell_headers
from pipelines.raw.opening import OpenedText
from pipelines.raw.quoting import find_quote, is_in_doubt, quoted_share

COMMON_DELIMITERS = ("\t", ",", "|", ";")
SAMPLED_LINES = 200  # enough that a comma in a name here and there does not decide what the delimiter is
_NAMES = {"\t": "tab", ",": "comma", "|": "pipe", ";": "semicolon", " ": "space"}
_MOST = 0.9  # share of sampled lines that have as many fields as columns, where the delimiter is the right one


@dataclass(frozen=True)
class Dialect:
    """What was found in the first lines.

    Attributes:
        delimiter: Delimiter of the file.
        headers: Names of the columns, in order.
        has_header: Whether a line of the text says them.
        quote: Sign around fields; empty for none.
        told: Sentences on what is other than the layout says and was bridged.
        change: What a dated layout would say of it, in the words of `RoleChange`.
    """

    delimiter: str
    headers: tuple[str, ...]
    has_header: bool = True
    quote: str = ""
    told: tuple[str, ...] = ()
    change: Mapping[str, Any] = field(default_factory=dict)

    def bridged(self, sentence: str, **format_: Any) -> "Dialect":
        """The dialect with one more thing that is other than the layout says."""
        told = {**self.change.get("set", {}).get("format", {}), **format_}
        return replace(self, told=(*self.told, sentence), change={"set": {"format": told}})


@dataclass(frozen=True)
class FirstLines:
    """The first lines of a text, held against its layout.

    Attributes:
        name: Name of the text.
        lines: The lines, those before the header included.
        files: What must be in it.
        format: Its format.
    """

    name: str
    lines: Sequence[str]
    files: LandedFiles
    format: Delimited

    @property
    def first(self) -> str:
        """The line that should be the header, or the first one of data."""
        return next(iter(self.lines[self.format.skipped_lines :]), "")

    @property
    def data(self) -> list[str]:
        """The lines behind it that are not blank."""
        return [line for line in self.lines[self.format.skipped_lines + 1 :] if line.strip()]

    def split(self, delimiter: str) -> tuple[str, ...]:
        """The fields of the first line."""
        return split_header(self.first, delimiter, self.format.quote)

    def rows(self, delimiter: str) -> list[tuple[str, ...]]:
        """The fields of the lines behind it."""
        return [split_header(line, delimiter, self.format.quote) for line in self.data]

    @property
    def other_delimiters(self) -> list[str]:
        """Common delimiters that the layout does not list."""
        return [other for other in COMMON_DELIMITERS if other not in self.format.delimiters]


def find_dialect(
    opened: OpenedText, files: LandedFiles, format_: Delimited, is_bridged: bool = False
) -> Dialect | None:
    """The delimiter and headers of a text, resolved without doubt; nothing where the first lines have no such dialect.

    Where a header may be there or not, a first line that has most of the known names is the header, and one that has
    as many fields as there are names is a row of data.

    Args:
        opened: The text.
        files: What must be in it.
        format_: Format of the text.
        is_bridged: Whether another delimiter, quote or header line than the layout lists may be taken, where every
            listed column is there.

    Raises:
        LayoutError: More than one delimiter gives the required columns, or a column that is read stands twice.
    """
    first = first_lines(opened, files, format_)
    quote = find_quote([first.first, *first.data], [*format_.delimiters, *COMMON_DELIMITERS], format_.quote)
    if quote is None:
        _demand_quotes(first)
        found = _listed(first) or (_other(first) if is_bridged else None)
    elif not is_bridged:
        return None
    else:
        quoted = replace(first, format=format_.model_copy(update={"quote": quote}))
        found = _listed(quoted) or _other(quoted)
        if found and not _is_whole(quoted, found):
            return None
        sentence = f"{opened.name}: every field stands in {_QUOTES[quote]}, the layout has {_QUOTES[format_.quote]}."
        found = found.bridged(sentence, quote=quote) if found else None
    return (
        replace(_checked(opened.name, found, files), quote=format_.quote if quote is None else quote) if found else None
    )


_QUOTES = {"": "no quotes", '"': "double quotes", "'": "single quotes"}


def first_lines(opened: OpenedText, files: LandedFiles, format_: Delimited) -> FirstLines:
    """The first lines of a text, held against its layout."""
    return FirstLines(opened.name, opened.head(format_.skipped_lines + 1 + SAMPLED_LINES), files, format_)


def _listed(first: FirstLines) -> Dialect | None:
    """The dialect, with a delimiter that the layout lists."""
    format_ = first.format
    found = {delimiter: first.split(delimiter) for delimiter in format_.delimiters}
    is_header = any(is_header_line(headers, format_) for headers in found.values())
    if not format_.header or (format_.header == "either" and not is_header):
        fitting = [delimiter for delimiter, fields in found.items() if len(fields) == len(format_.names)]
        if len(fitting) != 1 or (not format_.header and is_every_name(found[fitting[0]], format_)):
            return None
        return Dialect(fitting[0], tuple(format_.names), has_header=False)
    fitting = [delimiter for delimiter, headers in found.items() if not missing_columns(first.files, headers)]
    if len(fitting) > 1:
        raise LayoutError(
            f"{first.name}: more than one delimiter gives the required columns: {named(fitting)}. "
            "Name one in the layout."
        )
    return Dialect(fitting[0], found[fitting[0]]) if fitting else None


def _other(first: FirstLines) -> Dialect | None:
    """The dialect, with a delimiter or a header line that the layout does not list and that gives every column."""
    format_ = first.format
    headed = [one for one in format_.delimiters if not format_.header and is_every_name(first.split(one), format_)]
    if len(headed) == 1:
        told = f"{first.name}: its first line is a header, the layout says that there is none."
        return Dialect(headed[0], first.split(headed[0])).bridged(told, header="either")
    found = [dialect for other in first.other_delimiters if (dialect := _by(first, other))]
    if len(found) != 1:
        return None
    told = f"{first.name}: its delimiter is {named([found[0].delimiter])}, the layout says {named(format_.delimiters)}."
    return found[0].bridged(told, delimiters=[found[0].delimiter])


def _by(first: FirstLines, delimiter: str) -> Dialect | None:
    """The dialect of a delimiter by which every listed column is there."""
    fields, format_ = first.split(delimiter), first.format
    if format_.header and is_header_line(fields, format_):
        dialect = Dialect(delimiter, fields)
    elif format_.header is not True and len(fields) == len(format_.names):
        dialect = Dialect(delimiter, tuple(format_.names), has_header=False)
    else:
        return None
    return dialect if _is_whole(first, dialect) else None


def _is_whole(first: FirstLines, dialect: Dialect) -> bool:
    """Whether every listed column is there, and most lines have as many fields as there are columns."""
    rows = first.rows(dialect.delimiter)
    most = sum(len(row) == len(dialect.headers) for row in rows) >= _MOST * len(rows)
    lacks = bool(compare(dialect.headers, first.files).missing) or bool(missing_columns(first.files, dialect.headers))
    return (most or first.format.has_short_rows) and not lacks


def _demand_quotes(first: FirstLines) -> None:
    """Refuse a text of which many fields, but not all, stand in quotes that the layout does not have."""
    if first.format.quote:
        return
    share = max(quoted_share(first.data, delimiter) for delimiter in first.format.delimiters)
    if is_in_doubt(share):
        raise LayoutError(
            f"{first.name}: {share:.0%} of the fields of its first lines stand in double quotes, the layout has no "
            "quotes. If the state changed it, add a dated layout.",
            {"set": {"format": {"quote": '"'}}},
        )


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


def is_header_line(headers: Sequence[str], format_: Delimited) -> bool:
    """Whether most of the fields of a line are names of columns; a header may have columns of elections beside them."""
    return 2 * len(known_names(headers, format_)) >= min(len(headers), len(format_.names))


def known_names(headers: Iterable[str], format_: Delimited) -> set[str]:
    """The names of the layout that stand among some fields, as they are compared."""
    return {normalise(header) for header in headers} & {normalise(name) for name in format_.names}


def is_every_name(headers: Sequence[str], format_: Delimited) -> bool:
    """Whether some fields are the names of the layout, all of them in their order."""
    return list(map(normalise, headers)) == list(map(normalise, format_.names))


def _checked(name: str, dialect: Dialect, files: LandedFiles) -> Dialect:
    """The dialect, unless a column that is read stands more often in the header than the layout lists it."""
    beyond = compare(dialect.headers, files)
    if beyond.may_be_a_row and isinstance(files.format, Delimited) and files.format.has_short_rows:
        more = counted(len(beyond.new), "name")
        raise LayoutError(f"{name}: {more} more than the layout has: its header may have lost its line end.")
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
            f"{name}: {len(doubled)} columns that are read stand twice in the header: {tell_headers(doubled)}."
        )
    return dialect


def named(delimiters: Iterable[str]) -> str:
    """Delimiters by their names."""
    return " or ".join(_NAMES.get(delimiter, repr(delimiter)) for delimiter in delimiters)
