"""How the files of one role look: their names, their format, and what is read from them."""

from collections.abc import Iterable
from typing import Literal

from pydantic import Field, model_validator

from models.config import Strict
from models.tables import TableContract
from pipelines.layouts.columns import ColumnLayout
from pipelines.layouts.history import AnyHistory, InRow, LongHistory
from pipelines.layouts.lookups import LandedFiles, Lookup, fits_any, has_piece
from pipelines.layouts.reading.packing import headers_in_row, is_packed, needed_in_row, texts_of_votes, vote_groups
from pipelines.layouts.slots import CodeMapped
from pipelines.layouts.wide import WideHistory
from pipelines.tables.campaign import RECORD_TABLES
from pipelines.tables.core import STATUSES, VoteHistory, Voters

Role = Literal[
    "voters", "history", "consumers", "donations", "subscribers", "volunteers", "contact_attempts", "surveys",
    "ballots", "suppressions",
]  # fmt: skip
"""What a file tells of: a state's voters and votes, or a campaign table by its name."""


class Withheld(Strict):
    """People whose facts the source blots out: every named field holds one sign."""

    when: Literal["is_confidential"] = Field(description="Column of core_voters that is true for them.")
    text: str = Field(description="What stands in a blotted field.", min_length=1)
    headers: list[str] = Field(description="Fields that are blotted.", min_length=1)


class FileLayout(LandedFiles):
    """How the files of one role look."""

    partial: list[str] = Field(
        [],
        description="Of `match`, patterns of the names of files that hold some counties only; the others' rows stay.",
    )
    parts: dict[str, tuple[str, str]] = Field(
        {}, description="Piece of the file's name to the first and last county in it; all parts make the role whole."
    )
    voters: dict[str, ColumnLayout] = Field({}, description="Column of core_voters to its place in the file.")
    records: dict[str, ColumnLayout] = Field(
        {}, description="Of a campaign or vendor file, column of the role's table to its place in the file."
    )
    always: dict[str, str] = Field(
        {}, description="Column of the role's table to the text or word that holds for every row of the file."
    )
    is_additional: bool = Field(
        False, description="Whether the files of a delivery only add to what came before, whose rows then stay."
    )
    lookups: list[Lookup] = Field([], description="Code files that say more of a voter.")
    history: AnyHistory | None = Field(None, description="The votes that the file states.")
    precedence: list[Literal[STATUSES]] = Field(  # ty: ignore
        [],
        description="Of several rows of an id that counts whose status stands first here, of those the one registered "
        "last; without it rows that differ are refused.",
    )
    withheld: Withheld | None = Field(None, description="How the source blots out confidential people.")

    @model_validator(mode="after")
    def _known_columns(self) -> "FileLayout":
        unknown = sorted(set(self.voters) - set(Voters.schema().names))
        if unknown:
            raise ValueError(f"core_voters has no column {', '.join(unknown)}")
        if "stated_on" in self.voters:
            raise ValueError("stated_on is the day of the file and no field of it")
        groups = vote_groups(self.history) if isinstance(self.history, InRow) else []
        mistyped = [] if self.records else _mistyped(self.column_layouts(), VoteHistory if self.is_long else Voters)
        mistyped += [fault for group in groups for fault in _mistyped(group.columns, VoteHistory)]
        if mistyped:
            raise ValueError("; ".join(mistyped))
        if bool(self.voters or self.history) == bool(self.records):
            raise ValueError("the file tells of voters and history, or of records")
        if self.precedence and isinstance(self.history, WideHistory) and self.history.voted:
            raise ValueError("precedence needs a history that is read by columns: cells of a few words would be lost")
        blotted = self.withheld.headers if self.withheld else []
        joined = {header for lookup in self.lookups for header in lookup.gives}
        unlisted = sorted({*self.read_headers(), *blotted} - {*self.format.names, *joined})
        if unlisted:
            raise ValueError(f"read but not under format.names: {', '.join(unlisted)}")
        return self

    @property
    def is_long(self) -> bool:
        """Whether a row of the file is a vote."""
        return isinstance(self.history, LongHistory)

    def all_lookups(self) -> list[Lookup]:
        """The lookups of voters and of votes."""
        return [*self.lookups, *(self.history.lookups if isinstance(self.history, LongHistory | CodeMapped) else [])]

    @property
    def vote_text_count(self) -> int:
        """Texts of a row that say something about a vote, the voter aside, at most."""
        if not isinstance(self.history, LongHistory):
            return 1 if is_packed(self.history) else 0
        return len(texts_of_votes(self.history))

    def column_layouts(self) -> dict[str, ColumnLayout]:
        """Every column read from the file; those of a long history carry its names."""
        found = self.history.column_layouts() if isinstance(self.history, LongHistory) else self.voters or self.records
        return {name: self._blotted(layout) for name, layout in found.items()}

    def _blotted(self, layout: ColumnLayout) -> ColumnLayout:
        """A column that may be blotted out knows the sign for it as a mask."""
        if self.withheld is None or not set(layout.from_) & set(self.withheld.headers):
            return layout
        told = layout.model_dump(by_alias=True)
        return ColumnLayout.model_validate({**told, "masks": [*layout.masks, self.withheld.text]})

    def read_headers(self) -> list[str]:
        """The first header of every column that is read, those of a history in the row included."""
        plain = [
            header
            for layout in self.column_layouts().values()
            for header in (*(layout.from_ if layout.join or layout.flag_headers else layout.from_[:1]), *layout.minus)
        ]
        return plain + (headers_in_row(self.history) if isinstance(self.history, InRow) else [])

    def needed_headers(self) -> list[tuple[str, int]]:
        """Headers without which votes, codes or signs would be lost in silence, each with the number of its slot."""
        signs = [(at, 1) for layout in self.column_layouts().values() for at in layout.minus]
        keys = signs + [(at, 1) for lookup in self.lookups for at in lookup.by if not at.startswith("=")]
        return keys + (needed_in_row(self.history) if self.history else [])

    def is_partial(self, file_names: Iterable[str]) -> bool:
        """Whether files of this role hold some counties only, all of them, by their names."""
        names = [name for name in file_names if self.fits(name)]
        return bool(names) and all(fits_any(name, self.partial) for name in names)

    def missing_parts(self, file_names: Iterable[str]) -> list[str]:
        """Parts that none of the files is, by their names; a role without parts is one file or more."""
        names = [name.lower() for name in file_names if self.fits(name)]
        if not self.parts:
            return [] if names else [""]
        return [part for part in self.parts if not any(has_piece(name, part.lower()) for name in names)]

    def check_records(self, role: str) -> list[str]:
        """What is wrong with the columns of records of a role, each as a sentence."""
        table = RECORD_TABLES[role]
        own = set(table.schema().names) - {"known_on", "is_known_on_assumed"}
        unknown = sorted({*self.records, *self.always} - own)
        if unknown or not self.records:
            return [f"{table.table_name} has no column {', '.join(unknown)}" if unknown else "records are missing"]
        words = {name: [word] for name, word in self.always.items() if table.columns()[name].one_of}
        wrong = [
            f"{name} is one of {', '.join(table.columns()[name].one_of)}, found {word}"
            for name, found in words.items()
            for word in found
            if word not in table.columns()[name].one_of
        ]
        return _mistyped(self.records, table) + wrong


