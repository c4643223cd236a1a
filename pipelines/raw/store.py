"""The store of received bytes: each file is kept once, under its hash, as it came."""

import errno
import hashlib
import os
import shutil
import stat
import tempfile
from pathlib import Path

from models.errors import DeliveryError
from pipelines.raw.receipts import kept_file

_BLOCK = 1 << 22


def keep(root: Path, file: Path) -> tuple[str, int]:
    """Copy a file into the store of received bytes, once, and return its SHA-256 and size in bytes.

    Raises:
        DeliveryError: The disk has too little room, the file may not be read, is none, or it vanished or changed size
            while it was copied.
    """
    store = root / "raw" / "files"
    store.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(store).free < 3 * file.stat().st_size:
        raise DeliveryError(
            f"{file.name}: less than three times its size is free under {store}. Make room; it is read next time."
        )
    copy = Path(tempfile.mkdtemp(dir=store)) / "copy"
    try:
        file_id, size = _copy(file, copy)
        if size != file.stat().st_size:
            raise DeliveryError(f"{file.name}: it changed while it was copied; it is read next time.")
        home = kept_file(root, file_id)
        home.parent.mkdir(parents=True, exist_ok=True)
        copy.chmod(0o440)
        copy.replace(home)
    except FileNotFoundError:
        raise DeliveryError(f"{file.name}: it vanished while it was copied; nothing was taken in.") from None
    except PermissionError:
        raise DeliveryError(f"{file.name}: it may not be read. Give the program the right to read it.") from None
    except OSError as error:
        if error.errno != errno.ELOOP:  # which is what a link says that is not to be followed
            raise
        raise DeliveryError(f"{file.name}: it is no file any more; nothing was taken in.") from None
    finally:
        shutil.rmtree(copy.parent)
    return file_id, size


def mark_proven(root: Path, file_id: str) -> None:
    """Note that kept bytes are those that their sender meant: a digest says so."""
    _mark(kept_file(root, file_id)).touch(mode=0o440)


def is_proven(kept: Path) -> bool:
    """Whether a digest says that kept bytes are those that their sender meant."""
    return _mark(kept).is_file()


def proven_at(kept: Path) -> float:
    """When kept bytes were last held against a digest that says that they are those meant, POSIX seconds; else 0."""
    return _mark(kept).stat().st_mtime if is_proven(kept) else 0


def _mark(kept: Path) -> Path:
    return kept.with_name(f"{kept.name}.proven")


def _copy(file: Path, target: Path) -> tuple[str, int]:
    """Copy a file and return its SHA-256 and size in bytes; what has become a link since it was looked at is none."""
    digest, size = hashlib.sha256(), 0
    flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW
    with target.open("wb") as copy, open(file, "rb", opener=lambda path, _: os.open(path, flags)) as received:
        if not stat.S_ISREG(os.fstat(received.fileno()).st_mode):
            raise DeliveryError(f"{file.name}: it is no file any more; nothing was taken in.")
        while block := received.read(_BLOCK):
            digest.update(block)
            size += copy.write(block)
        os.fsync(copy.fileno())
    return digest.hexdigest(), size
