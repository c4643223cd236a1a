"""Nights of a flow that tends itself: files arrive when they like, some twice, some broken, some nights nobody runs.

After every night: nothing was rebuilt of a state to which nothing came, and every state stands at its newest good file.
On some nights the whole is built anew from the good files alone, in a fresh data root: the scores must be the same.
"""

import datetime as dt
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.synthetic.breaks import texts as breaks
from tests.flow import desk_world as world

FIRST = dt.date(2026, 8, 1)
ARCHIVE = [dt.date.fromisoformat(day) for day in world.SNAPSHOTS[:-1]]
GAPS = {"NC": (4, 10), "OH": (5, 12), "FL": (9, 20)}
"""Nights between two files of a state, least and most."""
_TEXTS = {
    "NC": breaks.QUOTED_TABS,
    "OH": breaks.TextFile(delimiter=","),
    "FL": breaks.TextFile(quote=""),
}
_LAYERS = ("core", "feature", "model", "score")


@dataclass
class Night:
    """What one night brought.

    Attributes:
        number: Count from 0.
        landed: States to which something came since the run before.
        is_run: Whether the flow ran.
        rebuilt: Files of tables, models and scores that are new or other than before, by state.
        standing: Snapshot that each state is published from.
        expected: Snapshot that it should be published from.
        release: Name of the current release.
        failed: States that failed, with the reason.
    """

    number: int
    landed: set[str]
    is_run: bool = True
    rebuilt: dict[str, list[str]] = field(default_factory=dict)
    standing: dict[str, str] = field(default_factory=dict)
    expected: dict[str, str] = field(default_factory=dict)
    release: str = ""
    failed: dict[str, str] = field(default_factory=dict)


