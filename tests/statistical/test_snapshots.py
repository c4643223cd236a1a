"""Two years of monthly files: the state as of any day, and what changed between files, are the simulator's truth."""

import datetime as dt
import random
from functools import partial
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest

from models.config import read_config
from pipelines.calendar import read_calendar
from pipelines.core.changes import write_changes
from pipelines.core.delivery import Admission
from pipelines.core.voters import select_voters_as_of
from pipelines.lake import Lake
from pipelines.layouts.source import read_source
from pipelines.raw.landing import receive
from pipelines.synthetic.config import SyntheticConfig
from pipelines.synthetic.deliveries import write_deliveries
from pipelines.synthetic.simulation import Simulation
from pipelines.tables.core import CHANGES, VoterChanges, Voters
from tests.contracts.telling import people_told

pytestmark = pytest.mark.slow

CONFIGS = Path(__file__).parents[2] / "configs"
DAYS = [dt.date(2024 + (10 + month) // 12, (10 + month) % 12 + 1, 1) for month in range(24)]
RECODED_ON = dt.date(2026, 1, 1)  # two precinct codes in ten are other ones from then on, their names are the old ones
DAY = dt.timedelta(days=1)


class Told:
    """A chunk as its files tell it: some people are missing now and then, and some precincts have other codes."""

    def __init__(self, chunk, is_recoded=True):
        self.chunk, self.is_recoded = chunk, is_recoded

    def __getattr__(self, name):
        return getattr(self.chunk, name)

    def voters(self, day):
        rows = [row for row in self.chunk.voters(day).to_pylist() if not is_missing(row["voter_id"], day)]
        if self.is_recoded and day >= RECODED_ON:
            rows = [{**row, "precinct_code": recoded(row["precinct_code"])} for row in rows]
        return pa.Table.from_pylist(rows, schema=Voters.schema())


class Files:
    """A simulation whose chunks are as their files tell them."""

    def __init__(self, simulation):
        self.simulation = simulation

    def __getattr__(self, name):
        return getattr(self.simulation, name)

    def chunks(self):
        return map(Told, self.simulation.chunks())


def is_missing(voter_id, day):
    """One person in thirty is missing in some months, for a month or several."""
    draws = random.Random(voter_id)
    months = draws.sample(range(1, 24), draws.randint(1, 4)) if draws.random() < 1 / 30 else []
    return DAYS.index(day) in months


def recoded(code):
    return code if code not in ("01", "02") else f"N{code}"


class World:
    """The deliveries of a state over two years, admitted, and the truth behind them."""

    def __init__(self, home, name):
        config = read_config(SyntheticConfig, CONFIGS / "synthetic.yaml")
        source = read_source(CONFIGS, name)
        few = {"voters": 1500, "chunk_households": 2000}
        state = config.states[source.state].model_copy(update=few)
        config = config.model_copy(update={"states": {source.state: state}})
        simulation = Simulation(config, source.state, read_calendar(CONFIGS).of_state(source.state))
        write_deliveries(Files(simulation), source, home / "landing" / name, DAYS)
        self.lake, self.state, now = Lake(home / "data"), source.state, dt.datetime.now(dt.UTC)
        self.lake.prepare()
        receive(self.lake, home / "landing", name, source, now)
        verdicts = [found.verdict for found in Admission(self.lake, name, source).admit_all(now)]
        assert verdicts == ["accepted"] * len(DAYS)
        with self.lake.connect() as connection:
            self.records = write_changes(self.lake, connection, self.voters, self.state)
        (chunk,) = simulation.chunks()
        self.told = {day: people_told(Told(chunk), source.layout_on(day), day) for day in DAYS}
        self.meant = {day: people_told(Told(chunk, is_recoded=False), source.layout_on(day), day) for day in DAYS}

    def query(self, text):
        with self.lake.connect() as connection:
            return connection.sql(text).to_arrow_table().to_pylist()

    def as_of(self, day):
        names = ", ".join(Voters.schema().names)
        rows = self.query(f"SELECT {names} FROM ({select_voters_as_of(self.voters, day)})")
        assert len(rows) == len({row["voter_id"] for row in rows})
        return {row["voter_id"]: row for row in rows}

    @property
    def voters(self):
        return self.lake.table(Voters, state=self.state)


@pytest.fixture(scope="module", params=["nc", "oh"])
def world(request, tmp_path_factory):
    return World(tmp_path_factory.mktemp(request.param), request.param)


def days_tried():
    """Snapshot days, the days around them, many drawn ones, and days before the first and long after the last."""
    draws = random.Random(20261103)
    drawn = [DAYS[0] + DAY * draws.randrange((DAYS[-1] - DAYS[0]).days) for _ in range(60)]
    around = [day + DAY * shift for day in DAYS for shift in (-1, 0, 1)]
    return sorted({*around, *drawn, DAYS[0] - 400 * DAY, DAYS[-1] + 40 * DAY, DAYS[-1] + 4000 * DAY})


def test_the_state_as_of_every_day_is_what_the_simulator_says(world):
    tried = days_tried()
    assert len(tried) > 100 and len(DAYS) == 24
    for day in tried:
        newest = max((made for made in DAYS if made <= day), default=None)
        assert world.as_of(day) == (world.told[newest] if newest else {}), f"{world.state} as of {day}"


def test_the_line_of_sql_in_the_manual_says_the_same(world):
    manual = (CONFIGS.parent / "pipelines" / "README.md").read_text(encoding="utf-8")
    (line,) = [line for line in manual.splitlines() if line.startswith("SELECT * FROM core_voters")]
    for day in (DAYS[0], DAYS[5] + 12 * DAY, DAYS[-1] + 90 * DAY):
        text = line.replace("2026-09-15", str(day)).replace("'NC'", f"'{world.state}'")
        text = f"WITH core_voters AS ({world.lake.table(Voters).select()}) {text.rstrip(';')}"
        assert {row["voter_id"] for row in world.query(text)} == world.as_of(day).keys()
        assert {row["snapshot_date"] for row in world.query(text)} == {max(made for made in DAYS if made <= day)}


def expected_changes(meant):
    """Voter, snapshot and change, from the people of the files alone."""
    found, seen = set(), set(meant[DAYS[0]])
    for before, after in pairwise(DAYS):
        for voter_id in meant[before].keys() | meant[after].keys():
            old, new = meant[before].get(voter_id), meant[after].get(voter_id)
            found |= {(voter_id, after, code) for code in codes_of(old, new, voter_id in seen)}
        seen |= meant[after].keys()
    return found


def codes_of(old, new, is_seen):
    was_on, is_on = (row is not None and row["status_code"] != "removed" for row in (old, new))
    if was_on and is_on:
        return differences(old, new)
    if is_on:
        return {"came_back"} if is_seen else {"added"}
    if was_on:
        return {"purged"} if new else {"dropped"}
    return {"delisted"} if old and not new else set()


def differences(old, new):
    differ = partial(is_other, old, new)
    is_placed = old["address_line"] is not None and new["address_line"] is not None
    is_located = old["precinct_code"] is not None and new["precinct_code"] is not None
    tests = {
        "moved": differ("address_line", "zip_code") if is_placed else differ("county_code"),
        "name": differ("last_name", "first_name", "middle_name", "name_suffix"),
        "party": differ("party_code"),
        "status": differ("status_code"),
        "precinct": is_located and differ("county_code", "precinct_code"),
    }
    return {code for code, is_true in tests.items() if is_true}


def is_other(old, new, *names):
    return any(None not in (old[name], new[name]) and old[name] != new[name] for name in names)


def test_the_changes_are_those_of_the_people(world):
    assert len(world.records) == len(DAYS) - 1
    rows = world.query(world.lake.table(VoterChanges, state=world.state).select())
    found = {(row["voter_id"], row["snapshot_date"], row["change_code"]) for row in rows}
    expected = expected_changes(world.meant)
    wrong = sorted({(str(day), code) for _, day, code in found ^ expected})
    assert not wrong, f"{len(found - expected)} too many, {len(expected - found)} too few: {wrong}"
    counts = {code: sum(row["change_code"] == code for row in rows) for code in CHANGES}
    never = (
        {"purged", "delisted", "party"} if world.state == "OH" else set()
    )  # no removed voter, no party of registration
    assert {code for code, count in counts.items() if not count} == never, counts
    before = dict(pairwise(DAYS))
    assert all(before[row["previous_snapshot_date"]] == row["snapshot_date"] for row in rows)


def test_the_codes_beside_a_change_are_those_of_the_two_files(world):
    columns = {"moved": "county_code", "party": "party_code", "precinct": "precinct_code", "name": None}
    for row in world.query(world.lake.table(VoterChanges, state=world.state).select()):
        column = columns.get(row["change_code"], "status_code")
        old, new = (
            world.told[row[day]].get(row["voter_id"], {}) for day in ("previous_snapshot_date", "snapshot_date")
        )
        told = (old.get(column), new.get(column)) if column else (None, None)
        assert (row["code_before"], row["code_after"]) == told
