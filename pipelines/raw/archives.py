"""The members of a received file: itself, or what its archives hold, unpacked in a stream and never beyond a limit."""

import errno
import fnmatch
import gzip
import lzma
import tempfile
import zipfile
import zlib
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from models.errors import LayoutError, NoMemberError
from models.wording import shown, shown_list
from pipelines.layouts.formats import Spreadsheet
from pipelines.layouts.lookups import LandedFiles
from pipelines.raw.members import CrookedError, honest_members, open_member, open_zip
from pipelines.raw.survey import BLOCK, Readable, TooLargeError

_LARGEST_RATIO = 100  # real voter files shrink to a tenth, those of blanks to a fiftieth
_SMALLEST_CAP = 1 << 20
_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
_ARCHIVES = (".zip", ".gz")
_CONTENTS = "[Content_Types].xml"  # stands in every workbook of Excel, which is a zip archive itself
_DAMAGE = (zipfile.BadZipFile, EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile, NotImplementedError, ValueError)


@dataclass(frozen=True)
class Member:
    """One file of data.

    Attributes:
        name: Name of the received file, with the paths inside its archives behind it.
        stream: Its bytes.
        path: Where the bytes stand, if the received file is no archive.
    """

    name: str
    stream: Readable
    path: Path | None = None


@dataclass
class Unpacking:
    """The way into the archives of one received file.

    Attributes:
        files: Which members are meant, and how deep archives may stand in archives.
        scratch: Folder for unpacked archives; the caller removes it.
        left: Bytes that may still be unpacked, all members together.
        listed_count: Members that were seen.
        empty: Names of the members that are meant and have no byte.
    """

    files: LandedFiles
    scratch: Path
    left: int
    listed_count: int = 0
    empty: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, received: Path, files: LandedFiles, scratch: Path) -> "Unpacking":
        """The way into a received file."""
        return cls(files, scratch, largest_size(received))

    def members(self, received: Path, name: str) -> Iterator[Member]:
        """The members that are meant, in the order of their names; a file that is no archive is its own.

        Raises:
            LayoutError: No member fits or all are empty, an archive is damaged, locked, deeper than the layout allows,
                or unpacks to too much.
        """
        kind = self._kind(received, name)
        if kind is None:
            with received.open("rb") as stream:
                yield Member(name, stream, received)
            return
        count = 0
        for member in self._unpacked(received, name, "", kind, 1):
            count += 1
            yield member
        if self.empty and not count:
            raise LayoutError(f"{name}: nothing but empty members (0 bytes) fits: {shown_list(self.empty)}.")
        if not count:
            raise NoMemberError(
                f"{name}: none of its {self.listed_count} members fits {', '.join(self.files.members)}."
            )

    def spend(self, size: int) -> None:
        """Take in that so many bytes were unpacked.

        Raises:
            TooLargeError: They are more than the received file may hold.
        """
        self.left -= size
        if self.left < 0:
            raise TooLargeError

    def describe_empty(self, name: str) -> str:
        """A sentence on the members that were left alone because they are empty; none where there are none."""
        if not self.empty:
            return ""
        return f"{name}: {len(self.empty)} empty members (0 bytes) were left alone: {shown_list(self.empty)}."

    def _kind(self, file: Path, name: str) -> str | None:
        """How a file is unpacked, by its first bytes and its name."""
        with file.open("rb") as stream:
            magic = stream.read(4)
        if isinstance(self.files.format, Spreadsheet) and _is_workbook(file, name):
            return None
        if magic[:2] == _GZIP or name.lower().endswith(".gz"):
            return ".gz"
        return ".zip" if magic == _ZIP or zipfile.is_zipfile(file) or name.lower().endswith(".zip") else None

    def _unpacked(self, file: Path, name: str, inside: str, kind: str, depth: int) -> Iterator[Member]:
        with told_damage(name, file.stat().st_size):
            if kind == ".gz":
                with gzip.GzipFile(file, "rb") as stream:
                    yield Member(name, stream)
                return
            with open_zip(file) as archive:
                for found in self._chosen(archive, name, inside):
                    path = f"{name}/{shown(found.filename)}"
                    if not _is_archive(found.filename):
                        with open_member(archive, found) as stream:
                            yield Member(path, stream)
                        continue
                    if depth >= self.files.archive_depth:
                        raise _too_deep(path, self.files.archive_depth)
                    with open_member(archive, found) as stream:
                        copy = self._copied(stream)
                    inner = ".zip" if _is_zip(found.filename) else ".gz"
                    yield from self._unpacked(copy, path, f"{inside}{found.filename}/", inner, depth + 1)
                    copy.unlink()

    def _chosen(self, archive: zipfile.ZipFile, name: str, inside: str) -> list[zipfile.ZipInfo]:
        listed = honest_members(archive, name)
        self.listed_count += sum(not _is_zip(found.filename) for found in listed)
        chosen = [found for found in listed if self._is_meant(found.filename, inside)]
        locked = [found for found in chosen if found.flag_bits & 1]
        if locked:
            raise LayoutError(f"{name}: {len(locked)} of {len(chosen)} members are locked by a password; not unpacked.")
        if any(found.file_size > max(_LARGEST_RATIO * found.compress_size, _SMALLEST_CAP) for found in chosen):
            raise TooLargeError
        empty = [found for found in chosen if not found.file_size and not found.CRC]
        self.empty += [f"{name}/{shown(found.filename)}" for found in empty]
        return sorted((found for found in chosen if found not in empty), key=lambda found: found.filename)

    def _is_meant(self, path: str, inside: str) -> bool:
        """Whether a member is read: archives are looked into, other members are chosen by their path in theirs."""
        names = [path, path[: -len(".gz")]] if path.lower().endswith(".gz") else [path]
        is_chosen = _is_zip(path) or any(_fits(found, self.files.members) for found in names)
        return is_chosen and not _fits(inside + path, self.files.skipped)

    def _copied(self, stream: Readable) -> Path:
        """An archive that stands in an archive, as a file of its own: its members can only be found in one."""
        copy = Path(tempfile.mkdtemp(dir=self.scratch)) / "archive"
        with copy.open("wb") as target:
            while block := stream.read(BLOCK):
                self.spend(len(block))
                target.write(block)
        return copy


