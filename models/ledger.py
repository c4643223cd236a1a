"""One row of the append-only ledger of model versions, made from a version and what was decided about it."""

import datetime as dt
from typing import Any, Literal

from models.artefact import ModelVersion
from models.report import best_baseline

Event = Literal["trained", "promoted", "refused", "rolled_back"]


def version_event(
    version: ModelVersion, event: Event, *, sequence: int, path: str, decided_by: str, reason: str
) -> dict[str, Any]:
    """The row that says what happened to a version; its columns are those of `models.tables.ModelVersions`.

    Args:
        version: The version.
        event: What happened to it.
        sequence: Place in the ledger, one more than the last.
        path: Its folder, relative to the root of the data.
        decided_by: Who decided: `gates`, or the name that the environment gives.
        reason: Why, in words.
    """
    report = version.report
    loss, baseline = report["metrics"]["log_loss"], best_baseline(report)
    difference = report["baselines"][baseline]["difference"]
    return {
        "sequence": sequence,
        "version_id": version.version_id,
        "model": version.name,
        "state": version.state,
        "event": event,
        "target_election": version.index["target_election"],
        "path": path,
        "model_sha256": version.sha256,
        "features_sha256": version.spec.sha256,
        "window_start": dt.date.fromisoformat(report["training"]["window_start"]),
        "window_end": dt.date.fromisoformat(report["training"]["window_end"]),
        "receipts": list(report["training"]["receipts"]),
        "log_loss": loss["value"],
        "log_loss_low": loss["low"],
        "log_loss_high": loss["high"],
        "best_baseline": baseline,
        "difference": difference["value"],
        "difference_low": difference["low"],
        "difference_high": difference["high"],
        "calibration_error": report["metrics"]["calibration_error"]["value"],
        "calibration_error_tied": report["metrics_tied"]["calibration_error"]["value"],
        "is_passed": report["verdict"]["is_passed"],
        "verdict": report["verdict"]["text"],
        "decided_by": decided_by,
        "reason": reason,
    }
