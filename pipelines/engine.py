"""Runs the flow without the UI: prepares a data root, and takes its states from their files to the published scores."""

import logging
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import filelock

from models.errors import WalklistError
from pipelines.settings import Settings

_INSTANCE = """\
telemetry: {enabled: false}
nux: {enabled: false}
run_monitoring: {enabled: true}
run_retries: {enabled: true, max_retries: 1}
concurrency:
  pools: {default_limit: 1, granularity: op}
  runs: {max_concurrent_runs: 2}
"""


class BusyError(WalklistError):
    """Another run holds the data root."""


@dataclass(frozen=True)
class StateRun:
    """What became of one state.

    Attributes:
        state: Two-letter code.
        is_success: Whether it went from its files to the published scores.
        reason: Why not, in words.
    """

    state: str
    is_success: bool
    reason: str


def prepare(settings: Settings) -> None:
    """Make the data root, Dagster's storage and MLflow's database, once; standing ones are left alone."""
    from models.registry import prepare_database
    from pipelines.lake import Lake

    Lake(settings.root).prepare()
    settings.dagster_home.mkdir(parents=True, exist_ok=True)
    (settings.dagster_home / "dagster.yaml").write_text(_INSTANCE, encoding="utf-8")
    if not (settings.root / "mlflow" / "mlflow.db").is_file():
        prepare_database(settings.tracking_uri)


def environment(settings: Settings) -> dict[str, str]:
    """What Dagster and MLflow must find in the environment to work on a profile's data."""
    return {
        "WALKLIST_PROFILE": settings.name,
        "DAGSTER_HOME": str(settings.dagster_home.resolve()),
        "MLFLOW_TRACKING_URI": settings.tracking_uri,
    }


def run_states(settings: Settings, states: list[str] | None = None) -> list[StateRun]:
    """Run the whole flow for every state of the profile, one after the other; one state's trouble stays there.

    Raises:
        BusyError: Another run is at work on this data root.
    """
    os.environ.update(environment(settings))
    prepare(settings)
    lock = filelock.FileLock(settings.root / "run.lock", timeout=0)
    try:
        with lock:
            return _run(states)
    except filelock.Timeout:
        raise BusyError(f"{settings.root}: another run is at work. Wait for it, or look at it in the UI.") from None


def _run(states: list[str] | None) -> list[StateRun]:
    import dagster as dg

    from pipelines.definitions import defs
    from pipelines.defs.partitions import STATES

    definitions: dg.Definitions = defs()
    job = definitions.resolve_job_def("rescore")
    with dg.DagsterInstance.get() as instance:
        return [_run_state(job, instance, state) for state in states or STATES]


def _run_state(job: Any, instance: Any, state: str) -> StateRun:
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    result = job.execute_in_process(partition_key=state, instance=instance, raise_on_error=False, run_config=quiet)
    failures = [event for event in result.all_events if event.event_type_value == "STEP_FAILURE"]
    return StateRun(state, result.success, " ".join(_reason(event) for event in failures))


def _reason(event: Any) -> str:
    data = event.step_failure_data
    told = data.user_failure_data.description if data.user_failure_data else ""
    return told or f"{event.step_key} stopped."


def show_progress() -> None:
    """Print a line for every step of the flow as it is done, and nothing else of the engines."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("  %(message)s"))
    logger = logging.getLogger("walklist")
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(logging.INFO)
    for noisy in ("alembic", "mlflow", "dagster"):
        logging.getLogger(noisy).setLevel(logging.ERROR)


def checkout_file(name: str) -> Path:
    """A file of the checkout by its path from the top."""
    return Path(__file__).resolve().parent.parent / name
