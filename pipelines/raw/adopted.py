"""Layout entries that a person adopted for a held delivery: in force from their day on, until the YAML has its own.

A proposed entry is kept as `<root>/raw/layouts/<source>/<valid_from>.<nnn>.yaml`, written once, with who adopted it and
why on top; of several for a day each is like the one before it. Pasting the entry into the source's YAML makes it
permanent: an entry there of the same day is the one in force.
"""

import datetime as dt
from pathlib import Path
from typing import TypeVar

from models.errors import ConfigError
from pipelines.lake import Lake
from pipelines.layouts.dated.changes import with_entry
from pipelines.layouts.source import Feed

F = TypeVar("F", bound=Feed)


def adopt_entry(lake: Lake, name: str, source: Feed, day: dt.date, entry: str, told: str) -> Path:
    """Keep a proposed entry, so that it is in force from now on; where it is kept.

    Args:
        lake: Data root.
        name: Name of the source.
        source: Its configuration.
        day: First day that the entry describes.
        entry: YAML of the entry.
        told: Who adopted it, and why; stands on top as a comment.

    Raises:
        ConfigError: The source with this entry in place is not in order.
    """
    with_entry(source, entry)
    folder = _folder(lake, name)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{day}.{len(list(folder.glob(f'{day}.*.yaml'))):03d}.yaml"
    comment = "".join(f"# {line}\n" for line in told.splitlines())
    with file.open("x", encoding="utf-8") as text:
        text.write(comment + entry)
    return file


def with_adopted(lake: Lake, name: str, source: F) -> F:
    """A source with the entries that were adopted for it and that its YAML does not have yet.

    Raises:
        ConfigError: An adopted entry no longer fits the source's YAML.
    """
    own = {layout.valid_from for layout in source.layouts}
    for file in sorted(_folder(lake, name).glob("*.yaml")):
        day = file.name.split(".")[0]
        is_own = dt.date.fromisoformat(day) in own
        entry = file.read_text(encoding="utf-8")
        if is_own and f"like: {day}" not in entry:
            continue
        try:
            source = with_entry(source, entry)
        except ConfigError as error:
            if is_own:  # a change of the layout of that very day, which the YAML has by now
                continue
            raise ConfigError(
                f"{file}: adopted for a delivery, and no longer in order with {name}.yaml: {error} "
                "Write the entry of that day into the YAML, or remove this file."
            ) from None
    return source


def _folder(lake: Lake, name: str) -> Path:
    return lake.root / "raw" / "layouts" / name
