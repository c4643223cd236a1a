"""Runs the flow without the UI: prepares a data root, and takes its states from their files to the published scores."""

import logging
import multiprocessing
import os
import sys
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import filelock

from models.errors import ConfigError, DeliveryError, WalklistError
from pipelines.locking import HELD_BY, run_lock
from pipelines.settings import Settings

log = logging.getLogger("walklist")

_INSTANCE = """\
telemetry: {enabled: false}
nux: {enabled: false}
run_monitoring: {enabled: true}
# A run whose process was killed is started again; steps see to their own retries.
run_retries: {enabled: true, max_retries: 1, retry_on_asset_or_op_failure: false}
concurrency:
  runs: {max_concurrent_runs: 1}                 # a data root has one writer; the others wait in the queue
# The flow takes in whatever has landed, so of the times missed in an outage only the newest is made up for.
scheduler:
  module: dagster._core.scheduler
  class: DagsterDaemonScheduler
  config: {max_catchup_runs: 1}
"""


class BusyError(WalklistError):
    """Another run holds the data root."""


@dataclass(frozen=True)
class StateRun:
    """What became of one state.

    Attributes:
        state: Two-letter code.
        is_success: Whether it went from its files to the published scores.
        reason: Why it failed, or why it stands at older rows, in words.
        is_fresh: Whether its newest file is in use in the current release.
    """

    state: str
    is_success: bool
    reason: str
    is_fresh: bool = True


def exit_code(runs: list[StateRun]) -> int:
    """0 when every state is fresh, 1 when one failed, 3 when one stands at its last good rows."""
    if not all(run.is_success for run in runs):
        return 1
    return 0 if all(run.is_fresh for run in runs) else 3


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
        with run_lock(settings.root).acquire(timeout=0):
            return _run(settings, states)
    except filelock.Timeout:
        raise BusyError(f"{settings.root}: another run is at work. Wait for it, or look at it in the UI.") from None


def review_links(settings: Settings, state: str, decisions: Path | None) -> bool:
    """Write a sheet of doubtful links of a state, or take in the decisions of one; whether that went well.

    Raises:
        BusyError: Another run is at work on this data root.
    """
    import dagster as dg

    os.environ.update(environment(settings))
    prepare(settings)
    from pipelines.definitions import defs

    asked = {"ops": {"review_sheet": {"config": {"state": state, "decisions": str(decisions or "")}}}}
    try:
        with run_lock(settings.root).acquire(timeout=0), dg.DagsterInstance.get() as instance:
            result = execute_job(defs(), "review_links", instance, asked)
    except filelock.Timeout:
        raise BusyError(f"{settings.root}: another run is at work. Wait for it, or look at it in the UI.") from None
    for event in result.all_events:
        if event.event_type_value == "STEP_FAILURE":
            log.error(_reason(event))
    return bool(result.success)


def run_decision(settings: Settings, delivery: str, choice: str, why: str) -> StateRun:
    """Write down what a person decided on a held delivery, and run its state to the published scores.

    Args:
        settings: The environment.
        delivery: A `delivery_id`, or the `file_id` of one of its files.
        choice: `approve`, `approve_as_it_is` or `reject`.
        why: The person's reason, in words.

    Raises:
        BusyError: Another run is at work on this data root.
        DeliveryError: No source of the profile has such a delivery; those that are held are listed.
    """
    os.environ.update(environment(settings))
    prepare(settings)
    try:
        with run_lock(settings.root).acquire(timeout=0):
            return _run_decision(settings, delivery, choice, why)
    except filelock.Timeout:
        raise BusyError(f"{settings.root}: another run is at work. Wait for it, or look at it in the UI.") from None


def _run_decision(settings: Settings, delivery: str, choice: str, why: str) -> StateRun:
    import dagster as dg

    from pipelines.definitions import defs
    from pipelines.defs.held import OF_STATES, OF_VENDORS, decide_config

    partition, is_vendor = _partition_of(settings, delivery)
    decider = OF_VENDORS if is_vendor else OF_STATES
    made = decide_config(decider.asset, delivery, choice, why)
    with dg.DagsterInstance.get() as instance:
        run = _run_state(settings, defs(), instance, partition, decider.job, made)
    _write_page(settings)
    return run if is_vendor else _with_standing(settings, run)


def _partition_of(settings: Settings, delivery: str) -> tuple[str, bool]:
    """The state or the vendor whose delivery it is, and whether it is a vendor."""
    from pipelines.defs.resources import Desk
    from pipelines.raw.receipts import ReceiptLedger

    desk, unlike = Desk(profile=settings.name), []
    partitions = {name: (source.state, False) for name, source in desk.sources.items()}
    for name, partition in (partitions | {name: (name, True) for name in desk.vendors}).items():
        try:
            ReceiptLedger(desk.lake, name).find(delivery)
            return partition
        except DeliveryError as error:
            unlike.append(str(error))
    raise DeliveryError(" ".join(unlike))


