"""Every break changes a delivery of every layout that it fits, in the same way for an equal seed, and nothing else."""

import datetime as dt
import functools
import re
import shutil
import zipfile

import pytest

from pipelines.layouts.source import read_source, source_paths
from pipelines.settings import CONFIGS
from pipelines.synthetic.breaks import BREAKS
from pipelines.synthetic.deliveries import write_deliveries
from tests.unit.pipelines.synthetic.conftest import small

DAYS = [dt.date(2026, 9, 1), dt.date(2026, 10, 1)]
STATES = ["nc", "oh", "fl", "ct"]


@pytest.fixture(scope="module")
def landings(tmp_path_factory):
    """Two small deliveries of some states; copy them, do not change them."""
    home = tmp_path_factory.mktemp("landings")
    for name in STATES:
        own = {"fl": {"county_codes": ["ALA", "BAK", "BAY", "BRA", "BRE"]}, "oh": {"counties": 88}}
        simulation = small(300, 2000, name.upper(), snapshots=DAYS, **own.get(name, {}))
        write_deliveries(simulation, read_source(CONFIGS, name), home / name, DAYS)
    return home


def content(folder):
    """The bytes of every file and member of a delivery."""
    found = {}
    for file in sorted(folder.iterdir()):
        found[file.name] = file.read_bytes()
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                names = [member.filename for member in archive.infolist()]
                found[file.name] = tuple(names)
                found |= _members(archive, file.name)
    return found


def _members(archive, name):
    try:
        return {f"{name}/{member.filename}": archive.read(member) for member in archive.infolist()}
    except (zipfile.BadZipFile, zipfile.zlib.error):
        return {name: "damaged"}


def layouts():
    return {name: read_source(CONFIGS, name).layouts for name in source_paths(CONFIGS)}


@functools.cache
def layout_of(name):
    return read_source(CONFIGS, name).layout_on(DAYS[-1])


FITTING = [
    pytest.param(name, found, id=f"{name}-{found.name}")
    for name in STATES
    for found in BREAKS
    if found.fits(layout_of(name)) and found.name != "last_delivery_packed_anew"
]


@pytest.mark.parametrize(("name", "found"), FITTING)
def test_a_break_changes_the_delivery_and_an_equal_seed_breaks_it_equally(landings, tmp_path, name, found):
    clean = content(landings / name / str(DAYS[-1]))
    others = {
        "before": landings / name / str(DAYS[0]),
        "foreign": landings / ("oh" if name == "nc" else "nc") / str(DAYS[-1]),
    }
    broken = []
    for turn in ("one", "two"):
        folder = tmp_path / turn
        shutil.copytree(landings / name / str(DAYS[-1]), folder)
        found.apply(folder, layout_of(name), 7, others)
        broken.append(content(folder))
    assert broken[0] != clean
    if found.name != "workbook_instead":  # a workbook says when it was made
        assert broken[0] == broken[1]


def test_every_break_has_a_name_of_its_own_a_sentence_and_a_cause_that_is_one():
    assert len({found.name for found in BREAKS}) == len(BREAKS) >= 40
    for found in BREAKS:
        assert found.sentence.endswith(".") and found.outcomes
        assert found.cause
        re.compile(found.cause)


def test_harmless_breaks_must_load():
    for found in BREAKS:
        assert not found.is_harmless or found.outcomes == {"loads"}, found.name


def test_every_break_fits_a_state():
    every = [layout for name, dated in layouts().items() if len(name) == 2 for layout in dated]
    assert [found.name for found in BREAKS if not any(map(found.fits, every))] == []
