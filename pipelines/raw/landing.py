"""The landing folder: files dropped by people and jobs are hashed, kept as received, and written into the ledger.

`<root>/landing/<source>/<snapshot_date>/<file>`. A file is left alone while it still grows. The same bytes under the
same name are taken in once; new bytes under an old name take the place of the old ones. The same bytes under a second
name of the same day are a file sent again and rejected; what came for another day is told of a whole delivery.

What is no plain file (a link, a folder, a pipe) is never opened, and rejected. A file with a digest beside it is
rejected until its bytes are those that the digest says; a digest that comes after its file counts from then on.
"""

import datetime as dt
import hashlib
import stat
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from models.errors import DeliveryError
from models.wording import LONGEST_NAME, is_plain, shown
from pipelines.lake import Lake
from pipelines.layouts.source import Feed
from pipelines.raw.digests import digests_of, is_digest
from pipelines.raw.receipts import BY_RULES, ReceiptLedger, kept_file
from pipelines.raw.store import keep, mark_proven, proven_at

_NOTHING = {"file_id": hashlib.sha256().hexdigest(), "bytes_count": 0}
_KINDS = {stat.S_IFLNK: "a link", stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe"}


def landed_entries(landing: Path, source: str) -> Iterator[tuple[dt.date, Path]]:
    """Snapshot date and path of everything in a source's landing folder, in order; hidden names are left alone.

    Raises:
        DeliveryError: A folder is not named as a day, or is a link.
    """
    for folder in sorted(path for path in (landing / source).glob("[!.]*") if path.is_dir()):
        day = _day_of(folder)
        for entry in sorted(folder.glob("[!.]*")):
            yield day, entry


def landed_files(landing: Path, source: str) -> Iterator[tuple[dt.date, Path]]:
    """Of what has landed, what may be a file of a delivery: digests are none, nor is what has no bytes of its own.

    Raises:
        DeliveryError: A folder is not named as a day, or is a link.
    """
    for day, entry in landed_entries(landing, source):
        if not is_digest(entry.name) and _oddity(entry) is None:
            yield day, entry


def _day_of(folder: Path) -> dt.date:
    if folder.is_symlink():
        raise DeliveryError(f"{folder}: a snapshot folder is a folder, and no link to one. Copy the files.")
    try:
        day = dt.date.fromisoformat(folder.name)
    except ValueError:
        day = None
    if day is None or day.isoformat() != folder.name:
        raise DeliveryError(f"{shown(str(folder))}: a snapshot folder is named as a day, like 2026-10-01. Rename it.")
    return day


def receive(lake: Lake, landing: Path, name: str, source: Feed, now: dt.datetime, settle_seconds: int = 0) -> int:
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
        DeliveryError: A folder is not named as a day, or is a link, or a file vanished while it was copied.
    """
    ledger = ReceiptLedger(lake, name)
    newest = ledger.newest()
    odd, wanted = [], []
    for day, entry in landed_entries(landing, name):
        last = newest.get((day, shown(entry.name)))
        if now.timestamp() - entry.lstat().st_mtime < settle_seconds or is_digest(entry.name):
            continue
        if reason := _oddity(entry):
            event = {**_event(source, name, day, entry, now), **_NOTHING, "verdict": "rejected", "reason": reason}
            odd += [event] if last is None or last["reason"] != reason else []
        elif not _is_known(lake, last, source, name, day, entry):
            wanted.append((day, entry))
    new = odd
    wanted.sort(key=lambda found: _place(source, name, *found)[0] is None)  # what came under its own name goes first
    for (day, file), bytes_ in zip(wanted, _kept(lake, [file for _, file in wanted]), strict=True):
        event = {**_event(source, name, day, file, now), **bytes_}
        event = _judged_by_bytes(newest.values(), event, held_against_digests(lake.root, file, event["file_id"]))
        if _is_news(newest.get((day, file.name)), event):
            new.append(event)
            newest[day, file.name] = event
    ledger.append(new)
    return len(new)


def _oddity(entry: Path) -> str | None:
    """Why something that landed is not opened, in a sentence; nothing where it is a file like all others."""
    name, kind = shown(entry.name), stat.S_IFMT(entry.lstat().st_mode)
    if kind != stat.S_IFREG:
        return f"{name}: it is {_KINDS.get(kind, 'a device')}, and no file. Put the file itself in its place."
    if not is_plain(entry.name):
        return f"{name}: its name has signs that cannot be seen, or more than {LONGEST_NAME} of them. Rename it."
    return None


def _is_news(last: dict[str, Any] | None, event: dict[str, Any]) -> bool:
    """Whether the ledger does not say this of a file yet; what a person rejected stays so."""
    if last is None:
        return True
    if _is_rejected_by_person(event, last):
        return False
    if any(event[key] != last[key] for key in ("file_id", "role", "layout")):
        return True
    return "rejected" in (last["verdict"], event["verdict"]) and event["reason"] != last["reason"]


def held_against_digests(root: Path, file: Path, file_id: str) -> str | None:
    """Why the bytes of a file are not those that a digest beside it says; bytes that are get their mark.

    Args:
        root: Where its bytes are kept.
        file: The file as it came.
        file_id: SHA-256 of its bytes.
    """
    digests = digests_of(file)
    faults = [fault for found in digests if (fault := found.fault(file.name, kept_file(root, file_id)))]
    if digests and not faults:
        mark_proven(root, file_id)
    return " ".join(faults) or None


def _is_rejected_by_person(event: dict[str, Any], last: dict[str, Any]) -> bool:
    """Whether a person rejected these bytes: another layout makes no new file of them."""
    is_by_person = last["verdict"] == "rejected" and last["decided_by"] != BY_RULES
    return is_by_person and event["file_id"] == last["file_id"]


def _kept(lake: Lake, files: list[Path]) -> list[dict[str, Any]]:
    """Keep the bytes of files, several at once: what takes most of the time, hashing, needs no lock of Python's."""
    with ThreadPoolExecutor(lake.threads) as pool:
        found = pool.map(lambda file: keep(lake.root, file), files)
        return [{"file_id": file_id, "bytes_count": size} for file_id, size in found]


def _is_known(lake: Lake, last: dict[str, Any] | None, source: Feed, name: str, day: dt.date, file: Path) -> bool:
    """Whether a file was taken in as it stands, so that its bytes need not be read again.

    What was rejected is looked at again when something beside it came or went.
    """
    if last is None:
        return False
    found, proven = file.stat(), proven_at(kept_file(lake.root, last["file_id"]))
    beside = [digest.path.stat().st_ctime for digest in digests_of(file)]
    changed = [found.st_mtime, found.st_ctime, *(changed for changed in beside if changed > proven)]
    changed += [file.parent.stat().st_ctime] if last["verdict"] == "rejected" else []
    return (
        last["bytes_count"] == found.st_size
        and last["received_at"].timestamp() >= max(changed)
        and (last["role"], last["layout"]) == _place(source, name, day, file)
    )


def _place(source: Feed, name: str, day: dt.date, file: Path) -> tuple[str | None, str | None]:
    """Role and layout of a landed file."""
    layout = source.layout_on(day)
    return (layout.role_of(file.name), f"{name}/{layout.valid_from}") if layout else (None, None)


def _judged_by_bytes(known: Iterable[dict[str, Any]], event: dict[str, Any], broken: str | None) -> dict[str, Any]:
    reason = broken or _sent_again(known, event) or _unfit(event)
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


def _event(source: Feed, name: str, day: dt.date, file: Path, now: dt.datetime) -> dict[str, Any]:
    """The receipt of a file, but for what its bytes are."""
    role, layout = _place(source, name, day, file)
    return {
        "file_name": shown(file.name), "delivery_id": f"{name}-{day}", "role": role, "snapshot_date": day,
        "received_at": now, "layout": layout, "license": source.license,
        "permitted_uses": source.permitted_uses, "verdict": "received", "reason": None, "decided_by": BY_RULES,
    }  # fmt: skip
