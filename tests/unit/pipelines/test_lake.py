import random

import pyarrow as pa
import pytest

from models.errors import ContractError, WalklistError
from models.tables import TableContract, column
from pipelines.lake import PART, Lake, code_version, fingerprint, point
from pipelines.sql import literal


class Votes(TableContract):
    """One row per voter."""

    table_name = "core_ballots"
    state = column(pa.string(), "State.", partition=True)
    voter_id = column(pa.string(), "Id.", key=True)
    year = column(pa.int16(), "Year.", at_least=1900, null_means="Unknown.")


ROWS = "SELECT * FROM (VALUES ('b', 1980), ('a', NULL), ('c', 1990)) AS t(voter_id, year)"


def write(lake, query=ROWS, made_from="one", state="NC"):
    with lake.connect() as connection:
        return lake.write(Votes, connection, query, made_from, state=state)


def rows(lake, **partition):
    with lake.connect() as connection:
        return connection.execute(lake.table(Votes, **partition).select()).fetchall()


def home(lake):
    return lake.root / "core" / "ballots" / "state=NC"


def test_rows_are_written_sorted_once_and_read_through_the_pointer(lake):
    first, again = write(lake), write(lake)
    assert (first.row_count, first.is_new, again.is_new) == (3, True, False)
    assert rows(lake) == [("NC", "a", None), ("NC", "b", 1980), ("NC", "c", 1990)]
    assert (home(lake) / "current").read_text().strip() == first.fingerprint
    assert {path.name for path in home(lake).iterdir()} == {"current", first.fingerprint}


def test_the_same_input_is_not_written_again_even_if_the_query_would_differ(lake):
    before = write(lake)
    file = home(lake) / before.fingerprint / PART
    content, modified = file.read_bytes(), file.stat().st_mtime_ns
    write(lake, "SELECT 'z' AS voter_id, 1 AS year")
    assert (file.read_bytes(), file.stat().st_mtime_ns) == (content, modified)


def test_current_is_the_record_of_exactly_this_input_and_only_while_its_file_is_whole(lake):
    assert lake.current(Votes, "one", state="NC") is None
    record = write(lake)
    assert lake.current(Votes, "one", state="NC").row_count == 3
    assert lake.current(Votes, "two", state="NC") is None
    assert lake.current(Votes, "one", state="GA") is None
    file = home(lake) / record.fingerprint / PART
    content = file.read_bytes()
    file.write_bytes(content[:-1])
    assert lake.current(Votes, "one", state="NC") is None
    file.unlink()
    assert lake.current(Votes, "one", state="NC") is None


def test_a_changed_byte_count_is_refused_by_readers_and_healed_by_writing_again(lake):
    record = write(lake)
    file = home(lake) / record.fingerprint / PART
    content = file.read_bytes()
    file.write_bytes(content + b"x")
    with pytest.raises(WalklistError, match=f"not the {record.byte_count:,} bytes that its record states"):
        rows(lake)
    assert write(lake).is_new
    assert file.read_bytes() == content


def test_a_lost_record_is_refused_by_readers_and_healed_by_writing_again(lake):
    record = write(lake)
    (home(lake) / record.fingerprint / "record.json").write_text("{")
    with pytest.raises(WalklistError, match="its record is missing or broken"):
        rows(lake)
    assert write(lake).is_new and len(rows(lake)) == 3


BREACHES = {
    "SELECT 'a' AS voter_id, 1800 AS year": "year is at least 1900: 1 rows",
    "SELECT NULL AS voter_id, 1980 AS year": "voter_id is never null: 1 rows",
    "SELECT unnest(['a', 'a', 'a']) AS voter_id, 1980 AS year": "voter_id is unique and in order: 2 rows",
    "SELECT 'a' AS voter_id, 'SECRET' AS year": "a column holds what its type cannot",
    "SELECT 'a' AS voter_id, 70000 AS year": "a column holds what its type cannot",
}


@pytest.mark.parametrize("query", BREACHES)
def test_a_breach_of_contract_keeps_what_stood(lake, query):
    write(lake)
    before = rows(lake)
    with pytest.raises(ContractError) as caught:
        write(lake, query, "two")
    assert BREACHES[query] in str(caught.value) and "SECRET" not in str(caught.value)
    assert rows(lake) == before
    assert not list(home(lake).glob(".writing-*"))


def test_what_a_killed_run_left_is_cleared_by_the_next(lake):
    write(lake)
    (home(lake) / ".writing-old").mkdir()
    write(lake, made_from="two")
    assert not list(home(lake).glob(".writing-*"))


