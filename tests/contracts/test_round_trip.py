"""Every configured layout survives write-and-read: simulated people and their votes come back typed and equal."""

import datetime as dt
import functools
import random

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.layouts.reading.positions import Positions
from pipelines.layouts.reading.typed import select_typed
from pipelines.layouts.writing.roles import LayoutWriter
from pipelines.raw.readers import open_file
from tests.contracts.quirks import QUIRKS
from tests.contracts.round_trip import DAY, RoundTrip, dated_layouts, simulation_of_state

VOTERS = {"ok": 10_000}  # so many that each of its 77 counties has a file with rows; elsewhere few will do
FEW = 1200
simulated = functools.cache(simulation_of_state)


@pytest.mark.parametrize(("name", "day", "nth"), list(dated_layouts()), ids=str)
def test_people_and_votes_come_back_equal(tmp_path, name, day, nth):
    """With some of the quirks; `make accept-states` shows every layout plain and with all of them."""
    draws = random.Random(f"{name} {day} {nth}")
    quirks = draws.sample(QUIRKS, draws.randint(0, len(QUIRKS)))
    trip = RoundTrip(name, day, nth, simulated(name.upper(), VOTERS.get(name, FEW)), tmp_path, quirks)
    assert not trip.faults()
    assert len(trip.people()) > 700 and len(trip.votes()) > 1000


def read_back(lake, files, path, scratch):
    with lake.connect() as connection:
        (text,) = open_file(path, path.name, files, scratch)
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
    older = {("nc", dt.date(2022, 1, 31), 0), ("fl", dt.date(2018, 9, 30), 0), ("oh", DAY, 0)}
    assert older <= set(dated_layouts())
