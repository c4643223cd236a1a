import datetime as dt
import zipfile
import zlib
from pathlib import Path

import pytest

from pipelines.layouts.source import read_source
from pipelines.synthetic.deliveries import write_deliveries
from tests.unit.pipelines.synthetic.conftest import CONFIGS

DAY = dt.date(2024, 10, 1)


@pytest.fixture(scope="module")
def archive(make_simulation, tmp_path_factory) -> Path:
    source = read_source(CONFIGS, "nc")
    simulation = make_simulation(voters=600, chunk_households=400)
    (folder,) = write_deliveries(simulation, source, tmp_path_factory.mktemp("landing"), [DAY])
    return folder / "ncvoter_Statewide.zip"


def test_an_archive_says_nothing_of_the_hour_it_was_written(archive: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        assert {entry.date_time for entry in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_an_archive_is_packed_quickly_rather_than_tightly(archive: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        (entry,) = opened.infolist()
        quick = zlib.compressobj(1, zlib.DEFLATED, -15)
        packed = quick.compress(opened.read(entry)) + quick.flush()
    assert entry.compress_size == len(packed)
