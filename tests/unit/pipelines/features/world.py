"""A small electorate in a lake: homes in precincts, snapshots, elections, and votes that become known later."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from models.tables import TableContract
from pipelines.calendar import Election, kind_of
from pipelines.features.as_of import Occasion
from pipelines.lake import Lake, fingerprint
from pipelines.tables.core import METHODS, Elections, Households, VoteHistory, Voters

STATE = "NC"
CALENDAR = [
    ("2010-05-04", "primary"), ("2010-11-02", "general"), ("2011-11-08", "municipal"), ("2012-05-08", "primary"),
    ("2012-11-06", "general"), ("2013-11-05", "municipal"), ("2014-05-06", "primary"), ("2014-07-15", "runoff"),
    ("2014-11-04", "general"), ("2015-11-03", "municipal"), ("2016-03-15", "primary"), ("2016-11-08", "general"),
    ("2017-11-07", "municipal"), ("2018-05-08", "primary"), ("2018-11-06", "general"), ("2019-09-10", "special"),
    ("2020-03-03", "primary"), ("2020-11-03", "general"),
]  # fmt: skip
SNAPSHOTS = ["2015-03-01", "2016-09-20", "2018-03-01", "2018-10-01", "2019-02-01", "2020-09-01"]
Row = dict[str, Any]


@dataclass(frozen=True)
class World:
    """All that the tables of a state hold.

    Attributes:
        snapshots: Rows of core_voters by snapshot day, each with its household_id.
        elections: Rows of core_elections.
        votes: Rows of core_vote_history, each with its snapshot_date.
    """

    snapshots: dict[dt.date, list[Row]]
    elections: list[Row]
    votes: list[Row]

    def deliveries(self) -> dict[dt.date, list[Row]]:
        """The votes by the delivery that first states them."""
        days = sorted({vote["snapshot_date"] for vote in self.votes})
        return {day: [vote for vote in self.votes if vote["snapshot_date"] == day] for day in days}


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def occasion(date: str, kind: str = "general", as_of: str | None = None, closes: int = 25) -> Occasion:
    election = Election(jurisdiction=STATE, date=day(date), type=kind)
    deadline = election.deadline(closes)
    return Occasion(STATE, election, deadline, day(as_of) if as_of else deadline)


def election(date: str, kind: str, **changes: Any) -> Row:
    held = day(date)
    known = {
        "election_id": f"{STATE}-{date}-{kind}", "election_date": held, "election_type": kind,
        "election_kind": kind_of(kind, held), "registration_deadline": held - dt.timedelta(days=25),
        "is_deadline_assumed": False, "vote_count": 0, "posted_on": None,
    }  # fmt: skip
    return {**known, **changes}


def voter(voter_id: str, **changes: Any) -> Row:
    known = {
        "voter_id": f"{STATE}-{voter_id}", "household_id": f"h{voter_id}", "county_code": "001", "precinct_code": "A",
        "birth_year": 1970, "registration_date": day("2005-01-01"), "status_code": "active", "party_code": "democratic",
        "gender_code": "F", "is_confidential": False,
    }  # fmt: skip
    return {**known, **changes}


def vote(voter_id: str, date: str, kind: str, is_voted: bool = True, **changes: Any) -> Row:
    known_on = day(date) + dt.timedelta(days=60)
    known = {
        "voter_id": f"{STATE}-{voter_id}", "election_id": f"{STATE}-{date}-{kind}", "election_date": day(date),
        "election_type": kind, "is_voted": is_voted, "method_code": None, "ballot_party_code": None,
        "county_code": "001", "known_on": known_on, "is_known_on_assumed": False, "snapshot_date": known_on,
    }  # fmt: skip
    return {**known, **changes}


def write(world: World, root: Path) -> Lake:
    """Write a world through the contracts; a partition's fingerprint is the hash of its rows, in any order."""
    lake = Lake(root, threads=1)
    with lake.connect() as connection:
        put = lambda table, rows, **place: _put(lake, connection, table, rows, **place)  # noqa: E731
        for snapshot, rows in world.snapshots.items():
            homes = [{**row, "is_address_known": True, "is_institution": False} for row in rows]
            put(Voters, [{**row, "stated_on": snapshot} for row in rows], snapshot_date=snapshot)
            put(Households, homes, snapshot_date=snapshot)
        for snapshot, rows in world.deliveries().items():
            put(VoteHistory, rows, snapshot_date=snapshot)
        put(Elections, world.elections)
    return lake


def _put(lake: Lake, connection: Any, table: type[TableContract], rows: list[Row], **place: Any) -> None:
    names = table.schema().names
    kept = [{name: row.get(name) for name in names} for row in rows]
    connection.register("given", pa.Table.from_pylist(kept, schema=table.schema()))
    stamp = fingerprint(sorted(fingerprint(row) for row in kept))
    lake.write(table, connection, "SELECT * FROM given", stamp, state=STATE, **place)


