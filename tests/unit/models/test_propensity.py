"""Training keeps time in order, states what it did, and refuses what would be dishonest."""

import numpy as np
import pandas as pd
import pytest

from models.errors import AsOfError, TrainingError
from models.frames import Cohorts
from models.model_config import PopulationConfig, StateModel
from models.propensity import fit_member, fit_propensity, matrix_of
from models.splits import household_fold


def test_the_report_says_which_occasion_did_what(fitted) -> None:
    roles = fitted.report["roles"]
    assert roles["in_use"] == {
        "fit": ["2014-11-05", "2016-11-05", "2018-11-05"],
        "calibrate": "2022-11-05",
        "grade": None,
    }
    assert roles["backtest"] == {"fit": ["2014-11-05", "2016-11-05"], "calibrate": "2018-11-05", "grade": "2022-11-05"}


def test_the_report_holds_figures_with_intervals_and_no_person(fitted) -> None:
    found = fitted.report
    assert found["graded"]["people"] == 500
    assert found["metrics"]["auc"]["low"] < found["metrics"]["auc"]["value"] < found["metrics"]["auc"]["high"]
    assert set(found["baselines"]) == {"constant", "last_four_generals", "last_same_kind", "spline_logistic"}
    assert sum(row["gain_share"] for row in found["importance"]) == pytest.approx(1, abs=1e-4)
    assert "NC-0" not in str(found)


def test_slices_cover_new_registrants_age_and_election(fitted) -> None:
    assert {row["slice"] for row in fitted.report["slices"]} == {"everybody", "election", "registration", "age"}


def test_the_same_rows_in_another_order_give_the_same_bytes(fitted, frame: pd.DataFrame, config: StateModel) -> None:
    shuffled = Cohorts(frame.sample(frac=1, random_state=9), ("a" * 64,), {}, {"NC-2014-11-05-general": 12})
    again = fit_propensity(shuffled, config)
    assert again.boosters == fitted.boosters
    assert (again.calibrator, again.spec, again.report) == (fitted.calibrator, fitted.spec, fitted.report)


def test_in_time_every_fold_has_its_booster(fitted_in_time) -> None:
    assert len(fitted_in_time.boosters) == 3
    assert fitted_in_time.report["graded"]["people"] == 500
    assert "in-time" in fitted_in_time.passport["split"]


def test_a_household_teaches_every_booster_but_its_own(frame: pd.DataFrame, in_time_config: StateModel) -> None:
    only = frame[frame["election_id"] == in_time_config.target_election]
    own = (household_fold(only["household_id"], 3) == 0).tolist()
    turned = only.assign(outcome=np.where(own, 1 - only["outcome"], only["outcome"]))
    before, after = (fit_propensity(Cohorts(rows), in_time_config).boosters for rows in (only, turned))
    assert before[0] == after[0]
    assert before[1] != after[1]


def test_rows_of_the_target_election_are_refused(frame: pd.DataFrame, config: StateModel) -> None:
    early = config.model_copy(update={"target": "2022-11-05-general"})
    with pytest.raises(AsOfError, match=r"500 training rows are of the day of NC-2022-11-05-general or later"):
        fit_propensity(Cohorts(frame), early)


def test_reconstructed_rows_are_refused_unless_declared(frame: pd.DataFrame, config: StateModel) -> None:
    rebuilt = Cohorts(frame, reconstructed_counts={"NC-2014-11-05-general": 500})
    with pytest.raises(AsOfError, match="500 training rows are reconstructed"):
        fit_propensity(rebuilt, config)


def test_only_the_named_arm_trains(frame: pd.DataFrame, in_time_config: StateModel) -> None:
    asked = in_time_config.model_copy(update={"population": PopulationConfig(experiment="mail", arm="control")})
    only = frame[frame["election_id"] == in_time_config.target_election]
    half = only.assign(arm_code=np.where(np.arange(len(only)) % 4 < 2, "control", "letter"))
    assert fit_propensity(Cohorts(half), asked).report["training"]["rows"] == 250
    with pytest.raises(TrainingError, match="lacks arm_code"):
        fit_propensity(Cohorts(only), asked)


def test_in_time_refuses_a_second_election(frame: pd.DataFrame, in_time_config: StateModel) -> None:
    with pytest.raises(TrainingError, match="holds other elections"):
        fit_propensity(Cohorts(frame), in_time_config)


def test_an_oracle_learns_from_probabilities(fitted, frame: pd.DataFrame, config: StateModel) -> None:
    truth = np.where(frame["general_lag1_voted"] == 1, 0.8, 0.2)
    oracle = fit_member(frame, truth, fitted.spec, config, objective="cross_entropy")
    assert np.abs(oracle.predict(matrix_of(frame, fitted.spec)) - truth).mean() < 0.15
