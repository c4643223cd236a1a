"""Files as they arrived: taken in, hashed, kept and written down."""

import datetime as dt

import dagster as dg

from pipelines.defs.io import metadata_of
from pipelines.defs.partitions import OWNERS, RETRY, by_state
from pipelines.defs.resources import Desk, told_in_words
from pipelines.defs.tables import delivery_table
from pipelines.raw.landing import receive
from pipelines.raw.receipts import ReceiptLedger
from pipelines.tables.raw import Receipts


@dg.asset(
    group_name="raw",
    partitions_def=by_state,
    kinds={"file", "parquet"},
    owners=OWNERS,
    retry_policy=RETRY,
    tags={"pii": "true"},
)
def raw_receipts(context: dg.AssetExecutionContext, desk: Desk) -> dg.MaterializeResult:
    """One row per event of a received file: what arrived in the landing folder, its hash, and where it stands.

    Files are kept as received, once. Whether a delivery is used is decided by core_voters; the verdict is written here.
    """
    name, source = desk.source_of(context.partition_key)
    with told_in_words(f"raw_receipts {context.partition_key}"):
        settle = desk.settings.profile.settle_seconds
        taken = receive(desk.lake, desk.settings.landing, name, source, dt.datetime.now(dt.UTC), settle)
        ledger = ReceiptLedger(desk.lake, name)
        table = desk.lake.table(Receipts)
        return dg.MaterializeResult(
            metadata=metadata_of(Receipts, table, files_taken_in=taken, deliveries=delivery_table(ledger.deliveries()))
            | {"dagster/row_count": len(ledger.events())}
        )