def random_world(seed: int, people: int = 40) -> World:
    """An electorate with every difficulty: movers, split homes, unknown dates, late postings, corrections, the gone."""
    draws = np.random.default_rng(seed)
    days = sorted(draws.choice(SNAPSHOTS, draws.integers(2, 5), replace=False))
    first = [_person(draws, number, people) for number in range(people)]
    snapshots, rows = {}, first
    for each in days:
        snapshots[day(each)] = rows = [_later(draws, row) for row in rows if draws.random() > 0.05]
    votes = _votes(draws, first, [day(each) for each in days])
    return World(snapshots, [_told(election(*each), votes) for each in CALENDAR if draws.random() < 0.95], votes)


def _person(draws: np.random.Generator, number: int, people: int) -> Row:
    home = int(draws.integers(0, max(people // 2, 1)))
    county = ["001", "002", None][draws.choice(3, p=[0.5, 0.45, 0.05])]
    registered = day("2004-01-01") + dt.timedelta(days=int(draws.integers(0, 5800)))
    statuses = [None, "active", "inactive", "pending", "removed"]
    return voter(
        f"{number:04d}",
        household_id=f"h{home}",
        county_code="001" if home % 3 and county else county,
        precinct_code=[f"P{home % 3}", "P9", None][draws.choice(3, p=[0.8, 0.12, 0.08])],
        birth_year=[int(draws.integers(1925, 2003)), 1900, None][draws.choice(3, p=[0.85, 0.03, 0.12])],
        registration_date=None if draws.random() < 0.15 else registered,
        status_code=statuses[draws.choice(5, p=[0.05, 0.7, 0.15, 0.05, 0.05])],
        party_code=str(draws.choice(["democratic", "republican", "none"])),
        gender_code=[None, "F", "M"][draws.integers(0, 3)],
    )  # fmt: skip


def _later(draws: np.random.Generator, row: Row) -> Row:
    """A person one snapshot on: some move, change party, or correct a birth year."""
    moved = {"household_id": f"h{draws.integers(0, 20)}", "precinct_code": f"P{draws.integers(0, 3)}"}
    party = {"party_code": str(draws.choice(["democratic", "republican", "green"]))}
    return {**row, **(moved if draws.random() < 0.1 else {}), **(party if draws.random() < 0.1 else {})}


def _votes(draws: np.random.Generator, people: list[Row], days: list[dt.date]) -> list[Row]:
    states_county = draws.random() < 0.75
    voters = [*people, voter("9998", county_code="001"), voter("9999", county_code="002")]
    votes: list[Row] = []
    for date, kind in CALENDAR:
        if draws.random() < 0.12:
            continue
        lag = int(draws.integers(10, 160))
        late = {county: 700 * int(draws.random() < 0.15) for county in ("001", "002", None)}
        for row in voters:
            if draws.random() < 0.4:
                continue
            days_on = lag + late[row["county_code"]] + 400 * int(draws.random() < 0.05)
            stated = vote(
                row["voter_id"][3:], date, kind, bool(draws.random() < 0.75),
                county_code=row["county_code"] if states_county else None,
                known_on=day(date) + dt.timedelta(days=days_on),
            )  # fmt: skip
            votes += _statements(draws, stated, kind, days)
    return votes


def _statements(draws: np.random.Generator, stated: Row, kind: str, days: list[dt.date]) -> list[Row]:
    """A stated vote in its delivery, and now and then the later delivery that corrects it."""
    if stated["is_voted"]:
        parties = ["democratic", "republican", None] if kind == "primary" else [None]
        stated = {**stated, "method_code": [None, *METHODS][draws.integers(0, 6)]}
        stated["ballot_party_code"] = parties[draws.integers(0, len(parties))]
    first = {**stated, "snapshot_date": _delivered(stated["known_on"], days)}
    if draws.random() > 0.04:
        return [first]
    turned = {"is_voted": not stated["is_voted"], "method_code": None, "ballot_party_code": None}
    after = first["snapshot_date"] + dt.timedelta(days=1)
    known_on = max(after, stated["known_on"] + dt.timedelta(days=int(draws.integers(1, 500))))
    return [first, {**first, **turned, "known_on": known_on, "snapshot_date": _delivered(known_on, days)}]


def _delivered(known_on: dt.date, days: Iterable[dt.date]) -> dt.date:
    return min((each for each in days if each >= known_on), default=known_on + dt.timedelta(days=30))


def _told(row: Row, votes: list[Row]) -> Row:
    own = [vote for vote in votes if vote["election_id"] == row["election_id"]]
    posted = min((vote["known_on"] for vote in own), default=None)
    return {**row, "vote_count": sum(vote["is_voted"] for vote in own), "posted_on": posted}


def change(world: World, **changes: Any) -> World:
    return replace(world, **changes)
