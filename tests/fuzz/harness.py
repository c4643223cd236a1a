"""A delivery read in memory as the flow reads it, without a lake: the unit that is fuzzed and mutated."""

import datetime as dt
import hashlib
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from models.errors import WalklistError
from pipelines.connections import connect
from pipelines.core.delivery import Admission
from pipelines.core.plausibility.comparison import Comparison
from pipelines.core.plausibility.judging import find_implausible
from pipelines.core.staged import Staged
from pipelines.core.staging import Received, stage_delivery
from pipelines.core.telling import summary
from pipelines.lake import Lake
from pipelines.raw.landing import receive
from pipelines.raw.receipts import Delivery, ReceiptLedger, kept_file
from tests.fuzz.worlds import World


@dataclass
class Outcome:
    """What became of a delivery."""

    verdict: str
    sentence: str
    rows: dict[str, tuple[object, ...]] = field(default_factory=dict)
    staged: Staged | None = None


class Reader:
    """Reads one delivery after the other."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def read(self, world: World, files: dict[str, bytes], has_rows: bool = False) -> Outcome:
        """The outcome of a delivery of these files; only errors with a sentence are an outcome."""
        root = Path(tempfile.mkdtemp(dir=self.home))
        (root / "scratch").mkdir()
        try:
            with connect("400MB", 1, root / "scratch") as connection:
                return _staged(connection, root, world, files, has_rows)
        except WalklistError as error:
            return Outcome("held", str(error))
        finally:
            strays = {path.name for path in root.iterdir()} - {"raw", "scratch"}
            shutil.rmtree(root)
            assert not strays, f"written outside: {strays}"


def _staged(
    connection: duckdb.DuckDBPyConnection, root: Path, world: World, files: dict[str, bytes], has_rows: bool
) -> Outcome:
    events = [_event(root, world, name, content) for name, content in sorted(files.items())]
    received = Received(Delivery("fuzz", world.day, tuple(events)), world.layout, world.source.state, world.calendar)
    staged = stage_delivery(connection, root, received, root / "scratch")
    reasons = find_implausible(connection, staged, Comparison(world.day, None, None), world.source.plausibility)
    rows = connection.execute("SELECT * FROM told_voters").fetchall() if has_rows else []
    sentence = " ".join([*reasons, *staged.differences] if reasons else summary(staged))
    return Outcome("held" if reasons else "accepted", sentence, {row[0]: row[1:] for row in rows}, staged)


def _event(root: Path, world: World, name: str, content: bytes) -> dict[str, object]:
    file_id = hashlib.sha256(content).hexdigest()
    kept = kept_file(root, file_id)
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(content)
    return {"file_id": file_id, "file_name": name, "role": world.layout.role_of(name)}


def admit(home: Path, world: World, files: dict[str, bytes]) -> Outcome:
    """The outcome of a delivery that lands, in a data root of its own."""
    root = Path(tempfile.mkdtemp(dir=home))
    folder, lake = root / "landing" / "fuzz" / world.day.isoformat(), Lake(root / "data", "400MB", 1)
    try:
        folder.mkdir(parents=True)
        lake.prepare()
        for name, content in files.items():
            (folder / name).write_bytes(content)
        now = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)
        receive(lake, root / "landing", "fuzz", world.source, now)
        later = now + dt.timedelta(days=9)
        judged = Admission(lake, "fuzz", world.source, world.calendar).admit_all(later)
        told = [str(event["reason"] or "") for event in ReceiptLedger(lake, "fuzz").events()]
        if not judged:
            return Outcome("rejected", " ".join(told))
        return Outcome(judged[-1].verdict, " ".join(told), staged=judged[-1].staged)
    except WalklistError as error:
        return Outcome("fault", str(error))
    finally:
        shutil.rmtree(root)
