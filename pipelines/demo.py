"""The demonstration: simulated deliveries, the study's public data, and what the published table says."""

import hashlib
import multiprocessing
import os
import shutil
import sys
import textwrap
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from models.config import read_config
from models.errors import ConfigError, DeliveryError
from models.model_config import ModelConfig
from pipelines.calendar import read_calendar
from pipelines.lake import Lake
from pipelines.layouts.source import read_source, read_vendor
from pipelines.settings import Settings
from pipelines.sql import literal
from pipelines.synthetic.config import SyntheticConfig
from pipelines.synthetic.deliveries import write_deliveries
from pipelines.synthetic.simulation import Simulation
from pipelines.synthetic.vendors.deliveries import write_deliveries_of


def simulation_of(settings: Settings, state: str, voters: int | None = None) -> Simulation:
    """The simulated electorate of a state, with another number of voters where one is given."""
    config = read_config(SyntheticConfig, settings.configs / "synthetic.yaml")
    if voters and state in config.states:
        config = config.model_copy(
            update={"states": {state: config.states[state].model_copy(update={"voters": voters})}}
        )
    return Simulation(config, state, read_calendar(settings.configs).of_state(state))


def simulate_landing(settings: Settings, voters: int | None = None) -> None:
    """Write every snapshot of the profile's states into the landing folder, and the truth of the scored elections.

    States are worlds of their own, so each is simulated by a process, one more at once than there are processors: three
    states on two processors then never leave one idle. The vendors, who know people of all of them, are another one.
    """
    names = settings.profile.sources
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(len(names) + 1, (os.cpu_count() or 1) + 1), mp_context=spawn) as pool:
        jobs = [pool.submit(_simulate_vendors, settings, voters)] if settings.profile.vendors else []
        jobs = [pool.submit(_simulate_state, settings, name, voters) for name in names] + jobs
        for job in jobs:
            _say(job.result())


def _simulate_state(settings: Settings, name: str, voters: int | None) -> str:
    """Write what is missing of one state's landing folder and truth; a sentence on it."""
    source = read_source(settings.configs, name)
    simulation = simulation_of(settings, source.state, voters)
    targets = [model.election_of(source.state) for model in _models_of(settings, source.state)]
    truth = {election: settings.root / "truth" / f"{election}.parquet" for election in targets}
    days = simulation.state.snapshots
    folders = write_deliveries(simulation, source, settings.landing / name, days, truth)
    written = f"{len(folders)} simulated deliveries written, {len(days) - len(folders)} stood"
    return f"{source.name}: {simulation.state.voters:,} voters, {written}, in {settings.landing / name}"


def _simulate_vendors(settings: Settings, voters: int | None) -> str:
    """Write what is missing of the landing folders of the profile's vendors, and its truth; a sentence on it."""
    states = dict.fromkeys(read_source(settings.configs, name).state for name in settings.profile.sources)
    simulations = [simulation_of(settings, state, voters) for state in states]
    vendors = {name: read_vendor(settings.configs, name) for name in settings.profile.vendors}
    landing = {name: settings.landing / name for name in vendors}
    folders = write_deliveries_of(vendors, simulations, landing, {}, settings.root / "truth" / "vendors")
    written = sum(map(len, folders.values()))
    return f"{len(vendors)} vendors: {written} simulated deliveries written, in {settings.landing}"


def _models_of(settings: Settings, state: str) -> list[ModelConfig]:
    """The models of the profile that serve a state."""
    files = [settings.configs / "models" / f"{name}.yaml" for name in settings.profile.models]
    return [model for model in (read_config(ModelConfig, file) for file in files) if state in model.states]


