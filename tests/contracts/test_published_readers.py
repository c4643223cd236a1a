"""The product opens in the tools of a campaign by the lines that the README shows; each reads `current` once."""

import textwrap
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from models.config import read_config
from pipelines.publish.parquet import publish_release
from pipelines.publish.targets import PublicationConfig
from pipelines.tables.published import PublishedVoterScores

CONFIGS = Path(__file__).parents[2] / "configs/publications"
README = Path(__file__).parents[2] / "README.md"
HOME = "data/published/voter_scores"
FOLDER = 'folder = f"{home}/releases/" + open(f"{home}/current").read()'
READERS = {
    "DuckDB": 'scores = duckdb.read_parquet(f"{folder}/*/*.parquet", hive_partitioning=True)',
    "pandas": 'scores = pd.read_parquet(sorted(glob(f"{folder}/*/*.parquet")))',
    "Polars": 'scores = pl.scan_parquet(f"{folder}/*/*.parquet", hive_partitioning=True)',
    "PyArrow": 'scores = ds.dataset(sorted(glob(f"{folder}/*/*.parquet")), partitioning="hive")',
}
IMPORTS = """
from glob import glob
import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset as ds
"""
AS_ROWS = {
    "DuckDB": "rows = scores.to_arrow_table().to_pylist()",
    "pandas": "rows = scores.astype(object).to_dict('records')",
    "Polars": "rows = scores.collect().to_dicts()",
    "PyArrow": "rows = scores.to_table().to_pylist()",
}
DUCKDB_SHELL = """
SET VARIABLE release = (SELECT content FROM read_text('{home}/current'));
FROM read_parquet('{home}/releases/' || getvariable('release') || '/*/*.parquet', hive_partitioning = true);
"""


def voters(state, chances):
    count = len(chances)
    rows = {
        "voter_id": [f"{state}-{number:06d}" for number in range(count)],
        "county_code": ["001"] * count,
        "precinct_code": ["01"] * count,
        "election_id": [f"{state}-2026-11-03-general"] * count,
        "turnout_probability": chances,
        "turnout_decile": [None if chance is None else 5 for chance in chances],
        "turnout_version_id": ["9f2c"] * count,
        "as_of": [date(2026, 9, 28)] * count,
        "snapshot_date": [date(2026, 9, 26)] * count,
        "behind_days": [0] * count,
        "cohort": ["snapshot"] * count,
        "is_out_of_fold": [False] * count,
    }
    return pa.table(rows, schema=PublishedVoterScores.schema()).to_batches()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    root = tmp_path_factory.mktemp("data")
    told = {"population": "p", "reading": "r", "as_of": None, "valid_until": None}
    publish_release(
        root,
        read_config(PublicationConfig, CONFIGS / "voter_scores.yaml"),
        {"NC": voters("NC", [0.25, None]), "GA": voters("GA", [0.5])},
        inputs={},
        passport={"turnout": {"9f2c": {**told, "allowed_uses": [], "refused_uses": []}}},
        dictionary="",
    )
    return f"{root}/published/voter_scores"


@pytest.mark.parametrize("tool", READERS)
def test_reader(home, tool):
    names = {"home": home}
    exec("\n".join([IMPORTS, FOLDER, READERS[tool], AS_ROWS[tool]]), names)
    rows = sorted(names["rows"], key=lambda row: row["voter_id"])
    assert [row["voter_id"] for row in rows] == ["GA-000000", "NC-000000", "NC-000001"]
    assert [row["state"] for row in rows] == ["GA", "NC", "NC"]
    assert [row["turnout_probability"] for row in rows[:2]] == [0.5, 0.25]
    assert rows[2]["turnout_probability"] != rows[2]["turnout_probability"] or rows[2]["turnout_probability"] is None


def test_duckdb_shell(home):
    found = duckdb.connect().execute(textwrap.dedent(DUCKDB_SHELL).format(home=home)).fetchall()
    assert len(found) == 3


@pytest.mark.parametrize("tool", READERS)
def test_the_readme_shows_these_lines(tool):
    text = README.read_text(encoding="utf-8")
    assert HOME in text
    assert FOLDER in text
    assert READERS[tool] in text


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_publications_parse(path):
    assert read_config(PublicationConfig, path).name == path.stem
