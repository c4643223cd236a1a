"""The deliveries of a vendor or a campaign tool: judged as those of a state are, written as campaign tables."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from models.tables import TableContract
from pipelines.core import admission
from pipelines.core.admission import Case, Reading
from pipelines.core.records.plausibility import ComparedRole, judge_records
from pipelines.core.records.rows import select_rows
from pipelines.core.records.staging import RecordDelivery, stage_records
from pipelines.core.snapshots import select_rejects
from pipelines.core.staged import Staged
from pipelines.lake import Lake, Record, Table, code_version
from pipelines.layouts.files import Role
from pipelines.layouts.source import Layout, Vendor
from pipelines.tables.campaign import RECORD_TABLES, RecordRejects

_MONTH = 31


@dataclass(frozen=True)
class RecordSnapshots:
    """The campaign tables of a source, one of each role by day; its rejects make the day visible.

    Attributes:
        lake: Data root.
        name: Name of the source.
        vendor: Its configuration.
    """

    lake: Lake
    name: str
    vendor: Vendor

    def days(self) -> list[dt.date]:
        """Days of the snapshots in use, oldest first."""
        found = self.lake.table(RecordRejects, source=self.name).records()
        return [dt.date.fromisoformat(day) for _, day in found]

    def standing(self, day: dt.date, made_from: str) -> dict[str, Record]:
        """The records of a snapshot by table name, where all its tables were made from exactly this; else nothing."""
        found = {
            table.table_name: self.lake.current(table, made_from, source=self.name, snapshot_date=day)
            for table in self._tables(day)
        }
        records = {name: record for name, record in found.items() if record}
        return records if records and len(records) == len(found) else {}

    def withdraw(self, day: dt.date) -> None:
        """Take a snapshot out of use; its rows stay on disk and can be pointed at again."""
        for table in [RecordRejects, *RECORD_TABLES.values()]:
            self.lake.withdraw(table, source=self.name, snapshot_date=day)

    def _tables(self, day: dt.date) -> list[type[TableContract]]:
        layout = self.vendor.layout_on(day)
        return [*(RECORD_TABLES[role] for role in layout.files), RecordRejects] if layout else []


@dataclass(frozen=True)
class RecordAdmission(admission.Admission):
    """Judges the deliveries of a vendor or a campaign tool.

    Attributes:
        source: Its configuration.
    """

    source: Vendor

    @property
    def snapshots(self) -> RecordSnapshots:
        """The campaign tables of the source."""
        return RecordSnapshots(self.lake, self.name, self.source)

    def needed(self, layout: Layout) -> Sequence[str]:
        """Every file that the layout names."""
        return list(layout.files)

    @property
    def is_sent_again(self) -> bool:
        """Not of a list that may stay as it is for a while."""
        return not self.source.may_stay

    def program(self) -> Sequence[Any]:
        """The program text."""
        return [code_version("pipelines/layouts", "pipelines/raw", "pipelines/core")]

    def read(self, connection: duckdb.DuckDBPyConnection, scratch: Path, case: Case, staged: Staged) -> Reading:
        """Read the records of every role."""
        received = RecordDelivery(case.delivery, case.layout, self.source)
        stage_records(connection, self.lake.root, received, scratch, staged)
        return _RecordReading(self, connection, case, staged)


@dataclass(frozen=True)
class _RecordReading:
    """Records in working tables."""

    of: RecordAdmission
    connection: duckdb.DuckDBPyConnection
    case: Case
    staged: Staged

    def reasons(self) -> list[str]:
        """What speaks against the dialect and the records."""
        limits = self.of.source.plausibility
        reasons = list(dict.fromkeys(self.staged.dialect)) if self.case.previous is None else []
        compared = [self._compared(role, limits.stale_days) for role in self.case.layout.files]
        return reasons + judge_records(self.connection, self.staged, compared, limits)

    def _compared(self, role: Role, stale_days: int) -> ComparedRole:
        days = self._days_since()
        last = self._last_good(role) if days is not None and days <= stale_days else None
        months = max(1.0, (days or 0) / _MONTH)
        return ComparedRole(role, last, self._is_additional(role), months, self.of.source.may_stay)

    def _days_since(self) -> int | None:
        previous = self.case.previous
        return (self.case.delivery.snapshot_date - previous.snapshot_date).days if previous else None

    def _is_additional(self, role: Role) -> bool:
        return any(look.is_additional for look in self.case.layout.looks(role))

    def _last_good(self, role: Role) -> Table | None:
        """A role's table in the last good delivery, where it has one."""
        if self.case.previous is None:
            return None
        day = self.case.previous.snapshot_date
        table = self.of.lake.table(RECORD_TABLES[role], source=self.of.name, snapshot_date=day)
        return table if table.records() else None

    def propose(self) -> list[str]:
        """Nothing beyond what opening the files proposed."""
        return []

    def kept(self) -> list[str]:
        """Nothing is kept but for files that only add, of which that is known."""
        return []

    def write(self) -> dict[str, Record]:
        """Write the table of each role, and last the rejects."""
        day, lag = self.case.delivery.snapshot_date, self.of.source.posting_lag_days
        queries: dict[type[TableContract], str] = {
            RECORD_TABLES[role]: select_rows(role, day, self._last_good(role), self._is_additional(role), lag)
            for role in self.case.layout.files
        }
        queries[RecordRejects] = select_rejects(self.staged.numbers)
        return {
            table.table_name: self.of.lake.write(
                table, self.connection, query, self.case.made_from, source=self.of.name, snapshot_date=day
            )
            for table, query in queries.items()
        }
