"""Hostile and broken files by a seed: random bytes, mutated deliveries, crooked archives, tables that are not ours."""

import gzip
import io
import random
import stat
import warnings
import zipfile
from collections.abc import Callable

from tests.fuzz.damage import DAMAGES, damaged
from tests.fuzz.worlds import CANARY, World, zipped

Files = dict[str, bytes]
ESCAPES = "../" * 8 + "tmp/walklist-fuzz-escaped"
_SIGNS = [b"\t", b",", b"|", b";", b'"', b"\n", b"\r\n", b"\r", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1f", b"=1+1",
          b"'; DROP TABLE staged_voters; --", b"\xc9", "É漢".encode(), b"\x1b[31m", b"<script>", b"{}", b"%s", b"\\",
          CANARY.encode(), b"9" * 400, b'""', b"-1e308", b"0001-01-01", b"2999-12-31"]  # fmt: skip
_SIGNS_OF_A_HEADER = [sign for sign in _SIGNS if sign != CANARY.encode()]  # what stands in it is no value of a row
_ODD_NAMES = [ESCAPES, "/tmp/walklist-fuzz-escaped", "C:\\voters.txt", "a\nb.txt", "x" * 5000, "\x1b[31m.txt",
              "voters.txt/", "‮txt.exe", "voters.txt", "é\udc80.txt".encode("utf-8", "replace").decode()]  # fmt: skip


def random_bytes(draw: random.Random, world: World) -> Files:
    """Bytes without any meaning, under the names of a delivery."""
    return {name: draw.randbytes(int(draw.random() ** 4 * 20_000)) for name in world.files}


def random_signs(draw: random.Random, world: World) -> Files:
    """Signs that mean something to those who read tables."""
    return {name: b"".join(draw.choices(_SIGNS, k=draw.randrange(400))) for name in world.files}


def mutated_file(draw: random.Random, world: World) -> Files:
    """A good file with damage to its bytes, archives as they are."""
    return _changed(draw, world, lambda content: _mutated(draw, content))


def mutated_text(draw: random.Random, world: World) -> Files:
    """A good text with damage, packed again."""
    return _changed(draw, world, lambda content: _repacked(content, lambda text: _mutated(draw, text)))


def edited_table(draw: random.Random, world: World) -> Files:
    """A good text with lines and signs moved, doubled or put in."""
    return _changed(draw, world, lambda content: _repacked(content, lambda text: _edited(draw, text)))


def changed_header(draw: random.Random, world: World) -> Files:
    """A good text whose first line has other names."""

    def change(text: bytes) -> bytes:
        first, end, rest = text.partition(b"\n")
        place = draw.randrange(len(first) + 1)
        sign = draw.choice(_SIGNS_OF_A_HEADER)
        return first[:place] + sign * draw.choice([1, 1, 2000]) + first[place:] + end + rest

    return _changed(draw, world, lambda content: _repacked(content, change))


def crooked_archive(draw: random.Random, world: World) -> Files:
    """A good text in an archive that no honest program packs."""
    return _changed(draw, world, lambda content: _crooked(draw, content))


def other_file(draw: random.Random, world: World) -> Files:
    """A page, a workbook, nothing, a file of one sign, in the place of a file."""
    others = [b"", b"\n" * 5000, b'"' * 20_000, b"," * 20_000, b"\0" * 5000, b"<!DOCTYPE html><html>", b"PK\x03\x04",
              b"PAR1" + bytes(40) + b"PAR1", b"\x1f\x8b\x08\x00", b"A" * 100_000, b"%PDF-1.7", b"SQLite format 3\0",
              b"a,b\n" + b"x" * 3_000_000, zipped({"a.zip": zipped({"b.zip": zipped({"c.txt": b"x"})})}),
              gzip.compress(b"0" * 3_000_000), zipped({"voters.txt": b"0" * 3_000_000})]  # fmt: skip
    return _changed(draw, world, lambda _: draw.choice(others))


