"""When the flow runs by itself: a schedule for each that the profile names in configs/schedules.yaml."""

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import dagster as dg

from models.errors import WalklistError
from pipelines.defs.feature import model_of
from pipelines.defs.jobs import rescore, upkeep
from pipelines.defs.partitions import STATES
from pipelines.defs.resources import Desk
from pipelines.modelling.occasions import target_occasion
from pipelines.settings import read_settings
from pipelines.timetable import Timetable, Upkeep, read_schedules

_settings = read_settings()


def _schedule(name: str, timetable: Timetable) -> dg.ScheduleDefinition:
    zone = _settings.profile.time_zone

    @dg.schedule(
        name=name, job=rescore, cron_schedule=timetable.cron, execution_timezone=zone, description=timetable.meaning
    )
    def found(context: dg.ScheduleEvaluationContext, desk: Desk) -> Iterator[dg.RunRequest | dg.SkipReason]:
        at = context.scheduled_execution_time
        reasons = _reasons(desk, timetable, at.astimezone(ZoneInfo(zone)).date())
        states = [state for state, reason in reasons.items() if not reason]
        if not states:
            yield dg.SkipReason(" ".join(f"{state}: {reason}" for state, reason in reasons.items()))
        stamp = f"{name}-{at.isoformat(timespec='minutes')}"
        yield from (dg.RunRequest(partition_key=state, run_key=f"{stamp}-{state}") for state in states)

    return found


def _upkeep(name: str, timetable: Timetable, care: Upkeep) -> dg.ScheduleDefinition:
    """The look after the data that follows a schedule's runs: it waits in the queue behind them."""
    return dg.ScheduleDefinition(
        name=f"{name}_upkeep", job=upkeep, cron_schedule=timetable.cron, description=upkeep.description,
        execution_timezone=_settings.profile.time_zone,
        run_config={"ops": {"look_after_data": {"config": care.model_dump()}}},
    )  # fmt: skip


def _reasons(desk: Desk, timetable: Timetable, today: dt.date) -> dict[str, str]:
    """By state why it is not run today; empty where it is."""
    if timetable.days_before_election is None:
        return dict.fromkeys(STATES, "")
    return {state: _window_reason(desk, timetable, state, today) for state in STATES}


def _window_reason(desk: Desk, timetable: Timetable, state: str, today: dt.date) -> str:
    try:
        _, source = desk.source_of(state)
        election = target_occasion(desk.lake, model_of(desk, state), desk.calendar, source).election
    except WalklistError as error:
        return str(error)
    return timetable.window_reason(today, election.date)


_timetables = read_schedules(_settings.configs).named(_settings.profile.schedules)
schedules = [
    *[_schedule(name, timetable) for name, timetable in _timetables.items()],
    *[_upkeep(name, timetable, timetable.upkeep) for name, timetable in _timetables.items() if timetable.upkeep],
]
