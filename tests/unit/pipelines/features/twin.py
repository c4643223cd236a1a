"""The features of a voter computed the slow and obvious way, from the words of models/features.py."""

import datetime as dt
from collections.abc import Callable, Sequence
from statistics import fmean
from typing import Any

from pipelines.features.as_of import Occasion

Row = dict[str, Any]
_PRECINCT_LAGS = [
    *(f"general_lag{lag}" for lag in (1, 2, 3)),
    *(f"same_kind_lag{lag}" for lag in (1, 2, 3)),
    "primary_lag1",
]


class Twin:
    """What was known on the as-of day, and what follows for every person who may vote."""

    def __init__(self, world: Any, occasion: Occasion) -> None:
        self.occasion, self.year = occasion, occasion.election.date.year
        self.known = self._known_votes(world.votes)
        self.snapshot, self.cohort, rows = self._universe(world.snapshots)
        self.people = {row["voter_id"]: row for row in rows if self._may_vote(row)}
        self.past = self._past(world.elections)
        self.own = {name: self._history(row) for name, row in self.people.items()}

    def features(self) -> dict[str, Row]:
        return {name: self._features(row) for name, row in self.people.items()}

    def _known_votes(self, votes: Sequence[Row]) -> dict[tuple[str, str], Row]:
        """The latest statement about each vote, of those known by the as-of day."""
        known: dict[tuple[str, str], Row] = {}
        self.posted: dict[str, set[str | None]] = {}
        for vote in sorted(votes, key=lambda vote: vote["known_on"]):
            if vote["known_on"] > self.occasion.as_of:
                continue
            known[vote["voter_id"], vote["election_id"]] = vote
            if vote["is_voted"]:
                self.posted.setdefault(vote["election_id"], set()).add(vote["county_code"])
        return known

    def _universe(self, snapshots: dict[dt.date, list[Row]]) -> tuple[dt.date, str, list[Row]]:
        """The people as the newest snapshot by the day has them, else as the first one after it has."""
        before = [day for day in snapshots if day <= self.occasion.as_of]
        day = max(before) if before else min(snapshots)
        return day, "snapshot" if before else "reconstructed", snapshots[day]

    def _may_vote(self, row: Row) -> bool:
        """Registered by the deadline, of age in the year, active or inactive."""
        if row["status_code"] not in (None, "active", "inactive"):
            return False
        if row["birth_year"] is not None and self.year - row["birth_year"] < 18:
            return False
        if row["registration_date"] is not None:
            return row["registration_date"] <= self.occasion.deadline
        return self.cohort == "snapshot" or any(name == row["voter_id"] for name, _ in self.known)

    def _past(self, elections: Sequence[Row]) -> list[Row]:
        """Earlier elections whose history had been posted, latest first."""
        held = [
            row
            for row in elections
            if row["election_id"] in self.posted
            and row["election_date"] < self.occasion.election.date
            and row["election_date"] <= self.occasion.as_of
        ]
        return sorted(held, key=lambda row: row["election_date"], reverse=True)

    def _birth_year(self, row: Row) -> int | None:
        born = row["birth_year"]
        return born if born is not None and self.year - born <= 115 else None

    def _voted(self, row: Row, election: Row) -> bool | None:
        """What is stated; else stayed home, if it was open to them and their county has posted; else unknown."""
        stated = self.known.get((row["voter_id"], election["election_id"]))
        if stated:
            return stated["is_voted"]
        born, counties = self._birth_year(row), self.posted[election["election_id"]]
        is_open = (
            row["registration_date"] is not None
            and row["registration_date"] <= election["registration_deadline"]
            and (born is None or election["election_date"].year - born >= 18)
        )
        has_posted = None in counties or row["county_code"] is None or row["county_code"] in counties
        return False if is_open and has_posted else None

    def _of(self, row: Row, is_wanted: Callable[[Row], bool]) -> list[bool | None]:
        return [self._voted(row, election) for election in self.past if is_wanted(election)]

    def _history(self, row: Row) -> Row:
        kind = self.occasion.election.kind
        by = {
            name: self._of(row, lambda election, name=name: election["election_type"] == name)
            for name in ("general", "primary", "municipal")
        }
        by["same_kind"] = self._of(row, lambda election: election["election_kind"] == kind)
        every = self._of(row, lambda election: True)
        found: Row = {}
        for name, deepest in {"general": 4, "same_kind": 3, "primary": 2, "municipal": 2}.items():
            for lag in range(1, deepest + 1):
                found[f"{name}_lag{lag}_voted"] = by[name][lag - 1] if len(by[name]) >= lag else None
        for name in ("general", "primary", "municipal"):
            found[f"{name}_share"] = _share(by[name][:4])
        found["same_kind_share"], found["any_share"] = _share(by["same_kind"]), _share(every)
        found["general_open_count"] = _count(by["general"][:4])
        found["same_kind_open_count"], found["any_open_count"] = _count(by["same_kind"]), _count(every)
        found["any_voted_count"] = sum(voted is True for voted in every)
        found["general_streak_count"] = _streak(by["general"])
        return found | self._ballots(row)

    def _ballots(self, row: Row) -> Row:
        """How the voter's ballots were cast, latest first."""
        cast = [election for election in self.past if self._voted(row, election)]
        stated = [self.known[row["voter_id"], election["election_id"]] for election in cast]
        methods = [vote["method_code"] for vote in stated if vote["method_code"]]
        parties = [
            vote["ballot_party_code"]
            for vote in stated
            if vote["election_type"] == "primary" and vote["ballot_party_code"]
        ]
        return {
            "last_vote_years": self._years(cast[0]["election_date"]) if cast else None,
            "mail_share": _share([method == "mail" for method in methods]),
            "early_share": _share([method == "early" for method in methods]),
            "last_method_code": methods[0] if methods else None,
            "last_ballot_party_code": parties[0] if parties else None,
        }

    def _years(self, day: dt.date) -> float:
        return (self.occasion.election.date - day).days / 365.25

    def _age(self, row: Row) -> int | None:
        born = self._birth_year(row)
        return None if born is None else self.year - born

    def _features(self, row: Row) -> Row:
        generals = [election for election in self.past if election["election_type"] == "general"]
        registered = row["registration_date"]
        is_new = registered > generals[0]["registration_deadline"] if registered and generals else None
        return {
            **{name: row[name] for name in ("household_id", "county_code", "precinct_code", "party_code")},
            **{name: row[name] for name in ("status_code", "gender_code")},
            "election_date": self.occasion.election.date,
            "as_of": self.occasion.as_of,
            "snapshot_date": self.snapshot,
            "cohort": self.cohort,
            "election_kind": self.occasion.election.kind,
            "age_years": self._age(row),
            "registration_years": min(self._years(registered), 30) if registered else None,
            "is_new_registrant": is_new,
            **self.own[row["voter_id"]],
            **self._home(row),
            **self._neighbours(row),
        }

    def _home(self, row: Row) -> Row:
        others = [
            other for other in self.people.values() if other["household_id"] == row["household_id"] and other is not row
        ]
        shares = lambda name: [self.own[other["voter_id"]][name] for other in others]  # noqa: E731
        ages = [age for other in others if (age := self._age(other)) is not None]
        own_age = self._age(row)
        everyone = [*ages, *([own_age] if own_age is not None else [])]
        best = [share for share in shares("general_share") if share is not None]
        return {
            "household_size_count": len(others) + 1,
            "housemates_general_share": _share(shares("general_share")),
            "housemates_best_general_share": max(best) if best else None,
            "housemates_primary_share": _share(shares("primary_share")),
            "housemates_same_kind_lag1_share": _share(shares("same_kind_lag1_voted")),
            "housemates_any_share": _share(shares("any_share")),
            "household_age_gap_years": own_age - fmean(ages) if own_age is not None and ages else None,
            "household_oldest_years": max(everyone) if everyone else None,
        }

    def _neighbours(self, row: Row) -> Row:
        place = lambda each: (each["county_code"], each["precinct_code"])  # noqa: E731
        if row["precinct_code"] is None:
            return dict.fromkeys(
                [
                    "precinct_voter_count",
                    "precinct_mean_age_years",
                    *(f"precinct_{lag}_share" for lag in _PRECINCT_LAGS),
                ]
            )
        near = [
            other
            for other in self.people.values()
            if place(other) == place(row) and other["household_id"] != row["household_id"]
        ]
        found: Row = {"precinct_voter_count": len(near)}
        found["precinct_mean_age_years"] = _shrunk(map(self._age, near), map(self._age, self.people.values()))
        for lag in _PRECINCT_LAGS:
            voted = lambda each, lag=lag: self.own[each["voter_id"]][f"{lag}_voted"]  # noqa: E731
            found[f"precinct_{lag}_share"] = _shrunk(map(voted, near), map(voted, self.people.values()))
        return found


def _share(values: Sequence[Any]) -> float | None:
    known = [float(value) for value in values if value is not None]
    return fmean(known) if known else None


def _count(values: Sequence[Any]) -> int:
    return sum(value is not None for value in values)


def _streak(generals: Sequence[bool | None]) -> int | None:
    if not _count(generals):
        return None
    streak = 0
    for voted in generals[:4]:
        if not voted:
            break
        streak += 1
    return streak


def _shrunk(near: Any, everyone: Any) -> float | None:
    """The mean nearby with 50 people of the state's mean added."""
    near, mean = [float(value) for value in near if value is not None], _share(list(everyone))
    return None if mean is None else (sum(near) + 50 * mean) / (len(near) + 50)
