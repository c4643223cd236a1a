"""What judging a held delivery found, kept beside the receipts: the desk shows it, and nothing is read twice for it.

A finding holds counts, columns, files and sentences, never a value of a row. It stands in
`<root>/raw/findings/<source>/<delivery_id>.json` and is replaced when the delivery is judged anew. What a person saw
who accepted it as it is stays beside it, as `<delivery_id>.approved.json`.
"""

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pipelines.lake import Lake
from pipelines.raw.receipts import Delivery


@dataclass(frozen=True)
class Finding:
    """Why a delivery is held.

    Attributes:
        judged_by: Fingerprint of what it was judged by: files, digests, layout, limits, program, deliveries before it.
        reasons: Why it is held, a sentence each.
        differences: How its files differ from their layout, a sentence each.
        entry: YAML of the dated layout entry that would read it; empty where no entry would help.
        is_read: Whether its rows could be read, so that a person may accept it as it is.
        files: Facts of each file by its name: bytes; of those that were read rows, refused rows, lines, encoding,
            delimiter.
    """

    judged_by: str
    reasons: list[str]
    differences: list[str] = field(default_factory=list)
    entry: str = ""
    is_read: bool = False
    files: dict[str, dict[str, Any]] = field(default_factory=dict)

    def keep(self, lake: Lake, delivery: Delivery) -> None:
        """Write it down, in place of what was found before."""
        file = _file_of(lake, delivery)
        file.parent.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(".writing")
        draft.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False), encoding="utf-8")
        draft.replace(file)


def unseen(reasons: Sequence[str], approved: Finding | None) -> list[str]:
    """Of some reasons those that a person who approved did not see; the same one may tell other counts by now."""
    seen = set(map(_without_counts, approved.reasons)) if approved else set()
    return [reason for reason in reasons if _without_counts(reason) not in seen]


def _without_counts(reason: str) -> str:
    return re.sub(r"(?<![\w-])\d[\d.,]*(?![\w-])", "", reason)  # numbers alone: the day of an election is no count


def keep_approved(lake: Lake, delivery: Delivery) -> None:
    """Keep what a person saw who accepts a delivery as it is."""
    file = _file_of(lake, delivery)
    shutil.copy(file, _approved(file))


def read_approved(lake: Lake, delivery: Delivery) -> Finding | None:
    """What the person saw who accepted a delivery as it is; nothing where none did."""
    return _read(_approved(_file_of(lake, delivery)))


def read_finding(lake: Lake, delivery: Delivery) -> Finding | None:
    """What was found when the delivery was held last; nothing where it never was."""
    return _read(_file_of(lake, delivery))


def _read(file: Path) -> Finding | None:
    try:
        content: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return Finding(**content)
    except (OSError, ValueError, TypeError):
        return None


def _approved(file: Path) -> Path:
    return file.with_suffix(".approved.json")


def _file_of(lake: Lake, delivery: Delivery) -> Path:
    return lake.root / "raw" / "findings" / delivery.source / f"{delivery.delivery_id}.json"
