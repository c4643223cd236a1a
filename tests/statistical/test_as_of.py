"""Changing any fact known after the as-of day changes no feature; changing one known before it does."""

import datetime as dt
import importlib.util
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from models.features import Features
from pipelines.features.as_of import Occasion, find_universe
from pipelines.features.assemble import build_features, made_from
from pipelines.lake import PART

pytestmark = pytest.mark.slow


def _electorates() -> ModuleType:
    file = Path(__file__).parents[1] / "unit/pipelines/features/world.py"
    spec = importlib.util.spec_from_file_location("electorates", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


el = _electorates()
# With snapshots before the day, with none (a reconstructed cohort), on a delivery's own day, and of every kind.
OCCASIONS = [
    ("2018-11-06", "general", None),
    ("2018-11-06", "general", "2018-10-01"),
    ("2018-05-08", "primary", None),
    ("2014-11-04", "general", None),
    ("2017-11-07", "municipal", "2016-12-01"),
]
RECONSTRUCTED = ("2014-11-04", "general", None)


def known_of(world: Any, occasion: Occasion) -> tuple[pa.Table, str, str, dt.date]:
    """The features of a world as they are written, their fingerprint, and where the people were read from."""
    with tempfile.TemporaryDirectory() as root:
        lake = el.write(world, Path(root))
        stamp, universe = made_from(lake, occasion), find_universe(lake, occasion)
        build_features(lake, occasion)
        table = lake.table(Features, state=occasion.state, election_id=occasion.election.election_id)
        [(_, folder)] = list(table._current())
        return pq.ParquetFile(folder / PART).read(), stamp, universe.cohort, universe.snapshot_date


def let_in(world: Any, as_of: dt.date) -> dict[dt.date, list[str]]:
    """Deliveries with a vote known by the day, whole: a fingerprint may follow them, and nothing else."""
    rows = {day: sorted(map(str, votes)) for day, votes in world.deliveries().items()}
    return {day: rows[day] for day, votes in world.deliveries().items() if any(v["known_on"] <= as_of for v in votes)}


def with_another_future(world: Any, occasion: Occasion, read_from: dt.date, seed: int) -> Any:
    """The same world up to the day; after it votes, files, elections and even the outcome are others."""
    draws, as_of = np.random.default_rng(seed), occasion.as_of
    votes = [vote for vote in world.votes if vote["known_on"] <= as_of]
    votes += [_turned(vote, draws) for vote in world.votes if vote["known_on"] > as_of and draws.random() < 0.8]
    votes += _news(world, occasion, draws)
    snapshots = {day: rows for day, rows in world.snapshots.items() if day <= read_from}
    later = [day for day in world.snapshots if day > read_from and draws.random() < 0.7]
    for day in {*later, dt.date(2021, 2, 1)}:
        snapshots[day] = [_other_person(row, draws) for row in world.snapshots[read_from] if draws.random() < 0.7]
    known = {vote["election_id"] for vote in votes if vote["known_on"] <= as_of}
    elections = [row if row["election_id"] in known else _moved(row, draws) for row in world.elections]
    elections = [row for row in elections if row["election_id"] in known or draws.random() < 0.7]
    elections += [el.election("2017-07-11", "special"), el.election("2022-11-08", "general")]
    for rows in (votes, elections, *snapshots.values()):
        draws.shuffle(rows)
    return el.World(snapshots, [{**row, "vote_count": 7, "posted_on": None} for row in elections], votes)


def _turned(vote: dict[str, Any], draws: np.random.Generator) -> dict[str, Any]:
    return {**vote, "is_voted": bool(draws.random() < 0.5), "method_code": "mail", "county_code": "002"}


def _news(world: Any, occasion: Occasion, draws: np.random.Generator) -> list[dict[str, Any]]:
    """Votes that nobody had heard of: in the election itself, and in past ones, in deliveries of their own."""
    told = {(vote["voter_id"], vote["election_id"]) for vote in world.votes}
    target = (occasion.election.date.isoformat(), occasion.election.type)
    news = []
    for row in next(iter(world.snapshots.values())):
        for date, kind in (target, ("2012-11-06", "general"), ("2017-07-11", "special")):
            known_on = occasion.as_of + dt.timedelta(days=int(draws.integers(1, 900)))
            vote = el.vote(row["voter_id"][3:], date, kind, known_on=known_on, snapshot_date=dt.date(2023, 1, 1))
            news += [vote] if (vote["voter_id"], vote["election_id"]) not in told else []
    return news


def _other_person(row: dict[str, Any], draws: np.random.Generator) -> dict[str, Any]:
    home, born = f"h{draws.integers(0, 5)}", int(draws.integers(1930, 2005))
    other = {"party_code": "green", "status_code": "removed", "household_id": home, "precinct_code": "Z"}
    return {**row, **other, "birth_year": born, "registration_date": None, "gender_code": None}


def _moved(row: dict[str, Any], draws: np.random.Generator) -> dict[str, Any]:
    return {**row, "registration_deadline": row["election_date"] - dt.timedelta(days=int(draws.integers(1, 90)))}


@settings(
    max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
)
@given(seed=st.integers(0, 10**6), people=st.integers(30, 60), chosen=st.sampled_from(OCCASIONS))
def test_changing_any_fact_known_after_the_day_changes_no_feature(seed: int, people: int, chosen: tuple) -> None:
    occasion, world = el.occasion(*chosen), el.random_world(seed, people)
    found, stamp, cohort, read_from = known_of(world, occasion)
    changed = with_another_future(world, occasion, read_from, seed)
    again, stamp_again, cohort_again, _ = known_of(changed, occasion)
    assert again.equals(found)
    assert (cohort_again, len(found) > 0) == (cohort, True)
    if let_in(world, occasion.as_of) == let_in(changed, occasion.as_of):
        assert stamp_again == stamp


def test_the_fingerprint_of_a_day_between_deliveries_stands_when_only_the_future_changes() -> None:
    world = el.random_world(5, 30)
    days = sorted(vote["known_on"] for vote in world.votes)
    as_of = days[len(days) // 2]
    apart = [
        {**vote, "snapshot_date": dt.date(2010, 1, 1) if vote["known_on"] <= as_of else dt.date(2021, 1, 1)}
        for vote in {(vote["voter_id"], vote["election_id"]): vote for vote in world.votes}.values()
    ]
    world = el.change(world, votes=apart)
    occasion = el.occasion("2018-11-06", "general", as_of.isoformat())
    found, stamp, _, read_from = known_of(world, occasion)
    again, stamp_again, _, _ = known_of(with_another_future(world, occasion, read_from, 1), occasion)
    assert (again.equals(found), stamp_again) == (True, stamp)


def _vote_turned(world: Any, occasion: Occasion, person: str) -> Any:
    past = [vote for vote in world.votes if vote["known_on"] <= occasion.as_of and vote["voter_id"] == person]
    return el.change(world, votes=[_flip(vote) if vote is past[-1] else vote for vote in world.votes])


def _flip(vote: dict[str, Any]) -> dict[str, Any]:
    return {**vote, "is_voted": not vote["is_voted"], "method_code": None}


def _field(**changes: Any) -> Any:
    def changed(world: Any, occasion: Occasion, person: str) -> Any:
        swap = lambda row: {**row, **changes} if row["voter_id"] == person else row  # noqa: E731
        return el.change(world, snapshots={day: [*map(swap, rows)] for day, rows in world.snapshots.items()})

    return changed


def _deadline(world: Any, occasion: Occasion, person: str) -> Any:
    moved = lambda row: {**row, "registration_deadline": dt.date(2003, 1, 1)}  # noqa: E731
    return el.change(world, elections=[*map(moved, world.elections)])


KNOWN_BEFORE = {
    "a vote": _vote_turned,
    "a party": _field(party_code="libertarian"),
    "a birth year": _field(birth_year=1944),
    "a home": _field(household_id="h0", precinct_code="P0", county_code="001"),
    "a registration": _field(registration_date=dt.date(1999, 1, 1)),
    "a status": _field(status_code="removed"),
    "a deadline": _deadline,
}


@pytest.mark.parametrize("fact", KNOWN_BEFORE)
def test_changing_a_fact_known_before_the_day_changes_something(fact: str) -> None:
    world, occasion = el.random_world(11, 30), el.occasion("2018-11-06")
    found, stamp, _, _ = known_of(world, occasion)
    person = found["voter_id"][0].as_py()
    again, stamp_again, _, _ = known_of(KNOWN_BEFORE[fact](world, occasion, person), occasion)
    assert not again.equals(found)
    assert stamp_again != stamp


def test_a_reconstructed_cohort_takes_undated_fields_from_the_later_file_and_no_later_vote() -> None:
    world, occasion = el.random_world(11, 30), el.occasion(*RECONSTRUCTED)
    world = el.change(world, snapshots={day: rows for day, rows in world.snapshots.items() if day > occasion.as_of})
    found, _, cohort, read_from = known_of(world, occasion)
    assert (cohort, set(found["cohort"].to_pylist())) == ("reconstructed", {"reconstructed"})
    greens = {read_from: [{**row, "party_code": "green"} for row in world.snapshots[read_from]]}
    repainted, _, _, _ = known_of(el.change(world, snapshots={**world.snapshots, **greens}), occasion)
    assert set(repainted["party_code"].to_pylist()) == {"green"}
    assert repainted.drop_columns("party_code").equals(found.drop_columns("party_code"))
    turned = [_flip(vote) if vote["known_on"] > occasion.as_of else vote for vote in world.votes]
    assert turned != world.votes
    again, _, _, _ = known_of(el.change(world, votes=turned), occasion)
    assert again.equals(found)
