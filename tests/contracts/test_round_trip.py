"""Every configured layout survives write-and-read: simulated people and their votes come back typed and equal."""

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.config import read_config
from pipelines.calendar import read_calendar
from pipelines.core.delivery import Admission
from pipelines.layouts.reading import Positions, select_typed
from pipelines.layouts.source import read_source
from pipelines.layouts.writing.roles import LayoutWriter
from pipelines.raw.landing import receive
from pipelines.raw.readers import open_file
from pipelines.synthetic.config import SyntheticConfig
from pipelines.synthetic.deliveries import write_deliveries
from pipelines.synthetic.simulation import Simulation
from pipelines.tables.core import VoteHistory, Voters
from tests.contracts.telling import people_told, votes_told

CONFIGS = Path(__file__).parents[2] / "configs"
STATES = sorted(path.stem for path in (CONFIGS / "states").glob("*.yaml"))
DAY = dt.date(2026, 10, 1)


def dated_layouts():
    """Every source, with the last day of each of its layouts, or the day of the simulated snapshot."""
    for name in STATES:
        source = read_source(CONFIGS, name)
        ends = [layout.valid_from - dt.timedelta(days=1) for layout in source.layouts[1:]]
        yield from ((name, day) for day in [*ends, DAY])


@pytest.fixture(scope="module")
def simulations():
    """A small simulation of every state, with many of the rows that are few in real files."""
    config = read_config(SyntheticConfig, CONFIGS / "synthetic.yaml")
    few = {"voters": 1200, "chunk_households": 4000}
    odd = {"uncounted_share": 0.3, "absence_counties_share": 0.5, "orphan_share": 0.5}
    states = {
        name: state.model_copy(update=few | (odd if state.uncounted_share else {}))
        for name, state in config.states.items()
    }
    config = config.model_copy(update={"states": states})
    return {name: Simulation(config, name, read_calendar(CONFIGS).of_state(name)) for name in states}


@pytest.mark.parametrize(("name", "day"), list(dated_layouts()), ids=str)
def test_people_and_votes_come_back_equal(lake, simulations, tmp_path, name, day):
    source = read_source(CONFIGS, name)
    simulation = simulations[source.state]
    write_deliveries(simulation, source, tmp_path / "landing" / name, [day])
    now = dt.datetime.now(dt.UTC)
    receive(lake, tmp_path / "landing", name, source, now)
    calendar = read_calendar(CONFIGS).of_state(source.state)
    (judged,) = Admission(lake, name, source, calendar).admit_all(now)
    assert judged.verdict == "accepted", judged.reason
    assert not judged.staged.faults and not judged.staged.refused
    (chunk,) = simulation.chunks()
    with lake.connect() as connection:
        voters = connection.sql(lake.table(Voters, state=source.state).select()).to_arrow_table().to_pylist()
        votes = connection.sql(lake.table(VoteHistory, state=source.state).select()).to_arrow_table().to_pylist()
    found = {row["voter_id"]: {name: row[name] for name in Voters.schema().names} for row in voters}
    expected = people_told(chunk, source, day)
    assert len(expected) > 700 and found.keys() == expected.keys()
    wrong = [(key, name) for key, row in expected.items() for name in row if found[key][name] != row[name]]
    assert not wrong, f"{len(wrong)} values differ, in {sorted({name for _, name in wrong})}"
    told = {
        (row["voter_id"], row["election_id"]): (row["is_voted"], row["method_code"], row["ballot_party_code"])
        for row in votes
    }
    since = simulation.state.history_since
    elections = [found for found in simulation.elections if since <= found.date < day]
    assert len(told) > 2000 and told == votes_told(chunk, source, day, elections)


def read_back(lake, files, path, scratch):
    with lake.connect() as connection:
        (text,) = open_file(connection, path, path.name, files, scratch)
        typed = select_typed(files.column_layouts(), Positions(text.headers), text.relation)
        return connection.sql(typed).to_arrow_table()


def written(files, folder, rows):
    with LayoutWriter(files, folder, "NC", DAY) as writer:
        writer.append(rows)
    return folder / files.written.file


@pytest.fixture(scope="module")
def chunk(small_simulation):
    return next(small_simulation.chunks())


# Signs from 0x80 to 0xBF are left out: behind a capital with accent they are the bytes of a UTF-8 letter, and refused.
LETTERS = "".join(chr(code) for code in [9, *range(32, 127), *range(192, 256)])
TEXT = st.text(LETTERS, max_size=12)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXT, min_size=1, max_size=20))
def test_any_text_of_a_line_comes_back_but_for_its_white_space(lake, nc, tmp_path, texts):
    files = nc.layouts[-1].files["voters"]
    rows = pa.table({"voter_id": [f"NC-{number}" for number in range(len(texts))], "last_name": texts})
    found = read_back(lake, files, written(files, tmp_path, rows), tmp_path)
    assert found["voter_id"].to_pylist() == [str(number) for number in range(len(texts))]
    assert [spaceless(text) for text in found["last_name"].to_pylist()] == [spaceless(text) for text in texts]


def spaceless(text):
    return "".join((text or "").split())


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_permuted_columns_read_the_same(lake, nc, chunk, tmp_path, data):
    files = nc.layouts[-1].files["voters"]
    rows = chunk.voters(dt.date(2026, 10, 1)).slice(0, 50)
    order = data.draw(st.permutations(files.format.names))
    permuted = files.model_copy(update={"format": files.format.model_copy(update={"names": order})})
    straight = read_back(lake, files, written(files, tmp_path / "a", rows), tmp_path)
    assert read_back(lake, files, written(permuted, tmp_path / "b", rows), tmp_path).equals(straight)


def test_the_older_layouts_are_among_them():
    assert {("nc", dt.date(2022, 1, 31)), ("fl", dt.date(2018, 9, 30)), ("oh", DAY)} <= set(dated_layouts())
