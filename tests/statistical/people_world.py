"""Simulated states that people leave and come to, with those who only look like somebody who left, and the truth."""

import datetime as dt
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
from nicknames import NickNamer

from models.config import read_config
from pipelines.calendar import read_calendar
from pipelines.core.changes import write_changes
from pipelines.lake import Lake
from pipelines.settings import CONFIGS
from pipelines.synthetic.config import SyntheticConfig
from pipelines.synthetic.simulation import Simulation
from pipelines.tables.core import Voters

DAYS = [dt.date(2024, 11, 15), dt.date(2025, 3, 1), dt.date(2025, 8, 1), dt.date(2026, 1, 15), dt.date(2026, 6, 1)]
PLACE = ["county_code", "precinct_code", "precinct_name", "congressional_code", "address_line", "city", "zip_code"]
DECOYS = {"namesake": 0.015, "namesake of the year": 0.005, "junior": 0.01, "twin": 0.01, "same day": 0.0003}
"""Shares of the voters who look like somebody who left: the same name and another birth, another day of the year, or a
father's; a twin; and the same name and day by chance, some hundred times as often as in such a state."""


@dataclass
class Planted:
    """Snapshots of a state that people leave and of one that they come to, which may be the same, in a lake.

    Attributes:
        lake: Data root.
        voters: Voters of each state, count.
        seed: Seed of what is planted.
        there: State that is left.
        here: State that is come to.
        shares: Shares of the voters who come, by kind; `mover` and `duplicate` are the same person as there.
        is_year_only: Whether the state that is come to gives only the year of birth.
        truth: By kind, number here by number there.
        reused: Numbers that were given to another person.
    """

    lake: Lake
    voters: int
    seed: int
    there: str
    here: str
    shares: dict[str, float]
    is_year_only: bool = False
    truth: dict[str, dict[str, str]] = field(default_factory=dict)
    reused: set[str] = field(default_factory=set)

    def write(self) -> "Planted":
        """Draw the states, plant who comes and goes, and write the snapshots with their changes."""
        dice = np.random.default_rng(self.seed)
        files = {state: simulated(state, self.voters) for state in dict.fromkeys((self.there, self.here))}
        people = self._come(dice, files[self.there], files[self.here])
        if self.there == self.here:
            self._reuse(dice, files[self.here])
        self._go(dice, files[self.there], people)
        for place, day in enumerate(DAYS):
            new = people[(people["comes"] <= place) & ~(people["is_first_kept"] & (people["goes"] <= place))]
            files[self.here][place] = pd.concat([files[self.here][place], new], ignore_index=True)
            for state, found in files.items():
                self._put(state, day, found[place])
        with self.lake.connect() as connection:
            for state in files:
                write_changes(self.lake, connection, self.lake.table(Voters, state=state), state)
        return self

    def _come(self, dice: np.random.Generator, there: list[pd.DataFrame], here: list[pd.DataFrame]) -> pd.DataFrame:
        """Rows of who comes, with `comes` and `goes`: the places of the files in which they come and leave there."""
        pool = _lasting(there)
        pool = pool.iloc[dice.permutation(len(pool))]
        parts, start = [], 0
        for kind, share in self.shares.items():
            until = start + round(share * self.voters)
            parts.append(come(dice, kind, pool.iloc[start:until].copy(), pool, here[0]))
            start = until
        found = pd.concat(parts, ignore_index=True)
        found["was"] = found["voter_id"]
        found["voter_id"] = [f"{self.here}-9{n:08d}" for n in dice.permutation(len(found))]
        is_same = found["kind"].isin(("mover", "duplicate"))
        for kind, rows in found[is_same].groupby("kind"):
            self.truth[str(kind)] = dict(zip(rows["was"], rows["voter_id"], strict=True))
        if self.is_year_only:
            for frame in (found, *here):
                frame["birth_date"] = None
        return found

    def _go(self, dice: np.random.Generator, there: list[pd.DataFrame], people: pd.DataFrame) -> None:
        """Take who goes off the roll: half are listed as removed from then on, half are not listed."""
        leavers = people[~people["is_first_kept"]]
        listed = set(leavers["was"][dice.random(len(leavers)) < 0.5])
        for place, frame in enumerate(there):
            gone = set(leavers.loc[leavers["goes"] <= place, "was"])
            frame.loc[frame["voter_id"].isin(gone & listed), "status_code"] = "removed"
            there[place] = frame[~frame["voter_id"].isin(gone - listed)]

    def _reuse(self, dice: np.random.Generator, files: list[pd.DataFrame]) -> None:
        """Give the numbers of some who left to strangers, who live where those lived."""
        places, last = PLACE, files[-1]
        left = files[0][~files[0]["voter_id"].isin(last["voter_id"]) & (files[0]["status_code"] != "removed")]
        left = left.sample(min(len(left), round(0.004 * self.voters)), random_state=int(dice.integers(2**31)))
        strangers = simulated("OH", 2_000)[0].dropna(subset=["birth_date"]).iloc[: len(left)].copy()
        strangers[["voter_id", *places]] = left[["voter_id", *places]].to_numpy()
        files[-1] = pd.concat([last, strangers.assign(status_code="active")], ignore_index=True)
        self.reused = set(left["voter_id"])

    def _put(self, state: str, day: dt.date, frame: pd.DataFrame) -> None:
        rows = frame[Voters.schema().names].assign(stated_on=day)
        with self.lake.connect() as connection:
            connection.register("people", pa.Table.from_pandas(rows, schema=Voters.schema(), preserve_index=False))
            self.lake.write(Voters, connection, "FROM people", f"planted {self.seed}", state=state, snapshot_date=day)


