"""Files as they arrived: taken in, hashed, kept and written down."""

import datetime as dt
import enum
from collections.abc import Iterable
from typing import Any

import dagster as dg
from pydantic import Field

from models.errors import DeliveryError
from models.wording import counted
from pipelines.core.deciding import Decision, decide
from pipelines.defs.io import metadata_of
from pipelines.defs.partitions import OWNERS, RETRY, by_state, by_vendor
from pipelines.defs.resources import Desk, Told, log, told_in_words
from pipelines.defs.tables import SHOWN_AT_ONCE, markdown_table
from pipelines.layouts.source import Feed
from pipelines.raw.landing import receive
from pipelines.raw.receipts import BY_RULES, ReceiptLedger
from pipelines.tables.raw import Receipts

_TOLD = 3  # refused files told of in the log; all are in the UI
DECIDE, DECIDE_RECORDS = "decide", "decide_records"
"""Names of the jobs that need a decision."""


class Choice(enum.Enum):
    """What a person may decide on a held delivery."""

    approve = "approve"
    approve_as_it_is = "approve_as_it_is"
    reject = "reject"


class DecisionConfig(dg.Config):
    """What a person decides on a held delivery; without a delivery nothing is decided."""

    delivery: str = Field("", description="delivery_id of the held delivery, or file_id of one of its files.")
    choice: Choice = Field(
        Choice.approve,
        description="approve: adopt the proposed layout entry, or where none is proposed accept the delivery as it was "
        "read. approve_as_it_is: accept it as it was read. reject: never look at it again.",
    )
    why: str = Field("", description="Your reason, in words; it stands in raw_receipts. No value of a person's row.")


def _check(asset: str) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        "every_file_is_known", asset=asset, description="Every landed file fits its source's layout and is new."
    )


_KEYWORDS: dict[str, Any] = {
    "group_name": "raw", "kinds": {"file", "parquet"}, "owners": OWNERS, "retry_policy": RETRY, "tags": {"pii": "true"},
}  # fmt: skip


@dg.asset(**_KEYWORDS, partitions_def=by_state, check_specs=[_check("raw_receipts")])
def raw_receipts(context: dg.AssetExecutionContext, desk: Desk, config: DecisionConfig) -> dg.MaterializeResult:
    """What arrived: one row per event of a received file, with its hash and where it stands.

    Files dropped into `landing/<source>/<snapshot date>/` are taken in once and kept as received. Whether a delivery is
    used is decided by core_voters, or by a person through the job `decide`; the verdict is written here, with who
    decided and why.
    """
    name, source = desk.source_of(context.partition_key)
    with told_in_words(f"raw_receipts {context.partition_key}") as told:
        made = config if config.delivery or context.job_name == DECIDE else None
        return _take_in(desk, name, source, made, told, "core_voters")


@dg.asset(**_KEYWORDS, partitions_def=by_vendor, check_specs=[_check("raw_record_receipts")])
def raw_record_receipts(context: dg.AssetExecutionContext, desk: Desk, config: DecisionConfig) -> dg.MaterializeResult:
    """What arrived from vendors and campaign tools: rows of raw_receipts, the same way in as a state's files.

    Whether a delivery is used is decided by core_records, or by a person through the job `decide_records`.
    """
    name = context.partition_key
    with told_in_words(f"raw_record_receipts {name}") as told:
        made = config if config.delivery or context.job_name == DECIDE_RECORDS else None
        return _take_in(desk, name, desk.vendors[name], made, told, "core_record_rejects")


def _take_in(
    desk: Desk, name: str, source: Feed, made: DecisionConfig | None, told: Told, shown_on: str
) -> dg.MaterializeResult:
    """Take in what landed for a source, write down a decision if one was made, and tell how its files stand."""
    settle = desk.settings.profile.settle_seconds
    taken = receive(desk.lake, desk.settings.landing, name, source, dt.datetime.now(dt.UTC), settle)
    if made:
        log.info("%-26s %s", f"raw_receipts {name}", _decide(desk, name, source, made, shown_on))
    events = ReceiptLedger(desk.lake, name).events()
    files = {(event["snapshot_date"], event["file_name"]): event for event in events}
    told += [counted(taken, "new file"), f"{len(files):,} in all"]
    for event in _refused(files.values())[-_TOLD:]:
        log.warning("%-26s %s", f"raw_receipts {name}", event["reason"])
    return _result(desk, name, taken, len(events), list(files.values()))


def _decide(desk: Desk, name: str, source: Feed, config: DecisionConfig, shown_on: str) -> str:
    """Write down what a person decided; what follows from it, in a sentence."""
    if not config.delivery:
        raise DeliveryError(f"{name}: name the delivery that you decide on. What is held stands on {shown_on}.")
    made = Decision(config.delivery, config.choice.value, config.why, desk.identity)
    return decide(desk.lake, name, source, made)


def _result(desk: Desk, name: str, taken: int, event_count: int, files: list[dict[str, Any]]) -> dg.MaterializeResult:
    newest = sorted(files, key=lambda event: event["snapshot_date"], reverse=True)
    refused = _refused(newest)
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


def _refused(files: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Files that the rules refused on sight; what a person rejected is known and settled."""
    return [event for event in files if event["verdict"] == "rejected" and event["decided_by"] == BY_RULES]


def _file_row(event: dict[str, Any]) -> dict[str, Any]:
    return {
        "snapshot": str(event["snapshot_date"]),
        "file": event["file_name"],
        "holds": event["role"] or "unknown",
        "bytes": event["bytes_count"],
        "verdict so far": event["verdict"],
    }
