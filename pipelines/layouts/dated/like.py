"""A dated layout that says only what changed: like an earlier one, but for some roles."""

import copy
import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import Field, ValidationError

from models.config import Strict
from pipelines.layouts.dated.mending import RoleChange, changed
from pipelines.layouts.files import Role

Canonical = Callable[[Any], dict[str, Any]]
"""Gives a layout as the mapping that its class writes; raises ValidationError where it is none."""


class Like(Strict):
    """A dated layout by its differences to an earlier one."""

    valid_from: dt.date = Field(description="First snapshot day that it describes.")
    like: dt.date = Field(description="First day of the layout that it is like; of the same day takes its place.")
    changes: dict[Role, RoleChange] = Field(description="What is different, by role.", min_length=1)
    also: dict[Role, list[Any]] | None = Field(None, description="Other looks; without it those of the earlier layout.")
    codes: dict[str, Any] | None = Field(None, description="Code files; without it those of the earlier layout.")

    def applied(self, base: Mapping[str, Any]) -> dict[str, Any]:
        """The layout in full.

        Args:
            base: The earlier layout, as its class writes it.

        Raises:
            ValueError: A change does not fit the earlier layout; role and header are named.
        """
        told: dict[str, Any] = copy.deepcopy(dict(base)) | {"valid_from": self.valid_from.isoformat()}
        for role, change in self.changes.items():
            looks = [told["files"], *told["also"].get(role, [])] if role in told["files"] else []
            if change.look >= len(looks):
                raise ValueError(f"layout of {self.valid_from}, {role}: the layout of {self.like} has no such files")
            try:
                if change.look:
                    told["also"][role][change.look - 1] = changed(looks[change.look], change)
                else:
                    told["files"][role] = changed(told["files"][role], change)
            except ValueError as error:
                raise ValueError(f"layout of {self.valid_from}, {role}: {error}") from None
        named = {"also": self.also, "codes": self.codes}
        return told | {key: value for key, value in named.items() if value is not None}


def expand(entries: Any, canonical: Canonical) -> Any:
    """Dated layouts with those in full that say only what changed.

    Args:
        entries: What stands under `layouts`.
        canonical: Writes a layout as its class does.

    Raises:
        ValueError: An entry is like none before it, or its changes do not fit.
    """
    if not isinstance(entries, list):
        return entries
    told: list[Any] = []
    for entry in entries:
        if not isinstance(entry, dict) or not {"like", "changes"} & set(entry):
            told.append(entry)
            continue
        short = Like.model_validate(entry)
        earlier = {_day(found): found for found in told}
        if str(short.like) not in earlier:
            raise ValueError(f"layout of {short.valid_from}: no layout of {short.like} stands before it")
        try:
            base = canonical(earlier[str(short.like)])
        except ValidationError:
            continue  # the earlier layout is told of by itself
        told = [found for found in told if short.like != short.valid_from or _day(found) != str(short.like)]
        told.append(short.applied(base))
    return told


def _day(entry: Any) -> str:
    return str(entry.get("valid_from") if isinstance(entry, dict) else entry.valid_from)
