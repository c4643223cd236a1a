"""What a score means, for whom, until when and for which uses: the page that travels with every published number."""

import datetime as dt
from typing import Any

from models.frames import Cohorts
from models.model_config import StateModel


def build_passport(config: StateModel, cohorts: Cohorts, report: dict[str, Any]) -> dict[str, Any]:
    """The passport of a version: no clock, no row, the same for the same training.

    Args:
        config: The model: meaning, reading, uses.
        cohorts: How the training rows came about.
        report: The report of the version.
    """
    return {
        "model": config.name,
        "state": config.state,
        "target_election": config.target_election,
        "meaning": config.passport.meaning,
        "reading": config.passport.reading,
        "population": config.passport.population,
        "unit": "probability, 0 to 1",
        "null_means": "Nothing is known about the person that the model could read; null is not zero.",
        "as_of": "Facts known before the day in the score's column as_of; nothing learned on that day or later.",
        "valid_until": config.passport.valid_until.isoformat(),
        "allowed_uses": list(config.passport.allowed_uses),
        "refused_uses": list(config.passport.refused_uses),
        "data_window": {key: report["training"][key] for key in ("window_start", "window_end")},
        "split": _split_statement(config),
        "cohort": _cohort_statement(config, cohorts),
        "bias": _bias_statement(cohorts),
        "quality": _quality(report),
        "quality_statement": quality_sentence(report),
    }


def dated(passport: dict[str, Any], as_of: dt.date) -> dict[str, Any]:
    """The passport of scores made on a day, with whether they are still valid then."""
    is_valid = as_of <= dt.date.fromisoformat(passport["valid_until"])
    return {**passport, "as_of_date": as_of.isoformat(), "is_valid": is_valid}


def quality_sentence(report: dict[str, Any]) -> str:
    """The grade in one sentence: ranking, calibration, and the gain over the best plain model."""
    metrics, tied = report["metrics"], report["metrics_tied"]
    name, best = min(report["baselines"].items(), key=lambda item: (item[1]["log_loss"], item[0]))
    how = "out of fold" if report["scheme"] == "in_time" else "on an election later than any that taught it"
    return (
        f"Graded {how}, on {report['graded']['people']:,} people of whom {report['graded']['rate']:.1%} did it: "
        f"AUC {metrics['auc']['value']:.3f}, log loss {metrics['log_loss']['value']:.4f} "
        f"({_signed(best['difference'])} against the best plain model, {name.replace('_', ' ')}), "
        f"mean error {100 * metrics['mean_error']['value']:+.1f} points, calibration error "
        f"{metrics['calibration_error']['value']:.3f} as it is and {tied['calibration_error']['value']:.3f} once the "
        "level is tied to the true one."
    )


def _signed(difference: dict[str, float]) -> str:
    return f"{difference['value']:+.4f}, 95% interval {difference['low']:+.4f} to {difference['high']:+.4f}"


def _split_statement(config: StateModel) -> str:
    if config.split.scheme == "in_time":
        return (
            "in-time: trained and graded within one election, by household; nobody's score comes from a booster that "
            "saw their household. Quality on another election is not known and will be lower."
        )
    return "Time order: fitted on earlier elections, calibrated on a later one, graded by the same recipe one back."


def _cohort_statement(config: StateModel, cohorts: Cohorts) -> str:
    rebuilt = sum(cohorts.reconstructed_counts.values())
    if config.cohort == "snapshot" or not rebuilt:
        return "Every training row is seen as a file of its time showed it."
    return (
        f"reconstructed: of {len(cohorts.frame):,} rows given for training, {rebuilt:,} take party, address or status "
        "from a file made after the election they are about."
    )


def _bias_statement(cohorts: Cohorts) -> str:
    gone = sum(cohorts.vanished_counts.values())
    if not gone:
        return "Nobody at risk had left the files before they said who voted."
    return (
        f"{gone:,} people, counted once an election, left the file before it said whether they voted, or voted and are "
        "missing from it. They are in no training row: turnout of past elections is that of those who stayed, and the "
        "level should be tied to an official total."
    )


def _quality(report: dict[str, Any]) -> dict[str, Any]:
    wanted = ("log_loss", "brier", "auc", "calibration_error", "slope", "mean_error")
    figures = {name: report["metrics"][name] for name in wanted}
    tied = {"calibration_error": report["metrics_tied"]["calibration_error"]}
    return {"people": report["graded"]["people"], "as_it_is": figures, "level_tied": tied}
