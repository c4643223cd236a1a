"""One snapshot of a state, and what is known on its day: files, changes and decisions up to it, never after."""

import datetime as dt
from dataclasses import dataclass

from pipelines.lake import Lake, Table
from pipelines.sql import literal
from pipelines.tables.core import VoterChanges, Voters
from pipelines.tables.people import PersonSteps

STEPS_NOW = "people_steps"
"""Working table of the steps of the snapshot that is being decided."""


@dataclass(frozen=True)
class Snapshot:
    """A snapshot of a state.

    Attributes:
        lake: Data root.
        state: Its two-letter code.
        day: Day of the snapshot.
        before: Day of the one before it, if any.
        earlier: Days of all before it, in order.
    """

    lake: Lake
    state: str
    day: str
    earlier: tuple[str, ...]

    @property
    def before(self) -> str | None:
        """Day of the snapshot before it; none for the first."""
        return self.earlier[-1] if self.earlier else None

    @property
    def date(self) -> str:
        """Its day as SQL."""
        return f"DATE {literal(self.day)}"

    @property
    def date_before(self) -> str:
        """Day of the snapshot before it as SQL, null for the first."""
        return f"DATE {literal(self.before)}" if self.before else "NULL::DATE"

    def days_earlier(self, days: int) -> dt.date:
        """The day that lies so many days before it."""
        return dt.date.fromisoformat(self.day) - dt.timedelta(days=days)

    def voters(self, day: str | None) -> Table:
        """core_voters of a day; without one, of no day."""
        return self.lake.table(Voters, state=self.state, snapshot_date=day or "none")

    @property
    def changes(self) -> Table:
        """core_voter_changes of the snapshot."""
        return self.lake.table(VoterChanges, state=self.state, snapshot_date=self.day)

    def changed(self, *codes: str) -> str:
        """SELECT of voter_id of whom the snapshot tells one of some changes."""
        listed = ", ".join(literal(code) for code in codes)
        return f"SELECT DISTINCT voter_id FROM ({self.changes.select()}) WHERE change_code IN ({listed})"

    def steps(self, day: str | None = None) -> Table:
        """core_person_steps of the snapshot or another one."""
        return self.lake.table(PersonSteps, state=self.state, snapshot_date=day or self.day)

    def steps_before(self, since: dt.date | None = None) -> str:
        """SELECT of the steps of earlier snapshots, all or those on and after a day."""
        days = [day for day in self.earlier if since is None or day >= since.isoformat()]
        tables = [self.steps(day) for day in days] or [self.steps("none")]
        return "\nUNION ALL ".join(table.select() for table in tables)
