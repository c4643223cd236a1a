"""The steps by which persons are told, snapshot after snapshot; what stands is not decided again."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from models.errors import WalklistError
from pipelines.lake import Lake, Record, Table, code_version, fingerprint
from pipelines.linking.model import LinkModel
from pipelines.linking.people.leaving import close_found, note_left, open_left
from pipelines.linking.people.moving import Movers
from pipelines.linking.people.renumbered import note_renumbered
from pipelines.linking.people.snapshot import STEPS_NOW, Snapshot
from pipelines.linking.people.starting import note_starts
from pipelines.tables.core import VoterChanges, Voters
from pipelines.tables.people import PersonSteps

_PARTS = (
    "people", "standard", "blocking.py", "comparisons.py", "deciding.py", "linker.py", "model.py", "prepare.py",
)  # fmt: skip
_CODE = tuple(f"pipelines/linking/{name}" for name in _PARTS)


@dataclass
class StepWriter:
    """Writes core_person_steps of a state.

    Attributes:
        lake: Data root.
        connection: Where the comparison runs.
        state: Two-letter code of the state.
        others: Other states, whose people may have come here.
        model: What agreement between two states' rows weighs; none where nobody is looked for in other states.
    """

    lake: Lake
    connection: duckdb.DuckDBPyConnection
    state: str
    others: Sequence[str] = ()
    model: LinkModel | None = None

    def write(self) -> dict[str, Record]:
        """Write the steps of every snapshot; the record of each by its day.

        The steps of a snapshot follow from its rows and changes, from all before it, and from what other states'
        files of its day and before tell; so does their fingerprint. A snapshot taken out of use takes its steps along.

        Raises:
            WalklistError: The changes of a snapshot are missing.
        """
        stamps = self._stamps()
        self._withdraw(stamps)
        standing = [day for day, stamp in stamps.items() if self.lake.current(PersonSteps, stamp, **self._place(day))]
        is_whole = len(standing) == len(stamps)
        open_left(self.connection)
        movers = Movers(self.lake, self.connection, self.others, self.model)
        records = {}
        for nth, (day, stamp) in enumerate(stamps.items()):
            snapshot = Snapshot(self.lake, self.state, day, tuple(stamps)[:nth])
            if not is_whole:
                self._decide(snapshot, movers, day in standing)
            rows = f"SELECT * FROM {STEPS_NOW}"
            records[day] = self.lake.write(PersonSteps, self.connection, rows, stamp, **self._place(day))
        return records

    def _place(self, day: str) -> dict[str, str]:
        return {"state": self.state, "snapshot_date": day}

    def _decide(self, snapshot: Snapshot, movers: Movers, is_standing: bool) -> None:
        """Fill STEPS_NOW for a snapshot, unless its steps stand; remember who left and who was found either way."""
        open_steps(self.connection)
        if is_standing:
            steps = f"({snapshot.steps().select()})"
            note_left(self.connection, snapshot, steps)
        else:
            steps = STEPS_NOW
            note_starts(self.connection, snapshot)
            note_left(self.connection, snapshot, steps)
            note_renumbered(self.connection, snapshot)
            movers.note_moved(snapshot)
        close_found(self.connection, snapshot, steps)

    def _stamps(self) -> dict[str, str]:
        """What the steps of every snapshot are made from, by its day."""
        voters, changes = (_fingerprints(self.lake.table(table, state=self.state)) for table in (Voters, VoterChanges))
        missing = [day for day in list(voters)[1:] if day not in changes]
        if missing:
            raise WalklistError(
                f"core_person_steps {self.state}: core_voter_changes lacks {', '.join(missing)}. Materialize it first."
            )
        elsewhere = self._elsewhere() if self.model else {}
        chain = fingerprint(code_version(*_CODE), self.model and self.model.sha256)
        stamps = {}
        for nth, day in enumerate(voters):
            told = {key: stamp for key, stamp in elsewhere.items() if key[2] <= day}
            chain = fingerprint(chain, day, voters[day], changes[day] if nth else None, sorted(told.items()))
            stamps[day] = chain
        return stamps

    def _elsewhere(self) -> dict[tuple[str, str, str], str]:
        """Fingerprints of what other states tell, by state, table and day."""
        return {
            (state, table.table_name, day): stamp
            for state in sorted(self.others)
            for table in (Voters, VoterChanges)
            for day, stamp in _fingerprints(self.lake.table(table, state=state)).items()
        }

    def _withdraw(self, stamps: dict[str, str]) -> None:
        for day in _fingerprints(self.lake.table(PersonSteps, state=self.state)):
            if day not in stamps:
                self.lake.withdraw(PersonSteps, **self._place(day))


def open_steps(connection: duckdb.DuckDBPyConnection) -> None:
    """Make STEPS_NOW anew, without rows: what a used table knows of its columns would show in the bytes written."""
    types = "voter_id VARCHAR, step_code VARCHAR, earlier_voter_id VARCHAR, earlier_seen_on DATE, evidence VARCHAR"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {STEPS_NOW} ({types}, match_weight DOUBLE, gap_bits DOUBLE)")


def _fingerprints(table: Table) -> dict[str, str]:
    """Fingerprint of every snapshot of a state's table, by its day, in order."""
    return {day: record.fingerprint for (_, day), record in table.records().items()}
