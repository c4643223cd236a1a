"""Two years of monthly files of six states, some of them broken, and beside them the same months without a break.

Both are played by the flow itself, from landed files to the published table, each in a process and a data root of its
own. What was published after every month, and what the receipts said, is kept for `replay_judge.py` to compare.
"""

import datetime as dt
import json
import multiprocessing
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipelines.synthetic.breaks import BREAKS, Break
from tests.accept.replay_plan import ARCHIVE, CLEAN, MONTHS, SHAPES, Planned, Planner, layouts_of, write_configs
from tests.flow import desk_world as world

TWIN, BROKEN = "twin", "broken"
"""The two data roots: the months without a break, and those with them."""


@dataclass(frozen=True)
class Seen:
    """How a state stood after a month.

    Attributes:
        state: Two-letter code.
        month: The month, from 0.
        failed: Why its run failed; empty when it did not.
        standing: What the release in use says of it.
        verdicts: Verdict of every snapshot day that was sent, `rejected` where each of its files was.
        ruled: Verdict of the rules on this month's files, before any person decided.
        reasons: What the receipts of this month's files said then.
    """

    state: str
    month: int
    failed: str
    standing: dict[str, Any]
    verdicts: dict[str, str]
    ruled: str
    reasons: str


@dataclass(frozen=True)
class Replay:
    """A replay that is set up.

    Attributes:
        home: Folder for everything.
        states: Two-letter codes.
        months: Days of the monthly files.
        archive: Days of the files before them.
        planned: The breaks.
        voters: Voters of each state, count.
    """

    home: Path
    states: Sequence[str] = tuple(SHAPES)
    months: Sequence[dt.date] = tuple(MONTHS)
    archive: Sequence[dt.date] = tuple(ARCHIVE)
    voters: int = 1200
    planned: Sequence[Planned] = ()

    @property
    def configs(self) -> Path:
        """The configurations."""
        return self.home / "configs"

    def stored(self, state: str, day: dt.date) -> Path:
        """The whole delivery of a day."""
        return self.home / "store" / "landing" / state.lower() / str(day)

    def landed(self, root: str, state: str, day: dt.date) -> Path:
        """The delivery of a day as it landed in one of the roots."""
        return self.home / root / "landing" / state.lower() / str(day)

    def rows(self, root: str, state: str, month: int) -> Path:
        """The published rows of a state after a month."""
        return self.home / "seen" / root / f"{state}-{month:02d}.parquet"

    def seen(self, root: str) -> dict[tuple[str, int], Seen]:
        """How every state stood after every month."""
        content = json.loads((self.home / "seen" / f"{root}.json").read_text(encoding="utf-8"))
        return {(found["state"], found["month"]): Seen(**found) for found in content}


def set_up(replay: Replay, count: int, seed: int, kinds: Sequence[Break] = BREAKS, clean: int = CLEAN) -> Replay:
    """Write the configurations and the whole deliveries of all days, and plan at least `count` breaks."""
    days = [*replay.archive, *replay.months]
    write_configs(replay.configs, replay.states, days, replay.voters)
    with world.at_desk(replay.home / "store", replay.configs):
        from pipelines.demo import simulate_landing
        from pipelines.settings import read_settings

        simulate_landing(read_settings("demo"))
    layouts = layouts_of(replay.configs, replay.states, replay.months)
    return replace(replay, planned=Planner(layouts, clean, seed).plan(kinds, count))


def play_both(replay: Replay) -> None:
    """Play the months with and without the breaks, side by side."""
    spawn = multiprocessing.get_context("spawn")
    players = [spawn.Process(target=play, args=(replay, root)) for root in (TWIN, BROKEN)]
    for player in players:
        player.start()
    for player in players:
        player.join()
    assert all(player.exitcode == 0 for player in players), "A root was not played to its end."


