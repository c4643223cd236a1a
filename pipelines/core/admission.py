"""The verdict on deliveries of any source: what waits, what is held, what is written; told once, whatever is read.

A held delivery changes nothing downstream: the last good snapshot stays in use, the bytes stay where they are kept, and
the reason stands in the ledger. Rows that were refused wait, with their text, in the protected quarantine folder. What
a delivery is read into is the matter of its kind: voters and votes in `delivery.py`, records in `records/`.
"""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import duckdb

from models.errors import ContractError, DeliveryError, LayoutError
from pipelines.core.bridged import changes_of, cures
from pipelines.core.findings import Finding, read_approved, read_finding, unseen
from pipelines.core.refusing import keep_refused
from pipelines.core.since import describe_since, keep_forms
from pipelines.core.staged import Staged
from pipelines.core.telling import summary
from pipelines.lake import Lake, Record, fingerprint
from pipelines.layouts.dated.changes import RoleChange, propose_entry
from pipelines.layouts.files import Role
from pipelines.layouts.source import Feed, Layout
from pipelines.raw.receipts import Delivery, ReceiptLedger, kept_file
from pipelines.raw.store import is_proven

_MEMORY_SHARE = 0.6  # working tables spill at no cost of time, and the rows that are being written come on top


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
class Case:
    """A delivery that is being judged.

    Attributes:
        delivery: The delivery.
        layout: Layout of its day.
        previous: The newest accepted delivery before it, if any.
        made_from: Fingerprint of what its rows are made from.
    """

    delivery: Delivery
    layout: Layout
    previous: Delivery | None
    made_from: str


class Kept(Protocol):
    """The tables of a source's snapshots, which stand, are written and are taken out of use as one."""

    def days(self) -> list[dt.date]:
        """Days of the snapshots in use, oldest first."""
        ...

    def standing(self, day: dt.date, made_from: str) -> dict[str, Record]:
        """The records of a snapshot by table name, where all its tables were made from exactly this; else nothing."""
        ...

    def withdraw(self, day: dt.date) -> None:
        """Take a snapshot out of use; its rows stay on disk and can be pointed at again."""
        ...


class Reading(Protocol):
    """A delivery that was read into working tables."""

    def reasons(self) -> list[str]:
        """Why it is implausible, a sentence each."""
        ...

    def propose(self) -> list[str]:
        """Sentences on what would read it better, for people who look at a held delivery."""
        ...

    def kept(self) -> list[str]:
        """Sentences on rows of before that stay beside it."""
        ...

    def write(self) -> dict[str, Record]:
        """Write its tables; the record of each by table name."""
        ...


