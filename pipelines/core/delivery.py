"""The deliveries of a state: voters and their votes, read, held against the last good ones, and written."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from pipelines.calendar import Election
from pipelines.core import admission
from pipelines.core.admission import Case, Judgement, Reading
from pipelines.core.bridged import unproven
from pipelines.core.carrying import describe_carried, select_snapshot
from pipelines.core.history import select_new_votes
from pipelines.core.past import Past, is_partial
from pipelines.core.plausibility.comparison import Comparison
from pipelines.core.plausibility.judging import find_implausible
from pipelines.core.proposing import Compared, propose_values
from pipelines.core.snapshots import Snapshots
from pipelines.core.staged import Staged
from pipelines.core.staging import Received, stage_delivery
from pipelines.core.stated import stated_votes
from pipelines.lake import Lake, Record, code_version
from pipelines.layouts.source import Layout, Source
from pipelines.tables.core import VoteHistory

__all__ = ["Admission", "Judgement"]

_NOTHING_TO_KEEP = (
    "Its files hold some counties only, and no accepted snapshot tells of the others. Send a file of the whole state."
)


@dataclass(frozen=True)
class Admission(admission.Admission):
    """Judges the deliveries of a state.

    Attributes:
        source: Configuration of the state.
        calendar: Elections of the state, for histories that do not name theirs in full.
    """

    source: Source
    calendar: Sequence[Election] = ()

    @property
    def snapshots(self) -> Snapshots:
        """The snapshots of the state."""
        return Snapshots(self.lake, self.source.state)

    def needed(self, layout: Layout) -> Sequence[str]:
        """The voters; a history may come later."""
        del layout
        return ["voters"]

    def program(self) -> Sequence[Any]:
        """The calendar, where a history does not name its elections, and the program text."""
        named = [election.model_dump(mode="json") for election in self.calendar if self.source.needs_calendar]
        return named, code_version("pipelines/layouts", "pipelines/raw", "pipelines/core")

    def why_at_once(self, case: Case) -> str:
        """Some counties alone are no state."""
        is_first_partial = case.previous is None and is_partial(case.delivery, case.layout)
        return _NOTHING_TO_KEEP if is_first_partial else ""

    def read(self, connection: duckdb.DuckDBPyConnection, scratch: Path, case: Case, staged: Staged) -> Reading:
        """Read the voters and their votes."""
        past = Past(self.lake, self.name, self.source, self.calendar)
        earlier = past.earlier(case.delivery)
        received = Received(case.delivery, case.layout, self.source.state, self.calendar, earlier)
        stage_delivery(connection, self.lake.root, received, scratch, staged)
        return _StateReading(self.lake, self.source, connection, case, staged, past)


class _StateReading:
    """Voters and votes in working tables."""

    def __init__(
        self, lake: Lake, source: Source, connection: duckdb.DuckDBPyConnection, case: Case, staged: Staged, past: Past
    ) -> None:
        self.lake, self.source, self.connection, self.case, self.staged = lake, source, connection, case, staged
        self.day = case.delivery.snapshot_date
        self.past = past

    @cached_property
    def stated(self) -> str:
        """SELECT of the votes that the delivery states."""
        return stated_votes(self.connection, self.staged, self.case.layout, self.source.state, self.day)

    @cached_property
    def compared(self) -> Comparison:
        """What the delivery is compared with."""
        return self.past.compared(self.case.delivery, self.case.layout, self.case.previous, self.stated)

    def reasons(self) -> list[str]:
        """What speaks against the dialect, the people and the votes."""
        limits = self.source.plausibility
        reasons = unproven(self.connection, self.staged, self.compared, limits)
        return reasons + find_implausible(self.connection, self.staged, self.compared, limits)

    def propose(self) -> list[str]:
        """What is written in another way than the layout has it."""
        last = self.compared.last_good.select() if self.compared.last_good else None
        return propose_values(self.connection, self.staged, Compared(self.source.state, self.day, last))

    def kept(self) -> list[str]:
        """People of counties that did not come."""
        compared = self.compared
        if compared.last_good is None or compared.last_date is None or not compared.is_partial:
            return []
        return [describe_carried(self.connection, compared.last_good, compared.last_date)]

    def write(self) -> dict[str, Record]:
        """Write the snapshot: rejects, votes, voters."""
        compared, snapshots = self.compared, Snapshots(self.lake, self.source.state)
        known = self.lake.table(VoteHistory, state=self.source.state)
        votes = select_new_votes(self.stated, known, self.day, compared.last_date, self.source.posting_lag_days)
        people = select_snapshot(self.day, compared.last_good if compared.is_partial else None)
        return snapshots.write(self.day, self.connection, self.case.made_from, people, votes, self.staged.numbers)
