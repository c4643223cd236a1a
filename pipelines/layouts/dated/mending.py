"""What is different about the files of a role, and the role with that difference in it."""

import copy
from collections.abc import Mapping
from typing import Any

from pydantic import Field

from models.config import Strict
from pipelines.layouts.dated.dropping import drop
from pipelines.layouts.dated.headers import FLAGS, names_of, rename, renaming
from pipelines.layouts.formats import Names
from pipelines.layouts.spelling import normalise


class RoleChange(Strict):
    """What is different about the files of a role."""

    renamed: dict[str, str] = Field(
        {}, description="Header as it was to header as it is now; it changes wherever it stands in the role."
    )
    added: Names = Field([], description="Headers of new columns; they go to the end of `names`.")
    dropped: Names = Field(
        [], description="Headers of columns that are gone; what was read from them alone is left out."
    )
    set: dict[str, Any] = Field(
        {},
        description="Keys of the role that have another value now, merged into it; a column set to null is left out.",
    )
    look: int = Field(
        0, description="Which look is meant: 0 the usual one, 1 the first one under `also` (number).", ge=0
    )

    def __bool__(self) -> bool:
        return bool(self.renamed or self.added or self.dropped or self.set)


def changed(role: Mapping[str, Any], change: RoleChange) -> dict[str, Any]:
    """What is said of a role, with a change in it.

    Raises:
        ValueError: A header is no column or is one already, or what is read from a dropped one cannot be left out.
    """
    told = copy.deepcopy(dict(role))
    names = names_of(told["format"])
    if change.renamed:
        rename(told, renaming(change.renamed, names))
    if change.dropped:
        drop(told, change.dropped)
    if change.added:
        _add(told["format"], change.added)
    if _kind(change.set) not in (None, told["format"]["kind"]):
        told["format"] = {"names": names_of(told["format"])}  # the words of the old kind mean nothing in the new one
    told = merge(told, change.set)
    for place in (told, told.get("history") or {}):
        for key in ("voters", "records", "columns"):
            if isinstance(place.get(key), dict):
                place[key] = {name: column for name, column in place[key].items() if column is not None}
    return told


def _kind(told: Mapping[str, Any]) -> str | None:
    format_ = told.get("format")
    return format_.get("kind") if isinstance(format_, dict) else None


def _add(format_: dict[str, Any], added: list[str]) -> None:
    if "records" in format_:
        raise ValueError("added: fields of fixed widths need a width; set format.records")
    known = {normalise(name) for name in format_["names"]}
    twice = [header for header in added if normalise(header) in known]
    if twice:
        raise ValueError(f"added: {', '.join(twice)}: such a column is there already")
    format_["names"] = [*format_["names"], *added]


def merge(told: Any, new: Any) -> Any:
    """A mapping with another one merged into it, deeply; what is no mapping takes the place of what was there."""
    if not isinstance(told, dict) or not isinstance(new, dict):
        return new
    flagged = {key: value for key, value in told.items() if not (set(FLAGS) & set(new) and key == "from")}
    return flagged | {key: merge(told.get(key), value) for key, value in new.items()}
