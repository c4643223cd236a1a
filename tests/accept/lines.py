"""A line a demand: what was asked, what was found, and whether it holds; printed, and written as JSON."""

import json
import os
import platform
import sys
from collections.abc import Sequence
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
        part: Part of the acceptance that shows it.
        figures: The numbers behind it.
    """

    demand: str
    target: str
    found: str
    holds: bool
    part: str
    figures: dict[str, Any] = field(default_factory=dict)


class Account:
    """The lines of one acceptance, printed as they come.

    A part that is run alone takes the place of its own lines in the file; those of the others stay. A part that was
    never run is told as falling short.

    Args:
        name: Name of the acceptance: `make accept-<name>`, `data/accept/<name>.json`.
        parts: All its parts.
    """

    def __init__(self, name: str, parts: Sequence[str]) -> None:
        self.name, self.parts, self.part = name, parts, ""
        self.file = CHECKOUT / "data" / "accept" / f"{name}.json"
        is_there = self.file.is_file()
        self.before = json.loads(self.file.read_text(encoding="utf-8"))["lines"] if is_there else []
        self.lines: list[Line] = []

    def begin(self, part: str) -> None:
        """Begin a part: the lines that follow are its own, those that it had before go."""
        self.part = part
        self.before = [line for line in self.before if line["part"] != part]

    def add(self, demand: str, target: str, found: str, holds: bool, **figures: Any) -> None:
        """Print a demand with its target and what was found."""
        line = Line(demand, target, found, bool(holds), self.part, figures)
        self.lines.append(line)
        print(
            f"{'ok   ' if line.holds else 'SHORT'}  {demand}\n         target {target}\n         found  {found}",
            flush=True,
        )

    def close(self) -> int:
        """Write the account, say how many demands fall short, and return the exit code."""
        lines = self.before + [asdict(line) for line in self.lines]
        never = set(self.parts) - {line["part"] for line in lines}
        lines += [asdict(Line(f"part {part}", "is shown", "was not run", False, part)) for part in sorted(never)]
        lines.sort(key=lambda line: [*self.parts, line["part"]].index(line["part"]))
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
