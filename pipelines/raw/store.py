"""The store of received bytes: each file is kept once, under its hash, as it came."""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from models.errors import DeliveryError
from pipelines.raw.receipts import kept_file

_BLOCK = 1 << 22


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
    finally:
        shutil.rmtree(copy.parent)
    return file_id, size


def _copy(file: Path, target: Path) -> tuple[str, int]:
    """Copy a file and return its SHA-256 and size in bytes."""
    digest, size = hashlib.sha256(), 0
    with target.open("wb") as copy, file.open("rb") as received:
        while block := received.read(_BLOCK):
            digest.update(block)
            size += copy.write(block)
        os.fsync(copy.fileno())
    return digest.hexdigest(), size
