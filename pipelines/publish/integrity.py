"""Whether a release is still the one that was published: its manifest by its name, its files by size and sha256."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from models.errors import PublicationError
from pipelines.publish.manifest import MANIFEST, release_id, sha256_of

NEXT_STEP = "Roll back to an older release, or publish again."


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a release folder, refused where it does not fit the folder's name.

    Raises:
        PublicationError: It is missing, damaged or not the one the release was named after.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        fits = manifest["release"] == folder.name == release_id(manifest)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise PublicationError(f"release {folder.name}: {MANIFEST} is missing or damaged. {NEXT_STEP}") from None
    if not fits:
        raise PublicationError(f"release {folder.name}: {MANIFEST} was changed after publication. {NEXT_STEP}")
    return manifest


def file_faults(folder: Path, entries: Iterable[dict[str, Any]]) -> list[str]:
    """What is wrong with the named files of a release, a sentence each: missing, of another size, of other bytes."""
    return [fault for entry in entries if (fault := _fault(folder / entry["path"], entry))]


def _fault(path: Path, entry: dict[str, Any]) -> str:
    if not path.is_file():
        return f"{entry['path']} is missing."
    size = path.stat().st_size
    if size != entry["bytes"]:
        return f"{entry['path']} has {size:,} bytes, expected {entry['bytes']:,}."
    return "" if sha256_of(path) == entry["sha256"] else f"{entry['path']} has other bytes than were published."


def release_faults(folder: Path) -> list[str]:
    """Faults of a release folder, a sentence each."""
    try:
        manifest = read_manifest(folder)
    except PublicationError as error:
        return [str(error)]
    return [
        *file_faults(folder, manifest["files"]),
        *(f"{path} is not named in {MANIFEST}." for path in strangers(folder)),
    ]


def strangers(folder: Path) -> list[str]:
    """Files of a release folder that its manifest does not name."""
    known = {MANIFEST, *(entry["path"] for entry in read_manifest(folder)["files"])}
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return sorted(found - known)
