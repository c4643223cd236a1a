"""The family propensity: the chance that a person does something on a named occasion, and how well it was foretold."""

import datetime as dt
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from models import lgbm
from models.baselines import demand_columns, make_baseline
from models.calibrate import Calibrator, fit_platt
from models.errors import AsOfError, TrainingError
from models.frames import OUTCOME, Cohorts
from models.lgbm import Objective
from models.matrix import FeatureSpec, learn_spec, to_matrix, training_table
from models.model_config import BaselineName, InTimeSplit, StateModel
from models.passport import build_passport
from models.report import Judged, build_report
from models.splits import Roles, backtest_roles, household_fold, production_roles, stopping_households

_LEAST_WEIGHT = 1e-3  # LightGBM wants a positive weight of every row


@dataclass(frozen=True)
class FittedPropensity:
    """What training gives: numbers that score, and the account of how good they are.

    Attributes:
        config: The model's configuration.
        boosters: Texts of the boosters: one, or one for each fold of households.
        calibrator: The calibration of their probabilities.
        spec: The features of the matrix.
        window: Days of the first and the last occasion behind the rows.
        receipts: Hashes of the received files behind the rows.
        report: Backtest, baselines, tables and verdict; counts and rates only.
        passport: What a score means, for whom, until when, for which uses.
    """

    config: StateModel
    boosters: tuple[str, ...]
    calibrator: Calibrator
    spec: FeatureSpec
    window: tuple[dt.date, dt.date]
    receipts: tuple[str, ...]
    report: dict[str, Any]
    passport: dict[str, Any]


@dataclass(frozen=True)
class _Learned:
    boosters: tuple[Any, ...]
    calibrator: Calibrator
    judged: Judged
    roles: dict[str, Any]


def fit_propensity(cohorts: Cohorts, config: StateModel) -> FittedPropensity:
    """A model version with its backtest, by the scheme that the configuration names.

    With scheme `occasions` the model in use is fitted and calibrated on all but the newest knowledge it needs, and the
    report grades the same recipe one occasion of the kind earlier. With `in_time` every graded score is out-of-fold.

    Args:
        cohorts: Past occasions with outcomes; with a `population` also the column `arm_code`.
        config: The model in one state; rows of other states are left aside.

    Raises:
        TrainingError: Occasions, rows or columns are missing, or outcomes do not vary.
        AsOfError: Rows of the target election or later, or reconstructed rows the configuration does not allow.
        FeatureMismatchError: A feature is missing, or is neither number nor text.
    """
    frame = _population(cohorts.frame, config)
    _demand_honest(frame, cohorts, config)
    demand_columns(frame, config)
    spec = learn_spec(training_table(frame, config.features), config.features)
    learned = (
        _fit_in_time(frame, spec, config) if config.split.scheme == "in_time" else _fit_occasions(frame, spec, config)
    )
    ranked = lgbm.importance(learned.boosters, spec.names)
    report = build_report(config, frame, cohorts, learned.judged, learned.roles, ranked)
    passport = build_passport(config, cohorts, report)
    texts = tuple(lgbm.booster_text(booster) for booster in learned.boosters)
    return FittedPropensity(config, texts, learned.calibrator, spec, cohorts.window, cohorts.receipts, report, passport)


def fit_member(
    frame: pd.DataFrame,
    y: np.ndarray,
    spec: FeatureSpec,
    config: StateModel,
    objective: Objective = "binary",
    num_threads: int = 1,
) -> Any:
    """One booster on the rows of a frame, some of whose households decide when to stop.

    Args:
        frame: household_id and the features.
        y: Outcomes, or true probabilities with the objective cross_entropy.
        spec: The features of the matrix.
        config: The model: split and booster settings.
        objective: Loss.
        num_threads: Threads of this booster, count.
    """
    X = matrix_of(frame, spec)
    held = stopping_households(frame["household_id"], config.split.stopping_share)
    raised = (
        [place for place, name in enumerate(spec.names) if name in config.monotone]
        if config.monotone_increasing
        else []
    )
    return lgbm.fit_booster(
        X,
        y,
        held,
        config.booster,
        categorical=spec.categorical,
        monotone=raised,
        objective=objective,
        num_threads=num_threads,
        weight=weights_of(frame, config),
    )


