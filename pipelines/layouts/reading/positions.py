"""Where the columns of a layout stand in a file: headers compared without case, blanks and punctuation."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property

from pipelines.layouts.columns import ColumnLayout
from pipelines.layouts.spelling import normalise


@dataclass(frozen=True)
class Positions:
    """Where the columns of a file stand.

    Attributes:
        headers: Headers as found, in order.
    """

    headers: tuple[str, ...]

    def of(self, header: str) -> int | None:
        """Position of a header, compared without case and punctuation; the first one when it stands twice."""
        return next(iter(self._places(header)), None)

    def nth(self, header: str, number: int) -> int | None:
        """Position of a header in a slot: {n} is its number; without {n} the n-th such header, or the only one."""
        if "{n}" in header:
            return self.of(header.replace("{n}", str(number)))
        places = self._places(header)
        return places[0] if len(places) == 1 else next(iter(places[number - 1 : number]), None)

    def like(self, template: str, name: str) -> int | None:
        """Position of a column of an election: `{}` is its name, `*` any text."""
        wanted = template.replace("{}", name).upper()
        return next((place for place, found in enumerate(self.headers) if fnmatchcase(found.upper(), wanted)), None)

    def texts(self, layout: ColumnLayout) -> list[str]:
        """SQL of the raw texts of a column: one, or the parts of one; empty when the file lacks it."""
        if layout.flag_headers:
            found = {header: f"c{place}" for header in layout.from_ if (place := self.of(header)) is not None}
            return [layout.operation.text(found)] if found else []  # ty: ignore
        places = [place for place in map(self.of, layout.from_) if place is not None]
        if layout.minus and places:
            signs = {header: f"c{place}" for header in layout.minus if (place := self.of(header)) is not None}
            return [layout.operation.signed(f"c{places[0]}", signs)]  # ty: ignore
        return [f"c{place}" for place in (places if layout.join else places[:1])]

    def _places(self, header: str) -> list[int]:
        wanted = normalise(header)
        return [place for place, found in enumerate(self.normal) if found == wanted]

    @cached_property
    def normal(self) -> list[str]:
        """The headers as they are compared."""
        return [normalise(header) for header in self.headers]


def missing_required(columns: Mapping[str, ColumnLayout], positions: Positions) -> list[str]:
    """Headers of required columns that the file lacks."""
    required = [layout for layout in columns.values() if layout.is_required]
    lacking = [" or ".join(layout.from_) for layout in required if not positions.texts(layout)]
    parts = [part for layout in required if layout.rest for part in (layout.from_[0], layout.rest)]
    return lacking + [part for part in parts if positions.of(part) is None and part not in lacking]
