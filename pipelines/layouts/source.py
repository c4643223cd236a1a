"""A source, its dated layouts, and the files of a layout: the classes of `configs/states` and `configs/studies`."""

import datetime as dt
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from models.config import Strict, read_config
from models.errors import ConfigError
from models.tables import TableContract
from pipelines.layouts.columns import ColumnLayout
from pipelines.layouts.history import AnyHistory, InRow, LongHistory
from pipelines.layouts.lookups import CodeFile, LandedFiles, Lookup, fits_any
from pipelines.layouts.packing import headers_in_row, is_packed, texts_of_votes, vote_groups
from pipelines.layouts.slots import CodeMapped
from pipelines.tables.core import STATUSES, VoteHistory, Voters

Role = Literal["voters", "history"]


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
        mistyped = _mistyped(self.column_layouts(), VoteHistory if self.is_long else Voters)
        mistyped += [fault for group in groups for fault in _mistyped(group.columns, VoteHistory)]
        if mistyped:
            raise ValueError("; ".join(mistyped))
        if not self.voters and not self.history:
            raise ValueError("the file tells neither of voters nor of history")
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
        found = self.history.column_layouts() if isinstance(self.history, LongHistory) else self.voters
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
            for header in (layout.from_ if layout.join or layout.flags else layout.from_[:1])
        ]
        return plain + (headers_in_row(self.history) if isinstance(self.history, InRow) else [])

    def is_partial(self, file_names: Iterable[str]) -> bool:
        """Whether files of this role hold some counties only, all of them, by their names."""
        names = [name for name in file_names if self.fits(name)]
        return bool(names) and all(fits_any(name, self.partial) for name in names)

    def missing_parts(self, file_names: Iterable[str]) -> list[str]:
        """Parts that none of the files is, by their names; a role without parts is one file or more."""
        names = [name.lower() for name in file_names if self.fits(name)]
        if not self.parts:
            return [] if names else [""]
        return [part for part in self.parts if not any(_has_piece(name, part.lower()) for name in names)]


class Layout(Strict):
    """How the files of a source look from a day on, until the next layout."""

    valid_from: dt.date = Field(description="First snapshot day that it describes.")
    files: dict[Role, FileLayout] = Field(description="Files by role.", min_length=1)
    also: dict[Role, list[FileLayout]] = Field(
        {},
        description="Other looks that files of a role may have at the same time; a file is read by the first that it "
        "has, of those that its name fits.",
    )
    codes: dict[str, CodeFile] = Field({}, description="Code files by a name of one's own.")

    @model_validator(mode="after")
    def _is_whole(self) -> "Layout":
        if "voters" not in self.files:
            raise ValueError("a layout needs a file of the role voters")
        for role in self.files:
            for lookup in [found for look in self.looks(role) for found in look.all_lookups()]:
                if lookup.codes not in self.codes:
                    raise ValueError(f"files.{role}: there is no code file named {lookup.codes} under codes")
                unlisted = {*lookup.by.values(), *lookup.gives.values()} - set(self.codes[lookup.codes].format.names)
                if unlisted:
                    raise ValueError(f"codes.{lookup.codes}: not under format.names: {', '.join(sorted(unlisted))}")
        return self

    def role_of(self, file_name: str) -> str | None:
        """The role of a landed file, or the name of its codes, by its name; an archive of several has the first."""
        named = [(role, look) for role in self.files for look in self.looks(role)] + list(self.codes.items())
        return next((role for role, look in named if look.fits(file_name)), None)

    def _missing_parts(self, role: Role, names: list[str]) -> list[str]:
        """Parts of a role that are missing, by the look that lacks least."""
        return min((look.missing_parts(names) for look in self.looks(role)), key=len)

    def looks(self, role: Role) -> list[FileLayout]:
        """The looks that a file of a role may have, the usual one first."""
        return [self.files[role], *self.also.get(role, [])]

    def all_looks(self) -> list[FileLayout]:
        """The looks of every role."""
        return [look for role in self.files for look in self.looks(role)]

    def variants(self) -> list["Layout"]:
        """Layouts that files of this one are written in: the usual one, then one for each other look."""
        others = [(role, look) for role, looks in self.also.items() for look in looks]
        return [self, *(self.model_copy(update={"files": {**self.files, role: look}}) for role, look in others)]

    def missing(self, file_names: Iterable[str]) -> list[str]:
        """What a delivery of these files lacks, in words: a role, or a part of one."""
        names = list(file_names)
        lost = [f"{role} {part}".strip() for role in self.files for part in self._missing_parts(role, names)]
        needed = {name: codes for name, codes in self.codes.items() if not codes.is_carried}
        return lost + [name for name, codes in needed.items() if not any(map(codes.fits, names))]


