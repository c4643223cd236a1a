"""Keeps a data root sound: removes the content of tables that was superseded long ago.

A folder named by a fingerprint was superseded when the next one beside it was written. What `current` names stays, and
so does everything beside a missing `current`, for a partition out of use may be pointed at again.
"""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

_FINGERPRINT = "[0-9a-f]" * 16
_LAYERS = ("core", "feature", "score")
_DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Removed:
    """What was removed.

    Attributes:
        folders: Folders, count.
        byte_count: Their size in bytes.
    """

    folders: int
    byte_count: int


def remove_superseded(root: Path, keep_days: int, now: float | None = None) -> Removed:
    """Remove the content that was superseded more than `keep_days` ago; needs the data root's lock.

    Args:
        root: The data root.
        keep_days: Days that superseded content stays.
        now: The present moment, seconds since the epoch.
    """
    cutoff = (time.time() if now is None else now) - keep_days * _DAY_SECONDS
    pointers = [pointer for layer in _LAYERS for pointer in sorted((root / layer).rglob("current"))]
    gone = [folder for pointer in pointers for folder in _superseded(pointer, cutoff)]
    size = sum(file.stat().st_size for folder in gone for file in folder.rglob("*") if file.is_file())
    for folder in gone:
        shutil.rmtree(folder)
    return Removed(len(gone), size)


def _superseded(pointer: Path, cutoff: float) -> list[Path]:
    """The folders beside a pointer that were out of use before the cutoff."""
    in_use = pointer.read_text(encoding="utf-8").strip()
    written = {folder: folder.stat().st_mtime for folder in pointer.parent.glob(_FINGERPRINT) if folder.is_dir()}
    moments = [*written.values(), pointer.stat().st_mtime]
    since = {folder: min((at for at in moments if at > mtime), default=mtime) for folder, mtime in written.items()}
    return sorted(folder for folder, at in since.items() if folder.name != in_use and at < cutoff)
