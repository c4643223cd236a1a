"""Simulated vendors as deliveries in a landing folder, written by the layouts of their YAML."""

import contextlib
import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from models.errors import ConfigError
from pipelines.layouts.source import Vendor
from pipelines.synthetic.draws import day_number
from pipelines.synthetic.simulation import Simulation
from pipelines.synthetic.vendors.files import VendorFiles
from pipelines.synthetic.vendors.people import circle_of
from pipelines.synthetic.vendors.row_draws import draw_rows
from pipelines.synthetic.vendors.rows import People, Wanted
from pipelines.synthetic.vendors.source_config import SourceConfig
from pipelines.synthetic.vendors.traits import draw_traits


def write_vendor_deliveries(
    simulations: Simulation | Sequence[Simulation],
    vendor_name: str,
    vendor: Vendor,
    landing: Path,
    days: Sequence[dt.date] = (),
    truth: Path | None = None,
) -> list[Path]:
    """Write the files of one vendor about simulated states, one folder a day, in the format its layout has on that day.

    Args:
        simulations: One state or several; those that the vendor does not know are left out.
        vendor_name: Name of the vendor, in `configs/vendors` and under `vendors.sources` of `configs/synthetic.yaml`.
        vendor: Its configuration.
        landing: Landing folder of the vendor; `<day>/` is made below it.
        days: Days to write, those of the configuration where none is given; folders that stand are left alone. A file
            that holds only what is new holds what came since the day before it in this list.
        truth: Folder for `<vendor>-<day>.parquet`, who each row is about; the flow never reads it.

    Returns:
        The folders written.

    Raises:
        ConfigError: The vendor is not simulated, or has no layout for a day.
    """
    given = [simulations] if isinstance(simulations, Simulation) else simulations
    told = {vendor_name: tuple(days)} if days else {}
    return write_deliveries_of({vendor_name: vendor}, given, {vendor_name: landing}, told, truth)[vendor_name]


def write_deliveries_of(
    vendors: Mapping[str, Vendor],
    simulations: Sequence[Simulation],
    landing: Mapping[str, Path],
    days: Mapping[str, Sequence[dt.date]],
    truth: Path | None = None,
) -> dict[str, list[Path]]:
    """The same for several vendors in one pass over the people: one chunk of households is in memory at a time.

    Args:
        vendors: Their configurations by name.
        simulations: The states.
        landing: Landing folder of each.
        days: Days of those that have other ones than the configuration says.
        truth: Folder for the truth.

    Returns:
        The folders written, by vendor; none of a vendor who knows none of the states.

    Raises:
        ConfigError: A vendor is not simulated, or has no layout for a day.
    """
    everything = [
        VendorFiles(name, vendor, _config_of(simulations, name, days.get(name, ())), landing[name], truth)
        for name, vendor in vendors.items()
    ]
    files = [found for found in everything if any(found.knows(simulation.name) for simulation in simulations)]
    with contextlib.ExitStack() as stack:
        for found in files:
            found.open(stack)
        for simulation in simulations:
            _write_state(simulation, [found for found in files if found.missing and found.knows(simulation.name)])
    return {found.name: [] for found in everything} | {found.name: found.close() for found in files}


def _config_of(simulations: Sequence[Simulation], name: str, days: Sequence[dt.date]) -> SourceConfig:
    """What is simulated of a vendor, with the days of its deliveries.

    Raises:
        ConfigError: Nothing is.
    """
    vendors = simulations[0].config.vendors
    if name not in vendors.sources:
        raise ConfigError(f"configs/synthetic.yaml, vendors.sources: {name} is missing. Add it and start again.")
    found = vendors.sources[name]
    return found.model_copy(update={"days": sorted(days or found.days or vendors.days)})


def _write_state(simulation: Simulation, files: list[VendorFiles]) -> None:
    """Write what vendors know of a state, chunk by chunk."""
    day = day_number(simulation.state.snapshots[-1])
    edges = [0, *np.cumsum(simulation.chunk_sizes()).tolist()]
    for nth, chunk in enumerate(simulation.chunks() if files else ()):
        people = People(chunk, circle_of(chunk, day), draw_traits(chunk))
        for found in files:
            for wanted in found.wanted(day):
                span = _span(simulation, wanted, (edges[nth], edges[nth + 1], edges[-1]))
                found.append(draw_rows(simulation.config, people, wanted, span), simulation.name)


def _span(simulation: Simulation, wanted: Wanted, drawn: tuple[int, int, int]) -> tuple[int, int]:
    """Numbers of a chunk's first record and of the one behind its last.

    Args:
        simulation: The state.
        wanted: What is drawn.
        drawn: Number of the chunk's first person, of the one behind its last, and of all people drawn.
    """
    opens, until, everybody = drawn
    if wanted.role == "ballots":  # who has one is told by the votes
        return opens, until
    count = round(wanted.rules.per_voter * simulation.state.voters)
    return round(count * opens / everybody), round(count * until / everybody)
