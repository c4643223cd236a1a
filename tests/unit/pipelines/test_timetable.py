"""When the flow runs by itself."""

import datetime as dt
from pathlib import Path

import pytest

from models.config import read_config
from models.errors import ConfigError
from pipelines.settings import Profile
from pipelines.timetable import SchedulesConfig, Timetable, read_schedules

CONFIGS = Path(__file__).parents[3] / "configs"
ELECTION = dt.date(2026, 11, 3)


@pytest.mark.parametrize(("day", "is_open"), [(23, False), (24, True), (31, True)])
def test_the_window_opens_so_many_days_before(day, is_open):
    found = Timetable(cron="0 7 * * *", meaning="m", days_before_election=10)
    assert (found.window_reason(dt.date(2026, 10, day), ELECTION) == "") == is_open


def test_the_window_closes_after_the_day():
    found = Timetable(cron="0 7 * * *", meaning="m", days_before_election=10)
    assert found.window_reason(ELECTION, ELECTION) == ""
    assert found.window_reason(ELECTION + dt.timedelta(days=1), ELECTION) == "The election of 2026-11-03 is over."


def test_without_a_window_it_always_runs():
    assert Timetable(cron="0 7 * * *", meaning="m").window_reason(dt.date(2020, 1, 1), ELECTION) == ""


def test_the_configured_schedules_are_those_that_the_profiles_name():
    schedules = read_schedules(CONFIGS)
    for path in (CONFIGS / "profiles").glob("*.yaml"):
        schedules.named(read_config(Profile, path).schedules)
    assert set(schedules.schedules) == {"nightly", "weekly", "last_ten_days"}


def test_a_schedule_that_is_not_there_is_named():
    with pytest.raises(ConfigError, match="has no hourly; it has nightly"):
        SchedulesConfig(schedules={"nightly": Timetable(cron="0 3 * * *", meaning="m")}).named(["hourly"])


@pytest.mark.parametrize("cron", ["0 3 * *", "at night", "0 3 * * * *", "@daily"])
def test_what_is_no_cron_is_refused(tmp_path, cron):
    (tmp_path / "a.yaml").write_text(f'cron: "{cron}"\nmeaning: m\n')
    with pytest.raises(ConfigError, match="cron"):
        read_config(Timetable, tmp_path / "a.yaml")
