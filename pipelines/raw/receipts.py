"""The ledger of received files: a row per event, appended and never changed; the newest event is the verdict.

The rules of the flow decide on every delivery; a person may decide on one that is held. Both are rows, told apart by
`decided_by`, and a person's decision holds for exactly the bytes that it was made on.
"""

import datetime as dt
import functools
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from models.errors import DeliveryError
from models.wording import one_line
from pipelines.lake import Lake, fingerprint
from pipelines.layouts.lookups import LandedFiles
from pipelines.tables.raw import Receipts

BY_RULES = "rules"
"""Who decided where no person did."""


@dataclass(frozen=True)
class Delivery:
    """All files of one source for one snapshot date, as they stand now.

    Attributes:
        source: Name of the source.
        snapshot_date: Day the files were made.
        events: Newest event of every file in use, by file name.
    """

    source: str
    snapshot_date: dt.date
    events: tuple[dict[str, Any], ...]

    @property
    def delivery_id(self) -> str:
        """Name of the delivery: source, date, and a hash of its files."""
        return (
            f"{self.source}-{self.snapshot_date}-{fingerprint(sorted(event['file_id'] for event in self.events))[:8]}"
        )

    @property
    def verdict(self) -> str:
        """`accepted` or `held` when every file is, else `received`."""
        verdicts = {event["verdict"] for event in self.events}
        return verdicts.pop() if len(verdicts) == 1 else "received"

    @property
    def is_rejected(self) -> bool:
        """Whether a person rejected it: these files, all of them."""
        return all(event["verdict"] == "rejected" and event["decided_by"] != BY_RULES for event in self.events)

    @property
    def first_received_at(self) -> dt.datetime:
        """When its first file was taken in."""
        return min(event["received_at"] for event in self.events)

    def of_role(self, role: str) -> list[dict[str, Any]]:
        """Its files of one role, in the order of their names."""
        return [event for event in self.events if event["role"] == role]

    def _ids(self, roles: Collection[str]) -> set[str]:
        return {event["file_id"] for event in self.events if event["role"] in roles}

    def fitting(self, files: LandedFiles) -> list[dict[str, Any]]:
        """Its files that some patterns mean, in the order of their names; an archive may hold several roles."""
        return [event for event in self.events if files.fits(event["file_name"])]

    def first_of(self, deliveries: Iterable["Delivery"], roles: Collection[str]) -> "Delivery":
        """Of the deliveries with the same files of some roles, byte for byte, the one received first; else itself.

        A history, or one part of the voters, may stay as it was between two snapshots; all voters files never do.
        """
        mine = self._ids(roles)
        same = [found for found in deliveries if mine and found._ids(roles) == mine]
        return min(same, key=lambda found: (found.first_received_at, found.snapshot_date), default=self)


