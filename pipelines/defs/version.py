"""What the UI shows of a model version: grade, gates and pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dagster as dg

from pipelines.defs.tables import markdown_table, picture

if TYPE_CHECKING:
    from models.artefact import ModelVersion

_READINGS = {
    "auc": "ranking: 0.5 is chance, 1 is perfect",
    "log_loss": "smaller is better",
    "calibration_error": "mean gap of score and rate",
    "mean_error": "mean score minus rate",
    "slope": "1 is right; below 1 too sure",
}
_TITLES = {
    "calibration": "plot: do the scores hold?",
    "baselines": "plot: better than plain models?",
    "lift": "plot: how far does the top reach?",
    "importance": "plot: what does it look at?",
}


def version_metadata(version: ModelVersion) -> dict[str, Any]:
    """Grade, gates, what it learned from, pictures, and the figures that the UI draws over time."""
    from models.passport import quality_sentence
    from models.plots import plots_of, to_svg

    report, training = version.report, version.report["training"]
    charts = plots_of(report)
    drawn = {_TITLES[name]: picture(to_svg(charts[name]), name) for name in _TITLES}
    learned = f"{training['rows']:,} rows of elections from {training['window_start']} to {training['window_end']}"
    figures = {name: report["metrics"][name]["value"] for name in _READINGS}
    tables = {"grade": _grade(report), "gates": _gates(report), "elections that taught it": _occasions(training)}
    return {"quality": quality_sentence(report), **tables, **drawn, "learned from": learned, **figures}


def _grade(report: dict[str, Any]) -> dg.MetadataValue:
    rows = [
        {
            "measure": name.replace("_", " "),
            "value": f"{found['value']:.3f}",
            "95%": f"{found['low']:.3f} to {found['high']:.3f}",
            "reading": reading,
        }
        for name, reading in _READINGS.items()
        for found in [report["metrics"][name]]
    ]
    return markdown_table(rows)


def _gates(report: dict[str, Any]) -> dg.MetadataValue:
    rows = [
        {
            "gate": gate["demand"],
            "target": gate["target"],
            "found": gate["found"],
            "": "passed" if gate["is_passed"] else "**failed**",
        }
        for gate in report["verdict"]["gates"]
    ]
    return markdown_table(rows)


def _occasions(training: dict[str, Any]) -> dg.MetadataValue:
    rows = [
        {"election": found["election_id"], "people": found["people"], "did it": f"{found['rate']:.1%}"}
        for found in training["occasions"]
    ]
    return markdown_table(rows)
