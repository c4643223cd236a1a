"""How the files of a delivery are written, kept beside the receipts, and what of it changed since the one before.

The forms of an accepted delivery stand in `<root>/raw/forms/<source>/<delivery_id>.json`: traits and headers by role,
never a value of a row.
"""

import json
from dataclasses import asdict
from pathlib import Path

from pipelines.core.staged import ReadText, Staged
from pipelines.lake import Lake
from pipelines.layouts.files import Role
from pipelines.raw.forms import Form, bridged_traits
from pipelines.raw.receipts import Delivery


def keep_forms(lake: Lake, delivery: Delivery, staged: Staged) -> None:
    """Write down how the files of an accepted delivery are written."""
    file = _file_of(lake, delivery)
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".writing")
    told = {role: asdict(_form(staged, numbers)) for role, numbers in _by_role(staged).items()}
    draft.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    draft.replace(file)


def describe_since(lake: Lake, previous: Delivery | None, staged: Staged) -> list[str]:
    """What changed in how the files are written since the last good delivery, a sentence for each role.

    Left out is what is told already, because it is other than the layout has it.

    Args:
        lake: Data root.
        previous: The last good delivery, if any.
        staged: What reading found.
    """
    earlier = _read_forms(lake, previous) if previous else {}
    told = []
    for role, numbers in _by_role(staged).items():
        texts: list[ReadText] = [staged.read[number] for number in numbers]
        left_out = [trait for read in texts for trait in bridged_traits(read.text, read.look)]
        parts = _form(staged, numbers).since(earlier[role], left_out) if role in earlier else []
        if previous and parts:
            told.append(f"Since {previous.snapshot_date} the files of {role} changed: {'; '.join(parts)}.")
    return told


def _by_role(staged: Staged) -> dict[Role, list[int]]:
    """file_no of the texts of each role."""
    found: dict[Role, list[int]] = {}
    for number, read in staged.read.items():
        found.setdefault(read.role, []).append(number)
    return found


def _form(staged: Staged, numbers: list[int]) -> Form:
    reads = [(staged.read[number], staged.blank.get(number, 0)) for number in numbers]
    return Form.of((read.look, read.text, blank) for read, blank in reads)


def _read_forms(lake: Lake, delivery: Delivery) -> dict[str, Form]:
    """How the files of a delivery are written, by role; nothing where it was not kept."""
    try:
        content = json.loads(_file_of(lake, delivery).read_text(encoding="utf-8"))
        return {role: Form.read(form) for role, form in content.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):  # none was kept, or by another program
        return {}


def _file_of(lake: Lake, delivery: Delivery) -> Path:
    return lake.root / "raw" / "forms" / delivery.source / f"{delivery.delivery_id}.json"
