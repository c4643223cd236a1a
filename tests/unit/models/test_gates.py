"""The verdict is in words, and a refusal names every demand that fails."""

import pytest

from models.evaluate import Estimate
from models.gates import judge
from models.model_config import GatesConfig

GATES = GatesConfig(max_calibration_error=0.01)
GOOD = {"slope": Estimate(1.0, 0.95, 1.05)}
BETTER = {"spline_logistic": Estimate(-0.003, -0.004, -0.002)}


def test_all_gates_passed_is_said_shortly() -> None:
    verdict = judge(GATES, GOOD, 0.004, 0.003, BETTER)
    assert verdict.is_passed
    assert verdict.text == "Passed all 3 gates."


def test_a_gain_whose_interval_reaches_zero_is_no_gain() -> None:
    verdict = judge(GATES, GOOD, 0.004, 0.003, {**BETTER, "last_same_kind": Estimate(-0.001, -0.003, 0.0)})
    assert not verdict.is_passed
    assert (
        "log loss against last same kind: -0.00100 (-0.00300 to +0.00000), asked a 95% interval below 0" in verdict.text
    )


def test_a_tie_is_enough_only_where_it_is_allowed_and_only_so_close() -> None:
    close, far = ({"spline_logistic": Estimate(0.0, -0.001, high)} for high in (0.0009, 0.0011))
    lenient = GatesConfig(max_calibration_error=0.01, may_tie={"spline_logistic": 0.001})
    assert not judge(GATES, GOOD, 0.004, 0.003, close).is_passed
    assert judge(lenient, GOOD, 0.004, 0.003, close).is_passed
    assert not judge(lenient, GOOD, 0.004, 0.003, far).is_passed


@pytest.mark.parametrize(
    ("slope", "error", "named"), [(0.8, 0.004, "slope"), (1.2, 0.004, "slope"), (1.0, 0.02, "tied")]
)
def test_each_bound_is_kept(slope: float, error: float, named: str) -> None:
    verdict = judge(GATES, {"slope": Estimate(slope, slope, slope)}, error, 0.003, BETTER)
    assert [gate.is_passed for gate in verdict.gates].count(False) == 1
    assert named in verdict.text


def test_the_report_keeps_every_gate() -> None:
    assert [gate["is_passed"] for gate in judge(GATES, GOOD, 0.5, 0.003, BETTER).to_json()["gates"]] == [
        True,
        False,
        True,
    ]


def test_a_small_sample_is_not_refused_for_what_chance_alone_shows() -> None:
    assert judge(GATES, GOOD, 0.02, 0.025, BETTER).is_passed
