"""Ingest of whole state files against other ways from the same texts to Parquet, and how flat its memory stays.

Everybody reads the same texts, unpacked before the clock starts, so that nobody pays for unzipping; where a text is not
ASCII the others are given a UTF-8 copy, and need not pay for that either. Each runs in a process of its own, on warm
files, its imports done before the clock starts. Ours and DuckDB's have the same limit of memory and threads; Polars has
the same threads and no limit; pandas has no limit and reads with one thread. Text of fixed width is read by ours and
DuckDB's alone: its copy cuts every line at the places of the fields.
"""

import subprocess
from pathlib import Path
from statistics import median
from typing import Any

from pipelines.layouts.source import read_source
from pipelines.settings import CONFIGS
from tests.bench.contestants import DELIMITED_ONLY, MEMORY_LIMIT, THREADS
from tests.bench.deliveries import line_count, prepare_deliveries, texts_of
from tests.bench.facts import Line, ratio_of, runs_of, told_by, within

SOURCES = ("nc", "oh", "fl", "mi")
MOST_TO_COPY, MOST_TO_COPY_FIXED, LEAST_PANDAS, MOST_GROWTH, MOST_MIB = 2.0, 3.0, 4.0, 1.2, 2048


def measure_ingest(
    voters: int = 2_000_000, repeats: int = 3, sources: tuple[str, ...] = SOURCES, has_memory: bool = True
) -> dict[str, Any]:
    """Seconds and peak memory of every contestant on a delivery of each source.

    Args:
        voters: Simulated voters of each delivery, count.
        repeats: Runs of ours and of DuckDB's copy, in turn, count; the others run once.
        sources: Names of the sources.
        has_memory: Whether the first source is ingested at a quarter and at half of the voters as well.

    Returns:
        voters, repeats, memory_limit, threads, and `sources`: by name `lines` (rows of text), `bytes`, `columns` (those
        read), `is_fixed`, `ours`, `copy`, `scan`, `polars`, `pandas` (seconds, median_seconds, processor_seconds, mib,
        rows_per_second), `over_copy` and `over_copy_processor` (ratios and their median), `pandas_over_ours` and
        `polars_over_ours`. `memory` holds the peak of ours by number of voters (mib), the largest as `peak_mib`, and
        over the smallest size's as `growth`.
    """
    sizes = [voters // 4, voters // 2] if has_memory else []
    folders = prepare_deliveries([(name, voters) for name in sources] + [(sources[0], size) for size in sizes])
    found = {name: measure_source(folders[name, voters], name, repeats) for name in sources}
    peaks = {str(size): _run("ours", folders[sources[0], size], sources[0])["mib"] for size in sizes}
    if has_memory:
        peaks[str(voters)] = max(found[sources[0]]["ours"]["mib"])
    facts = {"voters": voters, "repeats": repeats, "memory_limit": MEMORY_LIMIT, "threads": THREADS}
    return {**facts, "sources": found, **({"memory": _memory(peaks)} if peaks else {})}


def measure_source(folder: Path, name: str, repeats: int = 3) -> dict[str, Any]:
    """Every contestant on one prepared delivery; see `measure_ingest`."""
    texts = texts_of(folder, name)
    lines = sum(line_count(found) for found in texts.values())
    files = [file for found in texts.values() for file in found.files]
    facts = {
        "name": read_source(CONFIGS, name).name,
        "lines": lines,
        "bytes": sum(file.stat().st_size for file in files),
        "files": len(files),
        "columns": sum(len(found.columns) for found in texts.values()),
        "elections_in_columns": sum(len(found.elections) for found in texts.values()),
        "is_fixed": all(found.is_fixed for found in texts.values()),
    }
    turns = [(_run("copy", folder, name), _run("ours", folder, name)) for _ in range(repeats)]
    ours, copy = _told([mine for _, mine in turns], lines), _told([bare for bare, _ in turns], lines)
    absent = DELIMITED_ONLY if facts["is_fixed"] else ()
    peers = {
        peer: None if peer in absent else _peer(peer, folder, name, lines) for peer in ("scan", "polars", "pandas")
    }
    ratios: dict[str, Any] = {"over_copy": ratio_of(ours["seconds"], copy["seconds"])}
    ratios["over_copy_processor"] = ratio_of(ours["processor_seconds"], copy["processor_seconds"])
    for peer in ("polars", "pandas"):
        if peers[peer]:
            ratios[f"{peer}_over_ours"] = round(peers[peer]["median_seconds"] / ours["median_seconds"], 3)
    return {**facts, "ours": ours, "copy": copy, **peers, **ratios}


def ingest_lines(figures: dict[str, Any]) -> list[Line]:
    """The figures in words."""
    lines = [line for found in figures["sources"].values() for line in _source_lines(found)]
    return [*lines, *([_memory_line(figures["memory"])] if "memory" in figures else [])]


def _source_lines(found: dict[str, Any]) -> list[Line]:
    ours, elections = found["ours"], found["elections_in_columns"]
    shape = f"{found['files']} texts" + (" of fixed width" if found["is_fixed"] else "")
    shape += f", {elections} elections in columns" if elections else ""
    size = f"{found['lines']:,} rows, {found['bytes'] / 1e9:.2f} GB in {shape}"
    mine, copied = f"{_pace(ours)}, {max(ours['mib']):,.0f} MiB", found["over_copy"]["median"]
    most = MOST_TO_COPY_FIXED if found["is_fixed"] else MOST_TO_COPY
    first = f"ingest {found['name']} ({size}), over DuckDB's bare copy"
    lines = [within(first, mine, _told_peer(found["copy"]), copied, most)]
    if found["pandas"]:
        ratio, target = found["pandas_over_ours"], f"at least {LEAST_PANDAS:.1f}"
        told = "the same, the notebook way (pandas) over ours", _pace(ours), _told_peer(found["pandas"])
        lines.append(Line(*told, f"{ratio:.2f}", target, ratio >= LEAST_PANDAS))
    for peer, name in (("polars", "Polars' copy"), ("scan", "DuckDB's count of every column")):
        if found[peer]:
            ratio = ours["median_seconds"] / found[peer]["median_seconds"]
            lines.append(Line(f"the same, over {name}", _pace(ours), _told_peer(found[peer]), f"{ratio:.2f}"))
    return lines


def _memory_line(memory: dict[str, Any]) -> Line:
    told = ", ".join(f"{int(voters):,}: {mib:,.0f} MiB" for voters, mib in memory["mib"].items())
    holds = memory["growth"] <= MOST_GROWTH and memory["peak_mib"] < MOST_MIB
    target = f"at most {MOST_GROWTH}, under {MOST_MIB / 1024:.0f} GiB"
    return Line("peak memory of ingest by voters", told, "the smallest size", f"{memory['growth']:.2f}", target, holds)


def _memory(peaks: dict[str, float]) -> dict[str, Any]:
    sizes = list(peaks.values())
    return {"mib": peaks, "peak_mib": max(sizes), "growth": round(max(sizes) / sizes[0], 3)}


def _pace(told: dict[str, Any]) -> str:
    return f"{told['median_seconds']:.1f} s ({told['rows_per_second'] / 1e3:,.0f} thousand rows/s)"


def _told_peer(told: dict[str, Any]) -> str:
    return f"{told['median_seconds']:.1f} s, {max(told['mib']):,.0f} MiB"


def _peer(peer: str, folder: Path, name: str, lines: int) -> dict[str, Any] | None:
    """One run of a peer; nothing where it did not come to its end, as when the memory is gone."""
    try:
        return _told([_run(peer, folder, name)], lines)
    except subprocess.CalledProcessError:
        return None


def _told(runs: list[dict[str, float]], lines: int) -> dict[str, Any]:
    seconds = [run["seconds"] for run in runs]
    mib = [round(run["mib"], 1) for run in runs]
    processor = [round(run["processor"], 3) for run in runs]
    return runs_of(seconds, processor_seconds=processor, mib=mib, rows_per_second=round(lines / median(seconds)))


def _run(contestant: str, folder: Path, name: str) -> dict[str, float]:
    return told_by("contestants", contestant, str(folder), name)
