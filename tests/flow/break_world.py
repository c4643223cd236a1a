"""A state with two accepted snapshots, and a third delivery that is clean or broken; what is known after each."""

import datetime as dt
import functools
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from models.config import read_config
from pipelines.calendar import read_calendar
from pipelines.core.delivery import Admission, Judgement
from pipelines.lake import Lake
from pipelines.layouts.source import read_source
from pipelines.raw.landing import receive
from pipelines.raw.receipts import ReceiptLedger
from pipelines.settings import CONFIGS
from pipelines.synthetic.breaks import Break
from pipelines.synthetic.breaks.kinds import Outcome
from pipelines.synthetic.config import SyntheticConfig
from pipelines.synthetic.deliveries import write_deliveries
from pipelines.synthetic.simulation import Simulation
from pipelines.tables.core import VoteHistory, Voters

DAYS = {
    "mi": [dt.date(2018, month, 1) for month in (8, 9, 10)],  # fixed width, until 2020
    "az": [dt.date(2022, month, 1) for month in (8, 9, 10)],  # workbooks, until 2024
}
USUAL_DAYS = [dt.date(2026, month, 1) for month in (8, 9, 10)]
VOTERS = 1500
FEW_COUNTIES = {"fl": 8, "pa": 6}  # where each has files of its own
PEOPLE = "* EXCLUDE (snapshot_date, stated_on)"
VOTES = "voter_id, election_id, is_voted, method_code, ballot_party_code, county_code"


@dataclass(frozen=True)
class Known:
    """What stands in the lake: people of the newest snapshot and all votes, by their keys."""

    people: dict[str, tuple]
    votes: dict[tuple[str, str], tuple]


@dataclass(frozen=True)
class Result:
    """What became of a delivery.

    Attributes:
        outcome: In the words of the catalogue.
        reason: The sentence of the verdict, with those of files rejected on sight.
        known: What stands in the lake afterwards.
        judged: The judgement.
        refused: Rows refused, count.
    """

    outcome: Outcome
    reason: str
    known: Known
    judged: Judgement
    refused: int


class BreakWorld:
    """A simulated state, its two accepted snapshots, and its third delivery.

    Args:
        name: Name of the state's source.
    """

    def __init__(self, name: str) -> None:
        self.name, self.source = name, read_source(CONFIGS, name)
        self.days = DAYS.get(name, USUAL_DAYS)
        self.layout = self.source.layout_on(self.days[-1])
        self.calendar = read_calendar(CONFIGS).of_state(self.source.state)
        self._kept = tempfile.TemporaryDirectory()  # removed with the world
        self.home = Path(self._kept.name)
        self._write()
        self._accept()

    def _write(self) -> None:
        config = read_config(SyntheticConfig, CONFIGS / "synthetic.yaml")
        few = {"voters": VOTERS, "chunk_households": 4 * VOTERS, "snapshots": self.days}
        state = config.states[self.source.state]
        if self.name in FEW_COUNTIES:
            few |= {"counties": FEW_COUNTIES[self.name], "county_codes": state.county_codes[: FEW_COUNTIES[self.name]]}
        state = state.model_copy(update=few)
        small = config.model_copy(update={"states": {self.source.state: state}})
        simulation = Simulation(small, self.source.state, self.calendar)
        write_deliveries(simulation, self.source, self.home / "written", self.days)

    def written(self, day: dt.date) -> Path:
        """The delivery of a day as it was written; copy it, do not change it."""
        return self.home / "written" / str(day)

    def _accept(self) -> None:
        landing = self.home / "landing" / self.name
        for day in self.days[:2]:
            shutil.copytree(self.written(day), landing / str(day))
        lake = Lake(self.home / "data", "1GB", 1)
        lake.prepare()
        now = dt.datetime.now(dt.UTC)
        receive(lake, self.home / "landing", self.name, self.source, now)
        judged = Admission(lake, self.name, self.source, self.calendar).admit_all(now)
        assert [found.verdict for found in judged] == ["accepted", "accepted"], [found.reason for found in judged]
        self.accepted = self._known(lake)

    @functools.cached_property
    def clean(self) -> Result:
        """What becomes of the third delivery as it is."""
        return self.judge(self.written(self.days[-1]))

    def broken(self, how: Break, seed: int, foreign: "BreakWorld") -> Path:
        """The third delivery, broken."""
        folder = Path(tempfile.mkdtemp(dir=self.home)) / str(self.days[-1])
        shutil.copytree(self.written(self.days[-1]), folder)
        others = {"before": self.written(self.days[1]), "foreign": foreign.written(foreign.days[-1])}
        how.apply(folder, self.layout, seed, others)
        return folder

    def judge(self, delivery: Path) -> Result:
        """Land a delivery behind the two accepted ones and judge it."""
        root = Path(tempfile.mkdtemp(dir=self.home))
        try:
            return self._judged(root, delivery)
        finally:
            shutil.rmtree(root)

    def _judged(self, root: Path, delivery: Path) -> Result:
        shutil.copytree(self.home / "data", root / "data", copy_function=os.link)
        shutil.copytree(delivery, root / "landing" / self.name / delivery.name)
        lake, now = Lake(root / "data", "1GB", 1), dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)
        receive(lake, root / "landing", self.name, self.source, now)
        judged = Admission(lake, self.name, self.source, self.calendar).admit_all(now)[-1]
        newest = ReceiptLedger(lake, self.name).newest()
        rejected = [
            event["reason"]
            for (day, _), event in newest.items()
            if day == self.days[-1] and event["verdict"] == "rejected"
        ]
        assert judged.delivery.snapshot_date == self.days[-1]
        refused = sum(found["reject_count"] for found in judged.staged.files.values()) if judged.staged else 0
        reason = " ".join([judged.reason, *rejected])
        return Result(_outcome(judged, refused), reason, self._known(lake), judged, refused)

    def _known(self, lake: Lake) -> Known:
        voters, votes = (lake.table(table, state=self.source.state).select() for table in (Voters, VoteHistory))
        with lake.connect() as connection:
            newest = f"SELECT {PEOPLE} FROM ({voters}) QUALIFY snapshot_date = max(snapshot_date) OVER ()"
            people = connection.execute(f"SELECT voter_id, * FROM ({newest})").fetchall()
            told = connection.execute(f"SELECT {VOTES} FROM ({votes})").fetchall()
        return Known({row[0]: row for row in people}, {row[:2]: row for row in told})


def _outcome(judged: Judgement, refused: int) -> Outcome:
    if judged.verdict == "accepted":
        return "rows_refused" if refused else "loads"
    return "waits" if judged.verdict == "received" else "held"
