"""Counts as tables that the UI shows."""

from collections.abc import Iterable, Mapping
from typing import Any

import dagster as dg

from pipelines.raw.receipts import Delivery


def delivery_table(deliveries: Iterable[Delivery]) -> dg.MetadataValue:
    """Deliveries newest first: day, verdict, files, rows, rejects, and the reason in words."""
    rows = [
        {
            "snapshot": str(delivery.snapshot_date),
            "verdict": delivery.verdict,
            "files": len(delivery.events),
            "rows": sum(event["row_count"] or 0 for event in delivery.events),
            "refused": sum(event["reject_count"] or 0 for event in delivery.events),
            "reason": delivery.events[0]["reason"] or "",
        }
        for delivery in deliveries
    ]
    return markdown_table(reversed(rows))


def markdown_table(rows: Iterable[Mapping[str, Any]]) -> dg.MetadataValue:
    """Rows of counts as a Markdown table."""
    listed = list(rows)
    if not listed:
        return dg.MetadataValue.md("Nothing yet.")
    names = list(listed[0])
    lines = [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
    lines += [f"| {' | '.join(_cell(row[name]) for name in names)} |" for row in listed]
    return dg.MetadataValue.md("\n".join(lines))


def picture(svg: str, title: str) -> dg.MetadataValue:
    """A drawing of aggregated numbers, inside the metadata."""
    import base64

    return dg.MetadataValue.md(f"![{title}](data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()})")


def _cell(value: Any) -> str:
    text = f"{value:,}" if isinstance(value, int) else f"{value:.4f}" if isinstance(value, float) else str(value)
    return text.replace("|", "/").replace("\n", " ")
