"""Deliveries of other shapes than North Carolina's: parts that do not come, columns of later elections, no history."""

import datetime as dt
import shutil
import zipfile
from pathlib import Path

import pytest

from models.config import read_config
from pipelines.calendar import read_calendar
from pipelines.core.delivery import Admission
from pipelines.layouts.source import read_source
from pipelines.raw.landing import receive
from pipelines.synthetic.breaks.texts import TextFile, fewer_rows
from pipelines.synthetic.config import SyntheticConfig
from pipelines.synthetic.deliveries import write_deliveries
from pipelines.synthetic.simulation import Simulation
from pipelines.tables.core import VoteHistory, Voters
from tests.flow.desk_world import make_new, rewrite

CONFIGS = Path(__file__).parents[2] / "configs"
DAY = dt.date(2026, 10, 1)


@pytest.fixture(scope="module")
def landings(tmp_path_factory):
    """A small delivery of Ohio and one of Florida; copy them, do not change them."""
    home, config = tmp_path_factory.mktemp("landings"), read_config(SyntheticConfig, CONFIGS / "synthetic.yaml")
    for name in ("oh", "fl"):
        source = read_source(CONFIGS, name)
        few = config.states[source.state].model_copy(update={"voters": 1200, "chunk_households": 4000})
        small = config.model_copy(update={"states": {source.state: few}})
        simulation = Simulation(small, source.state, read_calendar(CONFIGS).of_state(source.state))
        write_deliveries(simulation, source, home / name, [DAY])
    return home


@pytest.fixture
def judge(landings, lake, tmp_path):
    """Lands a copy of a state's delivery, changed, and judges it so many hours later."""

    def judged(name, change=lambda folder: None, hours=0, source=None, day=DAY):
        folder = tmp_path / "landing" / name / str(day)
        if not folder.exists():
            shutil.copytree(landings / name / str(DAY), folder)
        change(folder)
        found, now = source or read_source(CONFIGS, name), dt.datetime.now(dt.UTC)
        receive(lake, tmp_path / "landing", name, found, now)
        return Admission(lake, name, found).admit_all(now + dt.timedelta(hours=hours))[-1]

    return judged


def without_a_part(folder):
    (folder / "SWVF_45_66.zip").unlink(missing_ok=True)


def test_ohio_waits_for_its_missing_part_and_is_then_held_by_its_name(judge):
    waiting = judge("oh", without_a_part)
    assert (waiting.verdict, waiting.reason) == ("received", "Waits for voters 45_66, up to 24 hours.")
    held = judge("oh", without_a_part, hours=25)
    assert held.verdict == "held" and "No voters file 45_66 came within 24 hours." in held.reason


def test_votes_in_the_column_of_a_later_election_are_refused_by_line(judge):
    held = judge("oh", day=dt.date(2026, 2, 1))
    assert held.verdict == "held" and "election_date breaks the rule 'is not after the snapshot'" in held.reason


def test_a_source_without_a_history_is_taken_in(judge, lake):
    source = read_source(CONFIGS, "fl")
    layout = source.layouts[-1].model_copy(update={"files": {"voters": source.layouts[-1].files["voters"]}})
    judged = judge("fl", source=source.model_copy(update={"layouts": [layout]}))
    assert judged.verdict == "accepted", judged.reason
    assert lake.table(Voters, state="FL").row_count > 800 and not lake.table(VoteHistory, state="FL").row_count


def test_a_county_that_stands_twice_in_the_archive_counts_once(judge, lake):
    def doubled(folder):
        (archive,) = folder.glob("Voter_Registration_*.zip")
        with zipfile.ZipFile(archive, "a") as open_archive:
            member = open_archive.namelist()[0]
            open_archive.writestr(f"processedfiles/{member}", open_archive.read(member))

    plain = judge("fl")
    rows = lake.table(Voters, state="FL").row_count
    again = judge("fl", doubled)
    assert plain.verdict == again.verdict == "accepted"
    assert lake.table(Voters, state="FL").row_count == rows and not again.staged.folded_count


def test_a_part_may_stay_as_it_was_but_not_all_of_them(judge):
    def one_is_new(folder):
        new = min(folder.iterdir())
        rewrite(new, folder / "new", lambda text: text.replace(b" ST,", b" AVE,", 1).replace(b' ST"', b' AVE"', 1))
        (folder / "new").replace(new)
        for part in sorted(folder.iterdir())[1:]:
            shutil.copy(folder.parent / str(DAY) / part.name, part)

    assert judge("oh").verdict == "accepted"
    assert judge("oh", one_is_new, day=DAY + dt.timedelta(days=7)).verdict == "accepted"
    again = judge("oh", day=DAY + dt.timedelta(days=14))
    assert again.verdict == "held" and f"byte for byte those of {DAY}" in again.reason


def test_a_part_of_a_tenth_of_its_rows_is_held_although_the_state_looks_the_same(judge):
    def cut(folder):
        make_new(folder, 1)
        part = min(folder.iterdir(), key=lambda file: file.stat().st_size)
        rewrite(part, folder / "cut", lambda text: fewer_rows(text, how=TextFile(delimiter=",")))
        (folder / "cut").replace(part)

    assert judge("oh").verdict == "accepted"
    held = judge("oh", cut, day=DAY + dt.timedelta(days=7))
    assert held.verdict == "held" and "counties lost more than 50% of their voters" in held.reason
