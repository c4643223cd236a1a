"""Files that are of another kind than the layout says, told by their first bytes; members under other names."""

import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from models.errors import LayoutError, NoMemberError
from pipelines.layouts.lookups import LandedFiles, fits_any
from pipelines.raw.diff import tell_headers
from pipelines.raw.members import open_zip

_KINDS = {
    b"PAR1": "a Parquet file",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old workbook of Excel, or another document of Office",
    b"%PDF": "a PDF document",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ\x00": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a Zstandard archive",
    b"SQLite format 3\x00": "a database of SQLite",
}
_CONTENTS = "[Content_Types].xml"  # stands in every document of Office, which is a zip archive itself
_ZIP = b"PK\x03\x04"
_ARCHIVES = (".zip", ".gz")
_MOST_PATTERNS = 20  # members of several kinds that an entry would name
_TOLD = 3  # members named in a sentence; of more their number is told


def demand_text(received: Path, name: str) -> None:
    """Refuse a received file that is neither text nor an archive of texts.

    Raises:
        LayoutError: It is another kind of file, which is named.
        BadZipFile: It is a damaged archive.
    """
    with received.open("rb") as stream:
        head = stream.read(1024)
    demand_no_page(received, name)
    if not head.startswith(_ZIP):
        demand_text_bytes(head, name)
    elif zipfile.is_zipfile(received):  # one that is cut short is told when it is unpacked
        with open_zip(received) as archive:
            if _CONTENTS in archive.namelist():
                raise _other_kind(name, "a workbook of Excel")


def demand_no_page(received: Path, name: str) -> None:
    """Refuse a web page that came under the name of an archive.

    Raises:
        LayoutError: It is one.
    """
    with received.open("rb") as stream:
        head = stream.read(1024)
    if head.lstrip()[:1] == b"<" and name.lower().endswith(_ARCHIVES):
        raise LayoutError(f"{name}: a web page or XML stands where an archive was expected. Ask for the file again.")


def demand_text_bytes(head: bytes, name: str) -> None:
    """Refuse bytes that open as another kind of file than text does.

    Raises:
        LayoutError: They do; the kind is named.
    """
    kinds = {**_KINDS, _ZIP: "a zip archive or a workbook of Excel"}
    kind = next((kind for magic, kind in kinds.items() if head.startswith(magic)), None)
    if kind:
        raise _other_kind(name, kind)


def _other_kind(name: str, kind: str) -> LayoutError:
    return LayoutError(f"{name}: {kind} stands where text was expected. Ask for the file in its usual form.")


@contextmanager
def told_members(received: Path, files: LandedFiles) -> Generator[None]:
    """Name the members of a zip archive that stand where others were expected.

    Raises:
        NoMemberError: None of the members is meant.
    """
    try:
        yield
    except NoMemberError as error:
        others = _others(received, files)
        if not others:
            raise
        told = tell_headers(others[:_TOLD]) + (f" and {len(others) - _TOLD} more" if len(others) > _TOLD else "")
        kinds = {PurePosixPath(other).suffix.lower() for other in others}
        patterns = [f"*{kinds.pop()}"] if len(kinds) == 1 and "" not in kinds else others[:_MOST_PATTERNS]
        one = "member" if len(others) == 1 else f"{len(others)} members"
        stand = "stands" if len(others) == 1 else "stand"
        raise NoMemberError(
            f"{str(error).removesuffix('.')}: {one} {told} {stand} where {', '.join(files.members)} was expected. "
            "If the state renamed it, add a dated layout.",
            {"set": {"members": [*files.members, *patterns]}},
        ) from None


def _others(received: Path, files: LandedFiles) -> list[str]:
    if not zipfile.is_zipfile(received):
        return []
    with open_zip(received) as archive:
        members = [found.filename for found in archive.infolist() if found.file_size]
    is_archive = (".zip", ".gz")
    members = [one for one in members if not one.endswith("/") and not fits_any(one, files.skipped)]
    return [one for one in members if not one.lower().endswith(is_archive)]
