"""Runs the flow without the UI: prepares a data root, and takes its states from their files to the published scores."""

import logging
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import filelock

from models.errors import ConfigError, WalklistError
from pipelines.settings import Settings

_INSTANCE = """\
telemetry: {enabled: false}
nux: {enabled: false}
run_monitoring: {enabled: true}
# A run whose process was killed is started again; steps see to their own retries.
run_retries: {enabled: true, max_retries: 1, retry_on_asset_or_op_failure: false}
concurrency:
  runs:
    max_concurrent_runs: 2
    tag_concurrency_limits:                      # one run at a time works on a state
      - {key: dagster/partition, value: {applyLimitPerUniqueValue: true}, limit: 1}
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
        "OMP_WAIT_POLICY": "passive",  # threads that wait would otherwise burn the other runs' processor
    }


def run_states(settings: Settings, states: list[str] | None = None) -> list[StateRun]:
    """Run the whole flow for every state of the profile, one after the other; one state's trouble stays there.

    Raises:
        BusyError: Another run is at work on this data root.
        ConfigError: A state is not of this profile.
    """
    os.environ.update(environment(settings))
    prepare(settings)
    try:
        with filelock.FileLock(settings.root / "run.lock", timeout=0):
            return _run(settings, states)
    except filelock.Timeout:
        raise BusyError(f"{settings.root}: another run is at work. Wait for it, or look at it in the UI.") from None


def _run(settings: Settings, states: list[str] | None) -> list[StateRun]:
    import dagster as dg

    from pipelines.definitions import defs
    from pipelines.defs.partitions import STATES

    unknown = sorted(set(states or []) - set(STATES))
    if unknown:
        raise ConfigError(f"Not in the profile {settings.name}: {', '.join(unknown)}. It has {', '.join(STATES)}.")
    definitions: dg.Definitions = defs()
    job = definitions.resolve_job_def("rescore")
    with dg.DagsterInstance.get() as instance:
        return [_run_state(job, instance, state) for state in states or STATES]


def _run_state(job: Any, instance: Any, state: str) -> StateRun:
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    result = job.execute_in_process(partition_key=state, instance=instance, raise_on_error=False, run_config=quiet)
    reasons = [_reason(event) for event in result.all_events if event.event_type_value == "STEP_FAILURE"]
    broken = [check for check in result.get_asset_check_evaluations() if not check.passed and _is_error(check)]
    reasons += [f"{check.asset_key.path[-1]}, {check.check_name}: {check.description or 'failed.'}" for check in broken]
    return StateRun(state, result.success, " ".join(filter(None, reasons)))


def _is_error(check: Any) -> bool:
    return check.severity.value == "ERROR"


def _reason(event: Any) -> str:
    """The words of a step that failed; none where a blocking check stopped it, for the check says why."""
    data = event.step_failure_data
    if data.user_failure_data:
        return data.user_failure_data.description or ""
    if data.error and data.error.cls_name == "DagsterAssetCheckFailedError":
        return ""
    return f"{event.step_key} stopped ({data.error.cls_name if data.error else 'no reason given'})."


def show_progress() -> None:
    """Print a line for every step of the flow as it is done, and nothing else of the engines."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(logging.Formatter("  %(message)s"))
    logger = logging.getLogger("walklist")
    logger.handlers[:], logger.propagate = [handler], False
    logger.setLevel(logging.INFO)
    for noisy in ("alembic", "mlflow", "dagster"):
        logging.getLogger(noisy).setLevel(logging.ERROR)


def checkout_file(name: str) -> Path:
    """A file of the checkout by its path from the top."""
    return Path(__file__).resolve().parent.parent / name
