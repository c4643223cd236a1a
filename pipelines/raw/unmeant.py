"""Members of an archive that nothing in a layout means: a county under another name would be lost without a word."""

import zipfile
from collections.abc import Sequence
from pathlib import Path

from models.wording import shown_list
from pipelines.layouts.lookups import LandedFiles, fits_any
from pipelines.raw.archives import told_damage
from pipelines.raw.members import open_zip

_TOLD = 5  # names in the sentence; of more their number is told


def describe_unmeant(received: Path, name: str, files: Sequence[LandedFiles]) -> list[str]:
    """A sentence on members that no role and no code file reads and none skips; nothing where all are meant.

    Args:
        received: Bytes as received.
        name: Name that the file landed under.
        files: Everything that the layout means; archives within the archive are not looked into.

    Raises:
        LayoutError: The archive is damaged.
    """
    meant = [found for found in files if found.fits(name)]
    if not name.lower().endswith(".zip") or not meant or not zipfile.is_zipfile(received):
        return []
    with told_damage(name, received.stat().st_size), open_zip(received) as archive:
        members = [found.filename for found in archive.infolist() if not found.filename.endswith("/")]
    others = [member for member in members if not any(_means(found, member) for found in meant)]
    if not others:
        return []
    told = shown_list(others, _TOLD)
    return [f"{name}: {len(others)} of {len(members)} members were not read, for no pattern means them: {told}."]


def _means(files: LandedFiles, member: str) -> bool:
    is_archive = member.lower().endswith((".zip", ".gz"))
    return is_archive or fits_any(member, [*files.members, *files.skipped])