@dataclass(frozen=True)
class Admission(ABC):
    """Judges the deliveries of one source.

    Attributes:
        lake: Data root.
        name: Name of the source.
        source: Its configuration.
    """

    lake: Lake
    name: str
    source: Feed

    @property
    @abstractmethod
    def snapshots(self) -> Kept:
        """The snapshots of the source."""

    @abstractmethod
    def needed(self, layout: Layout) -> Sequence[str]:
        """Roles without which a delivery is held; those that it may lack keep what was known before."""

    @abstractmethod
    def program(self) -> Sequence[Any]:
        """What besides the files and their layouts decides the rows, the source's configuration aside."""

    @abstractmethod
    def read(self, connection: duckdb.DuckDBPyConnection, scratch: Path, case: Case, staged: Staged) -> Reading:
        """Read a delivery into working tables.

        Raises:
            LayoutError: A file cannot be opened, or does not fit its layout.
        """

    @property
    def is_sent_again(self) -> bool:
        """Whether files that are byte for byte those of another day are a delivery sent again."""
        return True

    def why_at_once(self, case: Case) -> str:
        """Why a delivery is held without being read; empty where it is to be read."""
        del case
        return ""

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
        for day in sorted(set(self.snapshots.days()) - {delivery.snapshot_date for delivery in deliveries}):
            self.snapshots.withdraw(day)
        for delivery in deliveries:
            made_from = fingerprint(chain, self._layout_version(delivery), delivery.delivery_id)
            first = self._first_of(delivery, deliveries)
            judgement = self._judge(delivery, first, previous, made_from, now)
            ledger.decide(delivery, judgement.verdict, judgement.reason, self._facts(judgement))
            if judgement.verdict == "accepted":
                previous, chain = delivery, made_from
            elif delivery.verdict == "accepted":
                self.snapshots.withdraw(delivery.snapshot_date)
            judged.append(judgement)
        return judged

    def _facts(self, judgement: Judgement) -> dict[str, dict[str, Any]]:
        """What the receipts are told of each file: the layout that it was held against, and what was read."""
        layout = self.source.layout_on(judgement.delivery.snapshot_date)
        used = {"layout": f"{self.name}/{layout.valid_from}"} if layout else {}
        ids = [event["file_id"] for event in judgement.delivery.events]
        return {file_id: {**judgement.facts.get(file_id, {}), **used} for file_id in ids}

    def _version(self) -> str:
        """What besides the files and their layouts decides the rows."""
        return fingerprint(self.source.model_dump(mode="json", by_alias=True, exclude={"layouts"}), *self.program())

    def _first_of(self, delivery: Delivery, deliveries: Sequence[Delivery]) -> Delivery:
        layout = self.source.layout_on(delivery.snapshot_date)
        return delivery.first_of(deliveries, self.needed(layout)) if layout else delivery

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
        if lost := [what for what in missing if what.split()[0] in self.needed(layout)]:
            return self._hold_unread(delivery, f"No {_files(lost)} came within {hours} hours.")
        if first is not delivery and self.is_sent_again:
            roles = " and ".join(self.needed(layout))
            told = f"Its {roles} files are byte for byte those of {first.snapshot_date}: a delivery sent again."
            return self._hold_unread(delivery, told)
        case = Case(delivery, layout, previous, made_from)
        if why := self.why_at_once(case):
            return self._hold_unread(delivery, why)
        standing = self._standing(delivery, made_from)
        if standing:
            return Judgement(delivery, "accepted", delivery.events[0]["reason"] or "", standing)
        finding = read_finding(self.lake, delivery)
        if delivery.verdict == "held" and finding and finding.judged_by == self._judged_by(delivery, made_from):
            return Judgement(delivery, "held", delivery.events[0]["reason"] or "")
        absent = [
            f"No {_files([what])} came within {hours} hours; what was known before stays in use." for what in missing
        ]
        return self._judge_read(case, absent)

    def _standing(self, delivery: Delivery, made_from: str) -> dict[str, Record]:
        """The records of a delivery whose tables and verdict stand; without the verdict its counts were never told."""
        return self.snapshots.standing(delivery.snapshot_date, made_from) if delivery.verdict == "accepted" else {}

    def _judge_read(self, case: Case, absent: list[str]) -> Judgement:
        """Read a delivery and decide on it; what holds it is kept as a finding, for people and for the next run."""
        delivery, made_from = case.delivery, case.made_from
        with self.lake.connect(_MEMORY_SHARE) as connection, self.lake.scratch() as scratch:
            staged = Staged()
            try:
                reading = self.read(connection, scratch, case, staged)
                self._keep_refused(connection, staged, made_from)
                staged.differences += describe_since(self.lake, case.previous, staged)
                reasons = reading.reasons()
                approval = self._approval(delivery)
                if unseen(reasons, read_approved(self.lake, delivery) if approval else None):
                    reasons += reading.propose()
                    return self._hold(delivery, made_from, staged, [*reasons, *absent], is_read=True)
                kept = reading.kept()
                records = reading.write()
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

    def _keep_refused(self, connection: duckdb.DuckDBPyConnection, staged: Staged, made_from: str) -> None:
        folder = self.lake.root / "raw" / "quarantine" / self.name
        keep_refused(connection, staged.texts, folder, made_from)


def _files(missing: list[str]) -> str:
    """What is missing, as words: `voters file`, `voters file 23_44`."""
    return " and ".join(" ".join([*what.split()[:1], "file", *what.split()[1:]]) for what in missing)
