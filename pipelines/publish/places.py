"""Where a publication keeps its releases, and how bytes reach the disk so that a power cut harms nothing."""

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from models.errors import PublicationError

FILE_MODE, FOLDER_MODE = 0o640, 0o750


@dataclass(frozen=True)
class Place:
    """The folder of one publication under a data root.

    Attributes:
        root: The data root.
        name: Name of the publication.
    """

    root: Path
    name: str = "voter_scores"

    @property
    def folder(self) -> Path:
        """Holds everything of the publication."""
        return Path(self.root) / "published" / self.name

    @property
    def releases(self) -> Path:
        """Holds one folder per release, written once."""
        return self.folder / "releases"

    @property
    def pointer(self) -> Path:
        """Text file with the current release's name and nothing else."""
        return self.folder / "current"

    @property
    def staging(self) -> Path:
        """Private folder of the publisher at work; removed by it, or by the next one."""
        return self.folder / ".staging"

    @property
    def drift(self) -> Path:
        """Holds one file per pair of releases that followed each other."""
        return self.folder / "drift"

    @property
    def ledger(self) -> Path:
        """Append-only record of which release was current since when, one JSON object a line."""
        return self.folder / "ledger.jsonl"


@contextmanager
def publishing(place: Place, wait_seconds: float = 600) -> Generator[Path]:
    """The private staging folder, while this process alone may change the publication.

    The lock is the kernel's (flock), so that of a dead process is free at once. Staging left behind by a killed
    publisher is removed at the start, our own at the end.

    Raises:
        PublicationError: Another publisher holds the lock longer than `wait_seconds`.
    """
    make_folder(place.releases)
    lock = FileLock(place.folder / ".lock", timeout=wait_seconds, mode=FILE_MODE)
    try:
        lock.acquire()
    except Timeout:
        raise PublicationError(
            f"{place.name}: another process has been publishing for {wait_seconds:g} s. Nothing was changed; try later."
        ) from None
    try:
        shutil.rmtree(place.staging, ignore_errors=True)
        place.staging.mkdir(mode=0o700)
        yield place.staging
    finally:
        shutil.rmtree(place.staging, ignore_errors=True)
        lock.release()


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, closed to others whatever the umask."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        folder.chmod(FOLDER_MODE)
        sync(folder.parent)


def sync(path: Path) -> None:
    """Wait until a file's bytes, or a folder's entries, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_text(path: Path, text: str) -> None:
    """Write a text file that only the owner may change and others may not read, and wait for the disk."""
    path.write_bytes(text.encode())
    path.chmod(FILE_MODE)
    sync(path)


def replace_text(path: Path, text: str, staging: Path) -> None:
    """Replace a small file in one step: a reader sees the old text or the new one, never a part."""
    fresh = staging / f"{path.name}.fresh"
    write_text(fresh, text)
    fresh.replace(path)
    sync(path.parent)


def seal(folder: Path) -> None:
    """Close a finished folder to others and wait until all of it is on the disk, innermost first."""
    for path in sorted(folder.rglob("*"), reverse=True):
        path.chmod(FOLDER_MODE if path.is_dir() else FILE_MODE)
        sync(path)
    folder.chmod(FOLDER_MODE)
    sync(folder)