def weights_of(frame: pd.DataFrame, config: StateModel) -> np.ndarray | None:
    """How much each row teaches: the named column, 1 where it is null; nothing where the model names none.

    Shapes:
        returns (n_rows,), above 0.

    Raises:
        TrainingError: The frame lacks the column.
    """
    if config.weight is None:
        return None
    if config.weight not in frame:
        raise TrainingError(f"{config.name} weighs its rows by {config.weight}; the frame lacks it.")
    return frame[config.weight].fillna(1.0).clip(lower=_LEAST_WEIGHT).to_numpy(dtype=np.float64)


def matrix_of(frame: pd.DataFrame, spec: FeatureSpec) -> np.ndarray:
    """The matrix of a frame, float32 `(n_rows, n_features)`."""
    return to_matrix(spec, training_table(frame, list(spec.names)))


def _population(frame: pd.DataFrame, config: StateModel) -> pd.DataFrame:
    kept = frame[frame["election_id"].astype(str).str.startswith(config.state)]
    if config.split.scheme == "occasions":
        kept = kept[kept["election_kind"].isin(config.pool_kinds)]
    if config.population is not None:
        if "arm_code" not in kept:
            raise TrainingError(f"{config.name} trains on one arm of an experiment; the frame lacks arm_code.")
        kept = kept[kept["arm_code"] == config.population.arm]
    if kept.empty:
        raise TrainingError(f"No row of the training frame belongs to the population of {config.name}.")
    return kept.reset_index(drop=True)


def _demand_honest(frame: pd.DataFrame, cohorts: Cohorts, config: StateModel) -> None:
    rebuilt = sum(cohorts.reconstructed_counts.values())
    if config.cohort == "snapshot" and rebuilt:
        raise AsOfError(
            f"{rebuilt:,} training rows are reconstructed from a later file; {config.name} allows snapshots only. "
            "Bring the snapshots of the time, or declare cohort: reconstructed, which the passport will say."
        )
    later = int((frame["election_date"] >= config.target_date).sum()) if config.split.scheme == "occasions" else 0
    if later:
        raise AsOfError(f"{later:,} training rows are of the day of {config.target_election} or later.")
    if config.split.scheme == "in_time" and set(frame["election_id"]) != {config.target_election}:
        raise TrainingError(
            f"Scheme in_time trains on {config.target_election} alone; the frame holds other elections."
        )


@dataclass(frozen=True)
class _Cut:
    """The rows of a training frame by what they do; each part is copied out of the frame once, for all models."""

    fitted: pd.DataFrame
    later: pd.DataFrame
    graded: pd.DataFrame


def _cut(frame: pd.DataFrame, roles: Roles) -> _Cut:
    return _Cut(*(frame[frame["election_date"].isin(days)] for days in (roles.fit, (roles.calibrate,), (roles.grade,))))


def _fit_occasions(frame: pd.DataFrame, spec: FeatureSpec, config: StateModel) -> _Learned:
    occasions = frame[["election_date", "election_kind"]].drop_duplicates()
    used, tried = production_roles(occasions, config.target_kind), backtest_roles(occasions, config.target_kind)
    earlier = _cut(frame, tried)
    (booster, calibrator), p, *plain = _side_by_side(
        [
            lambda: _fit_and_calibrate(_cut(frame, used), spec, config),
            lambda: _backtest_scores(earlier, spec, config),
            *(partial(_baseline_scores, name, earlier, config) for name in config.baselines),
        ],
        config.booster.num_threads,
    )
    judged = Judged(earlier.graded, p, dict(zip(config.baselines, plain, strict=True)))
    return _Learned((booster,), calibrator, judged, {"in_use": _days(used), "backtest": _days(tried)})


