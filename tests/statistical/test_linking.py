"""Links of simulated records to simulated voters, where the truth is known."""

import duckdb
import pytest

from models.link_quality import fit_quality
from pipelines.linking.deciding import Rule, where_linked
from pipelines.linking.linker import Linker
from pipelines.linking.model import LinkModel, train
from pipelines.linking.prepare import RECORDS, prepare_records, prepare_voters
from pipelines.linking.prepare import VOTERS as VOTERS_READY
from pipelines.linking.quality import draw_for_review, select_evidence
from tests.accept.linking_world import World, grade

pytestmark = pytest.mark.slow
SEED = 7
VOTERS = 6_000
RULE = Rule("test", 3.17, 3.3)
PROTECTED = "SELECT voter_id FROM protected"
LINKS = f"SELECT * FROM best_voters WHERE {where_linked(RULE)}"


@pytest.fixture(scope="module")
def linked(tmp_path_factory):
    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    world = World(tmp_path_factory.mktemp("world"), VOTERS, SEED).write()
    world.load(connection)
    connection.execute(f"CREATE VIEW raw_records AS FROM '{world.folder}/records.parquet'")
    prepare_voters(connection, "voters", PROTECTED)
    prepare_records(connection, "records")
    model = train(connection, VOTERS_READY, RECORDS, SEED)
    Linker(model).link(connection, "records")
    connection.execute("CREATE TABLE whole AS FROM best_voters")
    yield connection, model
    connection.close()


def best(connection: duckdb.DuckDBPyConnection, table: str = "best_voters") -> list[tuple]:
    return connection.execute(f"FROM {table} ORDER BY source_record_id").fetchall()


def test_most_records_find_their_voter_and_few_another(linked):
    found = grade(linked[0], f"({LINKS.replace('best_voters', 'whole')})")
    assert found.precision > 0.985 and found.recall > 0.8


def test_a_record_of_nobody_is_hardly_ever_linked(linked):
    nobody = grade(linked[0], f"({LINKS.replace('best_voters', 'whole')})", "truth.voter_id IS NULL")
    asked = linked[0].execute("SELECT count(*) FROM truth WHERE voter_id IS NULL").fetchall()[0][0]
    assert asked > 1000 and nobody.links < 0.05 * asked


def test_phones_and_e_mails_that_are_drawn_are_numbers_and_addresses(linked):
    connection, _ = linked
    drawn = connection.execute("SELECT count(phone), count(email) FROM raw_records").fetchall()[0]
    kept = connection.execute("SELECT count(phone), count(email) FROM records").fetchall()[0]
    assert all(one > 500 and other > 0.95 * one for one, other in zip(drawn, kept, strict=True))


def test_protected_voters_are_no_candidates(linked):
    connection, _ = linked
    assert connection.execute("SELECT count(*) FROM protected").fetchall()[0][0] > 5
    assert connection.execute(f"SELECT count(*) FROM candidates WHERE voter_id IN ({PROTECTED})").fetchall() == [(0,)]


def test_what_a_record_is_linked_to_depends_on_no_other_record(linked):
    connection, model = linked
    whole = {row[0]: row for row in best(connection, "whole")}
    connection.execute(
        "CREATE OR REPLACE TABLE few AS FROM records WHERE hash(record_id) % 50 = 0 ORDER BY hash(record_id)"
    )
    Linker(model, chunk=40).link(connection, "few")
    few = best(connection)
    assert len(few) > 50 and all(whole[row[0]] == row for row in few)


def test_the_artefact_links_as_the_model_does(linked):
    connection, model = linked
    again = LinkModel.read(model.text)
    assert again.sha256 == model.sha256
    connection.execute("CREATE OR REPLACE TABLE few AS FROM records WHERE hash(record_id) % 50 = 1")
    whole = {row[0]: row for row in best(connection, "whole")}
    Linker(again).link(connection, "few")
    assert all(whole[row[0]] == row for row in best(connection))


def test_no_records_give_no_links(linked):
    connection, model = linked
    connection.execute("CREATE OR REPLACE TABLE few AS FROM records WHERE false")
    Linker(model).link(connection, "few")
    assert best(connection) == []


def test_reviewed_records_make_a_probability_of_the_weight(linked):
    connection, model = linked
    sources = "SELECT record_id AS source_record_id, source FROM truth"
    connection.execute(f"CREATE OR REPLACE TABLE evidence AS {select_evidence('whole', 'voters', sources)}")
    every = connection.execute("FROM evidence ORDER BY source_record_id").df()
    truth = connection.execute("SELECT record_id, voter_id FROM truth").df().set_index("record_id")["voter_id"]
    sample = draw_for_review(connection, "FROM evidence", 600, SEED)
    assert len(sample) == 600 and sample["chance"].between(0, 1).all()
    assert draw_for_review(connection, "FROM evidence", 600, SEED).equals(sample)
    answers = (sample["voter_id"] == sample["source_record_id"].map(truth)).to_numpy()
    quality = fit_quality(sample, model.traits, answers, sample["chance"].to_numpy())
    found = quality.predict(every, model.traits)
    right = (every["voter_id"] == every["source_record_id"].map(truth)).to_numpy()
    assert abs(found.mean() - right.mean()) < 0.015
    assert right[found >= 0.9].mean() > 0.98 and right[found < 0.5].mean() < 0.5
