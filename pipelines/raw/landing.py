"""The landing folder: files dropped by people and jobs are hashed, kept as received, and written into the ledger.

`<root>/landing/<source>/<snapshot_date>/<file>`. A file is left alone while it still grows. The same bytes under the
same name are taken in once; new bytes under an old name supersede the old ones; the same bytes for another day are a
re-sent file and rejected.
"""

import datetime as dt
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from models.errors import DeliveryError
from pipelines.lake import Lake
from pipelines.layouts.source import Source
from pipelines.raw.receipts import ReceiptLedger, kept_file

_BLOCK = 1 << 22


def landed_files(landing: Path, source: str) -> Iterator[tuple[dt.date, Path]]:
    """Snapshot date and path of every file in a source's landing folder, in order.

    Raises:
        DeliveryError: A folder is not named as a day.
    """
    for folder in sorted(path for path in (landing / source).glob("*") if path.is_dir()):
        try:
            day = dt.date.fromisoformat(folder.name)
        except ValueError:
            raise DeliveryError(f"{folder}: a snapshot folder is named as a day, like 2026-10-01. Rename it.") from None
        for file in sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")):
            yield day, file


def receive(lake: Lake, landing: Path, name: str, source: Source, now: dt.datetime, settle_seconds: int = 0) -> int:
    """Take in what has landed for a source since the last time.

    Args:
        lake: Data root; bytes are kept under `raw/files`.
        landing: The landing folder.
        name: Name of the source.
        source: Its configuration.
        now: The present moment, UTC.
        settle_seconds: A file younger than this may still grow and is left for the next time.

    Returns:
        Files taken in, count.

    Raises:
        DeliveryError: A folder is not named as a day, or a file vanished while it was copied.
    """
    ledger = ReceiptLedger(lake, name)
    events = ledger.events()
    fresh = [
        _event(lake, source, name, day, file, now)
        for day, file in landed_files(landing, name)
        if now.timestamp() - file.stat().st_mtime >= settle_seconds and not _is_known(events, day, file)
    ]
    new = [event for event in fresh if not _stands(events, event)]
    ledger.append(_judged_by_bytes(events, event) for event in new)
    return len(new)


def _is_known(events: list[dict[str, Any]], day: dt.date, file: Path) -> bool:
    stat = file.stat()
    return any(
        event["snapshot_date"] == day
        and event["file_name"] == file.name
        and event["bytes_count"] == stat.st_size
        and event["received_at"].timestamp() >= stat.st_mtime
        for event in events
    )


def _stands(events: list[dict[str, Any]], event: dict[str, Any]) -> bool:
    same = [
        old
        for old in events
        if (old["snapshot_date"], old["file_name"]) == (event["snapshot_date"], event["file_name"])
    ]
    return bool(same) and same[-1]["file_id"] == event["file_id"]


def _judged_by_bytes(events: list[dict[str, Any]], event: dict[str, Any]) -> dict[str, Any]:
    if event["role"] is None:
        reason = f"{event['file_name']} fits no file of the layout {event['layout']}. Name its pattern under `match`, or remove it."
        return {**event, "verdict": "rejected", "reason": reason}
    elsewhere = sorted(
        {
            str(old["snapshot_date"])
            for old in events
            if old["file_id"] == event["file_id"] and old["snapshot_date"] != event["snapshot_date"]
        }
    )
    if elsewhere:
        return {
            **event,
            "verdict": "rejected",
            "reason": f"The same bytes were received for {', '.join(elsewhere)}: a file sent again.",
        }
    return event


def _event(lake: Lake, source: Source, name: str, day: dt.date, file: Path, now: dt.datetime) -> dict[str, Any]:
    file_id, size = keep(lake.root, file)
    layout = source.layout_on(day)
    return {
        "file_id": file_id, "file_name": file.name, "delivery_id": f"{name}-{day}",
        "role": layout.role_of(file.name) if layout else None, "snapshot_date": day, "received_at": now,
        "bytes_count": size, "layout": f"{name}/{layout.valid_from}" if layout else None, "license": source.license,
        "permitted_uses": source.permitted_uses, "verdict": "received", "reason": None, "decided_by": "rules",
    }  # fmt: skip


def keep(root: Path, file: Path) -> tuple[str, int]:
    """Copy a file into the store of received bytes, once, and return its SHA-256 and size in bytes.

    Raises:
        DeliveryError: The disk has too little room, or the file vanished or changed size while it was copied.
    """
    store = root / "raw" / "files"
    store.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(store).free < 3 * file.stat().st_size:
        raise DeliveryError(
            f"{file.name}: less than three times its size is free under {store}. Make room; it is read next time."
        )
    with tempfile.NamedTemporaryFile(dir=store, delete=False) as copy, file.open("rb") as received:
        digest, size = hashlib.sha256(), 0
        while block := received.read(_BLOCK):
            digest.update(block)
            size += copy.write(block)
        os.fsync(copy.fileno())
    home = kept_file(root, digest.hexdigest())
    home.parent.mkdir(parents=True, exist_ok=True)
    Path(copy.name).chmod(0o440)
    Path(copy.name).replace(home)
    return digest.hexdigest(), size
