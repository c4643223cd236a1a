"""Every configured layout survives write-and-read: simulated people come back typed and equal."""

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.layouts.history import LongHistory
from pipelines.layouts.reading import Positions, select_typed
from pipelines.layouts.source import Delimited, read_source
from pipelines.layouts.writing import LayoutWriter
from pipelines.raw.readers import open_file, take_rejected_lines

CONFIGS = Path(__file__).parents[2] / "configs"
STATES = sorted(path.stem for path in (CONFIGS / "states").glob("*.yaml"))


def dated_layouts():
    """Every layout of every state, with its last day, or the day of the simulated snapshot."""
    for name in STATES:
        source = read_source(CONFIGS, name)
        ends = [layout.valid_from - dt.timedelta(days=1) for layout in source.layouts[1:]]
        for layout, day in zip(source.layouts, [*ends, dt.date(2026, 10, 1)], strict=True):
            yield from ((f"{name}/{layout.valid_from}", role, files, day) for role, files in layout.files.items())


CASES = [found for found in dated_layouts() if isinstance(found[2].format, Delimited)]
NAMED = pytest.mark.parametrize(
    ("role", "files", "day"), [case[1:] for case in CASES], ids=lambda found: str(found)[:12]
)


def read_back(lake, files, path, scratch):
    with lake.connect() as connection:
        connection.execute("CREATE TABLE refused (file_no INT, row_number BIGINT, rule VARCHAR, column_name VARCHAR)")
        (text,) = open_file(connection, path, path.name, files, scratch)
        typed = select_typed(files.column_layouts(), Positions(text.headers), text.relation)
        found = connection.sql(typed).to_arrow_table()
        assert take_rejected_lines(connection, 0) == 0
    return found


def written(files, path, rows, state="NC"):
    with LayoutWriter(files, path, state) as writer:
        writer.append(rows)
    return path


@pytest.fixture(scope="module")
def chunk(small_simulation):
    return next(small_simulation.chunks())


@NAMED
@pytest.mark.parametrize("suffix", [".zip", ".txt"])
def test_simulated_rows_come_back_equal(lake, chunk, tmp_path, role, files, day, suffix):
    is_history = isinstance(files.history, LongHistory)
    rows = chunk.history(day) if is_history else chunk.voters(day)
    assert rows.num_rows > 100
    found = read_back(lake, files, written(files, tmp_path / f"file{suffix}", rows), tmp_path)
    assert sum(found["fault_bits"].to_pylist()) == 0
    for name, layout in files.column_layouts().items():
        expected = rows[name].to_pylist()
        expected = [value[3:] for value in expected] if name == "voter_id" else expected
        expected = [value.zfill(layout.pad) for value in expected] if layout.pad else expected
        if layout.code and not layout.otherwise:  # a word that the state has no code for cannot be written
            expected = [value if value in layout.code.values() else None for value in expected]
        assert found[name].to_pylist() == expected, name
        assert found.schema.field(name).type in (rows.schema.field(name).type, pa.string())


# Signs from 0x80 to 0xBF are left out: behind a capital with accent they are the bytes of a UTF-8 letter, and refused.
LETTERS = "".join(chr(code) for code in [9, *range(32, 127), *range(192, 256)])
TEXT = st.text(LETTERS, max_size=12)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(TEXT, min_size=1, max_size=20))
def test_any_text_of_a_line_comes_back_but_for_its_white_space(lake, nc, tmp_path, texts):
    files = nc.layouts[-1].files["voters"]
    rows = pa.table({"voter_id": [f"NC-{number}" for number in range(len(texts))], "last_name": texts})
    path = written(files, tmp_path / "text.txt", rows)
    found = read_back(lake, files, path, tmp_path)
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
    straight = read_back(lake, files, written(files, tmp_path / "a.txt", rows), tmp_path)
    assert read_back(lake, files, written(permuted, tmp_path / "b.txt", rows), tmp_path).equals(straight)


def test_the_older_north_carolina_layout_is_among_them():
    assert {case[0] for case in CASES if case[0].startswith("nc/")} == {"nc/2009-01-01", "nc/2022-02-01"}