def largest_size(file: Path) -> int:
    """Bytes that an archive may unpack to."""
    return max(file.stat().st_size * _LARGEST_RATIO, _SMALLEST_CAP)


@contextmanager
def told_damage(name: str, size: int) -> Generator[None]:
    """Turn what an archive does when it is damaged, or too large, into a sentence.

    Raises:
        LayoutError: It is.
    """
    try:
        yield
    except TooLargeError:
        raise LayoutError(f"{name}: it unpacks to more than {_LARGEST_RATIO} times its size; not unpacked.") from None
    except CrookedError as error:
        raise LayoutError(f"{name}: the archive {error}; not unpacked. Ask for the file again.") from None
    except (*_DAMAGE, OSError) as error:
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise  # the machine's trouble, not the file's: an archive only sends the reader to a place that is none
        raise LayoutError(f"{name}: the archive is damaged or cut short; it has {size:,} bytes.") from None


def _is_zip(name: str) -> bool:
    return name.lower().endswith(".zip")


def _is_archive(name: str) -> bool:
    return name.lower().endswith(_ARCHIVES)


def _is_workbook(file: Path, name: str) -> bool:
    if name.lower().endswith(".zip") or not zipfile.is_zipfile(file):
        return not _is_archive(name)
    with open_zip(file) as archive:
        return _CONTENTS in archive.namelist()


def _fits(path: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch.fnmatch(path.lower(), pattern.lower()) for pattern in patterns)


def _too_deep(path: str, depth: int) -> LayoutError:
    return LayoutError(
        f"{path}: an archive in an archive, deeper than the layout allows (archive_depth {depth}). "
        "Allow it there, or name it under `skipped`."
    )
