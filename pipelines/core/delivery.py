"""The verdict on a delivery: read, held against its layout and the last good one, then written, or held whole.

A held delivery changes nothing downstream: the last good snapshot stays in use, the bytes stay where they are kept, and
the reason stands in the ledger. Rows that were refused wait, with their text, in the protected quarantine folder.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from models.errors import ContractError, DeliveryError, LayoutError
from pipelines.calendar import Election
from pipelines.core.bridged import changes_of, cures, unproven
from pipelines.core.carrying import describe_carried, select_snapshot
from pipelines.core.findings import Finding, read_approved, read_finding, unseen
from pipelines.core.history import select_new_votes
from pipelines.core.past import Past, is_partial
from pipelines.core.plausibility.comparison import Comparison
from pipelines.core.plausibility.judging import find_implausible
from pipelines.core.proposing import Compared, propose_values
from pipelines.core.refusing import keep_refused
from pipelines.core.since import describe_since, keep_forms
from pipelines.core.snapshots import Snapshots
from pipelines.core.staged import Staged
from pipelines.core.staging import Received, stage_delivery
from pipelines.core.stated import stated_votes
from pipelines.core.telling import summary
from pipelines.lake import Lake, Record, code_version, fingerprint
from pipelines.layouts.dated.changes import RoleChange, propose_entry
from pipelines.layouts.files import Role
from pipelines.layouts.source import Layout, Source
from pipelines.raw.receipts import Delivery, ReceiptLedger, kept_file
from pipelines.raw.store import is_proven
from pipelines.tables.core import VoteHistory

_MEMORY_SHARE = 0.6  # working tables spill at no cost of time, and the rows that are being written come on top
_NOTHING_TO_KEEP = (
    "Its files hold some counties only, and no accepted snapshot tells of the others. Send a file of the whole state."
)


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

    @property
    def facts(self) -> dict[str, dict[str, Any]]:
        """Facts of its files by file_id, where it was read in this run."""
        return self.staged.files if self.staged else {}


@dataclass(frozen=True)
class Admission:
    """Judges the deliveries of one source.

    Attributes:
        lake: Data root.
        name: Name of the source.
        source: Its configuration.
        calendar: Elections of the state, for histories that do not name theirs in full.
    """

    lake: Lake
    name: str
    source: Source
    calendar: Sequence[Election] = ()

    def admit_all(self, now: dt.datetime) -> list[Judgement]:
        """Judge every delivery, oldest snapshot first; what stands as it should is not read again.

        A snapshot goes out of use where no delivery of its day is left (a person rejected it, or a digest contradicts
        its file) or where its files are not accepted by the rules of today. A broken file sent again for a day is
        another matter: what was good for that day stays in use.

        Args:
            now: The present moment, for how long a missing file has been waited for.

        Raises:
            DeliveryError: The SQL engine stopped; nothing of that delivery was written.
        """
        ledger, judged = ReceiptLedger(self.lake, self.name), []
        previous: Delivery | None = None
        chain = self._version()
        deliveries = ledger.deliveries()
        for day in sorted(set(self._snapshots.days()) - {delivery.snapshot_date for delivery in deliveries}):
            self._snapshots.withdraw(day)
        for delivery in deliveries:
            made_from = fingerprint(chain, self._layout_version(delivery), delivery.delivery_id)
            first = delivery.first_of(deliveries)
            judgement = self._judge(delivery, first, previous, made_from, now)
            ledger.decide(delivery, judgement.verdict, judgement.reason, self._facts(judgement))
            if judgement.verdict == "accepted":
                previous, chain = delivery, made_from
            elif delivery.verdict == "accepted":
                self._snapshots.withdraw(delivery.snapshot_date)
            judged.append(judgement)
        return judged

    def _facts(self, judgement: Judgement) -> dict[str, dict[str, Any]]:
        """What the receipts are told of each file: the layout that it was held against, and what was read."""
        layout = self.source.layout_on(judgement.delivery.snapshot_date)
        used = {"layout": f"{self.name}/{layout.valid_from}"} if layout else {}
        ids = [event["file_id"] for event in judgement.delivery.events]
        return {file_id: {**judgement.facts.get(file_id, {}), **used} for file_id in ids}

    @property
    def _past(self) -> Past:
        return Past(self.lake, self.name, self.source, self.calendar)

    @property
    def _snapshots(self) -> Snapshots:
        return Snapshots(self.lake, self.source.state)

    def _version(self) -> str:
        """What besides the files and their layouts decides the rows: configuration, calendar and program text."""
        code = code_version("pipelines/layouts", "pipelines/raw", "pipelines/core")
        named = [election.model_dump(mode="json") for election in self.calendar if self.source.needs_calendar]
        return fingerprint(self.source.model_dump(mode="json", by_alias=True, exclude={"layouts"}), named, code)

    def _judged_by(self, delivery: Delivery, made_from: str) -> str:
        """What decides on a delivery: besides what its rows are made from, which of its files a digest proves."""
        ids = [event["file_id"] for event in delivery.events]
        return fingerprint(made_from, [name for name in ids if is_proven(kept_file(self.lake.root, name))])

    def _layout_version(self, delivery: Delivery) -> str:
        """The layout that reads a delivery: a new dated entry leaves the snapshots before its day as they stand."""
        layout = self.source.layout_on(delivery.snapshot_date)
        return fingerprint(layout.model_dump(mode="json", by_alias=True) if layout else None)

    def _judge(
        self, delivery: Delivery, first: Delivery, previous: Delivery | None, made_from: str, now: dt.datetime
    ) -> Judgement:
        layout = self.source.layout_on(delivery.snapshot_date)
        if layout is None:
            return self._hold_unread(delivery, "No layout is valid on that day; add a dated one.")
        missing = layout.missing(event["file_name"] for event in delivery.events)
        hours = self.source.wait_hours
        if missing and now - delivery.first_received_at < dt.timedelta(hours=hours):
            return Judgement(delivery, "received", f"Waits for {' and '.join(missing)}, up to {hours} hours.")
        if lost := [what for what in missing if what.startswith("voters")]:
            return self._hold_unread(delivery, f"No {_files(lost)} came within {hours} hours.")
        if first is not delivery:
            told = f"Its voters files are byte for byte those of {first.snapshot_date}: a delivery sent again."
            return self._hold_unread(delivery, told)
        if previous is None and is_partial(delivery, layout):
            return self._hold_unread(delivery, _NOTHING_TO_KEEP)
        standing = self._standing(delivery, made_from)
        if standing:
            return Judgement(delivery, "accepted", delivery.events[0]["reason"] or "", standing)
        finding = read_finding(self.lake, delivery)
        if delivery.verdict == "held" and finding and finding.judged_by == self._judged_by(delivery, made_from):
            return Judgement(delivery, "held", delivery.events[0]["reason"] or "")
        absent = [
            f"No {_files([what])} came within {hours} hours; what was known before stays in use." for what in missing
        ]
        return self._read(delivery, layout, previous, made_from, absent)

    def _standing(self, delivery: Delivery, made_from: str) -> dict[str, Record]:
        """The records of a delivery whose tables and verdict stand; without the verdict its counts were never told."""
        return self._snapshots.standing(delivery.snapshot_date, made_from) if delivery.verdict == "accepted" else {}

    def _read(
        self, delivery: Delivery, layout: Layout, previous: Delivery | None, made_from: str, absent: list[str]
    ) -> Judgement:
        """Read a delivery and decide on it; what holds it is kept as a finding, for people and for the next run."""
        with self.lake.connect(_MEMORY_SHARE) as connection, self.lake.scratch() as scratch:
            staged = Staged()
            try:
                received = Received(delivery, layout, self.source.state, self.calendar, self._past.earlier(delivery))
                stage_delivery(connection, self.lake.root, received, scratch, staged)
                self._keep_refused(connection, staged, made_from)
                staged.differences += describe_since(self.lake, previous, staged)
                stated = stated_votes(connection, staged, layout, self.source.state, delivery.snapshot_date)
                compared = self._past.compared(delivery, layout, previous, stated)
                limits = self.source.plausibility
                reasons = unproven(connection, staged, compared, limits)
                reasons += find_implausible(connection, staged, compared, limits)
                approval = self._approval(delivery)
                if unseen(reasons, read_approved(self.lake, delivery) if approval else None):
                    last = compared.last_good.select() if compared.last_good else None
                    held_against = Compared(self.source.state, delivery.snapshot_date, last)
                    reasons += propose_values(connection, staged, held_against)
                    return self._hold(delivery, made_from, staged, [*reasons, *absent], is_read=True)
                kept = self._carried(connection, compared)
                records = self._write(connection, staged, stated, delivery, compared, made_from)
                keep_forms(self.lake, delivery, staged)
            except (LayoutError, ContractError) as error:
                return self._hold(delivery, made_from, staged, [str(error)], changes_of(error, staged))
            except duckdb.Error as error:
                raise DeliveryError(
                    f"{delivery.delivery_id}: the SQL engine stopped ({type(error).__name__}); nothing was written."
                ) from None
        told = [approval, *reasons] if approval else []
        return Judgement(delivery, "accepted", " ".join([*told, *absent, *kept, *summary(staged)]), records, staged)

    def _approval(self, delivery: Delivery) -> str:
        """A person's words, where one accepted exactly these files as they are; else nothing."""
        decision = ReceiptLedger(self.lake, self.name).decision(delivery)
        return f"{decision['reason']}." if decision and decision["verdict"] == "accepted" else ""

    def _hold(
        self,
        delivery: Delivery,
        made_from: str,
        staged: Staged,
        reasons: list[str],
        changes: Mapping[Role, RoleChange] | None = None,
        is_read: bool = False,
    ) -> Judgement:
        """Hold a delivery, with a finding for people: reasons, difference, a proposed entry, and counts."""
        wanted = cures(staged.changes) if changes is None else changes
        entry = propose_entry(self.source, delivery.snapshot_date, wanted) if wanted else ""
        files = {
            event["file_name"]: {"bytes_count": event["bytes_count"], **staged.files.get(event["file_id"], {})}
            for event in delivery.events
        }
        judged_by = self._judged_by(delivery, made_from)
        Finding(judged_by, reasons, staged.differences, entry, is_read, files).keep(self.lake, delivery)
        told = " ".join([*reasons, *staged.differences])
        return Judgement(delivery, "held", self._held(delivery, told), staged=staged)

    def _hold_unread(self, delivery: Delivery, reason: str) -> Judgement:
        """Hold a delivery for what is known without a look into its files."""
        return self._hold(delivery, "", Staged(), [reason], {})

    def _held(self, delivery: Delivery, reasons: str) -> str:
        return f"{self.name} {delivery.snapshot_date} is held: {reasons} The last good snapshot stays in use."

    def _carried(self, connection: duckdb.DuckDBPyConnection, compared: Comparison) -> list[str]:
        if compared.last_good is None or compared.last_date is None or not compared.is_partial:
            return []
        return [describe_carried(connection, compared.last_good, compared.last_date)]

    def _write(
        self,
        connection: duckdb.DuckDBPyConnection,
        staged: Staged,
        stated: str,
        delivery: Delivery,
        compared: Comparison,
        made_from: str,
    ) -> dict[str, Record]:
        day, lag = delivery.snapshot_date, self.source.posting_lag_days
        known = self.lake.table(VoteHistory, state=self.source.state)
        votes = select_new_votes(stated, known, day, compared.last_date, lag)
        people = select_snapshot(day, compared.last_good if compared.is_partial else None)
        return self._snapshots.write(day, connection, made_from, people, votes, staged.numbers)

    def _keep_refused(self, connection: duckdb.DuckDBPyConnection, staged: Staged, made_from: str) -> None:
        folder = self.lake.root / "raw" / "quarantine" / self.name
        keep_refused(connection, staged.texts, folder, made_from)


def _files(missing: list[str]) -> str:
    """What is missing, as words: `voters file`, `voters file 23_44`."""
    return " and ".join(" ".join([*what.split()[:1], "file", *what.split()[1:]]) for what in missing)
