"""The passport says what a score means, how its people were found, and who is missing."""

import datetime as dt

from models.passport import dated, quality_sentence


def test_meaning_uses_and_validity_come_from_the_configuration(fitted) -> None:
    passport = fitted.passport
    assert passport["refused_uses"] == ["anything else"]
    assert passport["valid_until"] == "2026-11-03"
    assert passport["data_window"] == {"window_start": "2014-11-05", "window_end": "2022-11-05"}


def test_people_who_left_are_counted(fitted) -> None:
    assert fitted.passport["bias"].startswith("12 people, counted once an election, left the file")


def test_the_quality_is_one_sentence_of_counts_and_figures(fitted) -> None:
    said = quality_sentence(fitted.report)
    assert "on 500 people" in said
    assert "against the best plain model" in said


def test_scores_of_a_day_after_the_last_are_no_longer_valid(fitted) -> None:
    assert dated(fitted.passport, dt.date(2026, 11, 3))["is_valid"]
    assert not dated(fitted.passport, dt.date(2026, 11, 4))["is_valid"]
