"""A person decides on a held delivery: it is accepted, by its proposed layout entry or as it is, or rejected for good.

An accepted one may be rejected too: it is taken out of use. The rules hold; people decide. Who decided, and why, is a
row of raw_receipts; the flow judges the delivery again in its next run, and what the person did not see still holds it.
"""

from dataclasses import dataclass
from typing import Literal

from models.errors import DeliveryError
from pipelines.core.findings import keep_approved, read_finding
from pipelines.lake import Lake
from pipelines.layouts.source import Feed
from pipelines.raw.adopted import adopt_entry
from pipelines.raw.receipts import Delivery, ReceiptLedger

Choice = Literal["approve", "approve_as_it_is", "reject"]


@dataclass(frozen=True)
class Decision:
    """What a person decides.

    Attributes:
        delivery: A `delivery_id`, or the `file_id` of one of its files.
        choice: `approve`: adopt the proposed layout entry, or where none is proposed accept the delivery as it was
            read; `approve_as_it_is`: accept it as it was read, whatever is proposed; `reject`: never look at it again.
        why: The reason, in words, without a value of a person's row.
        person: Who decides.
    """

    delivery: str
    choice: Choice
    why: str
    person: str


def decide(lake: Lake, name: str, source: Feed, made: Decision) -> str:
    """Write a decision down and say in a sentence what follows from it.

    Args:
        lake: Data root.
        name: Name of the source.
        source: Its configuration.
        made: The decision.

    Raises:
        DeliveryError: No reason is given, there is no such delivery, there is nothing to decide about it, or it cannot
            be read and no layout entry is proposed that would change that.
    """
    ledger = ReceiptLedger(lake, name)
    delivery = ledger.find(made.delivery)
    told = f"{made.person}: {made.why.strip()}"
    if not made.why.strip():
        raise DeliveryError(f"{delivery.delivery_id}: say why; the reason stands in raw_receipts.")
    allowed = ("held", "accepted") if made.choice == "reject" else ("held",)
    if delivery.verdict not in allowed:
        raise DeliveryError(f"{delivery.delivery_id}: it is {delivery.verdict}, not held; there is nothing to decide.")
    if made.choice == "reject":
        ledger.decide_by_person(delivery, "rejected", f"Rejected by {told}", made.person)
        return f"{delivery.delivery_id} is rejected. The last good snapshot before it is in use."
    return _approve(lake, name, source, delivery, made, told)


def _approve(lake: Lake, name: str, source: Feed, delivery: Delivery, made: Decision, told: str) -> str:
    ledger, finding = ReceiptLedger(lake, name), read_finding(lake, delivery)
    if finding and finding.entry and made.choice == "approve":
        day, stated = delivery.snapshot_date, f"Adopted for {delivery.delivery_id} by {told}"
        adopt_entry(lake, name, source, day, finding.entry, stated)
        ledger.decide_by_person(delivery, "received", f"Its proposed layout entry is adopted by {told}", made.person)
        return f"{delivery.delivery_id}: the proposed layout entry of {day} is in force; the delivery is judged by it."
    if finding and finding.is_read:
        keep_approved(lake, delivery)
        ledger.decide_by_person(delivery, "accepted", f"Accepted by {told}", made.person)
        return f"{delivery.delivery_id} is accepted as it is."
    why = f"{' '.join(finding.reasons)} " if finding else ""
    raise DeliveryError(
        f"{delivery.delivery_id}: it was not read, and no layout entry is known that would read it. {why}"
        f"Write one into {name}.yaml, ask for the files again, or reject it."
    )
