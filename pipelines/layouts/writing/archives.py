"""Drafts of texts put together as the files of a delivery: plain, or as members of archives."""

import shutil
import zipfile
from pathlib import Path
from typing import Literal

_BLOCK = 1 << 22


def _mode(target: Path, members: set[str]) -> Literal["a", "w"]:
    """Whether the members join those of an archive that stands, or the archive is written anew."""
    if not target.exists():
        return "w"
    with zipfile.ZipFile(target) as archive:
        return "w" if members & set(archive.namelist()) else "a"


def put_together(target: Path, drafts: dict[str, Path]) -> None:
    """Make a file of its drafts; an archive that stands already gains their members.

    Args:
        target: The file; with the suffix .zip an archive.
        drafts: Name of a member to its text; `inner.zip/name.txt` stands in an archive of its own.
    """
    if target.suffix.lower() != ".zip":
        next(iter(drafts.values())).replace(target)
        return
    inner: dict[str, dict[str, Path]] = {}
    for member, draft in drafts.items():
        outer, _, name = member.partition(".zip/")
        inner.setdefault(f"{outer}.zip" if name else "", {})[name or member] = draft
    members = inner.pop("", {})
    for name, own in inner.items():
        members[name] = next(iter(own.values())).with_suffix(".zip")
        put_together(members[name], own)
    with zipfile.ZipFile(target, _mode(target, set(members)), zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for member, draft in sorted(members.items()):
            # by name, not by ZipInfo: an entry of one's own would be packed at the default level, four times slower
            with draft.open("rb") as text, archive.open(member, "w", force_zip64=True) as entry:
                shutil.copyfileobj(text, entry, _BLOCK)
            draft.unlink()
