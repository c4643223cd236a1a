"""Where the fields of a line stand: by the widths of a record, or between separators that stand at fixed places."""

import itertools
from collections import Counter
from dataclasses import dataclass

from models.errors import LayoutError
from models.wording import counted
from pipelines.layouts.files import FileLayout
from pipelines.layouts.formats import FixedWidth
from pipelines.layouts.lookups import LandedFiles
from pipelines.raw.dialects import missing_columns
from pipelines.raw.opening import OpenedText
from pipelines.raw.signs import converts

_MOST = 0.9  # share of lines of one length from which it is the length of a record
_FARTHEST = 0.5  # share of a record that may be new or gone; beyond it, it is another file
_SAMPLED_LINES = 5_000  # enough that a county whose names hold commas does not decide where the commas stand


@dataclass(frozen=True)
class Places:
    """Where the fields of every line stand, in characters.

    Attributes:
        headers: Names of the fields, in order.
        starts: First character of each field, from 1.
        widths: Characters of each field; nothing for a last field that takes the rest of the line.
        lengths: Lengths that a line may have; empty where the separators tell whether it is a record.
        separator: Sign between two fields; empty where there is none.
    """

    headers: tuple[str, ...]
    starts: tuple[int, ...]
    widths: tuple[int | None, ...]
    lengths: tuple[int, ...]
    separator: str = ""

    def fault(self, line: str) -> str:
        """The rule that a line breaks; empty where it is a record."""
        if self.lengths:
            return "" if len(line) in self.lengths else "is as long as the record"
        stand = all(line[start - 2 : start - 1] == self.separator for start in self.starts[1:])
        return "" if stand else "has its separators where the other lines have them"


def find_places(opened: OpenedText, files: LandedFiles) -> Places:
    """Where the fields of a text stand: which record it has is told by its first line that is not blank.

    Raises:
        LayoutError: The lines are of no record that the layout lists, or the record lacks a required column.
    """
    format_ = files.format
    assert isinstance(format_, FixedWidth)
    lines = [line for line in opened.head(_SAMPLED_LINES) if line]
    if not lines:
        raise LayoutError(f"{opened.name}: its first {_SAMPLED_LINES:,} lines are blank.")
    if not format_.separator and len(lines[0]) not in {format_.length(record) for record in format_.records}:
        raise _other_width(opened.name, lines, files, format_)
    places = _separated(opened.name, lines, format_) if format_.separator else _widths(lines[0], format_)
    missing = missing_columns(files, places.headers)
    if missing:
        lacked = counted(len(missing), "required column")
        raise LayoutError(f"{opened.name}: its record lacks {lacked}: {', '.join(missing)}.")
    return places


def _other_width(name: str, lines: list[str], files: LandedFiles, format_: FixedWidth) -> LayoutError:
    """The error that tells by how many characters lines differ from the nearest record that explains them."""
    found = {format_.length(record): record for record in format_.records}
    told = f"{name}: its first line has {len(lines[0]):,} characters; records have " + " or ".join(
        f"{length:,}" for length in found
    )
    length, count = Counter(map(len, lines)).most_common(1)[0]
    near = sorted((known for known in found if abs(known - length) <= _FARTHEST * known), key=lambda n: abs(n - length))
    if count < _MOST * len(lines) or not near:
        return LayoutError(f"{told}.")
    resized = {known: _resized(found[known], length - known) for known in near}
    likely = {known: record for known, record in resized.items() if record and _is_likely(record, lines, files)}
    known = next(iter(likely), near[0])
    change = {"set": {"format": {"records": [*format_.records, likely[known]]}}} if len(likely) == 1 else None
    more = f"{abs(length - known):,} characters {'more' if length > known else 'fewer'} than the record"
    return LayoutError(f"{told}: lines have {more}. If the state changed it, add a dated layout.", change)


def _resized(record: dict[str, int], more: int) -> dict[str, int] | None:
    """A record with a field more at its end, or without its last fields; nothing where no fields have that width."""
    if more > 0:
        return {**record, "added": more}
    left = sum(record.values()) + more
    kept = [name for name, end in zip(record, itertools.accumulate(record.values()), strict=True) if end <= left]
    return {name: record[name] for name in kept} if sum(record[name] for name in kept) == left else None


def _is_likely(record: dict[str, int], lines: list[str], files: LandedFiles) -> bool:
    """Whether days, codes and ids stand where the record has them; elsewhere the change was in the midst of it."""
    columns = files.column_layouts().values() if isinstance(files, FileLayout) else ()
    ends = dict(zip(record, itertools.accumulate(record.values()), strict=True))
    found = [
        converts(column, [line[ends[header] - record[header] : ends[header]] for line in lines])
        for column in columns
        if not column.join and (header := column.from_[0]) in record
    ]
    return True in found and False not in found


def _widths(first: str, format_: FixedWidth) -> Places:
    found = {format_.length(record): record for record in format_.records}
    record = found[len(first)]
    widths = tuple(record.values())
    starts = tuple(1 + sum(widths[:place]) for place in range(len(widths)))
    cut = [length for length, other in found.items() if _is_cut(other, record)]
    return Places(tuple(record), starts, widths, (len(first), *cut))


def _is_cut(record: dict[str, int], whole: dict[str, int]) -> bool:
    """Whether a record is another one without its last fields, so that its lines can be read by the same places."""
    return len(record) < len(whole) and list(record.items()) == list(whole.items())[: len(record)]


def _separated(name: str, lines: list[str], format_: FixedWidth) -> Places:
    """The places of the separators in lines with the right number of them, if most lines have them there.

    A name may hold one too, so that not every line has the right number.
    """
    for record in format_.records:
        found = Counter(stops for line in lines if len(stops := _stops(line, format_.separator)) == len(record) - 1)
        stops = next((stops for stops, _ in found.most_common(1)), ())
        starts = (1, *(stop + 2 for stop in stops))
        widths = (*(after - start - 1 for start, after in itertools.pairwise(starts)), None)
        places = Places(tuple(record), starts, widths, (), format_.separator)
        if stops and 2 * sum(not places.fault(line) for line in lines) > len(lines):
            return places
    expected = " or ".join(f"{len(record):,}" for record in format_.records)
    counts = Counter(line.count(format_.separator) + 1 for line in lines)
    raise LayoutError(
        f"{name}: {expected} fields at the same places in every line were expected; "
        f"most of its first {len(lines):,} lines have {counts.most_common(1)[0][0]:,}."
    )


def _stops(line: str, separator: str) -> tuple[int, ...]:
    return tuple(place for place, sign in enumerate(line) if sign == separator)
