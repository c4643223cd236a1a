"""The deliveries that ingest is measured on: simulated in each source's own layout, unpacked once and kept.

They wait under the system's temporary folder, by a hash of everything that makes them, and may be removed at any time.
"""

import csv
import datetime as dt
import shutil
import tempfile
import zipfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from models.config import read_config
from pipelines.calendar import Election, read_calendar
from pipelines.demo import simulation_of
from pipelines.lake import code_version, fingerprint
from pipelines.layouts.files import FileLayout
from pipelines.layouts.formats import Delimited, FixedWidth
from pipelines.layouts.source import Layout, Source, read_source
from pipelines.layouts.wide import WideHistory
from pipelines.settings import CONFIGS, read_settings
from pipelines.synthetic.config import SyntheticConfig
from pipelines.synthetic.deliveries import write_deliveries
from pipelines.synthetic.simulation import Simulation

SNAPSHOT = dt.date(2026, 10, 1)
SNAPSHOTS = {"mi": dt.date(2019, 10, 1)}  # the last autumn in which Michigan's files were of fixed width
FIRST_WIDE_YEAR = 2000  # the oldest column of the real Ohio file
_CODE = ("pipelines/synthetic", "pipelines/layouts", "pipelines/calendar.py")
_BLOCK = 1 << 22


@dataclass(frozen=True)
class Texts:
    """The unpacked texts of one role, as another program would be told to read them.

    Attributes:
        files: UTF-8 texts, or ASCII ones.
        layout: How they look.
        headers: Every column in order.
        columns: Those that the flow reads, elections of a wide history included.
        elections: Columns of a wide history.
    """

    files: list[Path]
    layout: FileLayout
    headers: list[str]
    columns: list[str]
    elections: list[str]

    @property
    def is_fixed(self) -> bool:
        """Whether fields have their places in a line."""
        return isinstance(self.layout.format, FixedWidth)

    @property
    def format(self) -> Delimited:
        """The format of delimited text."""
        assert isinstance(self.layout.format, Delimited)
        return self.layout.format

    @property
    def record(self) -> dict[str, int]:
        """Field to width in characters, of text of fixed width."""
        assert isinstance(self.layout.format, FixedWidth)
        return self.layout.format.records[0]


def snapshot_of(name: str) -> dt.date:
    """The day whose delivery of a source is measured."""
    return SNAPSHOTS.get(name, SNAPSHOT)


def prepare_deliveries(wanted: list[tuple[str, int]], workers: int = 2) -> dict[tuple[str, int], Path]:
    """The folder of each (source, voters), simulated where it does not stand yet."""
    with ProcessPoolExecutor(workers) as pool:
        return dict(zip(wanted, pool.map(prepared_delivery, *zip(*wanted, strict=True)), strict=True))


def prepared_delivery(name: str, voters: int) -> Path:
    """A folder with `landing/<source>/<day>/*.txt`, and `utf8/` with copies of those that are not ASCII."""
    made_by = [(CONFIGS / file).read_text(encoding="utf-8") for file in ("synthetic.yaml", "elections.yaml")]
    told = fingerprint(read_source(CONFIGS, name).model_dump(mode="json"), made_by, code_version(*_CODE), _own_code())
    folder = Path(tempfile.gettempdir()) / "walklist-bench" / f"{name}-{voters}-{told[:12]}"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".draft-"))
        _write(name, voters, draft)
        draft.rename(folder)
    return folder


def texts_of(folder: Path, name: str) -> dict[str, Texts]:
    """What another program reads of a prepared delivery, by role."""
    layout = _layout(name, read_source(CONFIGS, name))
    files = sorted((folder / "landing" / name / str(snapshot_of(name))).iterdir())
    return {
        role: _texts([_as_utf8(folder, file) for file in files if layout.role_of(file.name) == role], of)
        for role, of in layout.files.items()
    }


def line_count(texts: Texts) -> int:
    """Rows of the texts, headers aside."""
    lines = sum(_line_feeds(file) for file in texts.files)
    return lines if texts.is_fixed else lines - len(texts.files) * texts.format.header


