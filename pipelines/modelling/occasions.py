"""The occasions of a model: past elections that teach, and the coming one that is scored."""

import datetime as dt

from models.model_config import ModelConfig
from pipelines.calendar import Election, ElectionsConfig
from pipelines.features.as_of import Occasion
from pipelines.lake import Lake
from pipelines.layouts.source import Source
from pipelines.tables.core import VoteHistory, Voters


def target_occasion(lake: Lake, model: ModelConfig, calendar: ElectionsConfig, source: Source) -> Occasion:
    """The election that a model scores, as of the newest snapshot before it, else of its registration deadline."""
    election = calendar.named(model.election_of(source.state))
    deadline = election.deadline(source.registration_closes_days)
    days = [dt.date.fromisoformat(day) for _, day in lake.table(Voters, state=source.state).records()]
    before = [day for day in days if day < election.date]
    return Occasion(source.state, election, deadline, max(before) if before else _last_day_before(election, deadline))


def past_occasions(lake: Lake, model: ModelConfig, calendar: ElectionsConfig, source: Source) -> list[Occasion]:
    """Earlier elections of the pooled kinds whose people and history are known, each as of its registration deadline.

    Where one may register on election day itself, the day before it stands for the deadline: a score is made earlier.
    An election counts when a snapshot was made by its deadline (or the model allows a reconstructed cohort) and its
    history has been posted. With a single occasion (scheme `in_time`) the target itself teaches.
    """
    target = calendar.named(model.election_of(source.state))
    if model.split.scheme == "in_time":
        return [target_occasion(lake, model, calendar, source)]
    first = min((day for _, day in lake.table(Voters, state=source.state).records()), default="9999-12-31")
    stated = _stated_elections(lake, source.state)
    past = [
        election
        for election in calendar.of_state(source.state)
        if election.date < target.date and election.kind in model.pool_kinds
    ]
    deadlines = [(election, election.deadline(source.registration_closes_days)) for election in past]
    occasions = [
        Occasion(source.state, election, deadline, _last_day_before(election, deadline))
        for election, deadline in deadlines
    ]
    return [
        occasion
        for occasion in occasions
        if occasion.election.election_id in stated
        and (model.cohort == "reconstructed" or first <= occasion.as_of.isoformat())
    ]


def _last_day_before(election: Election, deadline: dt.date) -> dt.date:
    """The deadline, or the day before the election where one may register on its day."""
    return min(deadline, election.date - dt.timedelta(days=1))


def _stated_elections(lake: Lake, state: str) -> set[str]:
    history = lake.table(VoteHistory, state=state).select()
    with lake.connect() as connection:
        return {row[0] for row in connection.execute(f"SELECT DISTINCT election_id FROM ({history})").fetchall()}
