"""The figures of `data/bench` for people: a table on the terminal, and the one that stands in the README."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models.errors import ConfigError
from tests.bench.facts import read_parts

OPEN, CLOSE = "<!-- bench: written by make bench-readme -->", "<!-- bench ends -->"
HEADS = ("measured", "Walklist", "against", "ratio", "target")


def render_readme(readme: Path, parts: Mapping[str, Any] | None = None) -> None:
    """Put the table of all measured parts between the two markers of a page; all else stays.

    Raises:
        ConfigError: The page lacks a marker, or nothing was measured yet.
    """
    text = readme.read_text(encoding="utf-8")
    before, opened, rest = text.partition(OPEN)
    _, closed, after = rest.partition(CLOSE)
    if not opened or not closed:
        raise ConfigError(f"{readme.name}: the markers {OPEN} and {CLOSE} must stand around the table. Put them back.")
    measured = read_parts() if parts is None else parts
    if not measured:
        raise ConfigError("data/bench holds no figures. Run `make bench` first.")
    readme.write_text(f"{before}{OPEN}\n{markdown_of(measured)}\n{CLOSE}{after}", encoding="utf-8")


def markdown_of(parts: Mapping[str, Any]) -> str:
    """The lines of every part as a Markdown table, and below it where and when they were measured."""
    rows = [_cells(line) for part in parts.values() for line in part["lines"]]
    table = [f"| {' | '.join(cells)} |" for cells in [HEADS, ("---",) * len(HEADS), *rows]]
    return "\n".join([*table, "", *_machines(parts)])


def print_parts(parts: Mapping[str, Any]) -> None:
    """Print the lines of the parts as one table, and where they were measured."""
    from rich.console import Console
    from rich.table import Table

    table = Table(*HEADS)
    for part in parts.values():
        for line in part["lines"]:
            table.add_row(*[cell.replace("*", "").replace("`", "") for cell in _cells(line)])
        table.add_section()
    console = Console(file=sys.stdout, width=150, highlight=False)
    console.print(table)
    console.print("\n".join(_machines(parts)))


def _cells(line: Mapping[str, Any]) -> tuple[str, ...]:
    verdict = {True: ", holds", False: ", **short**", None: ""}[line["holds"]]
    cells = line["measure"], line["ours"], line["against"], line["ratio"], f"{line['target']}{verdict}"
    return tuple(cell.replace("|", "/") for cell in cells)


def _machines(parts: Mapping[str, Any]) -> list[str]:
    """A sentence for every machine, day and set of libraries, with the parts that were measured so."""
    told: dict[str, list[str]] = {}
    for name, part in parts.items():
        told.setdefault(f"{part['measured_on']}: {_machine(part['machine'])}.", []).append(name)
    return [f"Measured ({', '.join(names)}) on {sentence}" for sentence, names in told.items()]


def _machine(machine: Mapping[str, Any]) -> str:
    libraries = ", ".join(f"{name} {version}" for name, version in machine["libraries"].items())
    where = f"{machine['cores']} cores of {machine['processor_name']}, {machine['memory_gib']} GiB, {machine['system']}"
    return f"{where}, Python {machine['python']}, {libraries}"
