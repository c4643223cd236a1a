"""What the flow watches: the landing folder, and runs that failed."""

import json
import time

import dagster as dg

from models.errors import WalklistError
from pipelines.defs.alerts import alert_failed
from pipelines.defs.jobs import decide, decide_records, publish, rescore, take_in_records, upkeep
from pipelines.defs.morning import write_page
from pipelines.defs.resources import Desk
from pipelines.lake import fingerprint
from pipelines.publish.journal import BY_COMMAND, StateOutcome, record_outcome
from pipelines.raw.landing import landed_entries

LANDED = "walklist/landed"
"""Tag of a run with what had landed when it was asked for."""

AGAIN_AFTER_SECONDS = (300, 1800)
"""A run that failed is asked for again after five minutes and after half an hour, since what may pass has mostly passed
by then; after that the next file or the night asks again."""


@dg.sensor(
    jobs=[rescore, take_in_records], minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.STOPPED,
    description="Looks into the landing folder every minute and runs each state or vendor for which a file has landed.",
)  # fmt: skip
def landing(context: dg.SensorEvaluationContext, desk: Desk) -> list[dg.RunRequest] | dg.SkipReason:
    """A run for each state and each vendor whose landed files no run has taken in yet.

    The cursor holds what a finished run took in, so that no file is lost that landed while nobody looked, or whose run
    failed.
    """
    done: dict[str, str] = json.loads(context.cursor) if context.cursor else {}
    try:
        landed = {name: _listing(desk, name) for name in [*desk.vendors, *desk.sources]}
    except WalklistError as error:
        return dg.SkipReason(str(error))
    new = {name: files for name, files in landed.items() if files and done.get(name) != files}
    turns = {name: _turn(context.instance, f"{name}-{files}") for name, files in new.items()}
    done |= {name: new[name] for name, turn in turns.items() if turn is None}
    context.update_cursor(json.dumps(done, sort_keys=True))
    asked = {name: turn for name, turn in turns.items() if isinstance(turn, int)}
    if not asked:
        waits = [f"{name}: {turn}" for name, turn in turns.items() if turn]
        return dg.SkipReason(" ".join(waits) or "Nothing new has landed.")
    return [_request(desk, name, new[name], turn) for name, turn in asked.items()]


def _request(desk: Desk, name: str, files: str, turn: int) -> dg.RunRequest:
    tags, key = {LANDED: f"{name}-{files}"}, f"{name}-{files}-{turn}"
    if name in desk.vendors:
        return dg.RunRequest(job_name=take_in_records.name, partition_key=name, run_key=key, tags=tags)
    return dg.RunRequest(job_name=rescore.name, partition_key=desk.sources[name].state, run_key=key, tags=tags)


def _turn(instance: dg.DagsterInstance, landed: str) -> int | str | None:
    """Which run to ask for on what has landed, from 0; in words why to wait; nothing when one has taken it in."""
    records = instance.get_run_records(dg.RunsFilter(tags={LANDED: landed}))
    if any(record.dagster_run.status == dg.DagsterRunStatus.SUCCESS for record in records):
        return None
    if not all(record.dagster_run.is_finished for record in records):
        return "A run is at work on what has landed."
    if len(records) > len(AGAIN_AFTER_SECONDS):
        return f"{len(records)} runs failed on what has landed; the next file or the night tries again."
    wait = AGAIN_AFTER_SECONDS[len(records) - 1] if records else 0
    ended = max((record.end_time or 0 for record in records), default=0)
    return "A run failed on what has landed; it is tried again soon." if time.time() < ended + wait else len(records)


def _listing(desk: Desk, name: str) -> str:
    """A hash of every landed file that has stopped growing; empty when there is none."""
    settled = time.time() - desk.settings.profile.settle_seconds
    found = [(str(day), file.name, file.lstat()) for day, file in landed_entries(desk.settings.landing, name)]
    files = [(day, file, stat.st_size, stat.st_mtime_ns) for day, file, stat in found if stat.st_mtime <= settled]
    return fingerprint(*files) if files else ""


@dg.run_failure_sensor(
    monitored_jobs=[rescore, decide, take_in_records, decide_records, publish, upkeep], request_job=publish,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tells people that a run failed, and publishes how the state stands by now.",
)  # fmt: skip
def failed_runs(context: dg.RunFailureSensorContext, desk: Desk) -> dg.RunRequest | dg.SkipReason:
    """Tell of a failed run, write it on the morning page, and ask for a release that says how old the state's rows are.

    Runs of the command line tell of themselves.
    """
    run = context.dagster_run
    if BY_COMMAND in run.tags:
        return dg.SkipReason("The command line has told of it.")
    state = run.tags.get("dagster/partition", "-")
    is_of_state = run.job_name in (rescore.name, decide.name)
    if is_of_state:
        record_outcome(desk.lake.root, StateOutcome(state, False, _words_of(context)))
    alert_failed(context.log, desk, state, run.run_id)
    write_page(desk)
    if not is_of_state:
        return dg.SkipReason(f"{run.job_name} failed; there is nothing to publish.")
    return dg.RunRequest(run_key=f"after-{run.run_id}")


def _words_of(context: dg.RunFailureSensorContext) -> str:
    """The sentences of the steps that failed."""
    events = context.for_run_failure().get_step_failure_events()
    found = [event.step_failure_data.user_failure_data for event in events]
    sentences = [data.description for data in found if data and data.description]
    return " ".join(sentences) or "See the run in the UI."
