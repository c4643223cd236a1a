"""What travels between assets: a lazy handle on a Parquet table, and the counts that an asset reports."""

from typing import Any

import dagster as dg
import pyarrow as pa

from models.features import Features
from models.tables import Scores, TableContract
from pipelines.defs.resources import Desk
from pipelines.lake import Lake, Record, Table, find_broken
from pipelines.tables import core
from pipelines.tables.raw import Receipts

CONTRACTS: dict[str, type[TableContract]] = {
    table.table_name: table
    for table in (
        Receipts,
        core.Voters,
        core.VoteHistory,
        core.Rejects,
        core.Elections,
        core.Households,
        core.Assignments,
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
    columns = [dg.TableColumn(found.name, _type(found.type), found.meaning) for found in contract.columns().values()]
    return {
        "dagster/row_count": table.row_count,
        "dagster/column_schema": dg.TableSchema(columns),
        "dagster/uri": str(table.folder),
        **more,
    }


def data_version(table: Table) -> dg.DataVersion:
    """The content of a table as Dagster compares it."""
    return dg.DataVersion(table.fingerprint)


def contract_check(lake: Lake, table: Table, asset: str) -> dg.AssetCheckResult:
    """Whether every row of a table keeps its contract; counts by column and rule."""
    broken: dict[str, int] = {}
    with lake.connect() as connection:
        for values in table.records():
            part = lake.table(table.contract, **dict(zip(table.contract.partitions(), values, strict=True)))
            connection.execute(f"CREATE OR REPLACE VIEW checked AS {part.select()}")
            for fault in find_broken(connection, table.contract, "checked"):
                broken[f"{fault.column} {fault.rule}"] = broken.get(f"{fault.column} {fault.rule}", 0) + fault.count
    return dg.AssetCheckResult(passed=not broken, check_name="keeps_contract", asset_key=asset, metadata=dict(broken))


def contract_spec(asset: str) -> dg.AssetCheckSpec:
    """The check that every table carries; it blocks, since a table that breaks its contract is wrong."""
    return dg.AssetCheckSpec(
        "keeps_contract", asset=asset, blocking=True, description="Every row keeps the table's contract."
    )


def written(records: dict[str, Record]) -> str:
    """How many partitions were written and how many stood, in words."""
    new = sum(record.is_new for record in records.values())
    return f"{new} written, {len(records) - new} stood"


def _type(found: pa.DataType) -> str:
    return str(found)
