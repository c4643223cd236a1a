"""The elections that are simulated: those of the calendar, and two federal generals before them as a warm-up."""

import datetime as dt

from models.errors import ConfigError
from pipelines.calendar import Election
from pipelines.synthetic.config import SyntheticConfig


def federal_general(year: int) -> dt.date:
    """The Tuesday after the first Monday of November."""
    first = dt.date(year, 11, 1)
    return first + dt.timedelta(days=(7 - first.weekday()) % 7 + 1)


def federal_generals(since: int, until: int) -> list[dt.date]:
    """The federal generals of the even years from `since` to before `until`."""
    return [federal_general(year) for year in range(since + since % 2, until, 2)]


def simulated(config: SyntheticConfig, state: str, elections: list[Election]) -> list[Election]:
    """The elections of a state in order of time, opened by generals that no file states but habits come from.

    What the calendar names before the first simulated day is left out.

    Raises:
        ConfigError: The calendar has no election of the state, or a kind of election has no truth model.
    """
    listed = [found for found in elections if found.state == state and found.date >= config.starts_on]
    own = sorted(listed, key=lambda found: (found.date, found.type))
    missing = sorted({found.kind for found in own} - set(config.turnout.kinds))
    if missing or not own:
        found = f"no truth model for {', '.join(missing)}" if missing else f"the calendar has no election of {state}"
        raise ConfigError(f"configs/synthetic.yaml, turnout.kinds: {found}. Add it and start again.")
    warm_up = federal_generals(config.starts_on.year, own[0].date.year)
    return [Election(jurisdiction=state, date=day, type="general") for day in warm_up] + own
