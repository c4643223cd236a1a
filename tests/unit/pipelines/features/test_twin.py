"""The SQL and its slow, obvious twin give the same features for every random electorate."""

import tempfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from models.features import LINKED, Features
from pipelines.features.assemble import build_features
from pipelines.lake import PART

# Chosen for: the usual case, a primary, a municipal election, no past at all, a day before any snapshot, a day on which
# an earlier election had been held and was not yet posted.
OCCASIONS = [
    ("2018-11-06", "general", None),
    ("2018-05-08", "primary", None),
    ("2017-11-07", "municipal", "2016-11-30"),
    ("2010-05-04", "primary", None),
    ("2016-11-08", "general", "2014-06-01"),
    ("2020-11-03", "general", "2020-10-20"),
]


def table_of(lake, occasion) -> dict[str, dict]:
    build_features(lake, occasion)
    table = lake.table(Features, state=occasion.state, election_id=occasion.election.election_id)
    [(_, folder)] = list(table._current())
    return {row.pop("voter_id"): row for row in pq.ParquetFile(folder / PART).read().to_pylist()}


def compare(found: dict[str, dict], expected: dict[str, dict]) -> None:
    assert found.keys() == expected.keys()
    for name, row in expected.items():
        assert found[name].keys() == row.keys() | {*LINKED, "link_q"}
        assert {found[name][feature] for feature in (*LINKED, "link_q")} == {None}, "no source is linked here"
        for feature, value in row.items():
            said = pytest.approx(float(value), rel=1e-5, abs=1e-5) if isinstance(value, (bool, int, float)) else value
            assert found[name][feature] == said, f"{feature} of {name}: SQL {found[name][feature]}, twin {value}"


@settings(
    max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)
@given(seed=st.integers(0, 10**6), people=st.integers(1, 60), chosen=st.sampled_from(OCCASIONS))
def test_every_feature_is_what_its_words_say(world, twin, seed: int, people: int, chosen: tuple) -> None:
    date, kind, as_of = chosen
    occasion, electorate = world.occasion(date, kind, as_of), world.random_world(seed, people)
    with tempfile.TemporaryDirectory() as root:
        found = table_of(world.write(electorate, Path(root)), occasion)
    compare(found, twin.Twin(electorate, occasion).features())


@pytest.mark.parametrize("chosen", OCCASIONS, ids=lambda chosen: f"{chosen[0]}-{chosen[1]}")
def test_every_kind_of_occasion_agrees(world, twin, chosen: tuple, tmp_path: Path) -> None:
    date, kind, as_of = chosen
    occasion, electorate = world.occasion(date, kind, as_of), world.random_world(7, 60)
    compare(table_of(world.write(electorate, tmp_path), occasion), twin.Twin(electorate, occasion).features())