class ReceiptLedger:
    """The receipts of one source.

    Args:
        lake: Data root.
        source: Name of the source.
    """

    def __init__(self, lake: Lake, source: str) -> None:
        self.source = source
        self.folder = lake.folder(Receipts) / f"source={source}"

    def events(self) -> list[dict[str, Any]]:
        """Every event, oldest first."""
        files = sorted(self.folder.glob("*.parquet"))
        return [dict(row) for file in files for row in _rows(file)]

    def append(self, events: Iterable[dict[str, Any]]) -> None:
        """Add events, in one file that is written once."""
        first = len(self.events()) + 1
        rows = [self._numbered(event, first + place) for place, event in enumerate(events)]
        if not rows:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / f"{first:08d}-{rows[0]['receipt_id']}.parquet"
        pq.write_table(pa.Table.from_pylist(rows, schema=Receipts.schema()), file.with_suffix(".writing"))
        file.with_suffix(".writing").replace(file)

    def newest(self) -> dict[tuple[dt.date, str], dict[str, Any]]:
        """The newest event of every file, by snapshot date and file name."""
        return {(event["snapshot_date"], event["file_name"]): event for event in self.events()}

    def deliveries(self) -> list[Delivery]:
        """The deliveries of the source, oldest snapshot first, without those that a person rejected.

        Rejected and superseded files are left out. A person rejects files together: once another file of the day
        comes, the others count again.
        """
        out = ("rejected", "superseded")
        standing = [
            event for event in self._standing() if event["verdict"] not in out or event["decided_by"] != BY_RULES
        ]
        days = sorted({event["snapshot_date"] for event in standing})
        found = [self._delivery(day, standing) for day in days]
        return [delivery for delivery in found if not delivery.is_rejected]

    def _standing(self) -> Iterable[dict[str, Any]]:
        """The event by which every file stands: other bytes that were rejected under its name leave it as it is."""
        found: dict[tuple[dt.date, str], dict[str, Any]] = {}
        for event in self.events():
            place = event["snapshot_date"], event["file_name"]
            old = found.get(place)
            is_by_rules = event["verdict"] == "rejected" and event["decided_by"] == BY_RULES
            if old is None or not is_by_rules or event["file_id"] == old["file_id"]:
                found[place] = event
        return found.values()

    def decide(self, delivery: Delivery, verdict: str, reason: str, found: Mapping[str, dict[str, Any]]) -> None:
        """Write down the verdict on every file of a delivery, unless it already stands so.

        Args:
            delivery: The delivery judged.
            verdict: `accepted`, `held`, or `received` while it waits.
            reason: Why, in words: counts and columns only.
            found: Facts learned by reading (rows, rejects, encoding, layout), by the file's id.
        """
        told = {"verdict": verdict, "reason": reason, "delivery_id": delivery.delivery_id}
        judged = [{**event, **found.get(event["file_id"], {}), **told} for event in delivery.events]
        changed = [new for new, event in zip(judged, delivery.events, strict=True) if new != event]
        self.append({**event, "decided_by": BY_RULES} for event in changed)

    def decide_by_person(self, delivery: Delivery, verdict: str, why: str, person: str) -> None:
        """Write down what a person decided on every file of a delivery.

        Args:
            delivery: The delivery.
            verdict: `accepted`: it is used although the rules would hold it; `rejected`: it is never looked at again;
                `received`: the rules judge it once more, since something else was decided for it.
            why: The person's reason, in words.
            person: Who decided.
        """
        told = {"verdict": verdict, "reason": why, "delivery_id": delivery.delivery_id, "decided_by": person}
        self.append({**event, **told} for event in delivery.events)

    def decision(self, delivery: Delivery) -> dict[str, Any] | None:
        """The newest event in which a person decided on exactly these files, if one did."""
        wanted, by_person = delivery.delivery_id, [e for e in self.events() if e["decided_by"] != BY_RULES]
        return next((event for event in reversed(by_person) if event["delivery_id"] == wanted), None)

    def find(self, named: str) -> Delivery:
        """The standing delivery with that `delivery_id`, or with a file of that `file_id`.

        Raises:
            DeliveryError: There is none; those that are held are listed.
        """
        standing = self.deliveries()
        for delivery in standing:
            if named == delivery.delivery_id or named in {event["file_id"] for event in delivery.events}:
                return delivery
        held = [delivery.delivery_id for delivery in standing if delivery.verdict == "held"]
        raise DeliveryError(f"No delivery of {self.source} is {named!r}. Held are: {', '.join(held) or 'none'}.")

    def _delivery(self, day: dt.date, standing: list[dict[str, Any]]) -> Delivery:
        files = sorted(
            (event for event in standing if event["snapshot_date"] == day), key=lambda event: event["file_name"]
        )
        return Delivery(self.source, day, tuple(files))

    def _numbered(self, event: dict[str, Any], sequence: int) -> dict[str, Any]:
        content = {**event, "sequence": sequence, "reason": event["reason"] and one_line(event["reason"])}
        content.pop("receipt_id", None)
        return {**content, "receipt_id": fingerprint(self.source, content)}


@functools.cache
def _rows(file: Path) -> list[dict[str, Any]]:
    """The events of one file of the ledger, which is written once and never changed."""
    return pq.ParquetFile(file).read().to_pylist()


def kept_file(root: Path, file_id: str) -> Path:
    """Where the bytes of a received file are kept, by their hash."""
    return root / "raw" / "files" / file_id[:2] / file_id
