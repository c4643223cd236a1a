"""What every test may use: little inline tables, a temporary data root, and a small simulated North Carolina."""

import datetime as dt
import shutil
from pathlib import Path

import pyarrow as pa
import pytest

from models.config import read_config
from pipelines.calendar import read_calendar
from pipelines.core.delivery import Admission
from pipelines.lake import Lake
from pipelines.layouts.source import read_source
from pipelines.raw.landing import receive
from pipelines.synthetic.config import SyntheticConfig
from pipelines.synthetic.deliveries import write_deliveries
from pipelines.synthetic.simulation import Simulation

CONFIGS = Path(__file__).parent.parent / "configs"
SNAPSHOTS = [dt.date(2026, 8, 1), dt.date(2026, 9, 1), dt.date(2026, 10, 1)]


def _value(text: str) -> object:
    """A cell as a value: blank is null, then true and false, whole numbers, numbers, days, and text."""
    if text in ("", "true", "false"):
        return {"": None, "true": True, "false": False}[text]
    for kind in (int, float, dt.date.fromisoformat):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def inline_table(text: str, schema: pa.Schema | None = None) -> pa.Table:
    """A table written as lines of cells, the header first; a schema says which cells are text."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    texts = {field.name for field in schema or () if pa.types.is_string(field.type)}
    rows = [
        {name: (cell or None) if name in texts else _value(cell) for name, cell in zip(lines[0], line, strict=True)}
        for line in lines[1:]
    ]
    return pa.Table.from_pylist(rows, schema=schema) if rows or schema else pa.table({name: [] for name in lines[0]})


@pytest.fixture(scope="session")
def table():
    """`table("voter_id | is_voted ...")` gives an Arrow table."""
    return inline_table


@pytest.fixture
def lake(tmp_path):
    """An empty data root."""
    found = Lake(tmp_path / "data")
    found.prepare()
    return found


@pytest.fixture(scope="session")
def nc():
    """The source North Carolina, as configured."""
    return read_source(CONFIGS, "nc")


@pytest.fixture(scope="session")
def small_simulation():
    """About 1,500 simulated voters in five counties, three monthly snapshots."""
    config = read_config(SyntheticConfig, CONFIGS / "synthetic.yaml")
    few = {"voters": 1500, "chunk_households": 600, "counties": 5, "snapshots": SNAPSHOTS}
    state = config.states["NC"].model_copy(update=few)
    return Simulation(config.model_copy(update={"states": {"NC": state}}), "NC", read_calendar(CONFIGS).elections)


@pytest.fixture(scope="session")
def nc_landing(small_simulation, nc, tmp_path_factory):
    """A landing folder with the snapshots of `small_simulation`; read it, do not change it."""
    landing = tmp_path_factory.mktemp("landing")
    write_deliveries(small_simulation, nc, landing / "nc", SNAPSHOTS)
    return landing


@pytest.fixture(scope="session")
def nc_accepted(nc_landing, nc, tmp_path_factory):
    """A data root in which the first two snapshots of `nc_landing` are accepted; copy it, do not change it."""
    home = tmp_path_factory.mktemp("accepted")
    for day in SNAPSHOTS[:2]:
        shutil.copytree(nc_landing / "nc" / str(day), home / "landing" / "nc" / str(day))
    lake = Lake(home / "data")
    lake.prepare()
    now = dt.datetime.now(dt.UTC)
    receive(lake, home / "landing", "nc", nc, now)
    assert [found.verdict for found in Admission(lake, "nc", nc).admit_all(now)] == ["accepted", "accepted"]
    return home
