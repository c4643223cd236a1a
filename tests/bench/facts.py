"""What every measure shares: a file of figures per part, its lines for people, and the machine they were taken on."""

import datetime as dt
import importlib.metadata
import json
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tests.accept.lines import CHECKOUT, machine_facts

BENCH = CHECKOUT / "data" / "bench"
LIBRARIES = ("dagster", "duckdb", "lightgbm", "mlflow", "numpy", "pandas", "polars", "pyarrow")


@dataclass(frozen=True)
class Line:
    """One measured figure in words, as the terminal and the README show it.

    Attributes:
        measure: What was measured.
        ours: What the flow took.
        against: What the peer took, with its name; empty without a peer.
        ratio: The figure that the target is for; empty without one.
        target: What was asked of it; empty when it is only told.
        holds: Whether the target is met; nothing without a target.
    """

    measure: str
    ours: str
    against: str = ""
    ratio: str = ""
    target: str = ""
    holds: bool | None = None


def runs_of(seconds: Sequence[float], **more: Any) -> dict[str, Any]:
    """Every single value in seconds, their median, and whatever else is known of the runs."""
    return {"seconds": [round(each, 3) for each in seconds], "median_seconds": round(median(seconds), 3), **more}


def ratio_of(ours: Sequence[float], theirs: Sequence[float]) -> dict[str, Any]:
    """Ours over theirs, run by run as they took turns, and the median of these ratios."""
    values = [round(mine / other, 3) for mine, other in zip(ours, theirs, strict=True)]
    return {"values": values, "median": round(median(values), 3)}


def within(measure: str, ours: str, against: str, ratio: float, at_most: float) -> Line:
    """A line whose ratio may be so large at most."""
    return Line(measure, ours, against, f"{ratio:.2f}", f"at most {at_most:.1f}", ratio <= at_most)


def write_part(name: str, figures: Mapping[str, Any], lines: Sequence[Line], folder: Path = BENCH) -> Path:
    """Write `<name>.json`: the lines, all figures behind them, the day and the machine."""
    told = {"name": name, "measured_on": dt.datetime.now(dt.UTC).date().isoformat(), "machine": bench_machine()}
    content = {**told, "lines": [asdict(line) for line in lines], "figures": dict(figures)}
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.json"
    file.write_text(json.dumps(content, indent=1, default=float) + "\n", encoding="utf-8")
    return file


def read_parts(folder: Path = BENCH) -> dict[str, dict[str, Any]]:
    """Every part that was measured, by name, those of `make bench` in its order first."""
    found = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))}
    parts = {name: part for name, part in found.items() if "lines" in part}
    order = ["ingest", "scoring", "orchestration", "startup"]
    return {name: parts[name] for name in [*order, *sorted(set(parts) - set(order))] if name in parts}


def bench_machine() -> dict[str, Any]:
    """The machine, and the versions of the libraries that were measured."""
    versions = {name: importlib.metadata.version(name) for name in LIBRARIES}
    return {**machine_facts(), "processor_name": _processor_name(), "libraries": versions}


def _processor_name() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor()


def peak_mib() -> float:
    """Peak of this program's own memory; `ru_maxrss` would carry over that of the process that started it."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def told_by(module: str, *words: str, environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What a program of this folder prints as JSON in its last line, run in a process of its own.

    Raises:
        CalledProcessError: It failed.
    """
    command = [sys.executable, "-m", f"tests.bench.{module}", *words]
    done = subprocess.run(command, cwd=CHECKOUT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])
