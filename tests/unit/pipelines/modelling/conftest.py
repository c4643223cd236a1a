"""Three hundred people of firm habits, seen before five generals, in a lake that a small model learns from."""

import datetime as dt
import importlib.util
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from models.model_config import ModelConfig, StateModel
from pipelines.calendar import Election, ElectionsConfig
from pipelines.features.assemble import build_features
from pipelines.lake import Lake
from pipelines.layouts.source import read_source
from pipelines.modelling.occasions import past_occasions, target_occasion
from pipelines.settings import CONFIGS

GENERALS = ["2012-11-06", "2014-11-04", "2016-11-08", "2018-11-06", "2022-11-08"]
CONFIG = {
    "name": "turnout",
    "family": "propensity",
    "target": "2026-11-03-general",
    "states": ["NC"],
    "pool_kinds": ["presidential", "midterm"],
    "features": ["election_kind", "general_lag1_voted", "general_share", "same_kind_lag1_voted", "age_years"],
    "split": {"scheme": "occasions"},
    "cohort": "snapshot",
    "booster": {"max_trees": 20, "early_stopping_rounds": 5, "min_child_samples": 20, "num_leaves": 7},
    "calibration": "platt",
    "baselines": ["constant"],
    "gates": {"max_calibration_error": 0.3, "slope_low": 0.01, "slope_high": 100, "bootstrap_repeats": 20},
    "passport": {
        "meaning": "The chance to vote.",
        "reading": "Of voters scored 0.3, three in ten vote.",
        "population": "The invented.",
        "allowed_uses": ["tests"],
        "refused_uses": ["anything else"],
        "valid_until": "2026-11-03",
    },
}


def _electorates():
    file = Path(__file__).parents[1] / "features/world.py"
    spec = importlib.util.spec_from_file_location("electorates", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def el():
    """The module world.py of the tests of features."""
    return _electorates()


@pytest.fixture(scope="session")
def calendar() -> ElectionsConfig:
    days = [*GENERALS, "2026-11-03"]
    return ElectionsConfig(elections=[Election(jurisdiction="NC", date=el, type="general") for el in days])


@pytest.fixture(scope="session")
def source():
    return read_source(CONFIGS, "nc")


@pytest.fixture(scope="session")
def config() -> StateModel:
    return ModelConfig.model_validate(CONFIG).of_state("NC", "North Carolina")


@pytest.fixture(scope="session")
def electorate(el):
    """Everyone on every file; nine in ten of the regular and one in ten of the others vote each time."""
    draws = np.random.default_rng(2)
    people = [
        el.voter(f"{number:04d}", household_id=f"h{number // 2}", birth_year=int(draws.integers(1930, 1985)))
        for number in range(300)
    ]
    regular = [number % 3 == 0 for number in range(300)]
    votes = [
        el.vote(f"{number:04d}", day, "general", snapshot_date=el.day(f"{int(day[:4]) + 1}-01-15"))
        for day in GENERALS
        for number in range(300)
        if draws.random() < (0.9 if regular[number] else 0.1)
    ]
    elections = [el.election(day, "general") for day in GENERALS]
    days = dict.fromkeys([dt.date(2026, 9, 1), dt.date(2026, 11, 10)], people)
    posted = {el.day(f"{int(day[:4]) + 1}-01-15"): people for day in GENERALS}
    return el.World({**days, **posted}, elections, votes)


def _prepared(lake: Lake, config, calendar, source) -> SimpleNamespace:
    occasions = past_occasions(lake, config, calendar, source)
    coming = target_occasion(lake, config, calendar, source)
    for occasion in (*occasions, coming):
        build_features(lake, occasion)
    return SimpleNamespace(lake=lake, occasions=occasions, coming=coming)


@pytest.fixture(scope="session")
def prepare(config, calendar, source):
    """Features of every occasion of a lake, and those occasions."""
    return lambda lake, model=config: _prepared(lake, model, calendar, source)


@pytest.fixture(scope="session")
def _kept(el, electorate, prepare, config, tmp_path_factory) -> SimpleNamespace:
    from pipelines.modelling.training import train

    desk = prepare(el.write(electorate, tmp_path_factory.mktemp("electorate")))
    train(desk.lake, config, desk.occasions, [], "somebody")
    return desk


@pytest.fixture
def desk(_kept: SimpleNamespace, tmp_path: Path) -> SimpleNamespace:
    """A lake of its own in which the model was trained once: `lake`, `occasions` that teach, `coming` to be scored."""
    shutil.copytree(_kept.lake.root, tmp_path / "data")
    return SimpleNamespace(lake=Lake(tmp_path / "data", threads=1), occasions=_kept.occasions, coming=_kept.coming)
