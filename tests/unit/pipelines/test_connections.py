"""A connection finds nothing of the one before it, however the engine behind it is used again."""

import duckdb
import pytest

from pipelines import connections
from pipelines.connections import connect


@pytest.fixture(autouse=True)
def started(monkeypatch):
    """The engines that were started, none of them before the test."""
    found, start = [], connections._start
    monkeypatch.setattr(connections, "_idle", [])
    monkeypatch.setattr(connections, "_start", lambda *settings: found.append(start(*settings)) or found[-1])
    return found


def tables(connection):
    found = connection.execute("SELECT table_name FROM duckdb_tables() UNION ALL SELECT view_name FROM duckdb_views() "
                               "WHERE NOT internal").fetchall()  # fmt: skip
    return sorted(name for (name,) in found)


def test_an_engine_serves_one_connection_after_the_other_and_each_is_empty(tmp_path, started):
    for _ in range(3):
        with connect("200MB", 1, tmp_path) as connection:
            assert tables(connection) == []
            connection.execute("CREATE TABLE a AS SELECT 1; CREATE TEMP TABLE b AS SELECT 2; CREATE VIEW c AS FROM a")
            connection.register("d", connection.sql("SELECT 3 AS y").to_arrow_table())
            assert len(tables(connection)) == 4
    assert len(started) == 1


def test_connections_that_are_open_together_see_nothing_of_each_other(tmp_path, started):
    with connect("200MB", 1, tmp_path) as first:
        first.execute("CREATE TABLE a AS SELECT 1 AS x")
        with connect("200MB", 1, tmp_path) as second:
            assert tables(second) == []
        assert tables(first) == ["a"]
    assert len(started) == 2


def test_an_engine_is_used_again_after_an_error_of_a_query_or_of_ours(tmp_path, started):
    for error, query in ((duckdb.ConversionException, "SELECT CAST('a' AS INTEGER)"), (KeyError, "BEGIN; SELECT 1")):
        with pytest.raises(error), connect("200MB", 1, tmp_path) as connection:
            connection.execute("CREATE TABLE a AS SELECT 1 AS x")
            connection.execute(query)
            raise KeyError
    with connect("200MB", 1, tmp_path) as connection:
        assert tables(connection) == []
    assert len(started) == 1


def test_an_engine_that_spilled_is_closed_and_its_files_are_gone(tmp_path, started):
    spill = tmp_path / "spill"
    with connect("60MB", 1, spill) as connection:
        connection.execute("CREATE TABLE large AS SELECT range AS a, hash(range) AS b FROM range(8000000)")
        assert spill.is_dir()
    assert not spill.exists() and not connections._idle
    with connect("60MB", 1, tmp_path / "other") as connection:
        assert connection.execute("SELECT 1").fetchall() == [(1,)]
    assert len(started) == 2


def test_the_settings_of_a_connection_are_its_own(tmp_path):
    settings = [("200MB", 1, 1), ("200MB", 2, 1), ("200MB", 1, 0.5), ("100MB", 1, 1), ("200MB", 1, 1)]
    for memory, threads, share in settings:
        with connect(memory, threads, tmp_path, share) as connection:
            found = connection.execute(
                "SELECT parse_formatted_bytes(current_setting('memory_limit')), current_setting('threads'), "
                "current_setting('temp_directory')"
            ).fetchall()[0]
        assert found[0] == pytest.approx(float(memory[:-2]) * 1e6 * share, rel=0.01)
        assert found[1:] == (threads, str(tmp_path))
    assert len(connections._idle) == connections._MOST_IDLE
