"""Which release is current, which was since when, going back, checking and forgetting old ones."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from models.errors import PublicationError
from pipelines.publish.integrity import read_manifest, release_faults
from pipelines.publish.places import FILE_MODE, Place, publishing, replace_text, sync


@dataclass(frozen=True)
class Listed:
    """A release that is kept.

    Attributes:
        release_id: Its name.
        is_current: Whether the pointer names it.
        since: UTC instant of its last switch as ISO text, empty where the ledger does not know.
        rows: Rows by state; empty where its manifest is damaged.
    """

    release_id: str
    is_current: bool
    since: str
    rows: dict[str, int]


def current_release(root: Path, name: str = "voter_scores") -> str | None:
    """Name of the current release, null where nothing has been published."""
    pointer = Place(root, name).pointer
    return pointer.read_text(encoding="utf-8").strip() or None if pointer.is_file() else None


def list_releases(root: Path, name: str = "voter_scores") -> list[Listed]:
    """The kept releases, the one switched to last first."""
    place = Place(root, name)
    switched = {row["release"]: (order, row["at"]) for order, row in enumerate(read_ledger(root, name))}
    folders = [folder for folder in place.releases.glob("*") if folder.is_dir()] if place.releases.is_dir() else []
    folders.sort(key=lambda folder: (switched.get(folder.name, (-1, ""))[0], folder.name), reverse=True)
    current = current_release(root, name)
    return [
        Listed(folder.name, folder.name == current, switched.get(folder.name, (0, ""))[1], _rows(folder))
        for folder in folders
    ]


def _rows(folder: Path) -> dict[str, int]:
    try:
        return {state: summary["rows"] for state, summary in read_manifest(folder)["states"].items()}
    except PublicationError:
        return {}


def read_ledger(root: Path, name: str = "voter_scores") -> list[dict[str, Any]]:
    """Every switch of the pointer, oldest first: event, release, the one before, who, why, when."""
    path = Place(root, name).ledger
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return [row for line in lines if (row := _row(line))]


def _row(line: str) -> dict[str, Any] | None:
    """A row, null for a line that a killed process left unfinished."""
    try:
        return json.loads(line)
    except ValueError:
        return None


def switch(place: Place, release: str, staging: Path, *, event: str, by: str, reason: str) -> None:
    """Point readers to a release in one step, and write down who did it and why. Needs the publisher's lock."""
    before = current_release(place.root, place.name)
    replace_text(place.pointer, release, staging)
    _append(place, {"event": event, "release": release, "before": before, "by": by, "reason": reason})


def mend_ledger(place: Place) -> None:
    """Write down a switch whose publisher was killed before it could. Needs the publisher's lock."""
    current, rows = current_release(place.root, place.name), read_ledger(place.root, place.name)
    if current and (not rows or rows[-1]["release"] != current):
        before = rows[-1]["release"] if rows else None
        reason = "The publisher ended between the switch and this ledger."
        _append(place, {"event": "found", "release": current, "before": before, "by": "rules", "reason": reason})


def _append(place: Place, row: dict[str, Any]) -> None:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    whole = not place.ledger.is_file() or place.ledger.read_bytes()[-1:] in (b"\n", b"")
    with place.ledger.open("a", encoding="utf-8") as file:
        file.write(("" if whole else "\n") + json.dumps({**row, "at": at}, sort_keys=True) + "\n")
    place.ledger.chmod(FILE_MODE)
    sync(place.ledger)


def roll_back(
    root: Path, to: str, *, by: str, reason: str, name: str = "voter_scores", wait_seconds: float = 600
) -> None:
    """Make an older release current again, after its bytes were checked.

    Args:
        root: The data root.
        to: Name of the release.
        by: Who decided.
        reason: Why, in words.
        name: The publication.
        wait_seconds: How long to wait for a publisher at work.

    Raises:
        PublicationError: The release is not kept, or it is damaged; the pointer stays as it was.
    """
    place = Place(root, name)
    with publishing(place, wait_seconds) as staging:
        mend_ledger(place)
        faults = verify(root, to, name)
        if faults:
            raise PublicationError(f"{name}: cannot go back to release {to}: {' '.join(faults)}")
        switch(place, to, staging, event="rolled back", by=by, reason=reason)


def verify(root: Path, release: str | None = None, name: str = "voter_scores") -> list[str]:
    """Faults of a release, the current one by default, a sentence each that names the file; empty when it is whole.

    Size and sha256 of every file of the manifest are compared, and a file that the manifest does not name is a fault,
    because readers that open `*.parquet` would take it in.
    """
    release = release or current_release(root, name)
    if release is None:
        return [f"{name}: nothing has been published yet."]
    if release not in {folder.name for folder in Place(root, name).releases.glob("*")}:
        return [f"release {release} is not kept."]
    return release_faults(Place(root, name).releases / release)


def prune(place: Place, keep: int, staging: Path) -> list[str]:
    """Remove all but the `keep` releases switched to last, never the current one. Needs the publisher's lock.

    A release leaves its place in one step before it is deleted, so that no half of it is ever seen.
    """
    listed = list_releases(place.root, place.name)
    spared = [known.release_id for known in listed if known.is_current]
    spared += [known.release_id for known in listed if not known.is_current][: keep - len(spared)]
    gone = [known.release_id for known in listed if known.release_id not in spared]
    for release in gone:
        (place.releases / release).rename(staging / f"gone-{release}")
        for report in place.drift.glob(f"{release}-after-*.json"):
            report.unlink()
    return gone
