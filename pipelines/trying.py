"""`walklist check FILE...`: files held against their layout, told to a person; nothing is loaded."""

import datetime as dt
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import duckdb

from models.errors import ConfigError
from pipelines.calendar import read_calendar
from pipelines.core.trial import Trial, Trying
from pipelines.lake import Lake, Table
from pipelines.layouts.files import Role
from pipelines.layouts.source import Source, read_source, source_paths
from pipelines.raw.adopted import with_adopted
from pipelines.settings import Settings
from pipelines.tables.core import Voters


def check_files(
    settings: Settings, files: Sequence[Path], name: str, day: str = "", role: str = ""
) -> tuple[str, bool]:
    """What would become of files of one delivery if they landed, in words, and whether they would be accepted.

    They are compared with the last good snapshot of the profile's data root, where there is one.

    Args:
        settings: The environment.
        files: The files.
        name: State or source, in any case.
        day: Day that they were made, YYYY-MM-DD; today if empty.
        role: `voters` or `history`, where their names do not say so.

    Raises:
        ConfigError: There is no such file, source, day or role, or an older program wrote the last good snapshot.
        LayoutError: A name fits no file of the layout.
    """
    if not name:
        raise ConfigError("Say which state the file is of: walklist check FILE --state NC.")
    for file in files:
        if not file.is_file():
            raise ConfigError(f"{file}: there is no such file.")
    if role and role not in get_args(Role):
        raise ConfigError(f"{role}: a file holds {' or '.join(get_args(Role))}.")
    lake = Lake(settings.root, settings.profile.memory_limit, settings.profile.threads)
    source = with_adopted(lake, name.lower(), read_source(settings.configs, name.lower()))
    made = _day(day)
    calendar = read_calendar(settings.configs).of_state(source.state)
    trying = Trying(name.lower(), source, calendar, _last_good(lake, source, made))
    with tempfile.TemporaryDirectory() as folder, Lake(Path(folder), lake.memory_limit, lake.threads).connect() as sql:
        trial = trying.try_files(sql, files, made, Path(folder), role or None)  # ty: ignore[invalid-argument-type]
    path = source_paths(settings.configs)[name.lower()].relative_to(settings.configs)
    return _told(files, path, trial), not trial.reasons


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text) if text else dt.date.today()
    except ValueError:
        raise ConfigError(f"{text}: a day is written like 2026-10-01.") from None


def _last_good(lake: Lake, source: Source, day: dt.date) -> tuple[Table, dt.date] | None:
    days = [dt.date.fromisoformat(values[1]) for values in lake.table(Voters, state=source.state).records()]
    newest = max((found for found in days if found < day), default=None)
    if newest is None:
        return None
    table = lake.table(Voters, state=source.state, snapshot_date=newest)
    with lake.connect() as connection:
        try:
            connection.execute(f"SELECT * FROM ({table.select()}) LIMIT 0").fetchall()
        except duckdb.BinderException:
            told = f"{lake.root}: the snapshot of {newest} was written by an older program"
            raise ConfigError(f"{told}. Run `walklist run` first, which writes it anew.") from None
    return table, newest


def _told(files: Sequence[Path], path: Path, trial: Trial) -> str:
    names = " and ".join(file.name for file in files)
    held_against = f"{names} held against configs/{path}, layout of {trial.layout.valid_from}"
    compared = f"the last good snapshot of {trial.last_good}" if trial.last_good else "no last good snapshot at hand"
    it, holds = ("It", "fits") if len(files) == 1 else ("They", "fit")
    rows = [
        f"{held_against}, as {' and '.join(trial.roles) or 'codes'}; {compared}.",
        *[_facts(name, facts) for name, facts in trial.facts.items() if facts],
        *trial.told,
        *([f"{it} would be held:", *(f"  {reason}" for reason in trial.reasons)] if trial.reasons else []),
        *([] if trial.reasons else [f"{it} {holds}."]),
    ]
    if trial.entry:
        rows += ["This dated entry, under `layouts:` of the YAML, would read it:", "", trial.entry.rstrip()]
    return "\n".join(rows)


def _facts(name: str, facts: dict[str, Any]) -> str:
    told = [f"{facts.get('row_count') or 0:,} rows", f"{facts.get('reject_count') or 0:,} refused"]
    told += [f"{facts['line_count']:,} lines"] if facts.get("line_count") else []
    told += [f"encoding {facts['encoding']}"] if facts.get("encoding") else []
    told += [f"delimiter {facts['delimiter']!r}"] if facts.get("delimiter") else []
    return f"{name}: {', '.join(told)}."
