"""The landing folder: files dropped by people and jobs are hashed, kept as received, and written into the ledger.

`<root>/landing/<source>/<snapshot_date>/<file>`. A file is left alone while it still grows. The same bytes under the
same name are taken in once; new bytes under an old name take the place of the old ones. The same bytes under a second
name of the same day are a file sent again and rejected; what came for another day is told of a whole delivery.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from models.errors import DeliveryError
from pipelines.lake import Lake
from pipelines.layouts.source import Source
from pipelines.raw.receipts import BY_RULES, ReceiptLedger
from pipelines.raw.store import keep


def landed_files(landing: Path, source: str) -> Iterator[tuple[dt.date, Path]]:
    """Snapshot date and path of every file in a source's landing folder, in order; hidden names are left alone.

    Raises:
        DeliveryError: A folder is not named as a day.
    """
    for folder in sorted(path for path in (landing / source).glob("[!.]*") if path.is_dir()):
        day = _day_of(folder)
        for file in sorted(path for path in folder.glob("[!.]*") if path.is_file()):
            yield day, file


def _day_of(folder: Path) -> dt.date:
    try:
        day = dt.date.fromisoformat(folder.name)
    except ValueError:
        day = None
    if day is None or day.isoformat() != folder.name:
        raise DeliveryError(f"{folder}: a snapshot folder is named as a day, like 2026-10-01. Rename it.")
    return day


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
    newest = ledger.newest()
    wanted = [
        (day, file)
        for day, file in landed_files(landing, name)
        if now.timestamp() - file.stat().st_mtime >= settle_seconds
        and not _is_known(newest.get((day, file.name)), source, name, day, file)
    ]
    new = []
    for (day, file), bytes_ in zip(wanted, _kept(lake, [file for _, file in wanted]), strict=True):
        last = newest.get((day, file.name))
        event = {**_event(source, name, day, file, now), **bytes_}
        if last is None or (_differs(event, last) and not _is_rejected_by_person(event, last)):
            new.append(_judged_by_bytes(newest.values(), event))
            newest[day, file.name] = new[-1]
    ledger.append(new)
    return len(new)


def _differs(event: dict[str, Any], last: dict[str, Any]) -> bool:
    return any(event[key] != last[key] for key in ("file_id", "role", "layout"))


def _is_rejected_by_person(event: dict[str, Any], last: dict[str, Any]) -> bool:
    """Whether a person rejected these bytes: another layout makes no new file of them."""
    is_by_person = last["verdict"] == "rejected" and last["decided_by"] != BY_RULES
    return is_by_person and event["file_id"] == last["file_id"]


def _kept(lake: Lake, files: list[Path]) -> list[dict[str, Any]]:
    """Keep the bytes of files, several at once: what takes most of the time, hashing, needs no lock of Python's."""
    with ThreadPoolExecutor(lake.threads) as pool:
        found = pool.map(lambda file: keep(lake.root, file), files)
        return [{"file_id": file_id, "bytes_count": size} for file_id, size in found]


def _is_known(last: dict[str, Any] | None, source: Source, name: str, day: dt.date, file: Path) -> bool:
    """Whether a file was taken in as it stands, so that its bytes need not be read again."""
    stat = file.stat()
    return (
        last is not None
        and last["bytes_count"] == stat.st_size
        and last["received_at"].timestamp() >= max(stat.st_mtime, stat.st_ctime)
        and (last["role"], last["layout"]) == _place(source, name, day, file)
    )


def _place(source: Source, name: str, day: dt.date, file: Path) -> tuple[str | None, str | None]:
    """Role and layout of a landed file."""
    layout = source.layout_on(day)
    return (layout.role_of(file.name), f"{name}/{layout.valid_from}") if layout else (None, None)


def _judged_by_bytes(known: Iterable[dict[str, Any]], event: dict[str, Any]) -> dict[str, Any]:
    reason = _unfit(event) or _sent_again(known, event)
    return {**event, "verdict": "rejected", "reason": reason} if reason else event


def _unfit(event: dict[str, Any]) -> str | None:
    if event["layout"] is None:
        return f"{event['file_name']}: no layout is valid on {event['snapshot_date']}. Add a dated one."
    if event["role"] is None:
        name, layout = event["file_name"], event["layout"]
        return f"{name} fits no file of the layout {layout}. Name its pattern under `match`, or remove it."
    return None


def _sent_again(known: Iterable[dict[str, Any]], event: dict[str, Any]) -> str | None:
    """Why the same bytes may not count twice in one delivery."""
    twins = sorted(
        old["file_name"]
        for old in known
        if (old["file_id"], old["snapshot_date"]) == (event["file_id"], event["snapshot_date"])
        and old["file_name"] != event["file_name"]
        and old["verdict"] != "rejected"
    )
    if not twins:
        return None
    return f"{event['file_name']}: the same bytes were received as {', '.join(twins)}: a file sent again."


def _event(source: Source, name: str, day: dt.date, file: Path, now: dt.datetime) -> dict[str, Any]:
    """The receipt of a file, but for what its bytes are."""
    role, layout = _place(source, name, day, file)
    return {
        "file_name": file.name, "delivery_id": f"{name}-{day}", "role": role, "snapshot_date": day,
        "received_at": now, "layout": layout, "license": source.license,
        "permitted_uses": source.permitted_uses, "verdict": "received", "reason": None, "decided_by": BY_RULES,
    }  # fmt: skip
