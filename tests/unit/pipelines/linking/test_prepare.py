"""What stands for nobody is taken off, and protected people are never compared."""

import datetime as dt

import duckdb
import pytest

from pipelines.linking.prepare import RECORDS, VOTERS, cut, prepare_records, prepare_voters, select_ready
from tests.unit.pipelines.linking.people import make_table


def voters() -> list[dict]:
    rows = [
        {"record_id": f"NC-{n}", "phone": f"91955{n:05d}", "birth_date": dt.date(1950, 1, 1) + dt.timedelta(31 * n),
         "birth_year": 1970}
        for n in range(1000)
    ]  # fmt: skip
    for row in rows[:60]:
        row |= {"birth_date": dt.date(1900, 1, 1), "birth_year": 1900}
    for row in rows[:7]:
        row["phone"] = "9195550000"
    return rows


def test_placeholders_of_the_voters_are_taken_off_both_sides():
    connection = duckdb.connect()
    make_table(connection, "v", voters())
    placeholders = {"record_id": "1", "phone": "9195550000", "birth_date": dt.date(1900, 1, 1), "birth_year": 1900}
    own = {"record_id": "2", "phone": "9195500500", "birth_date": dt.date(1960, 2, 3), "birth_year": 1960}
    make_table(connection, "r", [placeholders, own])
    taken_off = prepare_voters(connection, "v", "SELECT 'x' AS voter_id WHERE false")
    assert prepare_records(connection, "r") == 2
    kept = f"SELECT record_id, phone, birth_date, birth_year FROM {RECORDS} ORDER BY record_id"
    assert connection.execute(kept).fetchall() == [
        ("1", None, None, None), ("2", "9195500500", dt.date(1960, 2, 3), 1960)
    ]  # fmt: skip
    left = f"SELECT count(*), count(birth_date), count(phone) FROM {VOTERS}"
    assert connection.execute(left).fetchall() == [(1000, 940, 993)]
    assert taken_off == {"birth_date": 1, "phone": 1}


def test_protected_people_are_not_there_to_be_found():
    connection = duckdb.connect()
    make_table(connection, "v", voters())
    prepare_voters(connection, "v", "SELECT 'NC-500' AS voter_id UNION ALL SELECT 'NC-501'")
    found = connection.execute(f"SELECT record_id FROM {VOTERS} WHERE record_id IN ('NC-500', 'NC-501', 'NC-502')")
    assert found.fetchall() == [("NC-502",)]


def test_records_are_ready_where_they_stand_as_they_are_when_they_are_kept():
    connection = duckdb.connect()
    make_table(connection, "v", voters())
    make_table(connection, "r", [{"record_id": "2", "phone": "9195550000"}, {"record_id": "1", "phone": "9195500500"}])
    prepare_voters(connection, "v", "SELECT 'x' AS voter_id WHERE false")
    prepare_records(connection, "r")
    there = connection.execute(f"{select_ready('r')} ORDER BY record_id").fetchall()
    assert there == connection.execute(f"FROM {RECORDS} ORDER BY record_id").fetchall()
    phones = connection.execute(f"SELECT phone FROM ({select_ready('r')}) ORDER BY record_id").fetchall()
    assert phones == [("9195500500",), (None,)]


@pytest.mark.parametrize(("count", "size", "parts"), [(0, 5, 1), (5, 5, 1), (6, 5, 2), (7, 1, 7), (50_000, 9_000, 6)])
def test_every_record_is_in_one_part_and_parts_are_of_about_one_size(count, size, parts):
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE t AS SELECT 'r' || n AS record_id FROM range({count}) AS t(n) ORDER BY hash(n)")
    found = cut(connection, "t", count, size)
    within = "SELECT count(*) FROM t WHERE record_id >= ? AND (? IS NULL OR record_id < ?)"
    sizes = [connection.execute(within, [start, end, end]).fetchall()[0][0] for start, end in found]
    assert len(found) == parts and sum(sizes) == count and max(sizes) <= 1.1 * size
    assert [start for start, _ in found] == sorted(start for start, _ in found)
    assert [end for _, end in found] == [start for start, _ in found[1:]] + [None]
