"""What a break is, and the words that breaks are made of: where one makes sense, and what it changes."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from pipelines.layouts.files import Role
from pipelines.layouts.formats import Delimited, FixedWidth, Spreadsheet
from pipelines.layouts.source import Layout
from pipelines.synthetic.breaks.texts import TextFile
from pipelines.synthetic.breaks.victim import TextChange, Victim, header_of

Outcome = Literal["loads", "rows_refused", "held", "rejected", "waits"]
"""What may become of a broken delivery: the rows of the clean one, those but for refused and counted rows, the last
good snapshot stays in use, the file is rejected on sight, or the delivery waits for a file that is missing."""

Fits = Callable[[Layout], bool]
Change = Callable[[Victim], None]
ColumnChange = Callable[[bytes, str, TextFile], bytes]
"""A text, the header of a column and how the text is written, to the text that takes its place."""

HELD: frozenset[Outcome] = frozenset({"held"})
LOADS: frozenset[Outcome] = frozenset({"loads"})
SOME_REFUSED: frozenset[Outcome] = frozenset({"rows_refused", "held"})
LOADS_OR_HELD: frozenset[Outcome] = frozenset({"loads", "held"})


@dataclass(frozen=True)
class Break:
    """One way in which a delivery breaks.

    Attributes:
        name: Its name.
        sentence: What happened, for people.
        change: Breaks a delivery.
        outcomes: What may become of the delivery.
        cause: Regular expression that the sentence of the verdict fits, also where the delivery simply loads.
        fits: Whether it makes sense in a layout.
        is_harmless: Whether the file says the same in another dialect, and must load by itself.
        needs: Other deliveries that it takes from: `before` of the same state, `foreign` of another one.
    """

    name: str
    sentence: str
    change: Change
    outcomes: frozenset[Outcome]
    cause: str
    fits: Fits = lambda layout: True
    is_harmless: bool = False
    needs: tuple[str, ...] = ()

    def apply(self, folder: Path, layout: Layout, seed: int, others: Mapping[str, Path] = MappingProxyType({})) -> None:
        """Break a delivery in place; an equal seed breaks it in an equal way.

        Args:
            folder: The delivery, written in the layout.
            layout: The layout.
            seed: Seed of what is left to chance, such as the column that is hit.
            others: Folders of other deliveries, those that the break needs.

        Raises:
            KeyError: A delivery that the break needs is not among the others.
        """
        self.change(Victim(folder, layout, random.Random(f"{self.name} {seed}"), others))


def is_delimited(layout: Layout) -> bool:
    """Whether the voters file is delimited text."""
    return isinstance(layout.files["voters"].format, Delimited)


def is_fixed_width(layout: Layout) -> bool:
    """Whether the voters file is of fixed width."""
    return isinstance(layout.files["voters"].format, FixedWidth)


def is_text(layout: Layout) -> bool:
    """Whether the voters file is text."""
    return is_delimited(layout) or is_fixed_width(layout)


def has_header(layout: Layout) -> bool:
    """Whether the voters file names its columns, always."""
    format_ = layout.files["voters"].format
    return isinstance(format_, Spreadsheet) or (isinstance(format_, Delimited) and format_.header is True)


def is_quoted(layout: Layout) -> bool:
    """Whether the fields of the voters file stand in quotes."""
    format_ = layout.files["voters"].format
    return isinstance(format_, Delimited) and bool(format_.quote)


def is_zipped(layout: Layout) -> bool:
    """Whether the voters file is landed as an archive."""
    written = layout.files["voters"].written
    return bool(written) and written.file.lower().endswith(".zip")


def has_column(*columns: str) -> Fits:
    """Whether one of some canonical columns has a field of its own in the voters file."""
    return lambda layout: any(header_of(layout.files["voters"], column) for column in columns)


def each(*tests: Fits) -> Fits:
    """Whether all of some tests hold."""
    return lambda layout: all(test(layout) for test in tests)


def no(test: Fits) -> Fits:
    """Whether a test does not hold."""
    return lambda layout: not test(layout)


def all_texts(change: TextChange, role: Role = "voters") -> Change:
    """The same change of every text."""
    return lambda victim: victim.rewrite(change, role)


def largest_text(change: TextChange) -> Change:
    """A change of the largest text of the voters."""
    return lambda victim: victim.rewrite(change, only=victim.largest())


def all_of_column(change: ColumnChange, *columns: str) -> Change:
    """A change of the first of some columns that has a field of its own, in every text of the voters."""
    return lambda victim: victim.rewrite(lambda content, how: change(content, _header(victim, columns), how))


def some_of_column(change: ColumnChange, *columns: str) -> Change:
    """A change of the first of some columns that has a field of its own, in the largest text of the voters."""
    return lambda victim: victim.rewrite(
        lambda content, how: change(content, _header(victim, columns), how), only=victim.largest()
    )


def _header(victim: Victim, columns: tuple[str, ...]) -> str:
    return next(header for column in columns if (header := victim.header(column)))
