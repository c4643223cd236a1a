"""How the columns of a file differ from those of its layout: in words, and as what a dated layout would say."""

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.wording import counted
from pipelines.layouts.columns import ColumnLayout
from pipelines.layouts.files import FileLayout
from pipelines.layouts.formats import FixedWidth
from pipelines.layouts.lookups import LandedFiles
from pipelines.layouts.spelling import normalise
from pipelines.layouts.wide import WideHistory
from pipelines.raw.signs import converts

_LIKE = 0.6  # likeness of names from which one may be the other: reg_date and reg_dt have 0.8
_TOLD, _LONGEST = 60, 60  # headers told in a sentence, and characters of each
_MOST_PAIRS = 20_000  # pairs of names that are compared; a file with more new columns is another file
_FEWEST_OF_A_ROW = 2  # new names; with fewer nobody's row stands behind the header
_LONGEST_RUN = 5  # columns in a row that may be renamed at once; where more are new, their order tells nothing


@dataclass(frozen=True)
class Difference:
    """How the columns of a file differ from those of its layout.

    Attributes:
        listed_count: Columns that the layout lists.
        missing: Listed columns that the file lacks, those renamed aside.
        new: Columns that the layout does not list, those renamed aside.
        renamed: Old header to new one where two signs or more speak for it.
        likely: Old header to new one where one sign does; both also stand in `missing` and `new`.
        doubled: Of `new`, headers that the layout lists, but less often.
    """

    listed_count: int = 0
    missing: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    likely: Mapping[str, str] = field(default_factory=dict)
    doubled: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The difference in sentences without the last point; empty when there is none."""
        missing = f"{len(self.missing)} of {self.listed_count} columns are missing: {tell_headers(self.missing)}"
        count = counted(len(self.new), "column", "is", "are")
        if self.may_be_a_row:
            beyond = f"{count} new, or a row that lost its line end stands behind the header"
            return f"{missing}. {beyond}" if self.missing else beyond
        parts = [
            "; ".join(f"{old} is now {tell_headers([new])}" for old, new in self.renamed.items()),
            missing if self.missing else "",
            f"{count} new: {tell_headers(self.new)}" if self.new else "",
            "; ".join(f"{old} may now be {tell_headers([new])}" for old, new in self.likely.items()),
        ]
        return ". ".join(part for part in parts if part)

    @property
    def may_be_a_row(self) -> bool:
        """Whether a row of data may stand behind the header, so that no new name is told.

        There are as many as a row has fields, or one has no letter, which no name of a column lacks.
        """
        is_whole = len(self.new) > _FEWEST_OF_A_ROW and len(self.new) + 1 >= self.listed_count
        return is_whole or any(not any(map(str.isalpha, name)) for name in self.new if name)

    def change(self) -> dict[str, Any]:
        """What a dated layout would say of it, in the words of `RoleChange`; empty when there is no difference."""
        if self.may_be_a_row:
            return {}
        renamed = {**self.renamed, **self.likely}
        added = [new for new in self.new if new not in renamed.values() and new not in self.doubled]
        told = {
            "renamed": _by_template(renamed),
            "added": list(dict.fromkeys(added)),
            "dropped": [name for name in dict.fromkeys(self.missing) if name not in renamed],
        }
        return {key: value for key, value in told.items() if value}


def compare(headers: Iterable[str], files: LandedFiles, rows: Sequence[Sequence[str]] = ()) -> Difference:
    """The difference between the columns of a file and those of its layout.

    A name that the layout lists twice is expected twice. Columns of elections come with every file and are no
    difference, nor is which one of its records a text of fixed widths has, nor another name that a column has had.

    Args:
        headers: Headers of the file, in order.
        files: Its layout.
        rows: Texts of its first rows.
    """
    names, every = list(files.format.names), list(headers)
    if isinstance(files.format, FixedWidth):
        return Difference(len(names))
    history = files.history if isinstance(files, FileLayout) else None
    is_known = history.is_election if isinstance(history, WideHistory) else lambda _: False
    found = [header for header in every if not is_known(header)]
    missing, new = _without_aliases(_beyond(names, every), _beyond(found, names), files)
    samples = {header: [row[at] for row in rows if at < len(row)] for at, header in enumerate(every)}
    signs = _signs(names, found, missing, new, _columns_by_header(files), samples)
    renamed = {old: new for old, (new, count) in signs.items() if count > 1}
    listed = set(map(normalise, names))
    return Difference(
        len(names),
        tuple(name for name in missing if name not in renamed),
        tuple(name for name in new if name not in renamed.values()),
        renamed,
        {old: new for old, (new, count) in signs.items() if count == 1},
        tuple(name for name in new if normalise(name) in listed),
    )


def tell_headers(headers: Sequence[str]) -> str:
    """Headers as a part of a sentence, however many and long they are: a file may have any."""
    plain = ["".join(sign if sign.isprintable() else " " for sign in header[:_LONGEST]) for header in headers[:_TOLD]]
    more = f" and {len(headers) - _TOLD:,} more" if len(headers) > _TOLD else ""
    return ", ".join(plain) + more


def describe_difference(headers: Iterable[str], files: LandedFiles) -> str:
    """The columns that a file lacks and has beyond its layout, with renames; empty when there are none."""
    return str(compare(headers, files))


def _beyond(names: list[str], others: list[str]) -> list[str]:
    """Names that the others lack, or have less often."""
    left = Counter(map(normalise, others))
    lost = []
    for name in names:
        key = normalise(name)
        left[key] -= 1
        lost += [name] if left[key] < 0 else []
    return lost


def _columns_by_header(files: LandedFiles) -> dict[str, ColumnLayout]:
    """The column that is read from each header alone."""
    columns = files.column_layouts().values() if isinstance(files, FileLayout) else ()
    return {header: column for column in columns if not column.join for header in column.from_}


def _without_aliases(missing: list[str], new: list[str], files: LandedFiles) -> tuple[list[str], list[str]]:
    """Missing and new names without the columns that came under another name that they have had."""
    columns = _columns_by_header(files)
    for name in list(missing):
        aliases = (
            set(map(normalise, columns[name].from_)) if name in columns and not columns[name].flag_headers else set()
        )
        known = next((header for header in new if normalise(header) in aliases), None)
        if known:
            missing.remove(name)
            new.remove(known)
    return missing, new


def _signs(
    names: list[str],
    found: list[str],
    missing: list[str],
    new: list[str],
    columns: Mapping[str, ColumnLayout],
    samples: Mapping[str, list[str]],
) -> dict[str, tuple[str, int]]:
    """For each missing name the new one that most signs speak for, with their number; each new one is taken once."""
    if len(missing) * len(new) > _MOST_PAIRS or len(found) > _MOST_PAIRS:
        return {}
    neighbours = _same_neighbours(names, found)
    pairs = [(old, other) for old in dict.fromkeys(missing) for other in dict.fromkeys(new)]
    fits = {pair: converts(columns[pair[0]], samples.get(pair[1], [])) for pair in pairs if pair[0] in columns}
    fitting = [pair for pair, is_fit in fits.items() if is_fit]
    scored = []
    for old, other in pairs:
        likeness = difflib.SequenceMatcher(None, normalise(old), normalise(other)).ratio()
        count = (neighbours.get(old) == other) + (likeness >= _LIKE)
        is_only = [old in pair or other in pair for pair in fitting].count(True) == 1
        if count or is_only:  # texts of one kind alone are a sign where no other column has them
            count += {True: 1, False: -1, None: 0}[fits.get((old, other))]
        scored.append((count, likeness, old, other))
    chosen: dict[str, tuple[str, int]] = {}
    for count, _, old, other in sorted(scored, key=lambda one: (-one[0], -one[1])):
        if count > 0 and old not in chosen and other not in [taken for taken, _ in chosen.values()]:
            chosen[old] = (other, count)
    return chosen


def _same_neighbours(names: list[str], found: list[str]) -> dict[str, str]:
    """Names to the headers that stand in their place, between columns that are the same."""
    matcher = difflib.SequenceMatcher(None, list(map(normalise, names)), list(map(normalise, found)), autojunk=False)
    return {
        names[at + place]: found[to + place]
        for kind, at, end, to, to_end in matcher.get_opcodes()
        if kind == "replace" and end - at == to_end - to <= _LONGEST_RUN
        for place in range(end - at)
    }


def _by_template(renamed: Mapping[str, str]) -> dict[str, str]:
    """Renames of numbered columns told once, {n} for the number, where all of a kind were renamed alike."""
    kinds: dict[tuple[str, str], list[str]] = {}
    for old, new in renamed.items():
        is_numbered = len(re.findall(r"\d+", old)) == 1 and re.findall(r"\d+", old) == re.findall(r"\d+", new)
        kind = (re.sub(r"\d+", "{n}", old), re.sub(r"\d+", "{n}", new)) if is_numbered else (old, new)
        kinds.setdefault(kind, []).append(old)
    return {
        pair[0] if len(olds) > 1 else olds[0]: pair[1] if len(olds) > 1 else renamed[olds[0]]
        for pair, olds in kinds.items()
    }
