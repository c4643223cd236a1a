"""Files as they arrived: taken in, hashed, kept and written down."""

import datetime as dt
from typing import Any

import dagster as dg

from pipelines.defs.io import counted, metadata_of
from pipelines.defs.partitions import OWNERS, RETRY, by_state
from pipelines.defs.resources import Desk, log, told_in_words
from pipelines.defs.tables import SHOWN_AT_ONCE, markdown_table
from pipelines.raw.landing import receive
from pipelines.raw.receipts import ReceiptLedger
from pipelines.tables.raw import Receipts

_TOLD = 3  # refused files told of in the log; all are in the UI


@dg.asset(
    group_name="raw",
    partitions_def=by_state,
    kinds={"file", "parquet"},
    owners=OWNERS,
    retry_policy=RETRY,
    tags={"pii": "true"},
    check_specs=[
        dg.AssetCheckSpec(
            "every_file_is_known",
            asset="raw_receipts",
            description="Every landed file fits its source's layout and is new.",
        )
    ],
)
def raw_receipts(context: dg.AssetExecutionContext, desk: Desk) -> dg.MaterializeResult:
    """What arrived: one row per event of a received file, with its hash and where it stands.

    Files dropped into `landing/<source>/<snapshot date>/` are taken in once and kept as received. Whether a delivery is
    used is decided by core_voters; the verdict is written here.
    """
    state = context.partition_key
    name, source = desk.source_of(state)
    with told_in_words(f"raw_receipts {state}") as told:
        settle = desk.settings.profile.settle_seconds
        taken = receive(desk.lake, desk.settings.landing, name, source, dt.datetime.now(dt.UTC), settle)
        events = ReceiptLedger(desk.lake, name).events()
        files = {(event["snapshot_date"], event["file_name"]): event for event in events}
        told += [counted(taken, "new file"), f"{len(files):,} in all"]
        for event in [event for event in files.values() if event["verdict"] == "rejected"][-_TOLD:]:
            log.warning("%-26s %s", f"raw_receipts {state}", event["reason"])
        return _result(desk, name, taken, len(events), list(files.values()))


def _result(desk: Desk, name: str, taken: int, event_count: int, files: list[dict[str, Any]]) -> dg.MaterializeResult:
    newest = sorted(files, key=lambda event: event["snapshot_date"], reverse=True)
    refused = [event for event in newest if event["verdict"] == "rejected"]
    reasons = " ".join(f"{event['snapshot_date']}: {event['reason']}" for event in refused)
    facts = {
        "files taken in now": taken,
        "files in all": len(files),
        "landing folder": str(desk.settings.landing / name),
        "files refused on sight": reasons or "none",
        "newest files": markdown_table([_file_row(event) for event in newest], at_most=SHOWN_AT_ONCE),
    }
    metadata = metadata_of(Receipts, desk.lake.table(Receipts), **facts) | {"dagster/row_count": event_count}
    check = dg.AssetCheckResult(
        passed=not refused,
        check_name="every_file_is_known",
        severity=dg.AssetCheckSeverity.WARN,
        description=reasons or None,
    )
    return dg.MaterializeResult(metadata=metadata, check_results=[check])


def _file_row(event: dict[str, Any]) -> dict[str, Any]:
    return {
        "snapshot": str(event["snapshot_date"]),
        "file": event["file_name"],
        "holds": event["role"] or "unknown",
        "bytes": event["bytes_count"],
        "verdict so far": event["verdict"],
    }
