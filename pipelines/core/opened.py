"""The files of a delivery opened by the looks of their roles, and how they differ from these.

A file is read by the first look that it has. Where it has none as they are listed, a look may be taken whose dialect
differs from the file's in a way that leaves no doubt; that is told, and a dated layout that would say so is prepared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.errors import LayoutError, NoMemberError
from pipelines.core.staged import Staged
from pipelines.layouts.dated.changes import RoleChange
from pipelines.layouts.dated.mending import merge
from pipelines.layouts.files import FileLayout, Role
from pipelines.layouts.source import Layout
from pipelines.raw.diff import compare
from pipelines.raw.readers import TextRelation, open_file
from pipelines.raw.receipts import Delivery, kept_file

Text = tuple[str, TextRelation]
"""A text with the id of the received file that it stood in."""


@dataclass(frozen=True)
class OpenedLook:
    """The texts of a role that have one look.

    Attributes:
        role: The role.
        number: Which look it is: 0 the usual one, 1 the first one under `also`.
        look: The look.
        texts: The texts.
    """

    role: Role
    number: int
    look: FileLayout
    texts: list[Text] = field(default_factory=list)

    def note(self, staged: Staged) -> None:
        """Write down what was bridged, and what a dated layout would say."""
        for _, text in self.texts:
            staged.dialect += text.told
            staged.differences += text.told
            encoded = text.scan.opened.encoded if text.scan else None
            staged.encodings_bridged += [text.name] if encoded and encoded.told else []
        change = _together([self._change(text) for _, text in self.texts], self.look)
        if change and self.role not in staged.changes:
            staged.changes[self.role] = RoleChange.model_validate(_of_look(change, self.number))

    def _change(self, text: TextRelation) -> dict[str, Any]:
        is_other = str(compare(text.headers, self.look))  # then its texts may tell which column is which
        renamed = compare(text.headers, self.look, text.first_rows()).change() if is_other else {}
        return {**renamed, **text.change}


def open_roles(root: Path, delivery: Delivery, layout: Layout, scratch: Path, staged: Staged) -> list[OpenedLook]:
    """The texts of every role by the look that they have; looks that none has are left out.

    Args:
        root: Data root, where the received bytes are kept.
        delivery: The delivery.
        layout: Layout of its day.
        scratch: Folder for unpacked copies.
        staged: What was bridged is written down here.

    Raises:
        LayoutError: A file has none of the looks that its name fits; the first one says why, and it knows its role.
    """
    found = []
    for role in layout.files:
        looks = [OpenedLook(role, number, look) for number, look in enumerate(layout.looks(role))]
        for event in delivery.events:
            _open_event(root, event, looks, scratch)
        found += [look for look in looks if look.texts]
    for look in found:
        look.note(staged)
    return found


def _open_event(root: Path, event: dict[str, Any], looks: list[OpenedLook], scratch: Path) -> None:
    """Open a received file by every look that reads other members of it."""
    left = [look for look in looks if look.look.fits(event["file_name"])]
    read: set[tuple[str, ...]] = set()
    for is_bridged in (False, True):
        faults: list[tuple[OpenedLook, LayoutError]] = []
        for look in left:
            if tuple(look.look.members) in read:
                continue  # another look has read these members
            try:
                kept = kept_file(root, event["file_id"])
                opened = open_file(kept, event["file_name"], look.look, scratch, is_bridged)
                look.texts.extend([(event["file_id"], text) for text in opened])
                read.add(tuple(look.look.members))
            except LayoutError as error:
                faults.append((look, error))
        left = [look for look, _ in faults if tuple(look.look.members) not in read]
        faults = [(look, error) for look, error in faults if tuple(look.look.members) not in read]
        if not faults or (read and all(isinstance(error, NoMemberError) for _, error in faults)):
            return
    look, error = faults[0]
    error.role, error.change = look.role, _of_look(error.change, look.number)
    raise error


def _of_look(change: Mapping[str, Any] | None, number: int) -> dict[str, Any] | None:
    if not change:
        return None
    return {**change, "look": number} if number else dict(change)


def _together(changes: Sequence[Mapping[str, Any]], look: FileLayout) -> dict[str, Any]:
    """What a dated layout would say of several texts: what is gone or renamed is so in all of them."""
    first, *others = changes
    told: dict[str, Any] = {
        "renamed": {
            old: new
            for old, new in first.get("renamed", {}).items()
            if all(other.get("renamed", {}).get(old) == new for other in others)
        },
        "added": list(dict.fromkeys(header for change in changes for header in change.get("added", []))),
        "dropped": [
            header for header in first.get("dropped", []) if all(header in other.get("dropped", []) for other in others)
        ],
        "set": {},
    }
    for change in changes:
        told["set"] = merge(told["set"], dict(change.get("set", {})))
    formats = [change.get("set", {}).get("format", {}) for change in changes]
    for key in ("delimiters", "encodings"):  # some texts may have what is listed, others what is new
        if any(key in format_ for format_ in formats):
            every = [one for format_ in formats for one in format_.get(key, getattr(look.format, key))]
            told["set"] = merge(told["set"], {"format": {key: list(dict.fromkeys(every))}})
    return {key: value for key, value in told.items() if value}
