"""Many hostile and broken deliveries, each of which ends accepted, rejected or held with a sentence.

Run as `python -m tests.fuzz.fuzzing [COUNT] [SEED] [PROCESSES]`; `python -m tests.fuzz.fuzzing replay SEED NUMBER` runs
one of them again and raises what it raised.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.harness import Outcome, Reader, admit
from tests.fuzz.inputs import KINDS, Files
from tests.fuzz.worlds import CANARY, FEW, STATES, World, small_world, state_world

_MOST_SECONDS = 120  # for one delivery, on a machine that does other things too: the mean takes a twentieth of one
_WHOLE_FLOW = 20  # one in so many lands in a data root of its own
_STATES_SHARE = 0.25
_LONGEST_SENTENCE = 20_100
_MOST_MEGABYTES = 1500  # of a process; those that it starts for workbooks and Parquet have a limit of their own
_CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass
class FuzzAccount:
    """What became of the deliveries.

    Attributes:
        count: Deliveries.
        verdicts: Deliveries by verdict.
        kinds: Deliveries by kind of input and verdict.
        faults: What went wrong, each with the number that replays it.
        peak_megabytes: Largest memory of a process.
        slowest_seconds: Longest time of a delivery, and which one it was.
        seconds: Time of all together.
    """

    count: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    peak_megabytes: int = 0
    slowest_seconds: float = 0
    slowest: int = -1
    seconds: float = 0

    @property
    def is_sound(self) -> bool:
        """Whether nothing went wrong: no fault, memory bounded, every delivery judged, and not all of them alike."""
        is_bounded = self.peak_megabytes < _MOST_MEGABYTES
        is_judged = set(self.verdicts) <= {"accepted", "held", "rejected"} and self.count == self.verdicts.total()
        return not self.faults and is_bounded and is_judged and len(self.verdicts) > 1

    def add(self, other: "FuzzAccount") -> None:
        """Take in the account of another process."""
        self.count += other.count
        self.verdicts.update(other.verdicts)
        self.kinds.update(other.kinds)
        self.faults += other.faults
        self.peak_megabytes = max(self.peak_megabytes, other.peak_megabytes)
        if other.slowest_seconds > self.slowest_seconds:
            self.slowest_seconds, self.slowest = other.slowest_seconds, other.slowest


def fuzz(count: int, seed: int, processes: int = 2) -> FuzzAccount:
    """Read so many deliveries drawn by a seed, in so many processes.

    A process that ends by itself, or is ended because a delivery takes too long, is a fault, told with the number of
    the delivery; another one goes on behind it.
    """
    started, account = time.monotonic(), FuzzAccount()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for name in _states(count):
            state_world(name, _made(home / "worlds"))
        running = [_start(home, nth, count, seed, nth, processes) for nth in range(processes)]
        while running:
            part = running.pop(0)
            ended = part.process.wait()
            found = _account_of(part)
            if ended:
                at = int(part.progress.read_text() or part.first)
                found.faults.append(f"{seed} {at}: the process ended with {ended}")
                found.count += 1
                if at + processes < count:
                    running.append(_start(home, part.nth, count, seed, at + processes, processes))
            account.add(found)
        if left := [name for name in ESCAPED if name.exists()]:
            account.faults.append(f"{seed}: written outside: {left}")
    account.seconds = time.monotonic() - started
    return account


ESCAPED = (Path("/tmp/walklist-fuzz-escaped"),)


@dataclass
class _Part:
    """A process and where it tells what it does."""

    process: subprocess.Popen[bytes]
    nth: int
    first: int
    progress: Path
    account: Path


def _start(home: Path, nth: int, count: int, seed: int, first: int, step: int) -> _Part:
    own = Path(tempfile.mkdtemp(dir=home))
    words = [str(word) for word in ("part", home / "worlds", own, count, seed, first, step)]
    environment = {**os.environ, "PYTHONPATH": str(_CHECKOUT), "OMP_WAIT_POLICY": "passive"}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fuzz.fuzzing", *words], cwd=_made(own / "elsewhere"), env=environment
    )
    return _Part(process, nth, first, own / "progress", own / "account.json")


def _account_of(part: _Part) -> FuzzAccount:
    if not part.account.exists():
        return FuzzAccount()
    told = json.loads(part.account.read_text())
    return FuzzAccount(**{**told, "verdicts": Counter(told["verdicts"]), "kinds": Counter(told["kinds"])})


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _states(count: int) -> list[str]:
    return STATES if count >= 5000 else FEW


def run_part(worlds: Path, own: Path, count: int, seed: int, first: int, step: int) -> None:
    """Read every step-th delivery from a first one on, and write the account after each hundred."""
    account, reader = FuzzAccount(), Reader(_made(own / "sql"))
    for number in range(first, count, step):
        (own / "progress").write_text(str(number))
        signal.alarm(_MOST_SECONDS)
        started = time.monotonic()
        kind, found, faults = read_one(reader, _made(own / "flow"), worlds, count, seed, number)
        account.add(_account(kind, found, faults, seed, number, time.monotonic() - started))
        signal.alarm(0)
        account.faults += [f"{seed} {number}: written outside" for _ in _strays(own)]
        if number + step >= count or not account.count % 20:
            (own / "account.json").write_text(json.dumps(vars(account)))


def _account(kind: str, found: Outcome, faults: list[str], seed: int, number: int, seconds: float) -> FuzzAccount:
    told = [f"{seed} {number}: {kind}: {fault}" for fault in faults]
    verdicts, kinds = Counter([found.verdict]), Counter([f"{kind} {found.verdict}"])
    return FuzzAccount(1, verdicts, kinds, told, _peak_megabytes(), seconds, number)


def _peak_megabytes() -> int:
    """Largest memory of this program; what getrusage tells counts the process that started it as well."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) >> 10


