"""The simulated electorate as deliveries in a landing folder, written by the layouts of a real source."""

import contextlib
import datetime as dt
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import pyarrow.parquet as pq

from models.errors import ConfigError
from pipelines.layouts.source import Source
from pipelines.layouts.writing.delivery import DeliveryWriter
from pipelines.synthetic.chunk import TRUTH
from pipelines.synthetic.simulation import Simulation


def write_deliveries(
    simulation: Simulation,
    source: Source,
    landing: Path,
    days: Sequence[dt.date],
    truth: Mapping[str, Path] = MappingProxyType({}),
) -> list[Path]:
    """Write the files of a simulated state, one folder a snapshot, in the format its layout has on that day.

    Everything streams: one chunk of households is in memory at a time.

    Args:
        simulation: The electorate.
        source: The source whose layouts are written.
        landing: Landing folder of the source; `<day>/` is made below it.
        days: Snapshot days to write; folders that stand are left alone.
        truth: By election_id, the Parquet file that takes every voter's true chance and vote; the flow never reads it.

    Returns:
        The folders written.

    Raises:
        ConfigError: The source has no layout for a day.
    """
    missing = [day for day in days if not (landing / day.isoformat()).exists()]
    staged = {day: landing / f".{day.isoformat()}" for day in missing}
    for folder in staged.values():
        shutil.rmtree(folder, ignore_errors=True)  # of a simulation that was killed
    wanted = {election: file for election, file in truth.items() if not file.exists()}
    with contextlib.ExitStack() as stack:
        writers = {day: _open_writer(stack, simulation, source, folder, day) for day, folder in staged.items()}
        truths = {election: stack.enter_context(_truth_writer(file)) for election, file in wanted.items()}
        for chunk in simulation.chunks() if writers or truths else ():
            for day, writer in writers.items():
                writer.append(chunk.voters(day), chunk.history(day))
            for election, writer in truths.items():
                writer.write_table(chunk.truth(election))
    for file in wanted.values():
        _draft_of(file).rename(file)
    return [folder.rename(landing / folder.name.removeprefix(".")) for folder in staged.values()]


def _truth_writer(file: Path) -> pq.ParquetWriter:
    file.parent.mkdir(parents=True, exist_ok=True)
    return pq.ParquetWriter(_draft_of(file), TRUTH, compression="zstd")


def _draft_of(file: Path) -> Path:
    return file.with_suffix(".writing")


def _open_writer(
    stack: contextlib.ExitStack, simulation: Simulation, source: Source, folder: Path, day: dt.date
) -> DeliveryWriter:
    layout = source.layout_on(day)
    if layout is None:
        raise ConfigError(f"{source.name}: no layout is valid on {day}. Add a dated one, or simulate later days.")
    since = simulation.state.history_since
    elections = [found for found in simulation.elections if since <= found.date < day]
    return stack.enter_context(DeliveryWriter(layout, folder, source.state, day, elections))