class Plausibility(Strict):
    """How far a delivery may differ from the last good one before it is held. Shares of the last good's rows."""

    rejected_share: float = Field(0.001, description="Largest share of refused rows.", ge=0, le=1)
    total_change_share: float = Field(0.2, description="Largest change of the number of voters, either way.", ge=0)
    dropped_share: float = Field(0.2, description="Largest share of voters that are gone.", ge=0, le=1)
    null_change_share: float = Field(0.1, description="Largest rise of a column's share of nulls.", ge=0, le=1)
    stated_loss_share: float = Field(
        0.4, description="Largest loss of a column's stated values, as a share of those before.", ge=0, le=1
    )
    value_change_share: float = Field(
        0.3, description="Largest share of people on both files whose value of a column differs.", ge=0, le=1
    )
    county_loss_share: float = Field(0.5, description="Largest share of its voters that a county may lose.", ge=0, le=1)
    fault_share: float = Field(0.01, description="Largest share of a column's texts that do not convert.", ge=0, le=1)
    unnamed_share: float = Field(
        0.3, description="Largest share of votes whose election neither their text nor the calendar tells.", ge=0, le=1
    )
    stale_days: int = Field(
        400, description="Age of the last good beyond which changes are no longer judged, days.", ge=1
    )


class PublicCopy(Strict):
    """A public, de-identified file that a study can be tried on."""

    file: str = Field(description="Where it stands below `data/` of the folder that WALKLIST_SHARED names.")
    snapshot_date: dt.date = Field(description="Day that it is landed under.")
    found_at: str = Field(description="Where people find it, in words.")


class Source(Strict):
    """Where a state's or a study's files come from, what they may be used for, and how they look."""

    state: str = Field(description="Two-letter code of the state.", pattern="^[A-Z]{2}$")
    name: str = Field(description="Name for people.")
    obtained_from: str = Field(description="Who gives the file, in words.")
    license: str | None = Field(None, description="Licence or statute that governs it.")
    permitted_uses: list[str] = Field(description="Purposes it may serve; empty where its terms were not seen.")
    refresh_days: int = Field(description="Usual days between files.", ge=1)
    wait_hours: int = Field(24, description="Hours to wait for missing roles of a delivery.", ge=0)
    posting_lag_days: int = Field(description="Days after an election until its history is usually posted.", ge=0)
    registration_closes_days: int = Field(description="Usual days before an election when registration closes.", ge=0)
    largest_home: int = Field(15, description="People at one address beyond which it is an institution, count.", ge=1)
    plausibility: Plausibility = Field(default_factory=Plausibility, description="When a delivery is held.")
    public_copy: PublicCopy | None = Field(None, description="A public file that a study can be tried on.")
    layouts: list[Layout] = Field(description="Layouts, oldest first.", min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> "Source":
        days = [layout.valid_from for layout in self.layouts]
        if days != sorted(set(days)):
            raise ValueError("layouts must stand oldest first, one a day")
        return self

    @property
    def needs_calendar(self) -> bool:
        """Whether some history leaves open what only the calendar tells."""
        histories = [look.history for layout in self.layouts for look in layout.all_looks() if look.history]
        return any(history.needs_calendar for history in histories)

    def layout_on(self, day: dt.date) -> Layout | None:
        """The layout of files made on a day, or nothing when all layouts are later."""
        return next((layout for layout in reversed(self.layouts) if layout.valid_from <= day), None)


def _has_piece(name: str, piece: str) -> bool:
    """Whether a piece stands in a name with no digit before or behind it: `1_22` is not in `SWVF_11_22`."""
    return re.search(rf"(?<!\d){re.escape(piece)}(?!\d)", name) is not None


def _mistyped(columns: dict[str, ColumnLayout], table: type[TableContract]) -> list[str]:
    """Columns whose operation gives another type or other words than their table wants, each as a sentence."""
    wanted = {name: _OPERATION_OF[str(table.columns()[name].type)] for name in columns}
    types = [
        f"{name} needs the operation {wanted[name] or 'of a text'}, found {layout.operation_name or 'none'}"
        for name, layout in columns.items()
        if (layout.operation_name in _TYPED or wanted[name]) and layout.operation_name != wanted[name]
    ]
    words = {name: sorted(layout.words() - set(table.columns()[name].one_of)) for name, layout in columns.items()}
    return types + [
        f"{name} is one of {', '.join(table.columns()[name].one_of)}, found {', '.join(other)}"
        for name, other in words.items()
        if other and table.columns()[name].one_of
    ]


_OPERATION_OF = {"string": None, "date32[day]": "date", "int16": "year", "bool": "flag"}
_TYPED = ("date", "year", "flag")


def source_paths(configs: Path) -> dict[str, Path]:
    """Every source's YAML by the source's name, which is the file's."""
    found = [*sorted((configs / "states").glob("*.yaml")), *sorted((configs / "studies").glob("*.yaml"))]
    return {path.stem: path for path in found}


def read_source(configs: Path, name: str) -> Source:
    """The source of that name.

    Raises:
        ConfigError: There is none, or its YAML is broken.
    """
    paths = source_paths(configs)
    if name not in paths:
        raise ConfigError(f"{configs}: no source named {name}; known are {', '.join(paths) or 'none'}.")
    return read_config(Source, paths[name])
