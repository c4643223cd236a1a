"""What judging a held delivery found, kept beside the receipts: the desk shows it, and nothing is read twice for it.

A finding holds counts, columns, files and sentences, never a value of a row. It stands in
`<root>/raw/findings/<source>/<delivery_id>.json` and is replaced when the delivery is judged anew.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pipelines.lake import Lake
from pipelines.raw.receipts import Delivery


@dataclass(frozen=True)
class Finding:
    """Why a delivery is held.

    Attributes:
        made_from: Fingerprint of what it was judged by: files, layout, limits, program, the deliveries before it.
        reasons: Why it is held, a sentence each.
        differences: How its files differ from their layout, a sentence each.
        entry: YAML of the dated layout entry that would read it; empty where no entry would help.
        is_read: Whether its rows could be read, so that a person may accept it as it is.
        files: Facts of each file by its name: bytes; of those that were read rows, refused rows, lines, encoding,
            delimiter.
    """

    made_from: str
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


def read_finding(lake: Lake, delivery: Delivery) -> Finding | None:
    """What was found when the delivery was judged last; nothing where it was not held, or judged by other rules."""
    try:
        content: Mapping[str, Any] = json.loads(_file_of(lake, delivery).read_text(encoding="utf-8"))
        return Finding(**content)
    except (OSError, ValueError, TypeError):
        return None


def _file_of(lake: Lake, delivery: Delivery) -> Path:
    return lake.root / "raw" / "findings" / delivery.source / f"{delivery.delivery_id}.json"
