"""Tells when links of a group of people come or go: against the run before, and against everybody else."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.lake import Lake
from pipelines.linking.coverage import NOT_TOLD, coverage_of
from pipelines.linking.model import LinkModel
from pipelines.tables.links import Links

POINTS = 0.03
"""How far a rate may move, or lie below that of everybody, before it is told: 3 points."""

LEAST_RECORDS, LEAST_REVIEWED = 200, 100
"""Records, and reviewed records, of a group below which three points are chance."""


@dataclass(frozen=True)
class Kept:
    """The coverage of a source and role in a state, and what is alarming about it.

    Attributes:
        coverage: See `coverage.coverage_of`.
        alarms: Sentences; none is well.
    """

    coverage: dict[str, Any]
    alarms: list[str]


def keep_coverage(lake: Lake, state: str, source: str, role: str, model: LinkModel | None) -> Kept:
    """Measure the coverage of a source, hold it against the links before these, and keep it beside core_links.

    The same links again give the same alarms.

    Args:
        lake: Data root.
        state: Two-letter code.
        source: Name of the source.
        role: Role of its records.
        model: The linkage model in use; none where there is none.
    """
    links = lake.table(Links, state=state, source=source, role=role).fingerprint
    file = lake.folder(Links) / f"state={state}" / f"source={source}" / f"role={role}" / "coverage.json"
    kept = _read(file)
    before = kept.get("before") if kept.get("links") == links else kept.get("coverage")
    coverage = coverage_of(lake, state, source, role, model)
    _write(file, {"before": before, "coverage": coverage, "links": links})
    return Kept(coverage, find_alarms(f"{source}, {role}, {state}", coverage, before))


def kept_counts(lake: Lake, state: str) -> tuple[int, int, int]:
    """Lists of a state, their records, and of these the ones whose link serves a feature, as last measured."""
    files = sorted((lake.folder(Links) / f"state={state}").glob("source=*/role=*/coverage.json"))
    kept = [found["coverage"] for file in files if (found := _read(file))]
    return len(kept), sum(told["records"] for told in kept), sum(told["uses"]["feature"]["linked"] for told in kept)


def find_alarms(whose: str, coverage: dict[str, Any], before: dict[str, Any] | None) -> list[str]:
    """What moved by more than POINTS since the run before, and what lies so far below the rest.

    Args:
        whose: Source, role and state, in words.
        coverage: The coverage.
        before: The one before; none at the first time.
    """
    rows, old = dict(_rows(coverage)), dict(_rows(before)) if before else {}
    told = [text for name, row in rows.items() if name in old for text in _moved(name, row, old[name])]
    everybody = rows.pop(_EVERYBODY)
    told += [text for name, row in rows.items() if NOT_TOLD not in name for text in _apart(name, row, everybody)]
    return [f"{whose}: {text}." for text in told]


_EVERYBODY = "everybody"


def _rows(coverage: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Everybody and every group, by what they are called."""
    yield _EVERYBODY, {"records": coverage["records"], **coverage["uses"]["feature"]}
    for group, values in sorted(coverage["groups"].items()):
        for value, row in sorted(values.items()):
            yield f"{group.replace('_', ' ')} {value}", row


def _moved(name: str, row: dict[str, Any], old: dict[str, Any]) -> Iterator[str]:
    for what, share, counted, least in _MEASURES:
        if min(row[counted], old[counted]) >= least and abs(row[share] - old[share]) > POINTS:
            yield f"{what} of {name} moved from {old[share]:.1%} to {row[share]:.1%}"


def _apart(name: str, row: dict[str, Any], everybody: dict[str, Any]) -> Iterator[str]:
    for what, share, counted, least in _MEASURES:
        if row[counted] >= least and row[share] < everybody[share] - POINTS:
            yield f"{what} of {name} is {row[share]:.1%}, of everybody {everybody[share]:.1%}"


_MEASURES = (
    ("the link rate", "share", "records", LEAST_RECORDS),
    ("the reviewed precision", "precision", "reviewed", LEAST_REVIEWED),
)
"""What is held against what: its name, the share, what it is a share of, and how many of these there must be."""


def _read(file: Path) -> dict[str, Any]:
    """What was kept; nothing where nothing was, or where it cannot be read: it is only compared with."""
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _write(file: Path, content: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".writing")
    draft.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    draft.replace(file)
