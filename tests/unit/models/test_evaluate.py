"""Each metric agrees with a slow or another's twin; intervals cover what they promise."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from models import evaluate
from models.calibrate import logit

DRAWS = np.random.default_rng(5)
P = DRAWS.beta(2, 3, 4000)
Y = (DRAWS.random(4000) < P).astype(float)
HOMES = np.arange(4000) // 2


def test_metrics_agree_with_another_library() -> None:
    found = evaluate.grade(P, Y, HOMES, repeats=20, seed=1)
    line = LogisticRegression(C=1e9).fit(logit(P)[:, None], Y)
    assert found["log_loss"].value == pytest.approx(log_loss(Y, P))
    assert found["brier"].value == pytest.approx(brier_score_loss(Y, P))
    assert found["auc"].value == pytest.approx(roc_auc_score(Y, P))
    assert found["slope"].value == pytest.approx(line.coef_[0, 0], abs=1e-3)
    assert found["mean_error"].value == pytest.approx(P.mean() - Y.mean())
    assert all(found[name].low <= found[name].value <= found[name].high for name in found)
    assert set(found) >= {"intercept", "mean_score", "rate", "calibration_error"}


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.sampled_from([0.1, 0.4, 0.4, 0.9]), st.booleans(), st.integers(0, 3)), min_size=2, max_size=40
    )
)
def test_a_weighted_auc_counts_people_as_often_as_their_weight(rows: list[tuple[float, bool, int]]) -> None:
    p, y, weight = (np.array(part, dtype=float) for part in zip(*rows, strict=True))
    repeated = np.repeat(np.arange(len(p)), weight.astype(int))
    if len(set(y[repeated])) == 2:
        assert evaluate.auc(p, y, weight) == pytest.approx(roc_auc_score(y[repeated], p[repeated]))


def test_bins_are_of_equal_mass_even_when_scores_tie() -> None:
    assert set(np.bincount(evaluate.equal_mass_bins(np.full(4000, 0.3)))) == {200}


def test_ties_are_dealt_by_the_seed_and_not_by_the_order_of_rows() -> None:
    y = np.sort(DRAWS.random(20_000) < 0.3).astype(float)
    flat = np.full(20_000, 0.3)
    assert evaluate.calibration_error(flat, y, evaluate.equal_mass_bins(flat)) < 0.03


def test_calibration_error_is_the_mean_gap_of_the_bins() -> None:
    bins = evaluate.equal_mass_bins(P)
    slow = sum(abs((Y - P)[bins == place].mean()) * (bins == place).mean() for place in range(20))
    assert evaluate.calibration_error(P, Y, bins) == pytest.approx(slow)


def test_chance_alone_shows_the_error_it_is_said_to() -> None:
    bound = evaluate.chance_calibration_error(P, repeats=100)
    drawn = [(np.random.default_rng(seed).random(4000) < P).astype(float) for seed in range(100)]
    above = np.mean([evaluate.calibration_error(P, y, evaluate.equal_mass_bins(P)) > bound for y in drawn])
    assert above < 0.15
    assert evaluate.calibration_error(np.clip(P + 0.05, 0, 1), Y, evaluate.equal_mass_bins(P)) > bound


def test_draws_count_households_whole_and_once_on_average() -> None:
    for weight in evaluate.household_draws(20_000, 3, seed=0):
        assert weight.mean() == pytest.approx(1, abs=0.05)
        assert set(weight) <= set(range(12))


def test_a_draw_gives_what_the_rows_repeated_would_give() -> None:
    weight = next(evaluate.household_draws(2000, 1, seed=3))
    repeated = np.repeat(np.arange(4000), weight[HOMES].astype(int))
    figures = evaluate._figures(P, Y, HOMES, 2000, 0)(weight)
    slow = evaluate.grade(P[repeated], Y[repeated], HOMES[repeated], 20, 0)
    for name in ("log_loss", "brier", "auc", "mean_error"):
        assert figures[name] == pytest.approx(slow[name].value)
    assert figures["slope"] == pytest.approx(slow["slope"].value, abs=0.01)


def test_copying_every_person_into_a_household_widens_nothing() -> None:
    alone = evaluate.loss_difference(P, np.full(4000, Y.mean()), Y, np.arange(4000), 200, seed=2)
    doubled = (np.repeat(part, 2) for part in (P, np.full(4000, Y.mean()), Y, np.arange(4000)))
    paired = evaluate.loss_difference(*doubled, 200, seed=2)
    assert (paired.low, paired.high) == pytest.approx((alone.low, alone.high))


def test_a_difference_of_nothing_is_zero_with_no_width() -> None:
    assert evaluate.loss_difference(P, P, Y, HOMES, 20, seed=0) == evaluate.Estimate(0, 0, 0)


def test_the_clustered_error_is_that_of_household_sums() -> None:
    rate, error = evaluate.clustered_rate(Y, HOMES)
    sums = pd.Series(Y - rate).groupby(HOMES).sum()
    assert error == pytest.approx(np.sqrt((sums**2).sum()) / 4000)


def test_tables_hold_twenty_groups_and_end_with_everybody() -> None:
    bins, lift = evaluate.calibration_table(P, Y, HOMES), evaluate.lift_table(P, Y)
    assert [row["people"] for row in bins] == [200] * 20
    assert all(row["low"] <= row["rate"] <= row["high"] for row in bins)
    assert (lift[-1]["people_share"], lift[-1]["outcome_share"]) == (1.0, 1.0)
    assert lift[0]["lift"] > 1.5
