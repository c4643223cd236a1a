"""Simulated people and votes written in a state's layout, with the quirks of real files, and read again."""

import datetime as dt
from collections import Counter
from pathlib import Path

from models.config import read_config
from pipelines.calendar import read_calendar
from pipelines.core.delivery import Admission
from pipelines.lake import Lake
from pipelines.layouts.source import read_source
from pipelines.raw.landing import receive
from pipelines.settings import CONFIGS
from pipelines.synthetic.config import SyntheticConfig
from pipelines.synthetic.simulation import Simulation
from pipelines.tables.core import VoteHistory, Voters
from tests.contracts.quirks import with_quirks, write_with_quirks
from tests.contracts.telling import people_told, votes_told

STATES = sorted(path.stem for path in (CONFIGS / "states").glob("*.yaml"))
DAY = dt.date(2026, 10, 1)


def dated_layouts():
    """Every state, with the last day of each layout, or that of the simulated snapshot, and each look of its files."""
    for name in STATES:
        source = read_source(CONFIGS, name)
        ends = [layout.valid_from - dt.timedelta(days=1) for layout in source.layouts[1:]]
        yield from ((name, day, nth) for day in [*ends, DAY] for nth, _ in enumerate(source.layout_on(day).variants()))


def simulation_of_state(state, voters):
    """A small simulation of a state in one chunk, with many of the rows that are few in real files."""
    config = read_config(SyntheticConfig, CONFIGS / "synthetic.yaml")
    found = config.states[state]
    odd = {"uncounted_share": 0.3, "absence_counties_share": 0.5, "orphan_share": 0.5} if found.uncounted_share else {}
    few = {"voters": voters, "chunk_households": 4 * voters}
    config = config.model_copy(update={"states": {state: found.model_copy(update=few | odd)}})
    return Simulation(config, state, read_calendar(CONFIGS).of_state(state))


class RoundTrip:
    """One delivery, there and back.

    Args:
        name: Name of the state's source.
        day: Day of the files, which says their layout.
        nth: Which of the looks of that layout's files are written, 0 for the usual ones.
        simulation: The electorate, in one chunk.
        folder: Where files and tables are put.
        quirks: Quirks of the files.
    """

    def __init__(self, name, day, nth, simulation, folder: Path, quirks=()):
        self.source, self.day = read_source(CONFIGS, name), day
        self.layout = self.source.layout_on(day).variants()[nth]
        (self.chunk,) = simulation.chunks()
        self.calendar = read_calendar(CONFIGS).of_state(self.source.state)
        since = simulation.state.history_since
        self.elections = [found for found in simulation.elections if since <= found.date < day]
        landing = folder / "landing" / name / day.isoformat()
        layout = with_quirks(self.layout, set(quirks))
        write_with_quirks(self.chunk, layout, landing, self.source.state, day, self.elections)
        self.lake, now = Lake(folder / "data", "1GB", 2), dt.datetime.now(dt.UTC)
        receive(self.lake, folder / "landing", name, self.source, now)
        (self.judged,) = Admission(self.lake, name, self.source, self.calendar).admit_all(now)

    def faults(self):
        """What did not come back as it was, in words; empty where all did."""
        if self.judged.verdict != "accepted":
            return [self.judged.reason]
        staged = self.judged.staged
        told = [f"{fault.column}: {fault.count} texts break the rule '{fault.rule}'" for fault in staged.faults]
        told += [f"{found.count} rows were refused: {found.column} {found.rule}" for found in staged.refused]
        return told + self._other_people() + self._other_votes()

    def people(self):
        """The people as they were read, by id."""
        return {row["voter_id"]: row for row in self._rows(Voters)}

    def _other_people(self):
        found, expected = self.people(), people_told(self.chunk, self.layout, self.day)
        if found.keys() != expected.keys():
            return [f"{len(found):,} people came back of {len(expected):,}"]
        wrong = Counter(
            name for key, row in expected.items() for name, value in row.items() if found[key][name] != value
        )
        return [f"{name}: {count} values differ" for name, count in sorted(wrong.items())]

    def votes(self):
        """The votes as they were read, by voter and election."""
        return {
            (row["voter_id"], row["election_id"]): (row["is_voted"], row["method_code"], row["ballot_party_code"])
            for row in self._rows(VoteHistory)
        }

    def _other_votes(self):
        found, expected = self.votes(), votes_told(self.chunk, self.layout, self.day, self.elections)
        lost = Counter(election for _, election in expected.keys() - found.keys())
        more = Counter(election for _, election in found.keys() - expected.keys())
        other = sum(found[key] != expected[key] for key in found.keys() & expected.keys())
        told = [f"{election}: {count} votes are lost" for election, count in sorted(lost.items())]
        told += [f"{election}: {count} votes nobody cast" for election, count in sorted(more.items())]
        return told + ([f"{other} votes say something else"] if other else [])

    def _rows(self, table):
        with self.lake.connect() as connection:
            return connection.sql(self.lake.table(table, state=self.source.state).select()).to_arrow_table().to_pylist()
