"""The published rows: everyone standing, a score for those at risk, nothing that names a person."""

import datetime as dt
import importlib.util
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pytest

from models.config import read_config
from models.features import Features
from models.tables import Scores
from pipelines.features.as_of import find_universe
from pipelines.features.assemble import build_features
from pipelines.publish.standing import Standing
from pipelines.publish.targets import PublicationConfig
from pipelines.publish.voter_scores import ScoredState, stream_state
from pipelines.settings import CONFIGS
from pipelines.tables.published import PublishedVoterScores

FILE, VERSION = dt.date(2026, 9, 26), "9f2c9f2c9f2c9f2c"
NAMES = {
    "last_name": "Planted",
    "first_name": "Ada",
    "address_line": "1 Planted Rd",
    "zip_code": "27601",
    "phone": "9195550100",
}


def _electorates():
    file = Path(__file__).parents[1] / "features/world.py"
    spec = importlib.util.spec_from_file_location("electorates", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def rows(tmp_path_factory) -> pa.Table:
    """Ninety at risk, one of them of whom nothing is known, and four who are not, as they are published."""
    el = _electorates()
    people = [el.voter(f"{number:04d}", **NAMES) for number in range(90)]
    people += [
        el.voter("pending", status_code="pending", **NAMES),
        el.voter("late", registration_date=dt.date(2026, 10, 20), **NAMES),
        el.voter("young", birth_year=2010, **NAMES),
        el.voter("gone", status_code="removed", **NAMES),
    ]
    lake = el.write(el.World({FILE: people}, [], []), tmp_path_factory.mktemp("published"))
    occasion = el.occasion("2026-11-03", as_of="2026-09-28")
    build_features(lake, occasion)
    features = lake.table(Features, state="NC", election_id=occasion.election.election_id).select()
    with lake.connect() as connection:
        query = f"""
        SELECT voter_id, '{occasion.election.election_id}' AS election_id, false AS is_out_of_fold,
            CASE WHEN voter_id <> 'NC-0007' THEN round((row_number() OVER (ORDER BY md5(voter_id)) // 2) / 50, 6) END
                AS probability
        FROM ({features})"""
        place = {"state": "NC", "version_id": VERSION, "as_of": occasion.as_of}
        lake.write(Scores, connection, query, "scores", **place)
        version = SimpleNamespace(version_id=VERSION, sha256="0" * 64)
        universe, standing = find_universe(lake, occasion), Standing("last_good", FILE, FILE + dt.timedelta(days=31))
        scored = ScoredState(occasion, universe, version, (), standing)  # ty: ignore[invalid-argument-type]
        config = read_config(PublicationConfig, CONFIGS / "publications/voter_scores.yaml")
        return pa.Table.from_batches(list(stream_state(lake, connection, scored, config)))


def row(rows: pa.Table, name: str) -> dict:
    return next(found for found in rows.to_pylist() if found["voter_id"] == f"NC-{name}")


def test_everyone_standing_is_there_once_in_order(rows: pa.Table) -> None:
    ids = rows["voter_id"].to_pylist()
    assert ids == sorted([*(f"NC-{number:04d}" for number in range(90)), "NC-late", "NC-pending", "NC-young"])


@pytest.mark.parametrize("name", ["pending", "late", "young", "0007"])
def test_who_is_not_at_risk_or_unknown_has_a_null_score_and_not_a_zero(rows: pa.Table, name: str) -> None:
    found = row(rows, name)
    assert (found["turnout_probability"], found["turnout_decile"]) == (None, None)
    assert (found["turnout_version_id"], found["is_out_of_fold"]) == (VERSION, False)


def test_deciles_follow_the_order_of_the_scores(rows: pa.Table) -> None:
    scored = [found for found in rows.to_pylist() if found["turnout_probability"] is not None]
    assert len(scored) == 89
    ordered = sorted(scored, key=lambda found: (found["turnout_probability"], found["voter_id"]))
    deciles = [found["turnout_decile"] for found in ordered]
    assert deciles == sorted(deciles)
    sizes = [deciles.count(decile) for decile in range(1, 11)]
    assert (min(sizes), max(sizes)) == (8, 9)


def test_every_row_says_what_it_is_about(rows: pa.Table) -> None:
    found = row(rows, "0001")
    assert found["election_id"] == "NC-2026-11-03-general"
    assert (found["as_of"], found["snapshot_date"], found["cohort"]) == (dt.date(2026, 9, 28), FILE, "snapshot")
    assert found["behind_days"] == 31


def test_nothing_that_names_a_person_is_published(rows: pa.Table) -> None:
    secret = {"name", "address", "birth", "phone", "party", "race", "gender", "zip", "city"}
    assert not [name for name in rows.schema.names if secret & set(name.split("_"))]
    text = str(rows.to_pylist())
    assert not [value for value in NAMES.values() if value in text]


def test_the_rows_keep_the_contract(rows: pa.Table) -> None:
    assert rows.schema == pa.schema([PublishedVoterScores.schema().field(name) for name in rows.schema.names])
