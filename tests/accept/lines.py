"""A line a demand: what was asked, what was found, and whether it holds; printed, and written as JSON."""

import json
import os
import platform
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Line:
    """One demand of an acceptance.

    Attributes:
        demand: What must be shown.
        target: The figure asked, in words.
        found: The figure found, in words.
        holds: Whether it is met.
        figures: The numbers behind it.
    """

    demand: str
    target: str
    found: str
    holds: bool
    figures: dict[str, Any] = field(default_factory=dict)


class Account:
    """The lines of one acceptance, printed as they come.

    Args:
        name: Name of the acceptance: `make accept-<name>`, `data/accept/<name>.json`.
        others_stay: Whether lines of the file whose demands are not shown again are kept.
    """

    def __init__(self, name: str, others_stay: bool = False) -> None:
        self.name = name
        self.file = CHECKOUT / "data" / "accept" / f"{name}.json"
        self.before = (
            json.loads(self.file.read_text(encoding="utf-8"))["lines"] if others_stay and self.file.is_file() else []
        )
        self.lines: list[Line] = []

    def add(self, demand: str, target: str, found: str, holds: bool, **figures: Any) -> None:
        """Print a demand with its target and what was found."""
        line = Line(demand, target, found, bool(holds), figures)
        self.lines.append(line)
        print(
            f"{'ok   ' if line.holds else 'SHORT'}  {demand}\n         target {target}\n         found  {found}",
            flush=True,
        )

    def close(self) -> int:
        """Write the account, say how many demands fall short, and return the exit code."""
        shown = {line.demand for line in self.lines}
        lines = [line for line in self.before if line["demand"] not in shown] + [asdict(line) for line in self.lines]
        short = [line for line in lines if not line["holds"]]
        content = {"name": self.name, "machine": machine_facts(), "short": len(short), "lines": lines}
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(json.dumps(content, indent=1, default=float) + "\n", encoding="utf-8")
        met = len(lines) - len(short)
        print(f"\n{met} of {len(lines)} demands hold. Written to {self.file.relative_to(CHECKOUT)}.")
        return 1 if short else 0


def machine_facts() -> dict[str, Any]:
    """What a reader must know of the machine to compare figures."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if sys.platform != "win32" else 0
    return {"python": platform.python_version(), "system": platform.system(), "processor": platform.machine(),
            "cores": os.cpu_count(), "memory_gib": round(pages / 2**30, 1)}  # fmt: skip
