"""A digest beside a file: what its sender says its bytes are, so that a transfer that broke it is noticed.

`<file>.sha256` or `<file>.md5` holds what `sha256sum` and `md5sum` print, with or without `--tag`, or the bare digits.
It is no file of the delivery. One that came before its file waits for it. Its ending may be in capitals.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipelines.raw.survey import BLOCK

_KINDS: dict[str, tuple[Literal["sha256", "md5"], int, str]] = {
    ".sha256": ("sha256", 64, "SHA-256"),
    ".md5": ("md5", 32, "MD5"),
}
_LARGEST = 1 << 16  # bytes: the digests of a few hundred files


@dataclass(frozen=True)
class Digest:
    """What was found beside a file.

    Attributes:
        path: The file with the digest.
        kind: How the digest is made.
        words: Its name for people.
        digits: What it says of the file, in small letters; empty where it says nothing of it.
    """

    path: Path
    kind: Literal["sha256", "md5"]
    words: str
    digits: str

    def fault(self, name: str, kept: Path) -> str | None:
        """Why the bytes of a file are not those that were meant, in a sentence; nothing where they are.

        Args:
            name: Name that the file landed under.
            kept: Its bytes; under the name of their SHA-256.
        """
        if not self.digits:
            return f"{name}: {self.path.name} holds no {self.words} of it. Send the digest again."
        found = kept.name if self.kind == "sha256" else hash_of(kept, self.kind)
        if found == self.digits:
            return None
        return (
            f"{name}: its {self.words} is not the one in {self.path.name}: the transfer broke it, or the digest is of "
            "another file. Fetch it again."
        )


def is_digest(name: str) -> bool:
    """Whether a landed name is that of a digest."""
    return Path(name).suffix.lower() in _KINDS


def digests_of(file: Path) -> list[Digest]:
    """The digests that lie beside a file, links aside."""
    beside = {path.name.lower(): path for path in file.parent.iterdir()}
    names = {f"{file.name}{suffix}".lower(): kind for suffix, kind in _KINDS.items()}
    found = [(beside[name], *kind) for name, kind in names.items() if name in beside]
    return [
        Digest(path, kind, words, _digits(path, length, file.name))
        for path, kind, length, words in found
        if path.is_file() and not path.is_symlink()
    ]


def _digits(path: Path, length: int, name: str) -> str:
    """The digits of a file in a list of digests; a list of one without a name is of the file itself."""
    with path.open("rb") as stream:
        lines = stream.read(_LARGEST).decode("utf-8", "replace").lstrip("\ufeff").splitlines()
    lines = [line.strip() for line in lines if line.strip()]
    digits = f"([0-9a-fA-F]{{{length}}})"
    if len(lines) == 1 and (bare := re.fullmatch(digits, lines[0])):
        return bare[1].lower()
    plain, tagged = (
        rf"\\?{digits} [ *](?:.*/)?{re.escape(name)}",
        rf"[A-Z0-9-]+ \((?:.*/)?{re.escape(name)}\) = {digits}",
    )
    matches = [match for line in lines if (match := re.fullmatch(plain, line) or re.fullmatch(tagged, line))]
    said = {match[1].lower() for match in matches}
    return said.pop() if len(said) == 1 else ""


def hash_of(file: Path, kind: Literal["sha256", "md5"]) -> str:
    """The digest of a file's bytes, in small letters."""
    digest = hashlib.new(kind, usedforsecurity=False)
    with file.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()
