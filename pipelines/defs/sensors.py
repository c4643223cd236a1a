"""What the flow watches: the landing folder."""

import json
import time
from collections.abc import Iterator

import dagster as dg

from models.errors import WalklistError
from pipelines.defs.jobs import rescore
from pipelines.defs.resources import Desk
from pipelines.lake import fingerprint
from pipelines.raw.landing import landed_files


@dg.sensor(
    job=rescore, minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.STOPPED,
    description="Looks into the landing folder every minute and runs each state for which a file has landed.",
)  # fmt: skip
def landing(context: dg.SensorEvaluationContext, desk: Desk) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """A run for each state for which a file landed since the last look."""
    seen = json.loads(context.cursor) if context.cursor else {}
    try:
        now = {name: _listing(desk, name) for name in desk.sources}
    except WalklistError as error:
        yield dg.SkipReason(str(error))
        return
    context.update_cursor(json.dumps(now))
    landed = [name for name in now if set(now[name]) - set(seen.get(name, []))]
    if not landed:
        yield dg.SkipReason("Nothing new has landed.")
    for name in landed:
        yield dg.RunRequest(partition_key=desk.sources[name].state, run_key=f"{name}-{fingerprint(now[name])}")


def _listing(desk: Desk, name: str) -> list[str]:
    """A short hash of every landed file that has stopped growing."""
    settled = time.time() - desk.settings.profile.settle_seconds
    found = [(str(day), file.name, file.stat()) for day, file in landed_files(desk.settings.landing, name)]
    return [
        fingerprint(day, file, stat.st_size, stat.st_mtime_ns)[:8]
        for day, file, stat in found
        if stat.st_mtime <= settled
    ]
