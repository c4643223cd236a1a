"""What travels between assets: a lazy handle on a Parquet table, and the counts that an asset reports."""

from collections.abc import Iterable
from typing import Any

import dagster as dg

from models.features import Features
from models.tables import Scores, TableContract
from pipelines.defs.resources import Desk
from pipelines.lake import Lake, Record, Table, find_broken
from pipelines.tables import campaign, core, links, people
from pipelines.tables.raw import Receipts

CONTRACTS: dict[str, type[TableContract]] = {
    table.table_name: table
    for table in (
        Receipts,
        core.Voters,
        core.VoterChanges,
        core.VoteHistory,
        core.Rejects,
        core.Elections,
        core.Households,
        core.Assignments,
        *campaign.RECORD_TABLES.values(),
        campaign.RecordRejects,
        links.Links,
        people.People,
        people.PersonSteps,
        Features,
        Scores,
    )
}


class TableHandles(dg.IOManager):
    """Gives an asset the lazy handle on a table that it depends on; what is written is written by the asset itself."""

    def __init__(self, desk: Desk) -> None:
        """Keep the desk; its data root is opened when the first table is asked for."""
        self.desk = desk

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        """Nothing: assets write their own tables."""

    def load_input(self, context: dg.InputContext) -> Table:
        """The handle on the upstream table, narrowed to the state of the run where there is one."""
        contract = CONTRACTS[context.asset_key.path[-1]]
        narrow = (
            {"state": context.partition_key} if context.has_partition_key and "state" in contract.partitions() else {}
        )
        return self.desk.lake.table(contract, **narrow)


def metadata_of(contract: type[TableContract], table: Table, **more: Any) -> dict[str, Any]:
    """Row count, columns and whatever else an asset reports; never a value of a row."""
    columns = [dg.TableColumn(found.name, str(found.type), found.meaning) for found in contract.columns().values()]
    return {
        **more,
        "dagster/row_count": table.row_count,
        "dagster/column_schema": dg.TableSchema(columns),
        "dagster/uri": str(table.folder),
    }


def data_version(table: Table) -> dg.DataVersion:
    """The content of a table as Dagster compares it."""
    return dg.DataVersion(table.fingerprint)


def contract_check(lake: Lake, table: Table, asset: str) -> dg.AssetCheckResult:
    """Whether the partitions that this run wrote keep their contract; those that stood are counted.

    They were checked when they were written, and are again by the weekly upkeep.
    """
    parts = _parts(lake, table)
    new = {part: rows for part, rows in parts.items() if lake.has_written(table.contract, **dict(part.chosen))}
    broken = broken_rules(lake, new)
    told = "; ".join(f"{rule}: {count:,} rows" for rule, count in broken.items())
    counts = {"rows checked": sum(new.values()), "rows that stood": sum(parts.values()) - sum(new.values())}
    return dg.AssetCheckResult(
        passed=not broken, check_name="keeps_contract", asset_key=asset, description=told or None,
        metadata={**counts, "partitions checked": len(new), "partitions that stood": len(parts) - len(new),
                  "rules broken": len(broken), **broken},
    )  # fmt: skip


def _parts(lake: Lake, table: Table) -> dict[Table, int]:
    """A handle on every current partition of a table, with its rows."""
    names = table.contract.partitions()
    return {
        lake.table(table.contract, **dict(zip(names, values, strict=True))): record.row_count
        for values, record in table.records().items()
    }


def broken_rules(lake: Lake, parts: Iterable[Table]) -> dict[str, int]:
    """The rules that partitions break, with the number of rows of each."""
    broken: dict[str, int] = {}
    listed = list(parts)
    if not listed:
        return broken
    with lake.connect() as connection:
        for part in listed:
            connection.execute(f"CREATE OR REPLACE VIEW checked AS {part.select()}")
            for fault in find_broken(connection, part.contract, "checked"):
                broken[f"{fault.column} {fault.rule}"] = broken.get(f"{fault.column} {fault.rule}", 0) + fault.count
    return broken


def standing_parts(lake: Lake, contract: type[TableContract]) -> list[Table]:
    """A handle on every current partition of a table of the lake."""
    return list(_parts(lake, lake.table(contract)))


def contract_spec(asset: str) -> dg.AssetCheckSpec:
    """The check that every table carries; it blocks, since a table that breaks its contract is wrong."""
    return dg.AssetCheckSpec(
        "keeps_contract",
        asset=asset,
        blocking=True,
        description="Every row keeps the table's contract; nothing downstream runs on one that does not.",
    )


def written(records: Iterable[Record]) -> str:
    """How many partitions were written and how many stood, in words."""
    new = [record.is_new for record in records]
    return f"{sum(new)} rebuilt, {len(new) - sum(new)} unchanged"
