"""A few hundred invented voters with planted habits, enough to fit something in a moment."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from models.frames import Cohorts
from models.model_config import ModelConfig, StateModel

DAYS = [(2014, "midterm"), (2016, "presidential"), (2018, "midterm"), (2022, "midterm")]


def cohort_frame(people: int = 500, seed: int = 1) -> pd.DataFrame:
    draws = np.random.default_rng(seed)
    habit = draws.normal(0, 1.2, people)
    return pd.concat([_occasion(draws, habit, year, kind) for year, kind in DAYS], ignore_index=True)


def _occasion(draws: np.random.Generator, habit: np.ndarray, year: int, kind: str) -> pd.DataFrame:
    people, chance = len(habit), 1 / (1 + np.exp(-habit))
    votes = {f"general_lag{lag}_voted": (draws.random(people) < chance).astype(np.float32) for lag in range(1, 5)}
    day = dt.date(year, 11, 5)
    return pd.DataFrame(
        {
            "voter_id": [f"NC-{number:05d}" for number in range(people)],
            "household_id": [f"h{number // 2:05d}" for number in range(people)],
            "election_id": f"NC-{day}-general",
            "election_date": day,
            "election_kind": kind,
            "outcome": (draws.random(people) < chance).astype(int),
            **votes,
            "same_kind_lag1_voted": votes["general_lag2_voted"],
            "age_years": np.where(draws.random(people) < 0.1, np.nan, 50 + 10 * habit).astype(np.float32),
            "registration_years": draws.uniform(0, 30, people).astype(np.float32),
            "party_code": draws.choice(["democratic", "republican", "none"], people),
        }
    )


CONFIG = {
    "name": "turnout",
    "family": "propensity",
    "target": "2026-11-03-general",
    "states": ["NC"],
    "pool_kinds": ["presidential", "midterm"],
    "features": ["general_lag1_voted", "general_lag2_voted", "same_kind_lag1_voted", "age_years", "party_code"],
    "split": {"scheme": "occasions"},
    "cohort": "snapshot",
    "booster": {
        "max_trees": 40,
        "early_stopping_rounds": 10,
        "min_child_samples": 20,
        "num_leaves": 7,
        "num_threads": 1,
    },
    "calibration": "platt",
    "baselines": ["constant", "last_four_generals", "last_same_kind", "spline_logistic"],
    "gates": {"max_calibration_error": 0.05, "bootstrap_repeats": 20},
    "passport": {
        "meaning": "The chance to vote.",
        "reading": "Of voters scored 0.3, three in ten vote.",
        "population": "The invented.",
        "allowed_uses": ["tests"],
        "refused_uses": ["anything else"],
        "valid_until": "2026-11-03",
    },
}
IN_TIME = {
    "target": "2022-11-05-general",
    "split": {"scheme": "in_time", "folds": 3},
    "calibration": "none",
}


@pytest.fixture(scope="session")
def stated() -> dict:
    """What the YAML of the model says."""
    return CONFIG


@pytest.fixture(scope="session")
def config() -> StateModel:
    return ModelConfig.model_validate(CONFIG).of_state("NC", "North Carolina")


@pytest.fixture(scope="session")
def in_time_config() -> StateModel:
    return ModelConfig.model_validate({**CONFIG, **IN_TIME}).of_state("NC", "North Carolina")


@pytest.fixture(scope="session")
def frame() -> pd.DataFrame:
    return cohort_frame()


@pytest.fixture(scope="session")
def cohorts(frame: pd.DataFrame) -> Cohorts:
    return Cohorts(frame, receipts=("a" * 64,), vanished_counts={"NC-2014-11-05-general": 12})


@pytest.fixture(scope="session")
def fitted(cohorts: Cohorts, config: ModelConfig):
    from models.propensity import fit_propensity

    return fit_propensity(cohorts, config)


@pytest.fixture(scope="session")
def fitted_in_time(frame: pd.DataFrame, in_time_config: ModelConfig):
    from models.propensity import fit_propensity

    return fit_propensity(
        Cohorts(frame[frame["election_kind"].eq("midterm") & frame["election_id"].str.contains("2022")]), in_time_config
    )


@pytest.fixture(scope="session")
def version(fitted, tmp_path_factory):
    from models.artefact import save_version

    return save_version(tmp_path_factory.mktemp("versions"), fitted)


@pytest.fixture(scope="session")
def version_in_time(fitted_in_time, tmp_path_factory):
    from models.artefact import save_version

    return save_version(tmp_path_factory.mktemp("versions"), fitted_in_time)
