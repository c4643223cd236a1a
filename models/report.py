"""The account of one version: what it was trained on, how good it was, against what, and the verdict."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from models import evaluate
from models.calibrate import level_shift, tie_level
from models.frames import Cohorts
from models.gates import judge
from models.model_config import StateModel
from models.slices import slice_table


@dataclass(frozen=True)
class Judged:
    """Rows that graded a model, with its scores and those of the baselines; none of them taught either.

    Attributes:
        frame: The graded rows.
        p: Scores of the model, `(n_rows,)`.
        baselines: Scores of each baseline on the same rows.
    """

    frame: pd.DataFrame
    p: np.ndarray
    baselines: dict[str, np.ndarray]


def build_report(
    config: StateModel,
    frame: pd.DataFrame,
    cohorts: Cohorts,
    judged: Judged,
    roles: dict[str, Any],
    importance: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    """The report as plain JSON: counts, rates and figures with intervals, never a row.

    Args:
        config: The model.
        frame: Rows of its population, all occasions.
        cohorts: Where they come from.
        judged: The graded rows.
        roles: Which occasion did what.
        importance: Share of gain by feature.
    """
    y, homes = judged.frame["outcome"].to_numpy(dtype=np.float64), judged.frame["household_id"].to_numpy()
    repeats, seed = config.gates.bootstrap_repeats, config.gates.seed
    tied = tie_level(judged.p, float(y.mean()))
    metrics = evaluate.grade(judged.p, y, homes, repeats, seed)
    metrics_tied = evaluate.grade(tied, y, homes, repeats, seed)
    baselines, differences = _against(judged, y, homes, repeats, seed)
    chance = evaluate.chance_calibration_error(tied, seed=seed)
    verdict = judge(config.gates, metrics, metrics_tied["calibration_error"].value, chance, differences)
    return {
        "model": config.name,
        "state": config.state,
        "target_election": config.target_election,
        "scheme": config.split.scheme,
        "settings": settings(config),
        "roles": roles,
        "training": _training(frame, cohorts),
        "graded": {"people": len(y), "households": len(pd.unique(homes)), "rate": round(float(y.mean()), 6)},
        "metrics": _as_json(metrics),
        "metrics_tied": _as_json(metrics_tied),
        "level_shift": round(level_shift(judged.p, float(y.mean())), 6),
        "chance_calibration_error": round(chance, 6),
        "baselines": baselines,
        "slices": slice_table(judged.p, judged.frame, homes),
        "calibration": evaluate.calibration_table(judged.p, y, homes, seed),
        "lift": evaluate.lift_table(judged.p, y, seed),
        "importance": list(importance),
        "verdict": verdict.to_json(),
    }


def best_baseline(report: dict[str, Any]) -> str:
    """Name of the baseline with the lowest log loss."""
    return min(report["baselines"], key=lambda name: (report["baselines"][name]["log_loss"], name))


def settings(config: StateModel) -> dict[str, Any]:
    """The booster's and the split's settings by name, with the rest that decides a fit."""
    chosen = config.model_dump(mode="json")
    rest = {name: chosen[name] for name in ("calibration", "cohort")}
    pooled = {"pool_kinds": ", ".join(config.pool_kinds), "state": config.state}
    raised = ", ".join(config.monotone) if config.monotone_increasing else "none"
    return {**chosen["booster"], **chosen["split"], **rest, **pooled, "monotone": raised}


def _against(
    judged: Judged, y: np.ndarray, homes: np.ndarray, repeats: int, seed: int
) -> tuple[dict[str, Any], dict[str, evaluate.Estimate]]:
    gains = {name: _gain(judged.p, scores, y) for name, scores in judged.baselines.items()}
    tied = tie_level(judged.p, float(y.mean()))
    gains |= {
        f"{name} tied": _gain(tied, tie_level(scores, float(y.mean())), y) for name, scores in judged.baselines.items()
    }
    found = evaluate.mean_intervals(gains, homes, repeats, seed)
    rows = {
        name: {
            "log_loss": round(float(evaluate.log_losses(scores, y).mean()), 6),
            "auc": round(evaluate.auc(scores, y), 6),
            "difference": found[name].to_json(),
            "difference_tied": found[f"{name} tied"].to_json(),
        }
        for name, scores in judged.baselines.items()
    }
    return rows, {name: found[name] for name in judged.baselines}


def _gain(p: np.ndarray, other: np.ndarray, y: np.ndarray) -> np.ndarray:
    return evaluate.log_losses(p, y) - evaluate.log_losses(other, y)


def _training(frame: pd.DataFrame, cohorts: Cohorts) -> dict[str, Any]:
    grouped = frame.groupby("election_id", observed=True)["outcome"].agg(["size", "mean"])
    occasions = [
        {
            "election_id": str(election),
            "people": int(row["size"]),
            "rate": round(float(row["mean"]), 6),
            "reconstructed": int(cohorts.reconstructed_counts.get(str(election), 0)),
            "vanished": int(cohorts.vanished_counts.get(str(election), 0)),
        }
        for election, row in grouped.iterrows()
    ]
    first, last = frame["election_date"].min(), frame["election_date"].max()
    window = {"window_start": first.isoformat(), "window_end": last.isoformat()}
    return {**window, "rows": len(frame), "receipts": sorted(cohorts.receipts), "occasions": occasions}


def _as_json(metrics: dict[str, evaluate.Estimate]) -> dict[str, dict[str, float]]:
    return {name: found.to_json() for name, found in metrics.items()}
