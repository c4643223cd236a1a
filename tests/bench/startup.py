"""How long a person waits before anything happens: the code location, and the first word of every command."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.accept.lines import CHECKOUT
from tests.bench.facts import Line, ratio_of, runs_of

LOCATION = "code location"
TARGET_SECONDS = 4.0
HEAVY = ("lightgbm", "mlflow", "pandas", "scipy", "sklearn")
_LOAD = "from pipelines.definitions import defs; defs()"
_LOADED = f"{_LOAD}; import sys; print(*[name for name in {HEAVY!r} if name in sys.modules])"


def measure_startup(repeats: int = 5, profile: str = "demo") -> dict[str, Any]:
    """Seconds of the code location and of each command, in fresh processes that take turns.

    Args:
        repeats: Runs of each, count.
        profile: Profile whose code location is loaded.

    Returns:
        repeats, profile, `commands` (every single second and the median, by what was started), `over_import` (the code
        location over `import dagster` alone) and `heavy_modules`, those that come with the code location; none should.
    """
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "WALKLIST_PROFILE": profile, "DAGSTER_HOME": home, "WALKLIST_DATA": home}
        taken: dict[str, list[float]] = {name: [] for name in _commands()}
        for _ in range(repeats):
            for name, command in _commands().items():
                taken[name].append(_seconds(command, environment))
        heavy = _run([sys.executable, "-c", _LOADED], environment).split()
    commands = {name: runs_of(seconds) for name, seconds in taken.items()}
    over_import = ratio_of(taken[LOCATION], taken["import dagster"])
    facts = {"repeats": repeats, "profile": profile, "target_seconds": TARGET_SECONDS}
    return {**facts, "commands": commands, "over_import": over_import, "heavy_modules": heavy}


def startup_lines(figures: dict[str, Any]) -> list[Line]:
    """The figures in words."""
    waits = {name: found["median_seconds"] for name, found in figures["commands"].items()}
    location, bare = waits.pop(LOCATION), waits.pop("import dagster")
    heavy = ", ".join(figures["heavy_modules"]) or "none of the heavy modules"
    holds = location < figures["target_seconds"] and not figures["heavy_modules"]
    target = f"under {figures['target_seconds']:.0f} s, without {', '.join(HEAVY)}"
    first = Line(
        "the code location loads, over Dagster's import alone",
        f"{location:.1f} s, with {heavy}",
        f"`import dagster`: {bare:.1f} s",
        f"{figures['over_import']['median']:.2f}",
        target,
        holds,
    )
    return [first, *[Line(f"`{name}`", f"{seconds:.1f} s") for name, seconds in waits.items()]]


def _commands() -> dict[str, Sequence[str]]:
    """What is started, by its name; programs stand beside the Python that runs this."""
    python, programs = sys.executable, Path(sys.executable).parent
    walklist = str(programs / "walklist")
    return {
        LOCATION: [python, "-c", _LOAD],
        "import dagster": [python, "-c", "import dagster"],
        "dagster definitions validate": [str(programs / "dagster"), "definitions", "validate", *_MODULE],
        "dg list defs": [str(programs / "dg"), "list", "defs", "--json"],
        "walklist --help": [walklist, "--help"],
        "walklist check": [walklist, "check"],
        "walklist run --help": [walklist, "run", "--help"],
    }


_MODULE = ("-m", "pipelines.definitions")


def _seconds(command: Sequence[str], environment: dict[str, str]) -> float:
    began = time.perf_counter()
    _run(command, environment)
    return time.perf_counter() - began


def _run(command: Sequence[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=CHECKOUT, env=environment, check=True, capture_output=True, text=True)
    return done.stdout
