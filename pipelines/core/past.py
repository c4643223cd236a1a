"""What a delivery is compared with: the accepted ones before it, the votes known, and files that came before."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.calendar import Election
from pipelines.core.plausibility.comparison import Comparison
from pipelines.lake import Lake
from pipelines.layouts.source import Layout, Source
from pipelines.raw.receipts import Delivery, ReceiptLedger
from pipelines.tables.core import VoteHistory, Voters


@dataclass(frozen=True)
class Past:
    """The deliveries of a source up to now.

    Attributes:
        lake: Data root.
        name: Name of the source.
        source: Its configuration.
        calendar: Elections of the state.
    """

    lake: Lake
    name: str
    source: Source
    calendar: Sequence[Election] = ()

    def earlier(self, delivery: Delivery) -> list[Delivery]:
        """The accepted deliveries before one, newest first."""
        accepted = [found for found in self._deliveries() if found.verdict == "accepted"]
        return [found for found in reversed(accepted) if found.snapshot_date < delivery.snapshot_date]

    def compared(self, delivery: Delivery, layout: Layout, previous: Delivery | None, stated: str) -> Comparison:
        """What a delivery is compared with.

        Args:
            delivery: The delivery.
            layout: Layout of its day.
            previous: The newest accepted delivery before it, if any.
            stated: SELECT of the votes that it states.
        """
        if previous is None:
            return Comparison(delivery.snapshot_date, None, None)
        return Comparison(
            delivery.snapshot_date,
            self.lake.table(Voters, state=self.source.state, snapshot_date=previous.snapshot_date),
            previous.snapshot_date,
            is_partial(delivery, layout),
            known_votes=self.lake.table(VoteHistory, state=self.source.state),
            stated_votes=stated if layout.states_votes(event["file_name"] for event in delivery.events) else None,
            has_slots=layout.has_slots,
            posting_lag_days=self.source.posting_lag_days,
            calendar=self.calendar,
            history_day=self._history_day(delivery),
        )

    def _history_day(self, delivery: Delivery) -> dt.date | None:
        """Day of the oldest delivery before one with the same history files, byte for byte."""
        mine = {event["file_id"] for event in delivery.of_role("history")}
        known = self._deliveries() if mine else []
        days = (found.snapshot_date for found in known if {e["file_id"] for e in found.of_role("history")} == mine)
        return min((day for day in days if day < delivery.snapshot_date), default=None)

    def _deliveries(self) -> list[Delivery]:
        return ReceiptLedger(self.lake, self.name).deliveries()


def is_partial(delivery: Delivery, layout: Layout) -> bool:
    """Whether the voters files of a delivery hold some counties only."""
    return layout.files["voters"].is_partial(event["file_name"] for event in delivery.of_role("voters"))
