"""The verdict on a delivery: read, held against its layout and the last good one, then written, or held whole.

A held delivery changes nothing downstream: the last good snapshot stays in use, the bytes stay where they are kept, and
the reason stands in the ledger. Rows that were refused wait, with their text, in the protected quarantine folder.
"""

import datetime as dt
import itertools
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from models.errors import ContractError, DeliveryError, LayoutError
from pipelines.core.history import select_new_votes
from pipelines.core.plausibility import Comparison, find_implausible
from pipelines.core.staging import Staged, stage_delivery
from pipelines.lake import Lake, Record, code_version, fingerprint
from pipelines.layouts.source import Layout, Source
from pipelines.raw.receipts import Delivery, ReceiptLedger
from pipelines.sql import identifier
from pipelines.tables.core import Rejects, VoteHistory, Voters


@dataclass(frozen=True)
class Judgement:
    """What became of one delivery.

    Attributes:
        delivery: The delivery.
        verdict: `accepted`, `held`, or `received` while it waits for a missing file.
        reason: Why, in words: counts, columns and files only.
        records: Record of each table that was written or stood, by table name.
        staged: What reading found, where it was read in this run.
    """

    delivery: Delivery
    verdict: str
    reason: str
    records: dict[str, Record] = field(default_factory=dict)
    staged: Staged | None = None


@dataclass(frozen=True)
class Admission:
    """Judges the deliveries of one source.

    Attributes:
        lake: Data root.
        name: Name of the source.
        source: Its configuration.
    """

    lake: Lake
    name: str
    source: Source

    def admit_all(self, now: dt.datetime) -> list[Judgement]:
        """Judge every delivery, oldest snapshot first; what stands as it should is not read again.

        Args:
            now: The present moment, for how long a missing file has been waited for.
        """
        ledger, judged = ReceiptLedger(self.lake, self.name), []
        previous: Delivery | None = None
        chain = fingerprint(
            self.source.model_dump(mode="json", by_alias=True),
            code_version("pipelines/layouts", "pipelines/raw", "pipelines/core"),
        )
        for delivery in ledger.deliveries():
            made_from = fingerprint(chain, delivery.delivery_id)
            judgement = self._judge(delivery, previous, made_from, now)
            ledger.decide(
                delivery, judgement.verdict, judgement.reason, **(judgement.staged.files if judgement.staged else {})
            )
            if judgement.verdict == "accepted":
                previous, chain = delivery, made_from
            judged.append(judgement)
        return judged

    def _judge(self, delivery: Delivery, previous: Delivery | None, made_from: str, now: dt.datetime) -> Judgement:
        layout = self.source.layout_on(delivery.snapshot_date)
        assert layout is not None, "files of a day without a layout are rejected when they arrive"
        missing = [role for role in layout.files if not delivery.of_role(role)]
        waited = (now - delivery.first_received_at) / dt.timedelta(hours=1)
        if missing and waited < self.source.wait_hours:
            return Judgement(
                delivery, "received", f"Waits for {' and '.join(missing)}, up to {self.source.wait_hours} hours."
            )
        if "voters" in missing:
            return Judgement(delivery, "held", f"No voters file came within {self.source.wait_hours} hours.")
        standing = self._standing(delivery, made_from)
        if standing:
            return Judgement(delivery, "accepted", delivery.events[0]["reason"] or "", standing)
        return self._read(delivery, layout, previous, made_from)

    def _standing(self, delivery: Delivery, made_from: str) -> dict[str, Record]:
        place = {"state": self.source.state, "snapshot_date": delivery.snapshot_date}
        found = {
            table.table_name: self.lake.current(table, made_from, **place) for table in (Voters, VoteHistory, Rejects)
        }
        return {name: record for name, record in found.items() if record} if all(found.values()) else {}

    def _read(self, delivery: Delivery, layout: Layout, previous: Delivery | None, made_from: str) -> Judgement:
        staged = None
        with self.lake.connect() as connection, tempfile.TemporaryDirectory(dir=self.lake.root / "tmp") as scratch:
            try:
                staged = stage_delivery(connection, self.lake.root, delivery, layout, self.source.state, Path(scratch))
                _register_files(connection, staged)
                voters = select_voters(connection)
                self._keep_refused(connection, staged, made_from)
                reasons = find_implausible(
                    connection, staged, voters, self._compared(delivery, previous), self.source.plausibility
                )
                if reasons:
                    return Judgement(
                        delivery, "held", self._held(delivery, " ".join(reasons + staged.differences)), staged=staged
                    )
                records = self._write(connection, voters, delivery, previous, made_from)
            except (LayoutError, ContractError) as error:
                return Judgement(delivery, "held", self._held(delivery, str(error)), staged=None)
            except duckdb.Error as error:
                raise DeliveryError(
                    f"{delivery.delivery_id}: the SQL engine stopped ({type(error).__name__}); nothing was written."
                ) from None
        return Judgement(delivery, "accepted", _summary(staged), records, staged)

    def _held(self, delivery: Delivery, reasons: str) -> str:
        return f"{self.name} {delivery.snapshot_date} is held: {reasons} The last good snapshot stays in use."

    def _compared(self, delivery: Delivery, previous: Delivery | None) -> Comparison:
        if previous is None:
            return Comparison(delivery.snapshot_date, None, None)
        last = self.lake.table(Voters, state=self.source.state, snapshot_date=previous.snapshot_date)
        return Comparison(delivery.snapshot_date, last, previous.snapshot_date)

    def _write(
        self,
        connection: duckdb.DuckDBPyConnection,
        voters: str,
        delivery: Delivery,
        previous: Delivery | None,
        made_from: str,
    ) -> dict[str, Record]:
        state, day = self.source.state, delivery.snapshot_date
        known = self.lake.table(VoteHistory, state=state)
        votes = select_new_votes(
            known, state, day, previous.snapshot_date if previous else None, self.source.posting_lag_days
        )
        queries = {Rejects: _REJECTS, VoteHistory: votes, Voters: voters}  # voters last: they make the snapshot visible
        return {
            table.table_name: self.lake.write(table, connection, query, made_from, state=state, snapshot_date=day)
            for table, query in queries.items()
        }

    def _keep_refused(self, connection: duckdb.DuckDBPyConnection, staged: Staged, made_from: str) -> None:
        """Keep the text of refused lines in the protected quarantine, a file per received file."""
        folder = self.lake.root / "raw" / "quarantine" / self.name
        for number, opened in staged.texts.items():
            lines = {
                line
                for (line,) in connection.execute(
                    f"SELECT DISTINCT row_number FROM refused WHERE file_no = {number}"
                ).fetchall()
            }
            if not lines:
                continue
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            target = folder / f"{made_from}-{number}.txt"
            with opened.path.open("rb") as text, target.open("wb") as kept:
                target.chmod(0o600)
                kept.writelines(itertools.chain.from_iterable(
                    (str(place).encode(), b"\t", line) for place, line in enumerate(text, 1) if place in lines
                ))  # fmt: skip


