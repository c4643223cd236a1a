"""What the flow watches: the landing folder."""

import json
from collections.abc import Iterator

import dagster as dg

from pipelines.defs.jobs import rescore
from pipelines.defs.resources import Desk
from pipelines.lake import fingerprint
from pipelines.raw.landing import landed_files


@dg.sensor(job=rescore, minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.STOPPED)
def landing(context: dg.SensorEvaluationContext, desk: Desk) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """A run for each state whose landing folder changed since the last look."""
    seen = json.loads(context.cursor) if context.cursor else {}
    now = {name: _listing(desk, name) for name in desk.sources}
    changed = [name for name in now if now[name] != seen.get(name)]
    context.update_cursor(json.dumps(now))
    if not changed:
        yield dg.SkipReason("Nothing new has landed.")
    for name in changed:
        yield dg.RunRequest(partition_key=desk.sources[name].state, run_key=f"{name}-{now[name]}")


def _listing(desk: Desk, name: str) -> str:
    files = landed_files(desk.settings.landing, name)
    return fingerprint([(str(day), file.name, file.stat().st_size, file.stat().st_mtime_ns) for day, file in files])