def _fit_and_calibrate(cut: _Cut, spec: FeatureSpec, config: StateModel) -> tuple[Any, Calibrator]:
    booster = fit_member(cut.fitted, _outcome(cut.fitted), spec, config, num_threads=_threads_each(config, 2))
    if config.calibration == "none":
        return booster, Calibrator()
    return booster, fit_platt(lgbm.predict(booster, matrix_of(cut.later, spec)), _outcome(cut.later))


def _backtest_scores(cut: _Cut, spec: FeatureSpec, config: StateModel) -> np.ndarray:
    booster, calibrator = _fit_and_calibrate(cut, spec, config)
    return calibrator.apply(lgbm.predict(booster, matrix_of(cut.graded, spec)))


def _baseline_scores(name: BaselineName, cut: _Cut, config: StateModel) -> np.ndarray:
    baseline = make_baseline(name, config.baseline_columns, config.features).fit(cut.fitted, _outcome(cut.fitted))
    scores = baseline.predict(cut.graded)
    if config.calibration == "none":
        return scores
    return fit_platt(baseline.predict(cut.later), _outcome(cut.later), may_fall=True).apply(scores)


def _fit_in_time(frame: pd.DataFrame, spec: FeatureSpec, config: StateModel) -> _Learned:
    assert isinstance(config.split, InTimeSplit)
    dealt = household_fold(frame["household_id"], config.split.folds)
    folds = range(config.split.folds)
    found = _side_by_side(
        [partial(_fit_fold, frame[dealt != fold], frame[dealt == fold], spec, config) for fold in folds],
        config.booster.num_threads,
    )
    p = np.zeros(len(frame))
    plain: dict[str, np.ndarray] = {name: np.zeros(len(frame)) for name in config.baselines}
    for fold, (_, scores, baselines) in enumerate(found):
        p[dealt == fold] = scores
        for name in config.baselines:
            plain[name][dealt == fold] = baselines[name]
    roles = {"in_time": {"folds": config.split.folds, "election": config.target_election}}
    return _Learned(tuple(booster for booster, *_ in found), Calibrator(), Judged(frame, p, plain), roles)


def _fit_fold(
    seen: pd.DataFrame, left_out: pd.DataFrame, spec: FeatureSpec, config: StateModel
) -> tuple[Any, np.ndarray, dict[str, np.ndarray]]:
    threads = _threads_each(config, config.split.folds) if isinstance(config.split, InTimeSplit) else 1
    booster = fit_member(seen, _outcome(seen), spec, config, num_threads=threads)
    plain: dict[str, np.ndarray] = {}
    for name in config.baselines:
        baseline = make_baseline(name, config.baseline_columns, config.features).fit(seen, _outcome(seen))
        plain[name] = baseline.predict(left_out)
    return booster, lgbm.predict(booster, matrix_of(left_out, spec)), plain


def _threads_each(config: StateModel, boosters: int) -> int:
    return max(1, config.booster.num_threads // boosters)


def _side_by_side(tasks: Sequence[Callable[[], Any]], workers: int) -> list[Any]:
    """What each task gives, in their order; so many run at once, since a thread of its own never waits for another."""
    with ThreadPoolExecutor(workers) as pool:
        return [running.result() for running in [pool.submit(task) for task in tasks]]


def _outcome(frame: pd.DataFrame) -> np.ndarray:
    return frame[OUTCOME].to_numpy(dtype=np.float64)


def _days(roles: Roles) -> dict[str, Any]:
    graded = roles.grade.isoformat() if roles.grade else None
    return {"fit": [day.isoformat() for day in roles.fit], "calibrate": roles.calibrate.isoformat(), "grade": graded}
