"""Links are the same however the records are cut, and memory holds one part of them."""

import datetime as dt

import duckdb
import pytest

from models.errors import LinkError
from pipelines.linking import linker as linker_module
from pipelines.linking.blocking import RULES, Counted
from pipelines.linking.comparisons import comparisons
from pipelines.linking.linker import Linker
from pipelines.linking.model import LinkModel
from pipelines.linking.prepare import VOTERS, prepare_voters
from tests.unit.pipelines.linking.people import make_table

NAMES = ("ALICE", "BRUNO", "CARLA", "DMITRI", "ESTHER", "FARID", "GRETA", "HECTOR", "INGRID", "JAMAL", "KATYA")
NOBODY = "SELECT NULL::VARCHAR AS voter_id WHERE false"


def person(number: int, record_id: str) -> dict:
    """Somebody; every number is another person, and every eleventh has the first name of the one before."""
    return {
        "record_id": record_id, "first": NAMES[(number - number % 11 // 10) % 11], "last": f"L{number // 2}",
        "birth_year": 1940 + number % 60, "birth_date": dt.date(1940 + number % 60, 1 + number % 12, 3),
        "zip5": f"27{number % 7:03d}",
    }  # fmt: skip


def weighed(trait: dict) -> dict:
    levels = [level for level in trait["comparison_levels"] if not level.get("is_null_level")]
    for place, level in enumerate(levels):
        is_none = place == len(levels) - 1
        level |= {"m_probability": 0.01 if is_none else 0.9 / 2**place, "u_probability": 0.9 if is_none else 0.01}
    return trait


@pytest.fixture(scope="module")
def model():
    """A model written by hand, in which every agreement speaks for one person."""
    told = [weighed(trait) for trait in comparisons(("first", "last", "birth_year", "zip5"))]
    settings = {
        "link_type": "link_only", "sql_dialect": "duckdb", "unique_id_column_name": "record_id", "comparisons": told,
        "blocking_rules_to_generate_predictions": [], "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": False, "linker_uid": "walklist",
        "probability_two_random_records_match": 0.05,
    }  # fmt: skip
    return LinkModel(settings, tuple(rule.name for rule in RULES if not rule.is_wide))


@pytest.fixture
def connection():
    """Forty voters, prepared, six with a namesake, and twenty-four records of which every fourth is of nobody."""
    with duckdb.connect() as opened:
        namesakes = [person(number, f"NC-4{number}") | {"birth_date": None, "birth_year": None} for number in range(6)]
        make_table(opened, "voters", [person(number, f"NC-{number:02d}") for number in range(40)] + namesakes)
        records = [person(number + (500 if number % 4 == 3 else 0), f"r{number * 7 % 24:02d}") for number in range(24)]
        make_table(opened, "records", records)
        prepare_voters(opened, "voters", NOBODY)
        yield opened


def tables(connection: duckdb.DuckDBPyConnection) -> list[list[tuple]]:
    return [connection.execute(f"FROM {name}").fetchall() for name in ("candidates", "best_voters")]


def test_most_records_find_their_voter(connection, model):
    Linker(model).link(connection, "records")
    found = dict(connection.execute("SELECT source_record_id, voter_id FROM best_voters WHERE gap_bits > 0").fetchall())
    right = {f"r{number * 7 % 24:02d}": f"NC-{number:02d}" for number in range(24) if number % 4 != 3}
    assert found == right


@pytest.mark.parametrize("chunk", [5, 23])
def test_the_rows_and_their_order_are_the_same_however_records_are_cut(connection, model, chunk):
    Linker(model).link(connection, "records")
    whole = tables(connection)
    Linker(model, chunk).link(connection, "records")
    assert tables(connection) == whole
    candidates, best = whole
    assert [row[:2] for row in candidates] == sorted(row[:2] for row in candidates) and len(candidates) > len(best) > 10
    assert [row[0] for row in best] == sorted(row[0] for row in best)


def test_files_are_linked_as_tables_are(connection, model, tmp_path):
    Linker(model).link(connection, "records")
    whole = tables(connection)
    connection.execute(f"COPY records TO '{tmp_path}/r.parquet' (FORMAT parquet)")
    connection.execute(f"CREATE VIEW filed AS FROM '{tmp_path}/r.parquet'")
    Linker(model, 10).link(connection, "filed")
    assert tables(connection) == whole


def test_no_table_holds_more_records_than_a_part_and_none_of_them_stays(connection, model, monkeypatch):
    connection.execute("CREATE VIEW seen AS FROM records")
    before, sizes, score = held(connection), [], linker_module.score

    def noted(*args):
        pairs = score(*args)
        sizes.append(max(size for name, size in held(connection).items() if "part" in name and "scored" not in name))
        assert not set(held(connection)) - set(before) - {"candidates", "best_voters", args[3], pairs}
        return pairs

    monkeypatch.setattr(linker_module, "score", noted)
    Linker(model, 6).link(connection, "seen")
    assert sizes == [6, 6, 6, 6]
    assert set(held(connection)) == {*before, "candidates", "best_voters"}
    assert connection.execute("SELECT view_name FROM duckdb_views() WHERE NOT internal").fetchall() == [("seen",)]


def held(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Rows of every table."""
    return dict(connection.execute("SELECT table_name, estimated_size FROM duckdb_tables()").fetchall())


def test_where_a_record_has_many_pairs_fewer_are_scored_at_once(model):
    linker, rule = Linker(model, 1000), RULES[0]
    assert linker._at_once([Counted(rule, 49 * 2000)], 2000) == 1000
    assert linker._at_once([Counted(rule, 60 * 2000), Counted(rule, 40 * 2000)], 2000) == 500
    assert linker._at_once([Counted(rule, 0)], 0) == 1


def test_a_record_may_have_the_id_of_a_voter_who_is_somebody_else(connection, model):
    make_table(connection, "same", [person(5, "NC-09"), person(9, "NC-05")])
    Linker(model).link(connection, "same")
    found = connection.execute("SELECT source_record_id, voter_id FROM best_voters").fetchall()
    assert found == [("NC-05", "NC-09"), ("NC-09", "NC-05")]


def test_voters_that_took_the_place_of_the_prepared_ones_are_compared(connection, model):
    connection.execute(f"CREATE OR REPLACE TABLE {VOTERS} AS FROM voters WHERE record_id <> 'NC-05'")
    make_table(connection, "few", [person(5, "a"), person(6, "b")])
    Linker(model).link(connection, "few")
    found = connection.execute("SELECT source_record_id, voter_id FROM candidates").fetchall()
    assert found == [("a", "NC-45"), ("b", "NC-06")]


def test_no_records_give_empty_tables(connection, model):
    connection.execute("CREATE VIEW none AS FROM records WHERE false")
    Linker(model).link(connection, "records")
    Linker(model).link(connection, "none")
    assert tables(connection) == [[], []]


def test_nothing_is_made_where_a_rule_is_over_its_budget(connection, model, monkeypatch):
    monkeypatch.setattr("pipelines.linking.blocking._ALWAYS", 10)
    monkeypatch.setattr("pipelines.linking.blocking.PAIRS", 0)
    with pytest.raises(LinkError, match="would look at"):
        Linker(model).link(connection, "records")
    assert "candidates" not in held(connection)