def read_one(
    reader: Reader, home: Path, worlds: Path, count: int, seed: int, number: int
) -> tuple[str, Outcome, list[str]]:
    """The kind of a delivery, what became of it, and what is wrong with that."""
    world, kind, files = _drawn(worlds, count, seed, number)
    try:
        is_whole = number % _WHOLE_FLOW == 0
        found = admit(home, world, files) if is_whole else reader.read(world, files)
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return kind, Outcome("fault", ""), [f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"]
    return kind, found, list(_faults(found))


def _drawn(worlds: Path, count: int, seed: int, number: int) -> tuple[World, str, Files]:
    draw = random.Random(f"{seed} {number}")
    is_state = draw.random() < _STATES_SHARE
    world = state_world(draw.choice(_states(count)), worlds) if is_state else small_world(draw)
    kind = draw.choice(list(KINDS))
    return world, kind, KINDS[kind](draw, world)


def _faults(found: Outcome) -> Iterator[str]:
    """What is wrong with an outcome."""
    if found.verdict not in ("accepted", "held", "rejected", "received"):
        yield f"it ends as {found.verdict}: {found.sentence[:200]}"
    if found.verdict != "accepted" and not found.sentence.strip():
        yield "it is not explained"
    if any(ord(sign) < 32 or 126 < ord(sign) < 160 for sign in found.sentence):
        yield "a control character stands in its sentence"
    if CANARY in found.sentence.upper():
        yield "a value of a row stands in its sentence"
    if len(found.sentence) > _LONGEST_SENTENCE:
        yield f"its sentence has {len(found.sentence):,} characters"


def _strays(own: Path) -> list[Path]:
    """What was written where nothing may be."""
    known = {"progress", "account.json", "sql", "flow", "elsewhere"}
    left = [path for path in own.iterdir() if path.name not in known]
    return left + [path for name in ("elsewhere", "flow", "sql") for path in (own / name).iterdir()]


def main() -> None:
    """Fuzz and print the account, or do a part of it, or replay one delivery."""
    words = sys.argv[1:]
    if words[:1] == ["part"]:
        run_part(Path(words[1]), Path(words[2]), *map(int, words[3:]))
    elif words[:1] == ["replay"]:
        _replay(*map(int, words[1:]))
    else:
        count, seed, processes = (int(word) for word in [*words, *["300", "1", "2"][len(words) :]])
        print(fuzz(count, seed, processes))


def _replay(seed: int, number: int, count: int = 300) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        world, kind, files = _drawn(_made(home / "worlds"), count, seed, number)
        print(kind, world.name, {name: len(content) for name, content in files.items()})
        is_whole = number % _WHOLE_FLOW == 0
        print(admit(home, world, files) if is_whole else Reader(_made(home / "sql")).read(world, files))


if __name__ == "__main__":
    main()
