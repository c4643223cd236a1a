"""Damage to a good file of voters, and what is read of it: refused, equal, told by counts, or another thing in silence.

Run as `python -m tests.fuzz.mutations [COUNT] [SEED]`.
"""

import gzip
import hashlib
import io
import random
import sys
import tempfile
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from pipelines.layouts.formats import ParquetFile
from pipelines.raw.digests import digests_of
from tests.fuzz.damage import DAMAGES, damaged
from tests.fuzz.harness import Outcome, Reader
from tests.fuzz.worlds import World, state_world, zipped

Kind = Literal["gzip", "zip", "csv", "parquet"]
KINDS: tuple[Kind, ...] = get_args(Kind)
STRUCTURE = b'\t"\r\n'
VOTERS = 400


@dataclass
class MutationAccount:
    """What became of the mutations of one kind of file.

    Attributes:
        kind: Kind of file.
        count: Mutations.
        classes: Mutations by what became of them: refused, equal, told, silent.
        silent: Of the silent ones, mutations by what was hit.
        with_digest: Mutations by what becomes of them with a SHA-256 beside the file.
        silent_seeds: Seeds of the silent ones.
    """

    kind: Kind
    count: int
    classes: Counter[str] = field(default_factory=Counter)
    silent: Counter[str] = field(default_factory=Counter)
    with_digest: Counter[str] = field(default_factory=Counter)
    silent_seeds: list[str] = field(default_factory=list)


def mutate_all(kind: Kind, count: int, seed: int) -> MutationAccount:
    """Damage a good file so many times, each at a place of its own, and read it each time.

    Every kind of damage has an equal part. Silent is what is read as other rows than the good file has, while no
    refused row, no count of faults and no sentence tells of it.
    """
    account = MutationAccount(kind, count)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "sql").mkdir()
        reader, world = Reader(home / "sql"), good_world(kind, home)
        ((name, content),) = world.files.items()
        good = reader.read(world, world.files, has_rows=True)
        assert good.verdict == "accepted" and len(good.rows) > VOTERS // 2, good.sentence
        for number in range(count):
            draw = random.Random(f"{kind} {seed} {number}")
            damage = list(DAMAGES)[number % len(DAMAGES)]
            broken = damaged(draw, content, damage)
            found = _class(reader.read(world, {name: broken}, has_rows=True), good)
            account.classes[found] += 1
            if found == "silent":
                account.silent[_hit(damage, content, broken)] += 1
                account.silent_seeds.append(f"{kind} {seed} {number}")
            account.with_digest["refused" if _is_refused_by_digest(home, name, content, broken) else found] += 1
    return account


def good_world(kind: Kind, folder: Path) -> World:
    """A world with one good file of voters of a kind."""
    text, world = _text(folder)
    if kind == "parquet":
        options = pyarrow.csv.ParseOptions(delimiter="\t")
        names = next(iter(text.splitlines())).decode().replace('"', "").split("\t")
        types = {name: pa.string() for name in names}
        convert = pyarrow.csv.ConvertOptions(column_types=types, strings_can_be_null=False)
        read = pyarrow.csv.ReadOptions(encoding="latin-1")
        table = pyarrow.csv.read_csv(io.BytesIO(text), read, options, convert)
        content = io.BytesIO()
        pq.write_table(table, content, write_page_checksum=True, row_group_size=VOTERS // 3)
        return _with_parquet(world, names).with_files(**{"ncvoter.parquet": content.getvalue()})
    packed = {"csv": text, "gzip": gzip.compress(text, mtime=0), "zip": zipped({"ncvoter.txt": text})}
    names = {"csv": "ncvoter.txt", "gzip": "ncvoter.txt.gz", "zip": "ncvoter.zip"}
    return world.with_files(**{names[kind]: packed[kind]})


def _text(folder: Path) -> tuple[bytes, World]:
    """The text of the voters of North Carolina, and a world whose layout means any name."""
    world = state_world("nc", folder, VOTERS)
    (packed,) = [content for name, content in world.files.items() if "voter" in name]
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        text = archive.read(archive.namelist()[0])
    files = world.layout.files["voters"].model_copy(update={"match": ["*"], "members": ["*"], "skipped": []})
    return text, _with_files(world, files)


def _with_files(world: World, files: object) -> World:
    layout = world.layout.model_copy(update={"files": {"voters": files}, "also": {}, "codes": {}})
    source = world.source.model_copy(update={"layouts": [layout]})
    return World(world.name, source, world.files, world.day, world.calendar)


def _with_parquet(world: World, names: list[str]) -> World:
    format_ = ParquetFile(kind="parquet", names=names)
    return _with_files(world, world.layout.files["voters"].model_copy(update={"format": format_}))


def _class(found: Outcome, good: Outcome) -> str:
    if found.verdict == "held":
        return "refused"
    if found.rows == good.rows:
        return "equal"
    assert found.staged and good.staged
    counted = sum(facts["reject_count"] for facts in found.staged.files.values())
    told = Counter({rule.column: rule.count for rule in [*found.staged.faults, *found.staged.masked]})
    told -= Counter({rule.column: rule.count for rule in [*good.staged.faults, *good.staged.masked]})
    new = found.rows.keys() - good.rows.keys()
    lost = good.rows.keys() - found.rows.keys()
    cells = [
        pair
        for key in found.rows.keys() & good.rows.keys()
        for pair in zip(found.rows[key], good.rows[key], strict=True)
    ]
    changed = [new for new, old in cells if new != old]
    is_null_and_told = all(value is None for value in changed) and (not changed or bool(told))
    return "told" if not new and is_null_and_told and (not lost or counted) else "silent"


def _hit(damage: str, content: bytes, broken: bytes) -> str:
    """What was damaged, in words."""
    shorter = min(len(content), len(broken))
    first = next((at for at, (one, other) in enumerate(zip(content, broken, strict=False)) if one != other), shorter)
    ends = zip(reversed(content[first:]), reversed(broken[first:]), strict=False)
    same = next((at for at, (one, other) in enumerate(ends) if one != other), shorter - first)
    touched = content[first : len(content) - same] + broken[first : len(broken) - same]
    return f"{damage} across fields" if set(touched) & set(STRUCTURE) else f"{damage} of letters in a field"


def _is_refused_by_digest(home: Path, name: str, content: bytes, broken: bytes) -> bool:
    file = home / name
    kept = home / hashlib.sha256(broken).hexdigest()
    kept.write_bytes(broken)
    file.with_name(f"{name}.sha256").write_text(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
    faults = [digest.fault(name, kept) for digest in digests_of(file)]
    kept.unlink()
    return any(faults)


def main() -> None:
    """Print the account of every kind."""
    count, seed = (int(word) for word in [*sys.argv[1:], "300", "1"][:2])
    for kind in KINDS:
        print(mutate_all(kind, count, seed), flush=True)


if __name__ == "__main__":
    main()
