"""Counts as tables that the UI shows."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import dagster as dg

from pipelines.raw.receipts import Delivery

SHOWN_AT_ONCE = 950
"""Characters of Markdown that the UI shows in place; what is longer hides behind a link."""


def delivery_metadata(deliveries: Sequence[Delivery]) -> dict[str, dg.MetadataValue]:
    """The newest delivery in words, the newest ones as a table, and all of them with their reasons."""
    newest = list(reversed(deliveries))
    if not newest:
        return {"newest delivery": dg.MetadataValue.text("Nothing has landed yet.")}
    rows = [_delivery_row(delivery) for delivery in newest]
    held = [delivery for delivery in newest if delivery.verdict == "held"]
    found = {
        "newest delivery": dg.MetadataValue.text(delivery_sentence(newest[0])),
        "held": dg.MetadataValue.text(", ".join(str(each.snapshot_date) for each in held) or "none"),
        "deliveries": markdown_table(rows, at_most=SHOWN_AT_ONCE),
    }
    reasons = [{**row, "reason": reason_of(delivery)} for row, delivery in zip(rows, newest, strict=True)]
    return found | {"deliveries with reasons": markdown_table(reasons)}


def delivery_sentence(delivery: Delivery) -> str:
    """A delivery, its verdict and why."""
    reason = reason_of(delivery)
    if delivery.verdict == "held":
        return reason
    return f"{delivery.snapshot_date} is {delivery.verdict}. {reason or 'Nothing to remark.'}"


def reason_of(delivery: Delivery) -> str:
    """Why a delivery stands as it does, in words."""
    return delivery.events[0]["reason"] or ""


def _delivery_row(delivery: Delivery) -> dict[str, Any]:
    return {
        "snapshot": str(delivery.snapshot_date),
        "verdict": delivery.verdict,
        "rows": _total(delivery, "row_count"),
        "refused": _total(delivery, "reject_count"),
    }


def _total(delivery: Delivery, name: str) -> int | str:
    counts = [event[name] for event in delivery.events if event[name] is not None]
    return sum(counts) if counts else "-"


def markdown_table(rows: Iterable[Mapping[str, Any]], at_most: int | None = None) -> dg.MetadataValue:
    """Rows of counts as a Markdown table, numbers to the right; its first rows where it would grow too long."""
    listed = list(rows)
    if not listed:
        return dg.MetadataValue.md("Nothing yet.")
    names = list(listed[0])
    sides = ["---:" if isinstance(listed[0][name], int | float) else "---" for name in names]
    head = [f"| {' | '.join(names)} |", f"|{'|'.join(sides)}|"]
    body = [f"| {' | '.join(_cell(row[name]) for name in names)} |" for row in listed]
    return dg.MetadataValue.md("\n".join(head + _first_lines(body, at_most)))


def _first_lines(lines: list[str], at_most: int | None) -> list[str]:
    shown = len(lines) if at_most is None else min(len(lines), at_most // max(map(len, lines)) - 3)
    return lines[:shown] + ([f"\n*and {len(lines) - shown} older*"] if shown < len(lines) else [])


def picture(svg: str, title: str) -> dg.MetadataValue:
    """A drawing of aggregated numbers, inside the metadata."""
    import base64

    return dg.MetadataValue.md(f"![{title}](data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()})")


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = f"{value:,}" if isinstance(value, int) else f"{value:.4f}" if isinstance(value, float) else str(value)
    return text.replace("|", "/").replace("\n", " ")
