"""A source and its dated layouts: the classes of `configs/states`, `configs/studies` and `configs/vendors`."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import Field, field_validator, model_validator

from models.config import Strict, read_config
from models.errors import ConfigError
from pipelines.layouts.dated.like import expand
from pipelines.layouts.files import FileLayout, Role
from pipelines.layouts.limits import Plausibility
from pipelines.layouts.lookups import CodeFile
from pipelines.layouts.slots import CodeMapped, FreeText, RelativeSlots
from pipelines.layouts.wide import WideHistory


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
        cells = [
            look.history for look in self.all_looks() if isinstance(look.history, WideHistory) and look.history.voted
        ]
        if any(history != cells[0] for history in cells[1:]):
            raise ValueError("looks whose histories have cells of a few words must have the same history; use columns")
        for role in self.files:
            if any(look.lookups != self.files[role].lookups for look in self.looks(role)):
                raise ValueError(f"also.{role}: all looks of a role have the same lookups")
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

    def states_votes(self, file_names: Iterable[str]) -> bool:
        """Whether files of these names state votes."""
        telling = [look for look in self.all_looks() if look.history]
        return any(look.fits(name) for name in file_names for look in telling)

    @property
    def has_slots(self) -> bool:
        """Whether a file has room for so many votes of a voter."""
        return any(isinstance(look.history, RelativeSlots | CodeMapped | FreeText) for look in self.all_looks())

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


class PublicCopy(Strict):
    """A public, de-identified file that a study can be tried on."""

    file: str = Field(description="Where it stands below `data/` of the folder that WALKLIST_SHARED names.")
    snapshot_date: dt.date = Field(description="Day that it is landed under.")
    found_at: str = Field(description="Where people find it, in words.")


def _of_vendors() -> Plausibility:
    """Lists of vendors turn over faster than rolls of voters: measured on nothing, chosen wide, narrowed by a YAML."""
    return Plausibility(
        total_change_share=0.5, dropped_share=0.3, new_share=0.5, null_change_share=0.15, value_loss_share=0.1,
        column_change_shares={},
    )  # fmt: skip


class Feed(Strict):
    """Where files come from, what they may be used for, and how they look: what every source has."""

    name: str = Field(description="Name for people.")
    obtained_from: str = Field(description="Who gives the file, in words.")
    license: str | None = Field(None, description="Licence, contract or statute that governs it.")
    permitted_uses: list[str] = Field(description="Purposes it may serve; empty where its terms were not seen.")
    refresh_days: int = Field(description="Usual days between files.", ge=1)
    wait_hours: int = Field(24, description="Hours to wait for missing roles of a delivery.", ge=0)
    posting_lag_days: int = Field(
        description="Days after an election, or another event, until it usually stands in a file.", ge=0
    )
    plausibility: Plausibility = Field(default_factory=Plausibility, description="When a delivery is held.")
    layouts: list[Layout] = Field(description="Layouts, oldest first.", min_length=1)

    @field_validator("layouts", mode="before")
    @classmethod
    def _in_full(cls, value: Any) -> Any:
        return expand(value, lambda entry: Layout.model_validate(entry).model_dump(mode="json", by_alias=True))

    @model_validator(mode="after")
    def _in_order(self) -> "Feed":
        days = [layout.valid_from for layout in self.layouts]
        if days != sorted(set(days)):
            raise ValueError("layouts must stand oldest first, one a day")
        return self

    def layout_on(self, day: dt.date) -> Layout | None:
        """The layout of files made on a day, or nothing when all layouts are later."""
        return next((layout for layout in reversed(self.layouts) if layout.valid_from <= day), None)


class Source(Feed):
    """A state's or a study's files of voters and their votes."""

    state: str = Field(description="Two-letter code of the state.", pattern="^[A-Z]{2}$")
    registration_closes_days: int = Field(description="Usual days before an election when registration closes.", ge=0)
    largest_home: int = Field(15, description="People at one address beyond which it is an institution, count.", ge=1)
    public_copy: PublicCopy | None = Field(None, description="A public file that a study can be tried on.")

    @model_validator(mode="after")
    def _of_voters(self) -> "Source":
        if any("voters" not in layout.files for layout in self.layouts):
            raise ValueError("a layout needs a file of the role voters")
        if any(look.records for layout in self.layouts for look in layout.all_looks()):
            raise ValueError("records are told by vendors; a state's files tell of voters and history")
        return self

    @property
    def needs_calendar(self) -> bool:
        """Whether some history leaves open what only the calendar tells."""
        histories = [look.history for layout in self.layouts for look in layout.all_looks() if look.history]
        return any(history.needs_calendar for history in histories)


class Vendor(Feed):
    """A vendor's or a campaign tool's files of people who have no voter id, or one of the state's."""

    states: list[str] = Field(description="Two-letter codes of the states that it covers.", min_length=1)
    retention_until: dt.date | None = Field(None, description="Last day on which its data may be kept; none: for good.")
    may_stay: bool = Field(
        False, description="Whether a delivery may be the one before once more, as of a list that few people change."
    )
    withheld_columns: dict[str, list[str]] = Field(
        {}, description="Column to the purposes, of those that the source may serve, that it may not."
    )
    plausibility: Plausibility = Field(default_factory=_of_vendors, description="When a delivery is held.")

    @model_validator(mode="after")
    def _of_records(self) -> "Vendor":
        for layout in self.layouts:
            for role in layout.files:
                faults = [fault for look in layout.looks(role) for fault in _check_look(role, look)]
                if faults:
                    raise ValueError(f"layout of {layout.valid_from}, {role}: {'; '.join(faults)}")
        return self

    @property
    def roles(self) -> list[str]:
        """The campaign tables that its files tell of, in the order of the layouts."""
        return list(dict.fromkeys(role for layout in self.layouts for role in layout.files))


def _check_look(role: Role, look: FileLayout) -> list[str]:
    if not look.records:
        return ["a vendor's files tell of records"]
    return look.check_records(role)


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


def vendor_paths(configs: Path) -> dict[str, Path]:
    """Every vendor's YAML by the vendor's name, which is the file's."""
    return {path.stem: path for path in sorted((configs / "vendors").glob("*.yaml"))}


def read_vendor(configs: Path, name: str) -> Vendor:
    """The vendor or campaign tool of that name.

    Raises:
        ConfigError: There is none, or its YAML is broken.
    """
    paths = vendor_paths(configs)
    if name not in paths:
        raise ConfigError(f"{configs}: no vendor named {name}; known are {', '.join(paths) or 'none'}.")
    return read_config(Vendor, paths[name])