def land_study(settings: Settings, shared: str | None) -> None:
    """Copy the public file of the profile's study into the landing folder, its digest beside it.

    Args:
        settings: Of a profile whose first source is a study.
        shared: Folder that holds the public files.

    Raises:
        ConfigError: The source has no public copy.
        DeliveryError: `shared` does not lead to the file; the text says where the public data are.
    """
    name = settings.profile.sources[0]
    copy = read_source(settings.configs, name).public_copy
    if copy is None:
        raise ConfigError(f"{name}: no `public_copy` is named. A study has one; a state's files are dropped by people.")
    file = Path(shared or "/nonexistent") / "data" / copy.file
    target = settings.landing / name / copy.snapshot_date.isoformat() / file.name
    if not file.is_file():
        found = f"set, but has no data/{copy.file}" if shared else "unset"
        raise DeliveryError(
            f"The study's file is not at hand: WALKLIST_SHARED is {found}.\n"
            f"The de-identified data are public: {copy.found_at}.\n"
            f"The columns read are listed in configs/studies/{name}.yaml.\n"
            f"Set WALKLIST_SHARED to the folder that holds data/{copy.file}, or put a file with those columns into\n"
            f"{target.parent}/ and call `walklist run` with the study's profile."
        )
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with file.open("rb") as content:
            digits = hashlib.file_digest(content, "sha256").hexdigest()
        target.with_name(f"{target.name}.sha256").write_text(f"{digits}  {target.name}\n", encoding="utf-8")
        shutil.copyfile(file, target)


def print_product(settings: Settings) -> None:
    """Print where the published table is, two of its rows a state, how good the model is, and the way to the UI."""
    import duckdb

    from pipelines.publish.ledger import current_release

    release = current_release(settings.root, settings.profile.publication)
    if release is None:
        raise ConfigError(f"{settings.root}: nothing has been published.")
    folder = settings.root / "published" / settings.profile.publication / "releases" / release
    published = f"read_parquet({literal(f'{folder}/state=*/*.parquet')}, hive_partitioning = true)"
    total = duckdb.execute(f"SELECT count(*), count(turnout_probability) FROM {published}").fetchall()[0]
    found = duckdb.execute(_EXAMPLES.format(published=published))
    names = [column[0] for column in found.description or ()]
    _say(f"\nPublished: {total[0]:,} voters, {total[1]:,} with a score, release {release}\n  {folder}\n")
    _table([dict(zip(names, row, strict=True)) for row in found.fetchall()])
    for line in [*_link_lines(settings), *_quality_lines(settings)]:
        _say(f"\n{textwrap.fill(line, 110)}")
    _say(f"\nLook at it: make ui PROFILE={settings.name}   (Dagster on port 3000, MLflow on port 5000)")


_EXAMPLES = """
SELECT voter_id, county_code, turnout_probability, turnout_decile, as_of
FROM {published}
WHERE turnout_decile IN (2, 9)
QUALIFY row_number() OVER (PARTITION BY state, turnout_decile ORDER BY voter_id) = 1
ORDER BY voter_id
"""


def _link_lines(settings: Settings) -> Iterator[str]:
    """How many records of each state's lists are linked; nothing where it has no list."""
    from pipelines.linking.alarms import kept_counts

    for state in [read_source(settings.configs, name).state for name in settings.profile.sources]:
        lists, records, linked = kept_counts(Lake(settings.root), state)
        if records:
            share = f"{linked:,} ({linked / records:.0%}) are linked surely enough to serve a score"
            yield f"links {state}: of {records:,} records of {lists} lists {share}; others are nobody's or in doubt."


def _quality_lines(settings: Settings) -> Iterator[str]:
    """How good each version in use is; a state that was never trained has none."""
    from models.passport import quality_sentence
    from pipelines.modelling.ledger import VersionLedger

    for state in [read_source(settings.configs, name).state for name in settings.profile.sources]:
        for model in _models_of(settings, state):
            ledger = VersionLedger(Lake(settings.root), model.name, state)
            if ledger.champion_id():
                version = ledger.champion()
                yield f"{model.name} {state} {version.version_id}: {quality_sentence(version.report)}"


def _table(rows: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(*rows[0].keys()) if rows else Table()
    for row in rows:
        table.add_row(*[f"{value:.3f}" if isinstance(value, float) else str(value) for value in row.values()])
    Console(file=sys.stdout, width=120).print(table)


def _say(text: str) -> None:
    print(text, flush=True)
