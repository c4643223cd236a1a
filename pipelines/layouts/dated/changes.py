"""A changed file as a dated layout entry: proposed as text, ready to paste, and put into the source."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from models.errors import ConfigError
from pipelines.layouts.dated.mending import RoleChange
from pipelines.layouts.files import Role
from pipelines.layouts.source import Feed

__all__ = ["RoleChange", "describe_change", "propose_entry", "with_entry"]

_WIDTH = 110

F = TypeVar("F", bound=Feed)


def propose_entry(source: Feed, day: dt.date, changes: Mapping[Role, RoleChange]) -> str:
    """The text of a dated layout for files of a day that changed, ready to paste at the end of the source's YAML.

    Args:
        source: The source as it is.
        day: First snapshot day of the changed files.
        changes: What changed, by role.

    Returns:
        YAML with a comment that says in a sentence what changed; empty where no layout is valid on that day, nothing
        changed, or the layout with the changes would be none.
    """
    base = source.layout_on(day)
    told = {role: change.model_dump(exclude_defaults=True) for role, change in changes.items() if change}
    if base is None or not told:
        return ""
    entry = {"valid_from": day, "like": base.valid_from, "changes": told}
    sentences = "; ".join(f"{role}: {describe_change(change)}" for role, change in changes.items() if change)
    text = yaml.safe_dump([entry], sort_keys=False, width=_WIDTH, default_flow_style=None)
    comment = f"# Since {day} {_plain(sentences)}.\n"
    proposed = "".join(f"  {line}" for line in (comment + text).splitlines(keepends=True))
    try:
        with_entry(source, proposed)
    except ConfigError:
        return ""
    return proposed


def with_entry(source: F, text: str) -> F:
    """The source with a dated layout entry in its place; one of the same day gives way.

    Raises:
        ConfigError: The text is no such entry, or its changes do not fit the source.
    """
    try:
        entries = yaml.safe_load(text)
    except yaml.YAMLError:
        raise ConfigError("The proposed layout is not YAML; nothing was changed.") from None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ConfigError("The proposed layout is no list of dated layouts; nothing was changed.")
    whole = source.model_dump(mode="json", by_alias=True)
    days = {str(entry.get("valid_from")) for entry in entries}
    known = [layout for layout in whole["layouts"] if layout["valid_from"] not in days or _is_base(layout, entries)]
    whole["layouts"] = sorted([*known, *entries], key=lambda entry: str(entry.get("valid_from")))
    try:
        return type(source).model_validate(whole)
    except ValidationError as error:
        faults = "; ".join(fault["msg"] for fault in error.errors())
        raise ConfigError(f"{source.name}: the proposed layout does not fit: {faults}.") from None


def describe_change(change: RoleChange) -> str:
    """What changed about the files of a role, as a part of a sentence."""
    keys = list(_keys(change.set))
    parts = [
        ", ".join(f"{old} is now {new}" for old, new in change.renamed.items()),
        f"{_count(change.added)} new: {', '.join(change.added)}" if change.added else "",
        f"{_count(change.dropped)} gone: {', '.join(change.dropped)}" if change.dropped else "",
        f"another {' and '.join(keys)}" if keys else "",
    ]
    return "; ".join(part for part in parts if part)


def _is_base(layout: Mapping[str, Any], entries: list[dict[str, Any]]) -> bool:
    return any(str(entry.get("like")) == layout["valid_from"] for entry in entries)


def _count(headers: list[str]) -> str:
    return "1 column is" if len(headers) == 1 else f"{len(headers)} columns are"


def _keys(told: Mapping[str, Any], before: str = "") -> list[str]:
    """The keys of a mapping that are set, with their place: `format.delimiters`, `voters.birth_date`."""
    found = []
    for key, value in told.items():
        is_inner = isinstance(value, dict) and not before.count(".")
        found += _keys(value, f"{before}{key}.") if is_inner and not before else [f"{before}{key}"]
    return found


def _plain(text: str) -> str:
    """A text on one line: headers come from files and may hold any sign."""
    return re.sub(r"\s+", " ", "".join(sign if sign.isprintable() else " " for sign in text))
