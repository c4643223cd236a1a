"""A file held against its layout without loading it: what would become of it if it landed."""

import datetime as dt
import glob
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from models.errors import ContractError, LayoutError
from pipelines.calendar import Election
from pipelines.core.bridged import changes_of, cures, unproven
from pipelines.core.plausibility.comparison import Comparison
from pipelines.core.plausibility.judging import find_implausible
from pipelines.core.plausibility.reading import judge_reading
from pipelines.core.proposing import Compared, propose_values
from pipelines.core.staged import Staged
from pipelines.core.staging import Received, stage_delivery
from pipelines.core.telling import summary
from pipelines.lake import Table
from pipelines.layouts.dated.changes import propose_entry
from pipelines.layouts.files import Role
from pipelines.layouts.source import Layout, Source
from pipelines.raw.digests import hash_of
from pipelines.raw.landing import held_against_digests
from pipelines.raw.receipts import Delivery, kept_file


@dataclass(frozen=True)
class Trial:
    """What would become of a file.

    Attributes:
        layout: Layout that it was held against.
        roles: What it holds, by its name or as the caller says.
        reasons: Why it would be held, a sentence each; empty where it fits.
        told: What would be worth saying of it, a sentence each.
        facts: Rows, refused rows, lines, encoding, delimiter, as far as it could be read.
        entry: YAML of the dated layout entry that would read it; empty where none is needed, or none would help.
        last_good: Day of the snapshot that it was compared with, if any.
    """

    layout: Layout
    roles: list[Role]
    reasons: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    entry: str = ""
    last_good: dt.date | None = None


@dataclass(frozen=True)
class Trying:
    """How files of a source are tried.

    Attributes:
        name: Name of the source.
        source: Its configuration.
        calendar: Elections of the state.
        last_good: Rows of the newest accepted snapshot, and its day; nothing where none is at hand.
    """

    name: str
    source: Source
    calendar: Sequence[Election] = ()
    last_good: tuple[Table, dt.date] | None = None

    def try_file(
        self, connection: duckdb.DuckDBPyConnection, file: Path, day: dt.date, scratch: Path, role: Role | None = None
    ) -> Trial:
        """Hold a file against the layout of a day; nothing is written outside the scratch folder.

        Args:
            connection: An empty SQL connection.
            file: The file; it is only read.
            day: Day that it was made.
            scratch: Folder for unpacked copies; the caller removes it.
            role: What it holds, where its name does not say so.

        Raises:
            LayoutError: No layout is valid on that day, or its name fits no file of the layout and no role is given.
        """
        layout, roles = self._layout(file.name, day, role)
        file_id = hash_of(file, "sha256")
        kept = kept_file(scratch, file_id)
        kept.parent.mkdir(parents=True)
        kept.symlink_to(file.resolve())
        broken = held_against_digests(scratch, file, file_id)
        staged, compared = Staged(), self._compared(day, layout.files["voters"].is_partial([file.name]))
        event = {"file_id": file_id, "file_name": file.name, "role": roles[0]}
        try:
            received = Received(Delivery(self.name, day, (event,)), layout, self.source.state, self.calendar)
            stage_delivery(connection, scratch, received, scratch, staged)
            reasons = self._reasons(connection, staged, compared, roles)
            changes = cures(staged.changes) if reasons else {}
        except (LayoutError, ContractError) as error:
            reasons, changes = [str(error)], changes_of(error, staged)
        return Trial(
            layout,
            roles,
            [*([broken] if broken else []), *reasons],
            summary(staged),
            staged.files.get(file_id, {}),
            propose_entry(self.source, day, changes) if changes else "",
            compared.last_date,
        )

    def _reasons(
        self, connection: duckdb.DuckDBPyConnection, staged: Staged, compared: Comparison, roles: list[Role]
    ) -> list[str]:
        """Why a file that was read would be held; of votes alone no person can be compared."""
        if "voters" not in roles:
            reasons = judge_reading(staged, self.source.plausibility)
        else:
            reasons = unproven(connection, staged, compared, self.source.plausibility)
            reasons += find_implausible(connection, staged, compared, self.source.plausibility)
        if reasons:
            last = compared.last_good.select() if compared.last_good else None
            reasons += propose_values(connection, staged, Compared(self.source.state, compared.snapshot_date, last))
        return reasons

    def _layout(self, name: str, day: dt.date, role: Role | None) -> tuple[Layout, list[Role]]:
        layout = self.source.layout_on(day)
        if layout is None:
            raise LayoutError(f"{self.name}: no layout is valid on {day}. Add a dated one.")
        roles = [found for found in layout.files if any(look.fits(name) for look in layout.looks(found))]
        if role:
            roles, named = [role], {"match": [glob.escape(name)], "skipped": []}
            looks = [look.model_copy(update=named) for look in layout.looks(role)]
            update = {"files": {**layout.files, role: looks[0]}, "also": {**layout.also, role: looks[1:]}}
            layout = layout.model_copy(update=update)
        if not roles:
            known = "; ".join(f"{found}: {', '.join(look.match)}" for found, look in layout.files.items())
            raise LayoutError(f"{name}: its name fits no file of {self.name} ({known}). Say what it holds by --role.")
        return layout, roles

    def _compared(self, day: dt.date, is_partial: bool) -> Comparison:
        if self.last_good is None or self.last_good[1] >= day:
            return Comparison(day, None, None)
        return Comparison(day, *self.last_good, is_partial)
