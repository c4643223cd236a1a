"""What stands for nobody is taken off, and protected people are never compared."""

import datetime as dt

import duckdb

from pipelines.linking.prepare import RECORDS, VOTERS, prepare_records, prepare_voters
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
