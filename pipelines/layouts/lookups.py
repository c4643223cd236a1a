"""Files as they land, and code files: what a source's own codes stand for, joined to the rows that carry them."""

import fnmatch
import re
from collections.abc import Iterable

from pydantic import Field

from models.config import Strict
from pipelines.layouts.formats import AnyFormat


class Written(Strict):
    """Names of the files that are written in this layout; {day} is the snapshot's day as 20261001."""

    file: str = Field(
        description="Name of the file; {part} is the name of a part, {county} a county's code, {state} the two letters "
        "of the state that records are about."
    )
    member: str = Field(
        "", description="Name of a member where the file is a zip archive; {part}, {county}, {state} too."
    )


class LandedFiles(Strict):
    """Which landed files are meant, and how they are opened."""

    match: list[str] = Field(
        description="Patterns of the names of landed files, as in a shell, case ignored.", min_length=1
    )
    members: list[str] = Field(["*"], description="Patterns of the members to read when the file is an archive.")
    skipped: list[str] = Field(
        [], description="Patterns of files and of members that are left alone although they fit `match` or `members`."
    )
    archive_depth: int = Field(
        1, description="How deep archives may stand in archives; deeper ones are refused (count).", ge=1, le=3
    )
    written: Written | None = Field(None, description="Names of the files as they are written.")
    format: AnyFormat = Field(description="Format of the file.")

    def fits(self, file_name: str) -> bool:
        """Whether a landed file is one of these, by its name."""
        return fits_any(file_name, self.match) and not fits_any(file_name, self.skipped)


def fits_any(file_name: str, patterns: Iterable[str]) -> bool:
    """Whether a name fits one of some patterns, as in a shell, case ignored."""
    return any(fnmatch.fnmatch(file_name.lower(), pattern.lower()) for pattern in patterns)


def has_piece(name: str, piece: str) -> bool:
    """Whether a piece stands in a name with no digit before or behind it: `1_22` is not in `SWVF_11_22`."""
    return re.search(rf"(?<!\d){re.escape(piece)}(?!\d)", name) is not None


class CodeFile(LandedFiles):
    """A file of codes and their meanings; of several rows of a code the first counts."""

    is_carried: bool = Field(
        False, alias="carried", description="Whether the newest earlier file stays in use where a delivery lacks it."
    )


class Lookup(Strict):
    """Texts of a code file that join a row."""

    codes: str = Field(description="Name of the code file, under `codes`.")
    by: dict[str, str] = Field(
        description="Header of the row, or `=text` for a text that is always the same, to header of the code file.",
        min_length=1,
    )
    gives: dict[str, str] = Field(
        description="Header that joins the row to header of the code file that it is taken from.", min_length=1
    )