def _run(settings: Settings, states: list[str] | None) -> list[StateRun]:
    import dagster as dg

    from pipelines.definitions import defs
    from pipelines.defs.partitions import STATES

    unknown = sorted(set(states or []) - set(STATES))
    if unknown:
        raise ConfigError(f"Not in the profile {settings.name}: {', '.join(unknown)}. It has {', '.join(STATES)}.")
    definitions: dg.Definitions = defs()
    chosen = states or STATES
    with dg.DagsterInstance.get() as instance:
        vendors = [] if states else settings.profile.vendors
        taken = [_run_state(settings, definitions, instance, name, "take_in_records") for name in vendors]
        if settings.profile.workers > 1 and len(chosen) > 1:
            runs = _run_apart(settings, chosen)
        else:
            runs = [_run_state(settings, definitions, instance, state) for state in chosen]
        if not all(run.is_success for run in runs):
            execute_job(definitions, "publish", instance)  # so that the release says how the failed ones stand by now
    _write_page(settings)
    return [*(run for run in taken if not run.is_success), *(_with_standing(settings, run) for run in runs)]


def _run_apart(settings: Settings, states: list[str]) -> list[StateRun]:
    """Run every state in a process of its own, some at once: what ends one process leaves the others at work."""
    os.environ[HELD_BY] = str(os.getpid())
    try:
        with ThreadPoolExecutor(settings.profile.workers) as threads:
            return list(threads.map(partial(_run_in_process, settings), states))
    finally:
        del os.environ[HELD_BY]


def _run_in_process(settings: Settings, state: str) -> StateRun:
    context = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(1, mp_context=context) as process:
            return process.submit(_run_here, settings, state, bool(log.handlers)).result()
    except BrokenExecutor:
        return StateRun(state, False, "Its process was ended from outside, mostly for want of memory. Run again.")


def _run_here(settings: Settings, state: str, is_told: bool) -> StateRun:
    """The run of one state in this process, which was started for it."""
    import dagster as dg

    from pipelines.definitions import defs

    if is_told:
        show_progress()
    with dg.DagsterInstance.get() as instance:
        return _run_state(settings, defs(), instance, state)


def _run_state(
    settings: Settings, definitions: Any, instance: Any, state: str, job: str = "rescore", config: Any = None
) -> StateRun:
    from pipelines.defs.alerts import alert_failed
    from pipelines.defs.resources import Desk
    from pipelines.publish.journal import StateOutcome, record_outcome

    result = execute_job(definitions, job, instance, config, partition_key=state)
    reasons = [_reason(event) for event in result.all_events if event.event_type_value == "STEP_FAILURE"]
    broken = [check for check in result.get_asset_check_evaluations() if not check.passed and _is_error(check)]
    reasons += [f"{check.asset_key.path[-1]}, {check.check_name}: {check.description or 'failed.'}" for check in broken]
    reason = " ".join(filter(None, reasons))
    if not result.success:
        if job in ("rescore", "decide"):
            record_outcome(settings.root, StateOutcome(state, False, reason))
        alert_failed(log, Desk(profile=settings.name), state, result.run_id)
    return StateRun(state, result.success, reason)


def execute_job(definitions: Any, job: str, instance: Any, config: Any = None, **partition: str) -> Any:
    """Run a job in this process, configured if it needs that; the engines keep their words to themselves."""
    from pipelines.publish.journal import BY_COMMAND

    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    return definitions.resolve_job_def(job).execute_in_process(
        instance=instance,
        raise_on_error=False,
        run_config=quiet | (config or {}),
        tags={BY_COMMAND: "walklist run"},
        **partition,
    )


def _write_page(settings: Settings) -> None:
    """Write the morning page; a fault there is told and takes nothing from the run."""
    from pipelines.defs.morning import write_page
    from pipelines.defs.resources import Desk

    try:
        write_page(Desk(profile=settings.name))
    except (OSError, WalklistError) as error:
        log.warning(f"The morning page was not written ({type(error).__name__}).")


def _with_standing(settings: Settings, run: StateRun) -> StateRun:
    """A run with how its state stands in the current release."""
    from pipelines.publish.reader import standing_in_use

    standing = standing_in_use(settings.root, run.state, settings.profile.publication)
    if not run.is_success or standing.get("standing") == "fresh":
        return run
    return replace(run, is_fresh=False, reason=standing.get("reason", "it is not published."))


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
    log.handlers[:], log.propagate = [handler], False
    log.setLevel(logging.INFO)
    for noisy in ("alembic", "mlflow", "dagster"):
        logging.getLogger(noisy).setLevel(logging.ERROR)


def checkout_file(name: str) -> Path:
    """A file of the checkout by its path from the top."""
    return Path(__file__).resolve().parent.parent / name