def swapped_files(draw: random.Random, world: World) -> Files:
    """The bytes of one file under the name of another, or a file less."""
    names, contents = list(world.files), list(world.files.values())
    draw.shuffle(contents)
    found = dict(zip(names, contents, strict=True))
    if len(found) > 1 and draw.random() < 0.5:
        found.pop(draw.choice(names))
    return found


KINDS: dict[str, Callable[[random.Random, World], Files]] = {
    made.__name__: made
    for made in (random_bytes, random_signs, mutated_file, mutated_text, edited_table, changed_header,
                 crooked_archive, other_file, swapped_files)
}  # fmt: skip


def _changed(draw: random.Random, world: World, change: Callable[[bytes], bytes]) -> Files:
    """The files of a delivery, one of them changed."""
    name = draw.choice(list(world.files))
    return {**world.files, name: change(world.files[name])}


def _mutated(draw: random.Random, content: bytes) -> bytes:
    for _ in range(draw.randrange(1, 4)):
        content = damaged(draw, content, draw.choice(list(DAMAGES))) if len(content) > 1 else content + b"x"
    return content


def _edited(draw: random.Random, text: bytes) -> bytes:
    lines = text.splitlines(keepends=True) or [b""]
    for _ in range(draw.randrange(1, 6)):
        at = draw.randrange(len(lines))
        place = draw.randrange(len(lines[at]) + 1)
        kind = draw.randrange(5)
        if kind == 0:
            lines[at] = lines[at][:place] + draw.choice(_SIGNS_OF_A_HEADER) + lines[at][place:]
        elif kind == 1:
            lines[at] = lines[at][:place] + lines[at][place + draw.randrange(9) :]
        elif kind == 2:
            lines.insert(draw.randrange(len(lines) + 1), lines[at])
        elif kind == 3 and len(lines) > 1:
            lines.pop(at)
        else:
            lines[at] = lines[at].rstrip(b"\r\n")
    return b"".join(lines)


def _repacked(content: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """A file whose first text was changed; archives are opened and packed again."""
    if content[:2] == b"\x1f\x8b":
        return gzip.compress(change(gzip.decompress(content)), 1, mtime=0)
    if content[:4] != b"PK\x03\x04":
        return change(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    first = next(iter(members))
    return zipped({**members, first: change(members[first])})


def _crooked(draw: random.Random, content: bytes) -> bytes:
    text = _texts(content)
    packed = io.BytesIO()
    method = draw.choice([zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
    with warnings.catch_warnings(), zipfile.ZipFile(packed, "w", method) as archive:
        warnings.simplefilter("ignore", UserWarning)  # of names that stand twice
        for _ in range(draw.randrange(1, 5)):
            name, part = draw.choice(list(text.items()))
            member = zipfile.ZipInfo(draw.choice([name, name, draw.choice(_ODD_NAMES)]))
            member.external_attr = draw.choice([0, 0, 0, stat.S_IFLNK << 16, stat.S_IFIFO << 16])
            archive.writestr(member, draw.choice([part, part, b"/etc/passwd", zipped({name: part})]))
    found = bytearray(packed.getvalue())
    at = found.rfind(b"PK\x01\x02")
    lie = draw.randrange(6)
    if lie == 0:  # another size, declared in the directory
        found[at + 24 : at + 28] = draw.randrange(1 << 20).to_bytes(4, "little")
    elif lie == 1:  # another place, shared with the first member
        found[at + 42 : at + 46] = bytes(4)
    elif lie == 2:  # locked
        found[at + 8] |= 1
    elif lie == 3:  # packed in another way
        found[at + 10 : at + 12] = draw.choice([8, 9, 12, 14, 99]).to_bytes(2, "little")
    return bytes(found)


def _texts(content: bytes) -> dict[str, bytes]:
    if content[:4] != b"PK\x03\x04":
        return {"voters.txt": content}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
