"""The ledger of received files: a row per event, appended and never changed; the newest event is the verdict."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from models.wording import one_line
from pipelines.lake import Lake, fingerprint
from pipelines.layouts.lookups import LandedFiles
from pipelines.tables.raw import Receipts


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
    def first_received_at(self) -> dt.datetime:
        """When its first file was taken in."""
        return min(event["received_at"] for event in self.events)

    def of_role(self, role: str) -> list[dict[str, Any]]:
        """Its files of one role, in the order of their names."""
        return [event for event in self.events if event["role"] == role]

    def fitting(self, files: LandedFiles) -> list[dict[str, Any]]:
        """Its files that some patterns mean, in the order of their names; an archive may hold several roles."""
        return [event for event in self.events if files.fits(event["file_name"])]

    def first_of(self, deliveries: Iterable["Delivery"]) -> "Delivery":
        """Of the deliveries with the same voters files, byte for byte, the one that was received first; else itself.

        A history, or one part of the voters, may stay as it was between two snapshots; all voters files never do.
        """
        mine = {event["file_id"] for event in self.of_role("voters")}
        same = [found for found in deliveries if mine and {e["file_id"] for e in found.of_role("voters")} == mine]
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
        return [row for file in files for row in pq.ParquetFile(file).read().to_pylist()]

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
        """The deliveries of the source, oldest snapshot first; rejected and superseded files are left out."""
        standing = [event for event in self._standing() if event["verdict"] not in ("rejected", "superseded")]
        days = sorted({event["snapshot_date"] for event in standing})
        return [self._delivery(day, standing) for day in days]

    def _standing(self) -> Iterable[dict[str, Any]]:
        """The event by which every file stands: other bytes that were rejected under its name leave it as it is."""
        found: dict[tuple[dt.date, str], dict[str, Any]] = {}
        for event in self.events():
            place = event["snapshot_date"], event["file_name"]
            old = found.get(place)
            if old is None or event["verdict"] != "rejected" or event["file_id"] == old["file_id"]:
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
        decided = {"verdict": verdict, "reason": reason, "delivery_id": delivery.delivery_id}
        judged = [{**event, **found.get(event["file_id"], {}), **decided} for event in delivery.events]
        self.append(new for new, event in zip(judged, delivery.events, strict=True) if new != event)

    def _delivery(self, day: dt.date, standing: list[dict[str, Any]]) -> Delivery:
        files = sorted(
            (event for event in standing if event["snapshot_date"] == day), key=lambda event: event["file_name"]
        )
        return Delivery(self.source, day, tuple(files))

    def _numbered(self, event: dict[str, Any], sequence: int) -> dict[str, Any]:
        content = {**event, "sequence": sequence, "reason": event["reason"] and one_line(event["reason"])}
        content.pop("receipt_id", None)
        return {**content, "receipt_id": fingerprint(self.source, content)}


def kept_file(root: Path, file_id: str) -> Path:
    """Where the bytes of a received file are kept, by their hash."""
    return root / "raw" / "files" / file_id[:2] / file_id
