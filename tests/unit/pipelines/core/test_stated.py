"""The votes of a delivery from cells and from rows: each once, in words of the layout."""

import datetime as dt

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.core.cells import CellStream
from pipelines.core.staged import Staged
from pipelines.core.staging import create_tables
from pipelines.core.stated import stated_votes
from pipelines.layouts.files import FileLayout
from pipelines.layouts.source import Layout
from pipelines.layouts.wide import WideElection

MAY, NOVEMBER, LATER = (
    WideElection("p", dt.date(2024, 5, 7), "primary"),
    WideElection("g", dt.date(2024, 11, 5), "general"),
    WideElection("x", dt.date(2026, 11, 3), "general"),
)
DAY = dt.date(2026, 10, 1)
TEXT = {"kind": "delimited", "delimiters": ["\t"], "encodings": ["utf-8"]}
LONG = FileLayout.model_validate(
    {
        "match": ["h*"],
        "format": TEXT | {"names": ["id", "day", "type"]},
        "history": {
            "shape": "long",
            "columns": {
                "voter_id": {"from": "id", "key": True},
                "election_date": {"from": "day", "date": "%Y-%m-%d"},
                "election_type": {"from": "type", "code": {"g": "general"}},
            },
        },
    }
)
WIDE = FileLayout.model_validate(
    {
        "match": ["v*"],
        "format": TEXT | {"names": ["id", "g"]},
        "voters": {"voter_id": {"from": "id", "key": True}},
        "history": {
            "shape": "wide",
            "elections": {"g": "OH-2024-11-05-general"},
            "voted": ["X"],
            "ballot_parties": {"D": "democratic"},
            "stayed_home": ["N"],
        },
    }
)  # fmt: skip


@pytest.fixture
def connection():
    with duckdb.connect() as connection:
        create_tables(connection, is_wide=True)
        yield connection


def put_people(connection, *rows):
    connection.executemany(
        "INSERT INTO staged_voters (voter_id, county_code, cells, file_no) VALUES (?, ?, ?, ?)", rows
    )


def put_votes(connection, *rows):
    """Rows of voter, county and whether a ballot was counted, all of one election."""
    told = [(who, f"{at} {counted}") for who, at, counted in rows]
    connection.executemany("INSERT INTO staged_votes (voter_id, text_hash) VALUES (?, hash(?))", told)
    for at, counted in {(at, counted) for _, at, counted in rows}:
        told = ["OH-2024-11-05-general", NOVEMBER.day, "general", counted, at]
        connection.execute(
            "INSERT INTO vote_readings (text_hash, election_id, election_date, election_type, is_voted, county_code) "
            "VALUES (hash(?), ?, ?, ?, ?, ?)",
            [f"{at} {counted}", *told],
        )


def votes_of(connection, files, *elections):
    """Voter, election, whether it counted, party and county of the stated votes, in order."""
    votes = stated_votes(connection, Staged(elections=list(elections)), Layout.model_construct(files=files), "OH", DAY)
    told = "voter_id, election_id::VARCHAR, is_voted, ballot_party_code::VARCHAR, county_code::VARCHAR"
    return connection.execute(f"SELECT {told} FROM ({votes}) ORDER BY ALL").fetchall()


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 5).flatmap(
        lambda width: st.lists(
            st.tuples(st.text("-?ABC", min_size=width, max_size=width), st.integers(0, 2)), min_size=0, max_size=30
        )
    )
)
def test_every_stated_cell_is_one_row_in_order_and_may_be_read_twice(people):
    with duckdb.connect() as connection:
        create_tables(connection, is_wide=True)
        rows = [(f"OH-{number * 7 % 31:02d}", f"{number % 3}", cells, at) for number, (cells, at) in enumerate(people)]
        if rows:
            put_people(connection, *rows)
        connection.register("cells", CellStream(connection, [0, 2], ["A", "C"], 3))
        expected = [
            (voter, county, place, ord(letter))
            for voter, county, cells, at in sorted(rows)
            if at in (0, 2)
            for place, letter in enumerate(cells[:3], 1)
            if letter in "AC"
        ]
        for _ in range(2):
            assert connection.sql("FROM cells").fetchall() == expected


def test_cells_of_files_with_other_elections_are_told_each_by_its_own(connection):
    put_people(connection, ("OH-1", "01", "AB", 0), ("OH-2", "02", "-C", 0), ("OH-3", "01", "AA", 1))
    assert votes_of(connection, {"voters": WIDE}, [MAY, NOVEMBER], [NOVEMBER, LATER]) == [
        ("OH-1", "OH-2024-05-07-primary", True, None, "01"),
        ("OH-1", "OH-2024-11-05-general", True, "democratic", "01"),
        ("OH-2", "OH-2024-11-05-general", False, None, "02"),
        ("OH-3", "OH-2024-11-05-general", True, None, "01"),
    ]


def test_rows_that_repeat_an_election_are_one_and_the_counted_ballot_wins(connection):
    put_votes(connection, ("OH-1", "01", False), ("OH-1", "02", True), ("OH-2", "01", False), ("OH-3", "02", True))
    assert votes_of(connection, {"history": LONG}, []) == [
        ("OH-1", "OH-2024-11-05-general", True, None, "02"),
        ("OH-2", "OH-2024-11-05-general", False, None, "01"),
        ("OH-3", "OH-2024-11-05-general", True, None, "02"),
    ]


def test_elections_beyond_the_bits_of_a_word_are_no_repetition(connection):
    many = [f"OH-{number:03d}-general" for number in range(130)]
    readings = [(name, name, NOVEMBER.day) for name in many]
    connection.executemany(
        "INSERT INTO vote_readings (text_hash, election_id, election_date, election_type, is_voted) "
        "VALUES (hash(?), ?, ?, 'general', true)",
        readings,
    )
    votes = [("OH-1", many[0]), ("OH-1", many[127]), ("OH-2", many[5]), ("OH-2", many[5])]
    connection.executemany("INSERT INTO staged_votes (voter_id, text_hash) VALUES (?, hash(?))", votes)
    found = [(voter, election) for voter, election, *_ in votes_of(connection, {"history": LONG}, [])]
    assert found == [("OH-1", many[0]), ("OH-1", many[127]), ("OH-2", many[5])]


def test_a_vote_told_by_a_cell_and_by_a_row_is_one(connection):
    put_people(connection, ("OH-1", "01", "C", 1), ("OH-2", "01", "A", 1))
    put_votes(connection, ("OH-1", "02", True))
    assert votes_of(connection, {"voters": WIDE, "history": LONG}, [], [NOVEMBER]) == [
        ("OH-1", "OH-2024-11-05-general", True, None, "02"),
        ("OH-2", "OH-2024-11-05-general", True, None, "01"),
    ]


def test_a_delivery_without_any_vote_states_none(connection):
    assert votes_of(connection, {"history": LONG}, []) == []