def _mistyped(columns: dict[str, ColumnLayout], table: type[TableContract]) -> list[str]:
    """Columns whose operation gives another type or other words than their table wants, each as a sentence."""
    told = table.columns()
    types = []
    for name, layout in columns.items():
        allowed = _wanted(name, str(told[name].type))
        if layout.operation_name not in allowed:
            named = "of a text" if None in allowed else " or ".join(filter(None, allowed))
            types.append(f"{name} needs the operation {named}, found {layout.operation_name or 'none'}")
    words = {name: sorted(layout.words() - set(told[name].one_of)) for name, layout in columns.items()}
    return types + [
        f"{name} is one of {', '.join(told[name].one_of)}, found {', '.join(other)}"
        for name, other in words.items()
        if other and told[name].one_of
    ]


def _wanted(name: str, type_: str) -> tuple[str | None, ...]:
    """Operations that give a type."""
    return ("year",) if name.endswith("_year") else _OPERATIONS_OF[type_]


_OPERATIONS_OF: dict[str, tuple[str | None, ...]] = {
    "string": (None, "digits", "number", "letters", "pad", "code", "pattern", "flags"),
    "date32[day]": ("date",), "int16": ("count",), "bool": ("flag",), "double": ("amount", "values"),
    "list<item: string>": ("split", "every_flag"),
}  # fmt: skip
"""Operations by the type of what they give, as Arrow writes it."""
