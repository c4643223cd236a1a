"""Opens the current release for our own code: the pointer is read once, and every file's sha256 before its rows.

A flipped bit in a Parquet page is mostly read as another value without any error, so nobody should skip this for
figures that matter; the recipes for other tools in the README read the same folder without the check.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds

from models.errors import PublicationError
from pipelines.publish.integrity import NEXT_STEP, file_faults, read_manifest
from pipelines.publish.ledger import current_release
from pipelines.publish.places import Place


def release_folder(root: Path, name: str = "voter_scores") -> Path:
    """Folder of the current release; hold on to it, because the next one may be current a moment later.

    Raises:
        PublicationError: Nothing has been published, or the pointer names a folder that is gone.
    """
    release, place = current_release(root, name), Place(root, name)
    if release is None:
        raise PublicationError(f"{name}: nothing has been published yet.")
    if not (place.releases / release).is_dir():
        raise PublicationError(f"{name}: the current release {release} is gone. {NEXT_STEP}")
    return place.releases / release


def open_release(root: Path, states: Iterable[str] | None = None, name: str = "voter_scores") -> ds.Dataset:
    """The current release, after size and sha256 of every file that is opened were compared with the manifest.

    Args:
        root: The data root.
        states: Two-letter codes to open; all by default.
        name: The publication.

    Returns:
        A dataset of the published columns and `state`, sorted by voter_id within a state; nothing is loaded yet.

    Raises:
        PublicationError: Nothing is published, a state is not in it, or a file is missing or has other bytes.
    """
    folder = release_folder(root, name)
    files = {entry["path"]: entry for entry in read_manifest(folder)["files"] if entry["path"].endswith(".parquet")}
    by_state = {path.split("/")[0].removeprefix("state="): path for path in files}
    wanted = sorted(by_state) if states is None else sorted(set(states))
    absent = [state for state in wanted if state not in by_state]
    if absent:
        raise PublicationError(
            f"{name}: release {folder.name} has no {', '.join(absent)}; it has {', '.join(by_state)}."
        )
    paths = [by_state[state] for state in wanted]
    _demand_whole(folder, [files[path] for path in paths])
    partitioning = ds.partitioning(pa.schema([("state", pa.string())]), flavor="hive")
    return ds.dataset([str(folder / path) for path in paths], partitioning=partitioning)


def standing_in_use(root: Path, state: str, name: str = "voter_scores") -> dict[str, Any]:
    """What the manifest in use says of a state, its standing included; empty where it is not published."""
    if current_release(root, name) is None:
        return {}
    return read_manifest(release_folder(root, name))["states"].get(state, {})


def state_batches(root: Path, state: str, name: str = "voter_scores") -> Iterator[pa.RecordBatch]:
    """A state's rows of the current release as they were published, to be published again while it is in trouble.

    Raises:
        PublicationError: As `open_release`.
    """
    rows = open_release(root, [state], name)
    return rows.to_batches(columns=[column for column in rows.schema.names if column != "state"])


def _demand_whole(folder: Path, entries: list[dict]) -> None:
    faults = [fault for entry in entries for fault in _seen_faults(folder, entry)]
    if faults:
        raise PublicationError(f"release {folder.name} is damaged and is not opened: {' '.join(faults)} {NEXT_STEP}")


def _seen_faults(folder: Path, entry: dict) -> tuple[str, ...]:
    path = folder / entry["path"]
    seen = path.stat() if path.is_file() else None
    stamp = (seen.st_size, seen.st_mtime_ns, seen.st_ino) if seen else ()
    return _cached_faults(folder, entry["path"], entry["bytes"], entry["sha256"], stamp)


@lru_cache(maxsize=1024)
def _cached_faults(folder: Path, path: str, size: int, sha256: str, stamp: tuple) -> tuple[str, ...]:
    """The check's result, remembered until the file is touched."""
    return tuple(file_faults(folder, [{"path": path, "bytes": size, "sha256": sha256}]))
