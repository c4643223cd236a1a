"""Reads every configuration and says all that is wrong with them at once."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import duckdb

from models.config import Strict, read_config
from models.errors import ConfigError, PolicyError
from models.model_config import ModelConfig
from pipelines.calendar import ElectionsConfig
from pipelines.core.experiments import Experiment
from pipelines.layouts.columns import ColumnLayout
from pipelines.layouts.history import InRow
from pipelines.layouts.reading.packing import vote_groups
from pipelines.layouts.source import Feed, Source, Vendor, source_paths, vendor_paths
from pipelines.policy import Policy, read_policy
from pipelines.publish.targets import PublicationConfig
from pipelines.settings import CONFIGS, Profile
from pipelines.synthetic.config import SyntheticConfig
from pipelines.tables.campaign import RECORD_TABLES
from pipelines.timetable import SchedulesConfig, read_schedules

_KINDS: dict[str, type[Strict]] = {
    "elections.yaml": ElectionsConfig,
    "synthetic.yaml": SyntheticConfig,
    "schedules.yaml": SchedulesConfig,
    "policy.yaml": Policy,
    "states/*.yaml": Source,
    "studies/*.yaml": Source,
    "vendors/*.yaml": Vendor,
    "models/*.yaml": ModelConfig,
    "experiments/*.yaml": Experiment,
    "publications/*.yaml": PublicationConfig,
    "profiles/*.yaml": Profile,
}


def check_configs(configs: Path = CONFIGS) -> str:
    """A sentence on how many configurations were read.

    Raises:
        ConfigError: One or more are broken, or name what is not there; every fault of every file is listed.
    """
    read: dict[Path, Strict] = {}
    faults = []
    for path, kind in _files(configs):
        try:
            read[path] = read_config(kind, path)
        except ConfigError as error:
            faults.append(str(error))
    faults += [f"{path}: no such kind of configuration. See configs/README.md." for path in _strays(configs)]
    faults += [fault for path, content in read.items() for fault in _dangling(configs, path, content)]
    if faults:
        raise ConfigError("\n".join(faults))
    return f"{len(read)} configurations read, all in order."


def _files(configs: Path) -> Iterator[tuple[Path, type[Strict]]]:
    for pattern, kind in _KINDS.items():
        yield from ((path, kind) for path in sorted(configs.glob(pattern)))


def _strays(configs: Path) -> list[Path]:
    known = {path for path, _ in _files(configs)}
    return sorted(path for path in configs.rglob("*.y*ml") if path not in known)


def _dangling(configs: Path, path: Path, content: Strict) -> Iterator[str]:
    """Names in a configuration that lead nowhere, and patterns that the engine cannot read."""
    if isinstance(content, Profile):
        named: list[tuple[str, ...]] = [(f"states/{name}", f"studies/{name}") for name in content.sources]
        named += [(f"vendors/{name}",) for name in content.vendors]
        named += [(f"models/{name}",) for name in content.models]
        named += [(f"experiments/{name}",) for name in content.experiments]
        named += [(f"publications/{content.publication}",)]
        yield from (
            f"{path}: {' or '.join(places)}.yaml does not exist."
            for places in named
            if not any((configs / f"{place}.yaml").is_file() for place in places)
        )
        yield from (f"{path}: {fault}" for fault in _unknown_schedules(configs, content))
    if isinstance(content, ModelConfig | Experiment | PublicationConfig) and content.name != path.stem:
        yield f"{path}: its name is {content.name}, the file's is {path.stem}."
    if isinstance(content, Policy):
        unknown = sorted(set(content.sources) - {*source_paths(configs), *vendor_paths(configs)})
        yield from (f"{path}: sources.{name}: there is no source of that name." for name in unknown)
    if isinstance(content, Feed):
        yield from (f"{path}: {fault}" for fault in _terms_faults(configs, path.stem, content))
    for place, column in _columns(content):
        yield from (f"{path}: {place}: {fault}" for fault in _broken_patterns(column))


def _terms_faults(configs: Path, name: str, feed: Feed) -> Iterator[str]:
    """What the terms of a source say that the policy does not know, or that is withheld from nobody."""
    try:
        policy = read_policy(configs)
        policy.purposes_of(name, feed, dt.date.min)
        policy.allowed_columns(feed, "", [])
    except ConfigError:  # it is told as a fault of its own
        return
    except PolicyError as error:
        yield str(error)
    if isinstance(feed, Vendor):
        columns = {column for role in feed.roles for column in RECORD_TABLES[role].columns()}
        yield from (
            f"withheld_columns.{name}: none of its tables has it."
            for name in sorted({*feed.withheld_columns} - columns)
        )


def _unknown_schedules(configs: Path, profile: Profile) -> Iterator[str]:
    try:
        read_schedules(configs).named(profile.schedules)
    except ConfigError as error:
        yield str(error)


def _columns(content: Strict) -> Iterator[tuple[str, ColumnLayout]]:
    """Every column that a configuration reads from a file, with its place in words."""
    if isinstance(content, Experiment):
        yield from content.columns.items()
    if isinstance(content, Feed):
        for layout in content.layouts:
            for role in layout.files:
                for look in layout.looks(role):
                    groups = vote_groups(look.history) if isinstance(look.history, InRow) else []
                    for columns in (look.column_layouts(), *(group.columns for group in groups)):
                        for name, column in columns.items():
                            yield f"layout of {layout.valid_from}, {role}.{name}", column


def _broken_patterns(column: ColumnLayout) -> Iterator[str]:
    for pattern in column.pattern or {}:
        try:
            duckdb.execute("SELECT regexp_matches('', ?)", [pattern]).fetchall()
        except duckdb.Error:
            yield f"the pattern {pattern!r} cannot be read (RE2)."