def electorate(name: str, voters: int) -> tuple[Simulation, Source]:
    """The simulated electorate of a source; a wide history gets as many columns as the real one has."""
    settings, source = read_settings("demo"), read_source(CONFIGS, name)
    if not any(isinstance(files.history, WideHistory) for files in _layout(name, source).files.values()):
        return simulation_of(settings, source.state, voters), source
    config = read_config(SyntheticConfig, CONFIGS / "synthetic.yaml")
    since = dt.date(FIRST_WIDE_YEAR, 1, 1)
    state = config.states[source.state].model_copy(update={"voters": voters, "history_since": since})
    longer = config.model_copy(update={"states": {source.state: state}, "starts_on": since})
    elections = wide_calendar(source.state, read_calendar(CONFIGS).of_state(source.state))
    return Simulation(longer, source.state, elections), source


def wide_calendar(state: str, listed: list[Election]) -> list[Election]:
    """The calendar with what it leaves out: the years before it, primaries of odd years, and an August now and then."""
    years = range(FIRST_WIDE_YEAR, SNAPSHOT.year + 1)
    usual = [(_second_tuesday(year, 11), "general") for year in years]
    usual += [(_second_tuesday(year, 5), "primary") for year in years]
    usual += [(_second_tuesday(year, 8), "special") for year in years if year % 3 == 0]
    known = {(election.date.year, election.type) for election in listed}
    added = [
        Election.model_validate({"jurisdiction": state, "date": day, "type": kind})
        for day, kind in usual
        if (day.year, kind) not in known
    ]
    return sorted([*listed, *added], key=lambda election: election.date)


def _second_tuesday(year: int, month: int) -> dt.date:
    """The Tuesday after the first Monday of a month."""
    first = dt.date(year, month, 1)
    return first + dt.timedelta(days=-first.weekday() % 7 + 1)


def _write(name: str, voters: int, folder: Path) -> None:
    simulation, source = electorate(name, voters)
    (day,) = write_deliveries(simulation, source, folder / "landing" / name, [snapshot_of(name)])
    for file in sorted(day.glob("*.zip")):
        with zipfile.ZipFile(file) as archive:
            archive.extractall(day)
        file.unlink()
    (folder / "utf8").mkdir()
    for file in sorted(day.iterdir()):
        if not _is_ascii(file):
            _copy_as_utf8(file, folder / "utf8" / file.name)


def _layout(name: str, source: Source) -> Layout:
    layout = source.layout_on(snapshot_of(name))
    assert layout is not None
    return layout


def _texts(files: list[Path], layout: FileLayout) -> Texts:
    headers = _headers(files[0], layout)
    wide = isinstance(layout.history, WideHistory)
    elections = [header for header in headers if wide and layout.history.is_election(header)]
    looked_up = {header for lookup in layout.all_lookups() for header in lookup.by}
    wanted = {*layout.read_headers(), *looked_up, *elections}
    return Texts(files, layout, headers, [header for header in headers if header in wanted], elections)


def _headers(file: Path, layout: FileLayout) -> list[str]:
    """Every column of a text in order, as its first line says where it has a header."""
    if isinstance(layout.format, FixedWidth) or not layout.format.header:
        return layout.format.names
    with file.open(encoding="utf-8", newline="") as text:
        form = layout.format
        return next(csv.reader(text, delimiter=form.delimiters[0], quotechar=form.quote or None))


def _as_utf8(folder: Path, file: Path) -> Path:
    copy = folder / "utf8" / file.name
    return copy if copy.exists() else file


def _is_ascii(file: Path) -> bool:
    with file.open("rb") as text:
        return all(block.isascii() for block in iter(lambda: text.read(_BLOCK), b""))


def _copy_as_utf8(file: Path, target: Path) -> None:
    """A single-byte text as UTF-8; the simulator writes latin-1."""
    with file.open(encoding="latin-1", newline="") as text, target.open("w", encoding="utf-8", newline="") as copy:
        shutil.copyfileobj(text, copy, _BLOCK)


def _line_feeds(file: Path) -> int:
    with file.open("rb") as text:
        return sum(block.count(b"\n") for block in iter(lambda: text.read(_BLOCK), b""))


def _own_code() -> str:
    return Path(__file__).read_text(encoding="utf-8")
