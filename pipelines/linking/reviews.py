"""The ledger of what people decided about records and voters: appended, never changed; a pair's newest row counts."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.lake import Lake, Table, fingerprint
from pipelines.linking.pairs import judge_pairs
from pipelines.sql import literal
from pipelines.tables.links import LinkReviews

_SHOWN = "link_reviews_shown"


class ReviewLedger:
    """The decisions of a state.

    Args:
        lake: Data root.
        state: Two-letter code.
    """

    def __init__(self, lake: Lake, state: str) -> None:
        self.state = state
        self.folder = lake.folder(LinkReviews) / f"state={state}"

    def table(self) -> pa.Table:
        """Every decision, oldest first."""
        files = [pq.ParquetFile(file).read() for file in sorted(self.folder.glob("*.parquet"))]
        return pa.concat_tables(files) if files else LinkReviews.schema().empty_table()

    def append(self, decisions: Iterable[dict[str, Any]]) -> None:
        """Add decisions, in one file that is written once."""
        first = self.table().num_rows + 1
        rows = [{**decision, "sequence": first + place} for place, decision in enumerate(decisions)]
        if not rows:
            return
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = self.folder / f"{first:08d}-{fingerprint(rows)}.parquet"
        _write(pa.Table.from_pylist(rows, schema=LinkReviews.schema()), file)

    def keep(self, connection: duckdb.DuckDBPyConnection, table: str) -> None:
        """Make a table of the newest decision of every pair, in the columns of core_link_reviews."""
        connection.register(_SHOWN, self.table())
        connection.execute(
            f"""CREATE OR REPLACE TABLE {table} AS
            SELECT * FROM {_SHOWN}
            QUALIFY row_number() OVER (
                PARTITION BY source, role, source_record_id, voter_id ORDER BY sequence DESC) = 1"""
        )
        connection.unregister(_SHOWN)

    def fingerprint(self, source: str, role: str) -> str:
        """Hash of what was decided about the records of a source and role."""
        names = ["sequence", "source", "role", "source_record_id", "voter_id", "decision_code"]
        rows = [list(row.values()) for row in self.table().select(names).to_pylist()]
        return fingerprint([row for row in rows if row[1:3] == [source, role]])


def keep_decided(
    connection: duckdb.DuckDBPyConnection, ledger: ReviewLedger, source: str, role: str, voters: Table
) -> None:
    """Make the tables of what people said: `said_same`, `said_other`, `said_hidden` and `said_changed`.

    `said_same` is a voter for a record, with proofs; `said_other` are pairs that are none; `said_changed` are records
    that say another thing of who they are than when they were shown.

    Of several voters that people held for the person the newest counts. A decision about a voter who is no longer on
    the file links nobody. A record of someone whose address is kept from the public now stands in `said_hidden`: it is
    nobody else's either.

    Args:
        connection: Holds `told_records`, the raw fields of the records.
        ledger: The decisions of the state.
        source: Name of the source.
        role: Role of its records.
        voters: core_voters, the newest snapshot of the state.
    """
    ledger.keep(connection, "newest_decisions")
    mine = f"FROM newest_decisions WHERE source = {literal(source)} AND role = {literal(role)}"
    shown = f"SELECT voter_id FROM ({voters.select()}) WHERE NOT is_confidential"
    same = f"""
    SELECT source_record_id, arg_max(voter_id, sequence) AS voter_id
    {mine} AND decision_code = 'same' AND voter_id IN ({shown})
        AND source_record_id IN (SELECT source_record_id FROM told_records)
    GROUP BY source_record_id"""
    hidden = f"SELECT voter_id FROM ({voters.select()}) WHERE is_confidential"
    connection.execute(
        f"""CREATE OR REPLACE TABLE said_hidden AS
        SELECT source_record_id
        FROM (
            SELECT source_record_id, arg_max(voter_id, sequence) AS voter_id
            {mine} AND decision_code = 'same'
            GROUP BY source_record_id
        )
        WHERE voter_id IN ({hidden})"""
    )
    connection.execute(
        f"""CREATE OR REPLACE TABLE said_changed AS
        SELECT DISTINCT source_record_id
        FROM (SELECT source_record_id, record_hash AS shown {mine} AND decision_code = 'same') AS d
        JOIN told_records USING (source_record_id)
        WHERE shown <> record_hash"""
    )
    judge_pairs(connection, same, voters, "told_records", "said_same")
    other = f"SELECT source_record_id, voter_id {mine} AND decision_code = 'other'"
    connection.execute(f"CREATE OR REPLACE TABLE said_other AS {other}")


def _write(rows: pa.Table, file: Path) -> None:
    pq.write_table(rows, file.with_suffix(".writing"))
    file.with_suffix(".writing").chmod(0o600)
    file.with_suffix(".writing").replace(file)
