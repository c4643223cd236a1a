"""How a state stands in a release: fresh, at its last good file, or with its rows of the release before, and why.

A standing is made of days and words, without a clock, so that the same input gives the same release.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal

from pipelines.raw.receipts import Delivery

Kind = Literal["fresh", "last_good", "kept"]
_NOT_JUDGED = "A newer delivery has arrived and is not judged yet."


@dataclass(frozen=True)
class Standing:
    """One state in a release.

    Attributes:
        kind: `fresh` when the newest file is in use, `last_good` when a newer one is held or waits, `kept` when its
            rows are those of the release before.
        snapshot_date: Day of the file that its rows were made from.
        newest_file_date: Day of the newest file that the state has sent for the election scored.
        reason: Why it is not fresh, in words; empty when it is.
    """

    kind: Kind
    snapshot_date: dt.date
    newest_file_date: dt.date
    reason: str = ""

    @property
    def behind_days(self) -> int:
        """Days from the file in use to the newest one, 0 when the newest is in use."""
        return max(0, (self.newest_file_date - self.snapshot_date).days)

    def as_json(self) -> dict[str, Any]:
        """The standing as the manifest holds it."""
        return {
            "standing": self.kind,
            "snapshot_date": self.snapshot_date.isoformat(),
            "newest_file_date": self.newest_file_date.isoformat(),
            "behind_days": self.behind_days,
            "reason": self.reason,
        }


def standing_of(snapshot: dt.date, election: dt.date, deliveries: list[Delivery], trouble: str = "") -> Standing:
    """How a state stands whose rows were made from one snapshot.

    A file made on the election's day or later is no source of its score, so it makes nobody late.

    Args:
        snapshot: Day of the file in use.
        election: Day of the election scored.
        deliveries: What the state has sent, oldest first.
        trouble: Why its rows are those of the release before; empty when they are its own newest ones.
    """
    unused = [found for found in deliveries if found.snapshot_date > snapshot or found.verdict == "held"]
    newer = [found for found in unused if snapshot <= found.snapshot_date < election]
    newest = newer[-1].snapshot_date if newer else snapshot
    if trouble:
        return Standing("kept", snapshot, newest, trouble)
    if not newer:
        return Standing("fresh", snapshot, newest)
    return Standing("last_good", snapshot, newest, str(newer[-1].events[0]["reason"] or _NOT_JUDGED))
