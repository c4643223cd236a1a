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
    """

    def __init__(self, name: str) -> None:
        self.name = name
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
        short = [line for line in self.lines if not line.holds]
        content = {
            "name": self.name,
            "machine": machine_facts(),
            "short": len(short),
            "lines": [asdict(line) for line in self.lines],
        }
        file = CHECKOUT / "data" / "accept" / f"{self.name}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content, indent=1, default=float) + "\n", encoding="utf-8")
        met = len(self.lines) - len(short)
        print(f"\n{met} of {len(self.lines)} demands hold. Written to {file.relative_to(CHECKOUT)}.")
        return 1 if short else 0


def machine_facts() -> dict[str, Any]:
    """What a reader must know of the machine to compare figures."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if sys.platform != "win32" else 0
    return {"python": platform.python_version(), "system": platform.system(), "processor": platform.machine(),
            "cores": os.cpu_count(), "memory_gib": round(pages / 2**30, 1)}  # fmt: skip
