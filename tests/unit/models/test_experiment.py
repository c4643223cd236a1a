"""Differences of means with errors by drawn unit, against a slow twin and the published experiment."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.errors import TrainingError
from models.experiment import arm_effects, balance

DRAWS = np.random.default_rng(4)
UNIT = np.repeat(np.arange(400), 2)
FRAME = pd.DataFrame(
    {
        "unit_id": UNIT,
        "arm_code": np.array(["control", "letter", "call", "control"])[UNIT % 4],
        "outcome": (DRAWS.random(400)[UNIT] < 0.4).astype(int),
        "age": DRAWS.normal(50, 10, 800),
    }
)


def test_errors_agree_with_a_clustered_regression_written_out() -> None:
    X = np.column_stack([np.ones(800), FRAME["arm_code"] == "call", FRAME["arm_code"] == "letter"]).astype(float)
    bread = np.linalg.inv(X.T @ X)
    slopes = bread @ X.T @ FRAME["outcome"]
    scores = pd.DataFrame(X * (FRAME["outcome"] - X @ slopes).to_numpy()[:, None]).groupby(UNIT).sum().to_numpy()
    spread = np.sqrt(np.diag(bread @ scores.T @ scores @ bread) * 400 / 399 * 799 / 797)
    found = arm_effects(FRAME, "control")
    np.testing.assert_allclose(found["effect"][1:], slopes[1:])
    np.testing.assert_allclose(found["standard_error"][1:], spread[1:])


def test_control_comes_first_and_has_no_effect() -> None:
    first = arm_effects(FRAME, "control").iloc[0]
    assert (first["arm_code"], first["people"], first["units"]) == ("control", 400, 200)
    assert np.isnan(first["effect"])


def test_a_unit_in_two_arms_is_refused_and_counted() -> None:
    split = FRAME.assign(arm_code=np.where(np.arange(800) == 0, "letter", FRAME["arm_code"]))
    with pytest.raises(TrainingError, match="1 units stand in more than one arm"):
        arm_effects(split, "control")


def test_a_missing_control_and_nulls_are_named_at_once() -> None:
    with pytest.raises(TrainingError, match=r"outcome is null in 800 rows; no row of the control arm nobody"):
        arm_effects(FRAME.assign(outcome=None), "nobody")


def test_balance_finds_what_was_not_balanced() -> None:
    bent = FRAME.assign(bent=FRAME["age"] + 5 * (FRAME["arm_code"] == "letter"))
    found = balance(bent, "control", ["age", "bent"]).set_index(["covariate", "arm_code"])["p_value"]
    assert found["bent", "letter"] < 1e-4
    assert found["age", "letter"] > 0.001


@pytest.mark.skipif("WALKLIST_SHARED" not in os.environ, reason="WALKLIST_SHARED names no folder with the public data")
def test_the_four_letters_come_out_as_published() -> None:
    path = Path(os.environ["WALKLIST_SHARED"]) / "data" / "ggl2008_social_pressure" / "ggl_dev60.parquet"
    people = pd.read_parquet(path, columns=["hh_id", "treatment", "voted"])
    people.columns = ["unit_id", "arm_code", "outcome"]
    found = arm_effects(people, "Control").set_index("arm_code")
    assert found["effect"].round(4).drop("Control").to_dict() == {
        "Civic Duty": 0.0165,
        "Hawthorne": 0.0286,
        "Neighbors": 0.0827,
        "Self": 0.0482,
    }
    assert found["standard_error"].drop("Control").between(0.0041, 0.0044).all()
    assert round(found.loc["Control", "mean"], 4) == 0.2968
