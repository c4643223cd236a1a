"""When the flow runs by itself."""

from collections.abc import Iterator

import dagster as dg

from pipelines.defs.jobs import rescore
from pipelines.defs.partitions import STATES
from pipelines.settings import read_settings

_profile = read_settings().profile


@dg.schedule(
    job=rescore, cron_schedule=_profile.nightly_cron, execution_timezone=_profile.time_zone,
    description="Runs every state once a night; what did not change is not rebuilt.",
)  # fmt: skip
def nightly(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
    """Every state, every night; what did not change is not rebuilt."""
    night = context.scheduled_execution_time.date().isoformat()
    yield from (dg.RunRequest(partition_key=state, run_key=f"{night}-{state}") for state in STATES)
