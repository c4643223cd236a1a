"""Files held against their layout without loading them: what would become of them if they landed."""

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
from pipelines.core.past import is_partial
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
    """What would become of some files of a delivery.

    Attributes:
        layout: Layout that it was held against.
        roles: What they hold, by their names or as the caller says.
        reasons: Why they would be held, a sentence each; empty where they fit.
        told: What would be worth saying of them, a sentence each.
        facts: Rows, refused rows, lines, encoding, delimiter of each, by its name, as far as it could be read.
        entry: YAML of the dated layout entry that would read them; empty where none is needed, or none would help.
        last_good: Day of the snapshot that they were compared with, if any.
    """

    layout: Layout
    roles: list[Role]
    reasons: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
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

    def try_files(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[Path],
        day: dt.date,
        scratch: Path,
        role: Role | None = None,
    ) -> Trial:
        """Hold files of one delivery against the layout of a day; nothing is written outside the scratch folder.

        Without all parts of the voters they are judged by themselves.

        Args:
            connection: An empty SQL connection.
            files: The files; they are only read.
            day: Day that they were made.
            scratch: Folder for unpacked copies; the caller removes it.
            role: What they hold, where their names do not say so.

        Raises:
            LayoutError: No layout is valid on that day, or a name fits no file of the layout and no role is given.
        """
        layout = self._layout([file.name for file in files], day, role)
        events, broken = [], []
        for file in files:
            event = {"file_id": hash_of(file, "sha256"), "file_name": file.name, "role": layout.role_of(file.name)}
            broken += self._kept(scratch, file, event["file_id"])
            events.append(event)
        delivery = Delivery(self.name, day, tuple(events))
        roles = [found for found in layout.files if any(_fits(layout, found, file.name) for file in files)]
        missing = layout.missing(file.name for file in files) if "voters" in roles else []
        lost = [what for what in missing if what.startswith("voters ")]
        staged = Staged()
        compared = Comparison(day, None, None) if lost else self._compared(delivery, layout)
        try:
            received = Received(delivery, layout, self.source.state, self.calendar)
            stage_delivery(connection, scratch, received, scratch, staged)
            reasons = self._reasons(connection, staged, compared, roles)
            changes = cures(staged.changes) if reasons else {}
        except (LayoutError, ContractError) as error:
            reasons, changes = [str(error)], changes_of(error, staged)
        return Trial(
            layout,
            roles,
            [*broken, *reasons],
            [*[f"Judged by itself: no file of {what} was given." for what in lost], *summary(staged)],
            {event["file_name"]: staged.files.get(event["file_id"], {}) for event in events},
            propose_entry(self.source, day, changes) if changes else "",
            compared.last_date,
        )

    def _kept(self, scratch: Path, file: Path, file_id: str) -> list[str]:
        """Stand a file where received bytes are kept; why they are not those that a digest beside it says."""
        kept = kept_file(scratch, file_id)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.unlink(missing_ok=True)
        kept.symlink_to(file.resolve())
        broken = held_against_digests(scratch, file, file_id)
        return [broken] if broken else []

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

    def _layout(self, names: Sequence[str], day: dt.date, role: Role | None) -> Layout:
        """The layout of a day, in which the files have the role that is given."""
        layout = self.source.layout_on(day)
        if layout is None:
            raise LayoutError(f"{self.name}: no layout is valid on {day}. Add a dated one.")
        if role:
            named = {"match": [glob.escape(name) for name in names], "skipped": []}
            looks = [look.model_copy(update=named) for look in layout.looks(role)]
            update = {"files": {**layout.files, role: looks[0]}, "also": {**layout.also, role: looks[1:]}}
            layout = layout.model_copy(update=update)
        for name in names:
            if layout.role_of(name) is None:
                known = "; ".join(f"{found}: {', '.join(look.match)}" for found, look in layout.files.items())
                raise LayoutError(
                    f"{name}: its name fits no file of {self.name} ({known}). Say what it holds by --role."
                )
        return layout

    def _compared(self, delivery: Delivery, layout: Layout) -> Comparison:
        if self.last_good is None or self.last_good[1] >= delivery.snapshot_date:
            return Comparison(delivery.snapshot_date, None, None)
        return Comparison(delivery.snapshot_date, *self.last_good, is_partial(delivery, layout))


def _fits(layout: Layout, role: Role, name: str) -> bool:
    return any(look.fits(name) for look in layout.looks(role))