def play(replay: Replay, root: str) -> None:
    """Land and run month after month in one root, and keep what was published."""
    planned = {(found.state, found.month): found for found in replay.planned} if root == BROKEN else {}
    folder, seen, started = replay.home / root, list[Seen](), time.monotonic()
    (replay.home / "seen" / root).mkdir(parents=True)
    with world.at_desk(folder, replay.configs, DAGSTER_HOME=str(folder / "dagster")), _lightly():
        for state in replay.states:
            for day in replay.archive:
                shutil.copytree(replay.stored(state, day), replay.landed(root, state, day))
        for month in range(len(replay.months)):
            for state in replay.states:
                _land(replay, root, state, month, planned.get((state, month)))
            seen += _run(replay, root, month, planned)
            _say(replay, root, month, started)
    content = json.dumps([asdict(found) for found in seen], indent=1)
    (replay.home / "seen" / f"{root}.json").write_text(content, encoding="utf-8")


def _say(replay: Replay, root: str, month: int, started: float) -> None:
    seconds = f"{time.monotonic() - started:.0f} s, {time.process_time():.0f} s of the processor"
    print(f"         {root}: {replay.months[month]} played after {seconds}", flush=True)


def _land(replay: Replay, root: str, state: str, month: int, planned: Planned | None) -> None:
    """Land a month's delivery, broken where that is planned."""
    day, folder = replay.months[month], replay.landed(root, state, replay.months[month])
    writing = folder.with_name(f".{day}")
    shutil.copytree(replay.stored(state, day), writing)
    if planned:
        from pipelines.layouts.source import read_source

        layout = read_source(replay.configs, state.lower()).layout_on(day)
        assert layout is not None
        other = next(found for found in replay.states if found != state)
        others = {"before": replay.stored(state, replay.months[month - 1]), "foreign": replay.stored(other, day)}
        planned.kind.apply(writing, layout, planned.seed, others)
    writing.rename(folder)


def _run(replay: Replay, root: str, month: int, planned: Mapping[tuple[str, int], Planned]) -> list[Seen]:
    """Run all states, let people decide what they are to decide, and keep what is published of each state."""
    from pipelines.engine import run_states
    from pipelines.publish.reader import open_release, standing_in_use
    from pipelines.settings import read_settings

    folder, found, day = replay.home / root, list[Seen](), replay.months[month]
    failed = {run.state: run.reason for run in run_states(read_settings("demo")) if not run.is_success}
    assert not (failed and month == 0), f"{root}: the first month was not published: {failed}"
    for state in replay.states:
        ruled, reasons = _receipts(folder, state, day)
        _decide(folder, state, day, planned.get((state, month)))
        pq.write_table(open_release(folder, [state]).to_table(), replay.rows(root, state, month))
        verdicts, _ = _receipts(folder, state, day)
        standing = standing_in_use(folder, state)
        found.append(
            Seen(state, month, failed.get(state, ""), standing, verdicts, ruled.get(str(day), "rejected"), reasons)
        )
    return found


def _decide(folder: Path, state: str, day: dt.date, planned: Planned | None) -> None:
    """A person decides on a delivery that is held, where that is planned."""
    from pipelines.engine import run_decision
    from pipelines.lake import Lake
    from pipelines.raw.receipts import ReceiptLedger
    from pipelines.settings import read_settings

    held = [found for found in ReceiptLedger(Lake(folder), state.lower()).deliveries() if found.snapshot_date == day]
    if planned and planned.decision and held and held[0].verdict == "held":
        run_decision(read_settings("demo"), held[0].delivery_id, planned.decision, "the state's office was asked")


def _receipts(folder: Path, state: str, day: dt.date) -> tuple[dict[str, str], str]:
    """Verdict of each day that a state sent, and the reasons of one day's files."""
    from pipelines.lake import Lake
    from pipelines.raw.receipts import ReceiptLedger

    ledger = ReceiptLedger(Lake(folder), state.lower())
    events = [event for event in ledger.newest().values() if event["verdict"] != "superseded"]
    verdicts = {str(event["snapshot_date"]): "rejected" for event in events}
    verdicts |= {str(found.snapshot_date): found.verdict for found in ledger.deliveries()}
    told = {event["reason"] or "" for event in events if event["snapshot_date"] == day}
    return verdicts, " ".join(sorted(told)).strip()


@contextmanager
def _lightly() -> Iterator[None]:
    """Dagster keeps its records in memory, and the pictures of a model are not drawn: neither touches a row."""
    import dagster as dg

    from models import plots

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dg.DagsterInstance, "get", dg.DagsterInstance.ephemeral)
        patch.setattr(plots, "_written", lambda chart, form: "<svg/>" if form == "svg" else b"")
        yield
