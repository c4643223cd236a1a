"""The simulated electorate as deliveries in a landing folder, written by the layouts of a real source."""

import contextlib
import datetime as dt
from pathlib import Path

import pyarrow.parquet as pq

from models.errors import ConfigError
from pipelines.layouts.source import FileLayout, Source
from pipelines.layouts.writing import LayoutWriter
from pipelines.synthetic.chunk import TRUTH, Chunk
from pipelines.synthetic.simulation import Simulation


def write_deliveries(simulation: Simulation, source: Source, landing: Path, days: list[dt.date]) -> list[Path]:
    """Write the files of a simulated state, one folder a snapshot, in the format its layout has on that day.

    Everything streams: one chunk of households is in memory at a time.

    Args:
        simulation: The electorate.
        source: The source whose layouts are written.
        landing: Landing folder of the source; `<day>/` is made below it.
        days: Snapshot days to write; folders that stand are left alone.

    Returns:
        The folders written.

    Raises:
        ConfigError: The source has no layout for a day.
    """
    missing = [day for day in days if not (landing / day.isoformat()).exists()]
    staged = [landing / f".{day.isoformat()}" for day in missing]
    with contextlib.ExitStack() as stack:
        writers = {day: _open_writers(stack, source, folder, day) for day, folder in zip(missing, staged, strict=True)}
        for chunk in simulation.chunks() if writers else ():
            for day, by_role in writers.items():
                _append(chunk, day, by_role)
    return [folder.rename(landing / folder.name.removeprefix(".")) for folder in staged]


def write_truth(simulation: Simulation, election_id: str, file: Path) -> None:
    """Write the true probability and outcome of every voter in an election, as Parquet; the flow never reads it."""
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    with pq.ParquetWriter(file.with_suffix(".writing"), TRUTH, compression="zstd") as writer:
        for chunk in simulation.chunks():
            writer.write_table(chunk.truth(election_id))
    file.with_suffix(".writing").rename(file)


def _open_writers(stack: contextlib.ExitStack, source: Source, folder: Path, day: dt.date) -> dict[str, LayoutWriter]:
    layout = source.layout_on(day)
    if layout is None:
        raise ConfigError(f"{source.name}: no layout is valid on {day}. Add a dated one, or simulate later days.")
    return {
        role: stack.enter_context(LayoutWriter(files, folder / _file_name(files), source.state))
        for role, files in layout.files.items()
    }


def _file_name(files: FileLayout) -> str:
    return files.match[0].replace("*", "_Statewide")


def _append(chunk: Chunk, day: dt.date, by_role: dict[str, LayoutWriter]) -> None:
    for role, writer in by_role.items():
        writer.append(chunk.voters(day) if role == "voters" else chunk.history(day))