def test_a_new_input_moves_the_pointer_and_keeps_the_old_rows_beside(lake):
    old = write(lake)
    new = write(lake, "SELECT 'z' AS voter_id, 1980 AS year", "two")
    assert rows(lake) == [("NC", "z", 1980)]
    assert {old.fingerprint, new.fingerprint} < {path.name for path in home(lake).iterdir()}


def test_a_reader_that_resolved_the_table_goes_on_reading_the_old_rows(lake):
    write(lake)
    query = lake.table(Votes).select()
    write(lake, "SELECT 'z' AS voter_id, 1980 AS year", "two")
    with lake.connect() as connection:
        assert connection.execute(f"SELECT count(*) FROM ({query})").fetchall() == [(3,)]


def test_a_failure_before_the_pointer_leaves_the_old_rows(lake, monkeypatch):
    write(lake)
    before = rows(lake)
    monkeypatch.setattr("pipelines.lake.point", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError):
        write(lake, "SELECT 'z' AS voter_id, 1980 AS year", "two")
    monkeypatch.undo()
    assert rows(lake) == before
    assert write(lake, "SELECT 'z' AS voter_id, 1980 AS year", "two").row_count == 1


def test_the_same_rows_in_any_order_give_the_same_bytes(tmp_path):
    people = [(f"id{number:05d}", 1900 + number % 100) for number in range(5000)]
    contents = []
    for seed in range(3):
        random.Random(seed).shuffle(people)
        lake = Lake(tmp_path / str(seed), threads=1 + seed % 2)
        lake.prepare()
        with lake.connect() as connection:
            ids, years = zip(*people, strict=True)
            connection.register("people", pa.table({"voter_id": ids, "year": years}))
            record = lake.write(Votes, connection, "SELECT * FROM people", "one", state="NC")
        contents.append((home(lake) / record.fingerprint / PART).read_bytes())
    assert contents[0] == contents[1] == contents[2]


def test_partitions_are_read_together_or_alone(lake):
    write(lake)
    write(lake, state="GA")
    assert len(rows(lake)) == 6 and len(rows(lake, state="GA")) == 3
    assert lake.table(Votes).row_count == 6
    assert list(lake.table(Votes).records()) == [("GA",), ("NC",)]
    assert lake.table(Votes).fingerprint != lake.table(Votes, state="NC").fingerprint


def test_a_table_without_rows_is_empty_and_typed(lake):
    with lake.connect() as connection:
        empty = connection.sql(lake.table(Votes).select()).to_arrow_table()
    assert empty.num_rows == 0 and empty.column_names == ["state", "voter_id", "year"]


def test_a_root_of_another_version_is_refused_with_the_way_out(lake):
    (lake.root / "VERSION").write_text("0\n")
    with pytest.raises(WalklistError, match="data of version 0, this program writes 1"):
        lake.prepare()


def test_working_tables_beyond_the_memory_limit_go_to_disk(tmp_path):
    lake = Lake(tmp_path, memory_limit="60MB", threads=1)
    lake.prepare()
    with lake.connect() as connection:
        connection.execute(
            "CREATE TABLE wide AS SELECT range AS n, md5(CAST(range AS VARCHAR)) AS text FROM range(1500000)"
        )
        assert connection.execute("SELECT count(DISTINCT n) FROM wide").fetchall() == [(1500000,)]
        spilled = connection.execute("SELECT sum(size) FROM duckdb_temporary_files()").fetchall()[0][0]
    assert spilled > 1 << 20
    assert not list((tmp_path / "tmp").iterdir())


def test_a_connection_may_be_given_a_share_of_the_memory_limit(tmp_path):
    allowed = "SELECT parse_formatted_bytes(current_setting('memory_limit'))"
    with Lake(tmp_path, memory_limit="1000MiB").connect(memory_share=0.6) as connection:
        assert connection.execute(allowed).fetchall() == [(600 << 20,)]


def test_a_pointer_is_replaced_whole(tmp_path):
    for name in ("one", "two"):
        point(tmp_path / "current", name)
        assert (tmp_path / "current").read_text() == f"{name}\n"
    assert [path.name for path in tmp_path.iterdir()] == ["current"]


def test_fingerprints_follow_content():
    assert fingerprint("a", 1) == fingerprint("a", 1) != fingerprint("a", 2)
    assert code_version("pipelines/lake.py") == code_version("pipelines/lake.py") != code_version("pipelines/sql.py")
    assert literal("o'clock") == "'o''clock'"
