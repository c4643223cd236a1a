"""How long one state's version takes to train, from its features to the verdict of its gates."""

import time
from typing import Any

from models.config import read_config
from models.model_config import ModelConfig
from models.propensity import fit_propensity
from pipelines.calendar import read_calendar
from pipelines.lake import Lake
from pipelines.layouts.source import read_source
from pipelines.modelling.occasions import past_occasions
from pipelines.modelling.training import read_cohorts
from pipelines.settings import Settings


def measure_training(settings: Settings, model: str, source: str, newest: int | None = None) -> dict[str, Any]:
    """Seconds of reading the cohorts of a state and of fitting its version; nothing is kept.

    Args:
        settings: A profile whose features of that state stand, such as the demo's.
        model: Name of the model's YAML.
        source: Name of the source's YAML.
        newest: Only so many of the newest past elections, count; all by default.

    Returns:
        rows, elections, read_seconds, fit_seconds, fit_processor_seconds, trees of the booster in use, log_loss of the
        backtest, and is_passed.
    """
    lake, found = Lake(settings.root), read_source(settings.configs, source)
    config = read_config(ModelConfig, settings.configs / "models" / f"{model}.yaml").of_state(found.state, found.name)
    begun = time.perf_counter()
    occasions = past_occasions(lake, config, read_calendar(settings.configs), found)[-(newest or 0) :]
    cohorts = read_cohorts(lake, config, occasions, [source])
    read, processor = time.perf_counter(), time.process_time()
    fitted = fit_propensity(cohorts, config)
    return {
        "rows": len(cohorts.frame),
        "elections": len(occasions),
        "read_seconds": read - begun,
        "fit_seconds": time.perf_counter() - read,
        "fit_processor_seconds": time.process_time() - processor,
        "trees": fitted.boosters[0].count("\nTree="),
        "log_loss": fitted.report["metrics"]["log_loss"]["value"],
        "is_passed": fitted.report["verdict"]["is_passed"],
    }