def simulated(state: str, voters: int) -> list[pd.DataFrame]:
    """The files of a simulated state, one for each day."""
    config = read_config(SyntheticConfig, CONFIGS / "synthetic.yaml")
    few = config.states[state].model_copy(update={"voters": voters, "snapshots": DAYS})
    simulation = Simulation(
        config.model_copy(update={"states": {state: few}}), state, read_calendar(CONFIGS).of_state(state)
    )
    chunks = list(simulation.chunks())
    return [pa.concat_tables([chunk.voters(day) for chunk in chunks]).to_pandas() for day in DAYS]


def _lasting(files: list[pd.DataFrame]) -> pd.DataFrame:
    """Rows of the second file of those who are on the roll of every file, with a first name."""
    on_roll = [frame[frame["status_code"] != "removed"] for frame in files]
    stays = set.intersection(*(set(frame["voter_id"]) for frame in on_roll))
    return on_roll[1][on_roll[1]["voter_id"].isin(stays) & on_roll[1]["first_name"].notna()]


def come(
    dice: np.random.Generator, kind: str, rows: pd.DataFrame, pool: pd.DataFrame, here: pd.DataFrame
) -> pd.DataFrame:
    """Rows here of some people there, or of those who look like them; each leaves there about when the row comes."""
    size = len(rows)
    rows["kind"], rows["comes"] = kind, dice.integers(1, len(DAYS), size)
    wait = dice.choice([1, 2] if kind == "duplicate" else [-1, 0, 0, 1, 2], size)
    rows["goes"] = np.clip(rows["comes"] + wait, 1, None)
    rows["is_first_kept"] = (kind == "duplicate") & (dice.random(size) < 0.5)  # and the second number goes
    homes = here[here["address_line"].notna()].sample(size, replace=True, random_state=int(dice.integers(2**31)))
    is_same_state = rows["voter_id"].iloc[0][:2] == here["voter_id"].iloc[0][:2]
    moves = dice.random(size) < (0.6 if is_same_state else 1)
    rows.loc[moves, PLACE] = homes[moves][PLACE].to_numpy()
    rows["registration_date"] = [DAYS[place] - dt.timedelta(days=20) for place in rows["comes"]]
    rows["status_code"], rows["stated_household"] = "active", None
    return _written(dice, _other_person(dice, kind, rows, pool))


def _other_person(dice: np.random.Generator, kind: str, rows: pd.DataFrame, pool: pd.DataFrame) -> pd.DataFrame:
    """Rows as they are, or of somebody else with the same name, the same day of birth, or the same family."""
    size, known = len(rows), rows["birth_date"].notna().to_numpy()
    others = pool.sample(size, replace=True, random_state=int(dice.integers(2**31)))
    if kind in ("namesake", "junior"):
        shift = dice.integers(20, 35, size) * 365 + dice.integers(1, 300, size)
        rows["birth_date"] = [
            other if kind == "namesake" else day + dt.timedelta(int(days)) if is_known else None
            for day, other, days, is_known in zip(rows["birth_date"], others["birth_date"], shift, known, strict=True)
        ]
    if kind == "namesake of the year":
        rows["birth_date"] = [
            day.replace(month=day.month % 12 + 1, day=1 + day.day % 28) if is_known else None
            for day, is_known in zip(rows["birth_date"], known, strict=True)
        ]
    if kind == "twin":
        rows[["first_name", "gender_code"]] = others[["first_name", "gender_code"]].to_numpy()
    if kind == "junior":
        rows["name_suffix"] = np.where(dice.random(size) < 0.6, "JR", None)
    if kind not in ("mover", "duplicate"):
        rows["middle_name"] = others["middle_name"].to_numpy()
        rows["phone"] = rows["phone"].where(dice.random(size) < (0.5 if kind in ("twin", "junior") else 0), None)
    rows["birth_year"] = [day.year if isinstance(day, dt.date) else None for day in rows["birth_date"]]
    return rows


def _written(dice: np.random.Generator, rows: pd.DataFrame) -> pd.DataFrame:
    """Rows as another office writes them: short forms, initials, what is left out, and a few errors."""
    draw = lambda share: dice.random(len(rows)) < share  # noqa: E731
    short = NickNamer().nicknames_of
    rows["first_name"] = [
        min(short(name)).upper() if is_short and short(name) else name
        for name, is_short in zip(rows["first_name"], draw(0.05), strict=True)
    ]
    rows["middle_name"] = rows["middle_name"].where(~draw(0.2), rows["middle_name"].str[:1]).where(~draw(0.2), None)
    married = draw(0.05) & (rows["gender_code"] == "F")
    others = rows["last_name"].sample(frac=1, random_state=int(dice.integers(2**31))).to_numpy()
    rows["last_name"] = rows["last_name"].where(~married, others)
    rows["last_name"] = rows["last_name"].where(~draw(0.01), rows["last_name"].str[:-1] + "X")
    rows["name_suffix"] = rows["name_suffix"].where(~draw(0.3), None)
    rows["gender_code"] = rows["gender_code"].where(~draw(0.05), None)
    changed = draw(0.5)
    rows["phone"] = rows["phone"].where(~changed, None)
    wrong = draw(0.01) & rows["birth_date"].notna().to_numpy()
    rows["birth_date"] = [
        day.replace(day=day.day % 28 + 1) if is_wrong else day
        for day, is_wrong in zip(rows["birth_date"], wrong, strict=True)
    ]
    return rows
