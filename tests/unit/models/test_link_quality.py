"""The second stage: a probability that holds, learned from reviewed records with known chances."""

import numpy as np
import pandas as pd
import pytest

from models.errors import ArtefactError, TrainingError
from models.link_quality import LEAST_REVIEWED, LinkQuality, fit_quality

TRAITS = ("first_name", "address")


def records(count: int, seed: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Records whose chance to be linked right follows from weight, gap and the level of the first name."""
    rng = np.random.default_rng(seed)
    levels = rng.integers(-1, 3, (count, 2))
    frame = pd.DataFrame(
        {
            "match_weight": rng.normal(8, 6, count),
            "gap_bits": rng.exponential(6, count),
            "candidate_count": rng.integers(1, 9, count),
            "namesake_count": rng.integers(1, 40, count),
            "source": rng.choice(["acme", "beta"], count),
            "levels": levels.tolist(),
        }
    )
    z = (
        -3
        + 0.25 * frame["match_weight"]
        + 0.2 * frame["gap_bits"]
        + 0.8 * levels[:, 0]
        + 0.5 * (frame["source"] == "acme")
    )
    truth = 1 / (1 + np.exp(-z.to_numpy()))
    return frame, truth, rng.random(count) < truth


def test_the_probability_means_what_it_says():
    frame, _, is_match = records(1500, 1)
    others, truth, _ = records(20_000, 2)
    found = fit_quality(frame, TRAITS, is_match).predict(others, TRAITS)
    groups = pd.qcut(found, 10, labels=False)
    off = [abs(found[groups == group].mean() - truth[groups == group].mean()) for group in range(10)]
    assert max(off) < 0.06
    assert np.corrcoef(found, truth)[0, 1] > 0.97


def test_records_that_were_drawn_more_often_count_less():
    frame, truth, is_match = records(40_000, 3)
    chance = np.where(frame["match_weight"] < 8, 0.08, 0.01)
    drawn = np.random.default_rng(4).random(len(frame)) < chance
    model = fit_quality(frame[drawn], TRAITS, is_match[drawn], chance[drawn])
    assert abs(model.predict(frame, TRAITS).mean() - truth.mean()) < 0.02


def test_the_artefact_gives_the_same_numbers():
    frame, _, is_match = records(500, 5)
    model = fit_quality(frame, TRAITS, is_match)
    again = LinkQuality.read(model.text)
    assert again == model and again.sha256 == model.sha256
    assert np.array_equal(again.predict(frame, TRAITS), model.predict(frame, TRAITS))


def test_a_level_or_source_never_reviewed_speaks_neither_for_nor_against():
    frame, _, is_match = records(500, 6)
    model = fit_quality(frame, TRAITS, is_match)
    found = model.predict(frame.assign(source="gamma", levels=[[9, 9]] * len(frame)), TRAITS)
    assert np.isfinite(found).all() and ((found >= 0) & (found <= 1)).all()


@pytest.mark.parametrize("answers", [np.ones(500, bool), np.zeros(500, bool)])
def test_reviews_of_one_answer_teach_nothing(answers):
    frame, _, _ = records(500, 7)
    with pytest.raises(TrainingError, match="one answer"):
        fit_quality(frame, TRAITS, answers)


def test_too_few_reviews_are_refused():
    frame, _, is_match = records(LEAST_REVIEWED - 1, 8)
    with pytest.raises(TrainingError, match="at least"):
        fit_quality(frame, TRAITS, is_match)


def test_another_kind_of_artefact_is_refused():
    with pytest.raises(ArtefactError):
        LinkQuality.read('{"kind": "forest"}')


@pytest.mark.parametrize("count", [101, 110, 113, 150, 333])
def test_a_column_of_one_value_teaches_nothing_and_breaks_nothing(count):
    frame, _, is_match = records(count, 9)
    frame = frame.assign(namesake_count=1, candidate_count=2)
    model = fit_quality(frame, TRAITS, is_match)
    found = model.predict(frame, TRAITS)
    assert ((found > 0) & (found < 1)).all() and np.ptp(found) > 0.1


def test_no_records_have_no_chances():
    frame, _, is_match = records(300, 10)
    assert fit_quality(frame, TRAITS, is_match).predict(frame[:0], TRAITS).shape == (0,)
