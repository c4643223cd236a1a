"""`make bench`: the first figures of speed in one run; `python -m tests.bench [part ...]`, `readme` renders them."""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.accept.lines import CHECKOUT
from tests.bench.facts import Line, read_parts, write_part
from tests.bench.render import print_parts, render_readme


def bench_ingest(voters: int = 2_000_000, **more: Any) -> dict[str, Any]:
    """Measure ingest, write `data/bench/ingest.json`, and return its figures."""
    from tests.bench.ingest import ingest_lines, measure_ingest

    return _kept("ingest", measure_ingest(voters, **more), ingest_lines)


def bench_scoring(rows: int = 1_000_000, **more: Any) -> dict[str, Any]:
    """Measure scoring, write `data/bench/scoring.json`, and return its figures."""
    from tests.bench.scoring import measure_scoring, scoring_lines

    with tempfile.TemporaryDirectory() as folder:
        return _kept("scoring", measure_scoring(Path(folder), rows, **more), scoring_lines)


def bench_orchestration(**more: Any) -> dict[str, Any]:
    """Measure the empty graph, write `data/bench/orchestration.json`, and return its figures."""
    from tests.bench.orchestration import measure_orchestration, orchestration_lines

    return _kept("orchestration", measure_orchestration(**more), orchestration_lines)


def bench_startup(**more: Any) -> dict[str, Any]:
    """Measure start-up, write `data/bench/startup.json`, and return its figures."""
    from tests.bench.startup import measure_startup, startup_lines

    return _kept("startup", measure_startup(**more), startup_lines)


PARTS: dict[str, Callable[..., dict[str, Any]]] = {
    "ingest": bench_ingest,
    "scoring": bench_scoring,
    "orchestration": bench_orchestration,
    "startup": bench_startup,
}


def _kept(name: str, figures: dict[str, Any], in_words: Callable[[dict[str, Any]], list[Line]]) -> dict[str, Any]:
    file = write_part(name, figures, in_words(figures))
    print(f"{name}: written to {file.relative_to(CHECKOUT)}", flush=True)
    return figures


def _sizes(name: str) -> dict[str, int]:
    """Another size than the usual one, where the environment names it."""
    variable, argument = {"ingest": ("VOTERS", "voters"), "scoring": ("ROWS", "rows")}.get(name, ("", ""))
    return {argument: int(os.environ[variable])} if os.environ.get(variable) else {}


def main(words: list[str]) -> int:
    """Measure the parts that are named, or all, and print every figure that stands; the exit code is 2 on a fault."""
    if words == ["readme"]:
        render_readme(CHECKOUT / "README.md")
        print("The table in README.md is written.")
        return 0
    unknown = sorted(set(words) - set(PARTS))
    if unknown:
        print(f"No part named {', '.join(unknown)}. There are {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    for name in words or PARTS:
        print(f"{name} ...", flush=True)
        PARTS[name](**_sizes(name))
    print_parts(read_parts())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
