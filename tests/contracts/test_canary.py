"""A planted name, address and phone stand where voter data belong, and in no log, error, record or report."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.flow import desk_world as world

NAME, PHONE = b"ZZCANARYQX", b"7316549820"
MARKS = (NAME, NAME.lower(), NAME.title(), PHONE, b"731-654-9820", b"(731) 654-9820")
VOTER_DATA = ("landing", "raw/files", "raw/quarantine", "core/voters")
"""Where a person's values belong: the files as received, the refused lines, and the table of voters."""

BROKEN_ON_PURPOSE = """
import shutil, sys
from unittest.mock import patch
from pathlib import Path
from pipelines.cli import app
from pipelines.core import staging
from pipelines.defs import feature
from pipelines.tables.core import Voters

select, root = staging.select_voters, Path(sys.argv[1])
sys.argv = ["walklist", "run", "--profile", "demo"]
NAME = "(SELECT last_name FROM ({}) WHERE last_name LIKE 'ZZCANARY%' LIMIT 1)"

def stumble(wrong):
    def build(lake, occasion, groups=()):
        with lake.connect() as connection:
            name = NAME.format(lake.table(Voters, state="NC").select())
            if wrong == "engine":
                connection.execute(f"SELECT CAST({name} AS INTEGER)")
            found = connection.execute(f"SELECT {name}").fetchall()[0][0]
        raise OSError(28, found, found) if wrong == "disk" else KeyError(found)
    return build

def go(target, name, broken):
    with patch.object(target, name, broken):
        try:
            app()
        except SystemExit:
            pass

waiting = sorted((root / "waiting").iterdir())
for folder, broken in zip(waiting, (
    lambda: select().replace("SELECT voter_id", "SELECT CAST(CAST(last_name AS INTEGER) AS VARCHAR)", 1),
    lambda: select().replace("SELECT voter_id", "SELECT last_name", 1),
)):
    shutil.move(folder, root / "root" / "landing" / "nc" / folder.name)
    go(staging, "select_voters", broken)
for wrong in ("python", "engine", "disk"):
    go(feature, "build_features", stumble(wrong))
"""


def run(home: Path, *words: str, code: str | None = None) -> bytes:
    """A command of its own process, and all that it printed."""
    program = ["-c", code or "from pipelines.cli import app; app()"]
    with world.at_desk(home / "root", home / "configs"):
        done = subprocess.run([sys.executable, *program, *words], capture_output=True, cwd=world.CHECKOUT, check=False)
    (home / "printed").mkdir(exist_ok=True)
    (home / "printed" / f"{len(list((home / 'printed').iterdir()))}.txt").write_bytes(done.stdout + done.stderr)
    return done.stdout + done.stderr


def land(home: Path, day: str, change, place: str = "root/landing/nc") -> None:
    """A delivery made of the newest one, its voters file changed."""
    newest = home / "root" / "landing" / "nc" / world.SNAPSHOTS[-1]
    folder = home / place / day
    folder.mkdir(parents=True)
    for file in newest.iterdir():
        world.rewrite(
            file,
            folder / file.name,
            change if "voter" in file.name else lambda text: text + text.split(b"\r\n")[-2] + b"\r\n",
        )


def plant(text: bytes) -> bytes:
    """Give ten people the marker as name, address and phone; two of the names are in Latin-1."""
    lines = text.split(b"\r\n")
    names = lines[0].replace(b'"', b"").split(b"\t")
    places = {
        names.index(b"last_name"): NAME,
        names.index(b"res_street_address"): b"77 " + NAME + b" ST",
        names.index(b"full_phone_number"): PHONE,
    }
    for number in range(1, 11):
        cells = lines[number].split(b"\t")
        for place, value in places.items():
            cells[place] = b'"' + value + (b"\xc9" if number > 8 and value == NAME else b"") + b'"'
        lines[number] = b"\t".join(cells)
    return b"\r\n".join(lines)


def spoil(column: bytes):
    """The marker in a column of another type, in so many rows that the delivery is held."""

    def change(text: bytes) -> bytes:
        lines = text.split(b"\r\n")
        place = lines[0].replace(b'"', b"").split(b"\t").index(column)
        for number in range(1, len(lines) // 2):
            cells = lines[number].split(b"\t")
            cells[place] = b'"' + NAME + b'"'
            lines[number] = b"\t".join(cells)
        return b"\r\n".join(lines)

    return change


def break_quotes(text: bytes) -> bytes:
    """A quote that is never closed, on every third line with the marker."""
    return text.replace(b'"' + NAME + b'"', b'"' + NAME).replace(b'"' + NAME + b"\t", b'""' + NAME + b"\t")


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """A data root after a good run, held deliveries, and faults raised on purpose."""
    home = tmp_path_factory.mktemp("canary")
    world.quick_configs(home / "configs", voters=1200)
    run(home, "simulate", "--profile", "demo")
    for file in (home / "root" / "landing" / "nc").glob("*/*voter*"):
        world.rewrite(file, file.with_suffix(".new"), plant)
        file.with_suffix(".new").replace(file)
    assert b"Published" in run(home, "run", "--profile", "demo")
    changes = [world.without_column, break_quotes, spoil(b"birth_year"), spoil(b"registr_dt")]
    for number, change in enumerate(changes):
        land(home, f"2026-10-{10 + number}", change)
    run(home, "run", "--profile", "demo")
    for number in range(2):
        land(home, f"2026-10-{20 + number}", plant, "waiting")
        world.make_new(home / "waiting" / f"2026-10-{20 + number}", number)
    run(home, str(home), code=BROKEN_ON_PURPOSE)
    return home


def holds_marker(file: Path) -> bool:
    """Whether a marker stands in a file: in its bytes, inside an archive, or in the values of a table."""
    if file.suffix == ".parquet":
        text = str(pq.ParquetFile(file).read().to_pydict()).encode()
    elif zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            text = b"".join(archive.read(name) for name in archive.namelist())
    else:
        text = file.read_bytes()
    return any(mark in text for mark in MARKS)


def test_the_marker_went_in(home):
    found = [file for file in (home / "root" / "core" / "voters").rglob("*.parquet") if holds_marker(file)]
    kept = [file for file in (home / "root" / "raw" / "files").rglob("*") if file.is_file() and holds_marker(file)]
    assert len(found) >= len(world.SNAPSHOTS) and len(kept) > len(found)


def test_every_fault_was_met_and_told(home):
    printed = b"".join(file.read_bytes() for file in sorted((home / "printed").iterdir()))
    assert printed.count(b"NC failed") >= 3
    assert (
        b"KeyError at " in printed and b"ConversionException at " in printed and b"No space left on device" in printed
    )
    assert b"Traceback" not in printed


def test_the_marker_is_nowhere_else(home):
    root = home / "root"
    homes = [root / folder for folder in VOTER_DATA]
    files = [file for file in [*root.rglob("*"), *(home / "printed").iterdir()] if file.is_file()]
    outside = [file for file in files if not any(file.is_relative_to(folder) for folder in homes)]
    assert {"mlflow.db", "manifest.json", "passport.json"} <= {file.name for file in outside}
    assert any(file.suffix in (".out", ".err", ".db") and "dagster" in file.parts for file in outside)
    assert [str(file.relative_to(home)) for file in outside if holds_marker(file)] == []