class Nights:
    """A team's data root over some nights.

    Args:
        home: Folder for everything.
        count: Nights.
        seed: Seed of the arrivals.
    """

    def __init__(self, home: Path, count: int, seed: int = 20260801) -> None:
        self.home, self.count, self.dice = home, count, random.Random(seed)
        self.arrivals = {state: self._arrivals(gaps) for state, gaps in GAPS.items()}
        days = {state: ARCHIVE + [found for _, found in arriving] for state, arriving in self.arrivals.items()}
        self.configs = world.three_states(home / "configs", days)
        self.root = home / "root"
        self.good: dict[str, list[dt.date]] = {state: list(ARCHIVE) for state in GAPS}
        self.broken: dict[str, dt.date] = {}
        self.counts = {
            "files": 0,
            "late": 0,
            "sent again": 0,
            "broken": 0,
            "of nothing new": 0,
            "nights without a run": 0,
        }

    def play(self) -> Iterator[Night]:
        """Night after night, each as the flow left it."""
        self._simulate()
        outages = self._outages()
        waiting: set[str] = set(GAPS)
        for state in GAPS:
            for day in ARCHIVE:
                self._land(state, day)
        before = self._files()
        for number in range(self.count):
            waiting |= self._tonight(number)
            night = Night(number, set(waiting))
            if number in outages:
                self.counts["nights without a run"] += 1
                yield Night(number, set(waiting), is_run=False)
                continue
            self._run(night)
            now = self._files()
            night.rebuilt = {
                state: sorted(name for name, stamp in now[state].items() if before[state].get(name) != stamp)
                for state in GAPS
            }
            before, waiting = now, set()
            yield night

    def fresh(self, number: int) -> dict[str, pa.Table]:
        """Published rows of every state, built anew from the good files alone."""
        root = self.home / f"fresh-{number}"
        for state, days in self.good.items():
            for day in days:
                shutil.copytree(self._stored(state, day), root / "landing" / state.lower() / str(day))
        rows = self._published(root, run=True)
        shutil.rmtree(root)
        return rows

    def published(self) -> dict[str, pa.Table]:
        """Published rows of every state, as the nights left them."""
        return self._published(self.root, run=False)

    def _published(self, root: Path, run: bool) -> dict[str, pa.Table]:
        from pipelines.engine import run_states
        from pipelines.publish.reader import open_release
        from pipelines.settings import read_settings

        with world.at_desk(root, self.configs, DAGSTER_HOME=str(root / "dagster")):
            if run:
                assert all(found.is_success for found in run_states(read_settings("demo")))
            return {
                state: open_release(root, [state]).to_table().drop_columns(["behind_days"]) for state in GAPS
            }  # behind_days tells of files that are held, which the fresh root never saw

    def _arrivals(self, gaps: tuple[int, int]) -> list[tuple[int, dt.date]]:
        """Night and snapshot day of every file; some come a few nights after a newer one."""
        found, night = [], self.dice.randint(0, gaps[0])
        while night < self.count:
            delay = self.dice.randint(2, 9) if self.dice.random() < 0.2 else 0
            found.append((night + delay, FIRST + dt.timedelta(days=night)))
            night += self.dice.randint(*gaps)
        return found

    def _outages(self) -> set[int]:
        """Some single nights and one long one without a run."""
        long = self.dice.randrange(self.count // 3, max(self.count // 2, self.count // 3 + 1))
        single = {night for night in range(1, self.count) if self.dice.random() < 0.05}
        return (single | set(range(long, min(long + 5, self.count - 1)))) - {0, self.count - 1}

    def _simulate(self) -> None:
        from pipelines.demo import simulate_landing
        from pipelines.settings import read_settings

        with world.at_desk(self.home / "store", self.configs):
            simulate_landing(read_settings("demo"))

    def _stored(self, state: str, day: dt.date) -> Path:
        return self.home / "store" / "landing" / state.lower() / str(day)

    def _landing(self, state: str, day: dt.date) -> Path:
        return self.root / "landing" / state.lower() / str(day)

    def _land(self, state: str, day: dt.date) -> None:
        shutil.copytree(self._stored(state, day), self._landing(state, day), dirs_exist_ok=True)
        self.counts["files"] += 1

    def _tonight(self, number: int) -> set[str]:
        """Land what comes in a night; the states to which something came."""
        came: set[str] = set()
        for state, arriving in self.arrivals.items():
            for night, day in arriving:
                if night == number:
                    self._land(state, day)
                    self.counts["late"] += FIRST + dt.timedelta(days=number) > day
                    came.add(state)
                    if self._is_news(state, day):
                        self.good[state].append(day)
                    else:
                        self.counts["of nothing new"] += 1
            if self.dice.random() < 0.08:
                self._send_again(state)
        if number % 7 == 3:
            came.add(self._send_broken(number))
        return came

    def _is_news(self, state: str, day: dt.date) -> bool:
        """Whether a voters file differs from those of every snapshot before; among so few people one may not."""
        mine = self._voters_texts(state, day)
        return all(self._voters_texts(state, known) != mine for known in self.good[state])

    def _voters_texts(self, state: str, day: dt.date) -> list[bytes]:
        return [file.read_bytes() for file in _voters_files(self._stored(state, day))]

    def _send_again(self, state: str) -> None:
        """The same files of an older day, over those that stand; nothing follows from it."""
        self._land(state, self.dice.choice(self.good[state]))
        self.counts["sent again"] += 1

    def _send_broken(self, number: int) -> str:
        """A broken copy of a state's newest good file, under the day of the night unless a good file has that."""
        state = self.dice.choice(sorted(GAPS))
        day = FIRST + dt.timedelta(days=number)
        if day in {known for _, known in self.arrivals[state]}:
            day += dt.timedelta(days=1)
        if day in {known for _, known in self.arrivals[state]}:
            return self._send_broken(number)
        folder = self._landing(state, day)
        shutil.copytree(self._stored(state, max(self.good[state])), folder)
        world.make_new(folder, number)
        victim = _voters_files(folder)[0]
        kind = self.dice.choice(["cut short", "empty", "a web page", "few rows"])
        if kind == "few rows":
            how = _TEXTS[state]
            world.rewrite(victim, folder / "few", lambda text: breaks.fewer_rows(text, how=how))
            (folder / "few").replace(victim)
        else:
            change = {"cut short": breaks.cut_short, "empty": breaks.empty, "a web page": breaks.html_page}[kind]
            victim.write_bytes(change(victim.read_bytes()))
        self.counts["broken"] += 1
        return state

    def _run(self, night: Night) -> None:
        from pipelines.engine import run_states
        from pipelines.publish.ledger import current_release
        from pipelines.publish.reader import standing_in_use
        from pipelines.settings import read_settings

        with world.at_desk(self.root, self.configs, DAGSTER_HOME=str(self.root / "dagster")):
            runs = run_states(read_settings("demo"))
            night.failed = {run.state: run.reason for run in runs if not run.is_success}
            standing: dict[str, dict[str, Any]] = {state: standing_in_use(self.root, state) for state in GAPS}
        night.standing = {state: str(found.get("snapshot_date")) for state, found in standing.items()}
        night.expected = {state: str(max(days)) for state, days in self.good.items()}
        night.release = current_release(self.root) or ""

    def _files(self) -> dict[str, dict[str, tuple[int, int]]]:
        """Size and time of writing of every file of tables, models and scores, by state."""
        found: dict[str, dict[str, tuple[int, int]]] = {state: {} for state in GAPS}
        for layer in _LAYERS:
            for file in (self.root / layer).rglob("*"):
                owner = next((state for state in GAPS if f"state={state}" in file.parts), None)
                if owner and file.is_file() and file.suffix != ".lock" and file.name != ".lock":
                    stat = file.stat()
                    found[owner][str(file.relative_to(self.root))] = (stat.st_size, stat.st_mtime_ns)
        return found


def _voters_files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if "his" not in file.name.lower())
