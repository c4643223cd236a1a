"""Campaign tables: what vendors and campaign tools say of people, each delivery judged as a state's is."""

import datetime as dt
from collections.abc import Iterator

import dagster as dg

from models.tables import TableContract
from models.wording import counted
from pipelines.core.admission import Judgement
from pipelines.core.records.admission import RecordAdmission
from pipelines.defs.alerts import alert_held
from pipelines.defs.held import OF_VENDORS as DECIDER
from pipelines.defs.held import held_metadata
from pipelines.defs.io import contract_check, contract_spec, data_version, metadata_of, written
from pipelines.defs.partitions import OWNERS, RETRY, by_vendor
from pipelines.defs.resources import Desk, log, told_in_words
from pipelines.defs.tables import delivery_metadata
from pipelines.raw.receipts import ReceiptLedger
from pipelines.tables.campaign import RECORD_TABLES, RecordRejects

_TABLES: dict[str, type[TableContract]] = {
    table.table_name: table for table in (*RECORD_TABLES.values(), RecordRejects)
}
OF_VENDORS = ("raw_record_receipts", *_TABLES)
"""Assets whose partitions are vendors."""


def _spec(table: type[TableContract]) -> dg.AssetSpec:
    return dg.AssetSpec(
        table.table_name,
        description=(table.__doc__ or "").strip(),
        group_name="core",
        kinds={"duckdb", "parquet"},
        owners=OWNERS,
        deps=["raw_record_receipts"],
        partitions_def=by_vendor,
        skippable=True,
        tags={"pii": "true"},
    )


@dg.multi_asset(
    specs=[_spec(table) for table in _TABLES.values()],
    check_specs=[
        *[contract_spec(name) for name in _TABLES],
        dg.AssetCheckSpec(
            "newest_delivery_accepted",
            asset=RecordRejects.table_name,
            description="The newest delivery is in use; while it is held or waits for a file, the last good one is.",
        ),
    ],
    retry_policy=RETRY,
)
def core_records(context: dg.AssetExecutionContext, desk: Desk) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Judge every delivery of the vendor as a whole, and write the accepted ones; the rejects tell how it stands."""
    name = context.partition_key
    vendor = desk.vendors[name]
    with told_in_words(f"core_records {name}") as told:
        judged = RecordAdmission(desk.lake, name, vendor).admit_all(dt.datetime.now(dt.UTC))
        for judgement in judged:
            alert_held(context.log, desk, name, judgement)
        told += _counts(desk, name, judged)
        if judged and judged[-1].verdict != "accepted":
            log.warning("%-26s %s", f"core_records {name}", judged[-1].reason)
        for role, table in RECORD_TABLES.items():
            if role in vendor.roles:
                yield _result(desk, table, name, judged)
            else:  # a vendor tells of some tables only; the others carry their check all the same
                yield contract_check(desk.lake, desk.lake.table(table, source=name), table.table_name)
        yield _result(desk, RecordRejects, name, judged)


def _counts(desk: Desk, name: str, judged: list[Judgement]) -> list[str]:
    days = desk.lake.table(RecordRejects, source=name).records()
    rows = sum(desk.lake.table(table, source=name).row_count for table in RECORD_TABLES.values())
    unused = [judgement.verdict for judgement in judged if judgement.verdict != "accepted"]
    counts = [counted(len(days), "snapshot"), counted(rows, "record")]
    return counts + [f"{unused.count(verdict)} {verdict}" for verdict in sorted(set(unused))]


def _result(desk: Desk, table: type[TableContract], name: str, judged: list[Judgement]) -> dg.MaterializeResult:
    handle = desk.lake.table(table, source=name)
    checks = [contract_check(desk.lake, handle, table.table_name)]
    more: dict[str, object] = {}
    if table is RecordRejects:
        deliveries = ReceiptLedger(desk.lake, name).deliveries()
        more |= delivery_metadata(deliveries) | held_metadata(desk.lake, name, deliveries, DECIDER)
        checks.append(_newest_accepted(judged))
    records = [found.records[table.table_name] for found in judged if table.table_name in found.records]
    return dg.MaterializeResult(
        asset_key=table.table_name,
        metadata=metadata_of(table, handle, snapshots=written(records), **_terms(desk, name), **more),
        check_results=checks,
        data_version=data_version(handle),
    )


def _terms(desk: Desk, name: str) -> dict[str, str]:
    """What the source's terms allow, as it says itself."""
    vendor = desk.vendors[name]
    until = f", to be removed after {vendor.retention_until}" if vendor.retention_until else ""
    return {"licence": f"{vendor.license or 'not seen'}{until}", "permitted uses": ", ".join(vendor.permitted_uses)}


def _newest_accepted(judged: list[Judgement]) -> dg.AssetCheckResult:
    newest = judged[-1] if judged else None
    return dg.AssetCheckResult(
        passed=newest is not None and newest.verdict == "accepted",
        check_name="newest_delivery_accepted",
        asset_key=RecordRejects.table_name,
        severity=dg.AssetCheckSeverity.WARN,
        description=newest.reason if newest else "Nothing has landed yet.",
    )
