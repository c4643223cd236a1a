"""What a zip archive holds, looked at before a byte is unpacked: is it what an honest program packs?"""

import copy
import io
import itertools
import stat
import zipfile
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from models.errors import LayoutError
from models.wording import shown
from pipelines.raw.survey import Readable

_LARGEST_DIRECTORY = 1 << 23  # bytes: 50,000 members with long names; a state has 254 counties at most
_HEADER = 30  # bytes that stand before every member at least
_HONEST_KINDS = (0, stat.S_IFREG, stat.S_IFDIR)


class CrookedError(Exception):
    """An archive that no honest program packs; the message ends the sentence `the archive ...`."""


class _Cautious(io.FileIO):
    """A file that is read in pieces: a directory of members as large as a disk is not taken into memory."""

    def read(self, size: int | None = -1, /) -> bytes:
        """Up to `size` bytes."""
        if size is not None and size > _LARGEST_DIRECTORY:
            raise CrookedError(f"lists more than {_LARGEST_DIRECTORY:,} bytes of members")
        return super().read(-1 if size is None else size) or b""


class _Whole:
    """A member as it was declared; more or fewer bytes are damage.

    Args:
        archive: Where it stands.
        member: What is declared of it.
    """

    def __init__(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
        self._left = member.file_size
        longer = copy.copy(member)
        longer.file_size += 1  # so that a byte too many is read, and its checksum is wrong
        self._stream = archive.open(longer)

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes; none at the end.

        Raises:
            BadZipFile: The member has other bytes than declared.
        """
        block = self._stream.read(size)
        self._left -= len(block)
        if self._left < 0 or (not block and self._left):
            raise zipfile.BadZipFile
        return block

    def close(self) -> None:
        """Let the member go."""
        self._stream.close()


@contextmanager
def open_zip(file: Path) -> Generator[zipfile.ZipFile]:
    """The archive in a file.

    Raises:
        CrookedError: Its list of members is larger than memory should hold.
    """
    with _Cautious(file) as raw, zipfile.ZipFile(raw) as archive:
        yield archive


@contextmanager
def open_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Generator[Readable]:
    """The bytes of a member, as many as it declares; others raise what a damaged archive raises."""
    stream = _Whole(archive, member)
    try:
        yield stream
    finally:
        stream.close()


def honest_members(archive: zipfile.ZipFile, name: str) -> list[zipfile.ZipInfo]:
    """The members of an archive, folders aside.

    Raises:
        LayoutError: A member has no name, leads out of the archive, is a link or a device, shares its bytes or its name
            with another one.
    """
    everything = archive.infolist()
    if nameless := [found for found in everything if not found.filename]:
        raise LayoutError(f"{name}: {len(nameless):,} of {len(everything):,} members have no name; not unpacked.")
    faults = {
        "have a name that leads out of the archive": [found for found in everything if _leads_out(found.filename)],
        "are links or devices": [found for found in everything if not _is_honest_kind(found)],
        "share their bytes with another one, as in a bomb": _overlapping(everything),
        "share their name with another one": _doubled(everything),
    }
    for fault, members in faults.items():
        if members:
            told = f"{len(members):,} of {len(everything):,} members {fault}, such as {shown(members[0].filename)}"
            raise LayoutError(f"{name}: {told}; not unpacked. Ask for the file again.")
    return [found for found in everything if not found.is_dir()]


def _leads_out(path: str) -> bool:
    parts = path.replace("\\", "/")
    return parts.startswith("/") or parts[1:2] == ":" or ".." in PurePosixPath(parts).parts


def _is_honest_kind(member: zipfile.ZipInfo) -> bool:
    """Whether a member is a file or a folder; the kind is told in the upper half where a Unix program packed it."""
    return stat.S_IFMT(member.external_attr >> 16) in _HONEST_KINDS


def _overlapping(members: Sequence[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    in_order = sorted(members, key=lambda found: found.header_offset)
    pairs = itertools.pairwise(in_order)
    return [one for one, other in pairs if one.header_offset + _HEADER + one.compress_size > other.header_offset]


def _doubled(members: Sequence[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    counted = Counter(found.filename for found in members)
    return [found for found in members if counted[found.filename] > 1]