def select_voters(connection: duckdb.DuckDBPyConnection) -> str:
    """SELECT of the staged people with every column of core_voters; what the file does not give is null."""
    present = {
        name
        for (name,) in connection.execute(
            "SELECT column_name FROM duckdb_columns() WHERE table_name = 'staged_voters'"
        ).fetchall()
    }
    absent = {
        "is_confidential": "false",
        "birth_year": "CAST(year(birth_date) AS SMALLINT)" if "birth_date" in present else "NULL",
    }
    columns = [
        name if name in present else f"{absent.get(name, 'NULL')} AS {identifier(name)}"
        for name in Voters.schema().names
    ]
    return f"SELECT {', '.join(columns)} FROM staged_voters"


_REJECTS = "SELECT DISTINCT file_id, row_number, rule, column_name FROM refused JOIN file_numbers USING (file_no)"


def _register_files(connection: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    numbers = pa.table(
        {"file_no": pa.array(range(len(staged.numbers)), pa.int32()), "file_id": pa.array(staged.numbers, pa.string())}
    )
    connection.register("file_numbers", numbers)


def _summary(staged: Staged) -> str:
    """What is worth saying about an accepted delivery, in counts and columns."""
    refused = sum(facts["reject_count"] for facts in staged.files.values())
    notes = [
        f"{refused:,} rows were refused." if refused else "",
        f"{staged.folded_count:,} repeated rows were folded." if staged.folded_count else "",
    ]
    faults = [
        f"{column}: {count:,} texts break the rule '{rule}' and are null."
        for (column, rule), count in staged.faults.items()
    ]
    masked = [f"{column}: {count:,} masked or placeholder, null." for (column, _), count in staged.masked.items()]
    return " ".join(note for note in [*notes, *faults, *masked, *staged.differences] if note)
