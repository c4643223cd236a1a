"""The files of a delivery as two typed working tables, with every refused row and every fault counted.

Working tables of one SQL connection: `staged_voters` (a row per person), `staged_votes` (a row per stated
participation), `refused` (file_no, row_number, rule, column_name). Nothing is written outside the connection.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from models.errors import LayoutError
from pipelines.layouts.columns import ColumnLayout
from pipelines.layouts.history import LONG_COLUMNS, LongHistory, WideHistory
from pipelines.layouts.reading import Positions, missing_required, rules, select_typed, select_wide_votes
from pipelines.layouts.source import Delimited, FileLayout, Layout
from pipelines.raw.diff import describe_difference, find_dialect
from pipelines.raw.opening import OpenedText, open_texts
from pipelines.raw.readers import TextScan, parquet_relation, take_rejected_lines
from pipelines.raw.receipts import Delivery, kept_file
from pipelines.sql import identifier, literal
from pipelines.tables.core import Voters


@dataclass
class Staged:
    """What reading a delivery found.

    Attributes:
        files: Facts per received file, by file_id: encoding, delimiter, line_count, row_count, reject_count.
        numbers: file_id of each file_no of the working tables.
        faults: Texts that did not convert, by (column, rule); count.
        masked: Masks and placeholders, by column; count.
        differences: How the files differ from their layout, in words.
        folded_count: Rows that repeated another one word for word.
        texts: Readable text of each file_no, for the quarantine of refused rows.
    """

    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)
    faults: dict[tuple[str, str], int] = field(default_factory=dict)
    masked: dict[str, int] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    folded_count: int = 0
    texts: dict[int, OpenedText] = field(default_factory=dict)


def stage_delivery(
    connection: duckdb.DuckDBPyConnection, root: Path, delivery: Delivery, layout: Layout, state: str, scratch: Path
) -> Staged:
    """Read every file of a delivery into the working tables.

    Args:
        connection: Where the working tables are made.
        root: Data root, where the received bytes are kept.
        delivery: The delivery.
        layout: Layout of its day.
        state: Two-letter code that begins every voter_id.
        scratch: Folder for unpacked copies.

    Raises:
        LayoutError: A file cannot be opened, or does not fit its layout.
    """
    staged = Staged()
    _create_tables(connection)
    for role, file_layout in layout.files.items():
        for event in delivery.of_role(role):
            _stage_file(connection, staged, kept_file(root, event["file_id"]), event, file_layout, state, scratch)
    _refuse_voters(connection, staged)
    _refuse_votes(connection, delivery)
    _count_refused(connection, staged)
    return staged


def _create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("CREATE TABLE refused (file_no INTEGER, row_number BIGINT, rule VARCHAR, column_name VARCHAR)")
    connection.execute(
        "CREATE TABLE staged_votes (voter_id VARCHAR, election_date DATE, election_type VARCHAR, is_voted BOOLEAN, "
        "method_code VARCHAR, ballot_party_code VARCHAR, county_code VARCHAR, fault_bits BIGINT, file_no INTEGER, row_number BIGINT)"
    )


def _stage_file(
    connection: duckdb.DuckDBPyConnection, staged: Staged, kept: Path, event: Mapping[str, Any], layout: FileLayout, state: str, scratch: Path
) -> None:
    facts: dict[str, Any] = {"row_count": 0, "line_count": None, "encoding": None, "delimiter": None}
    for number, positions, relation in _relations(connection, staged, kept, event, layout, scratch, facts):
        if isinstance(layout.history, LongHistory):
            _stage_votes(connection, staged, layout.history.columns, positions, relation, number, state)
        else:
            _stage_voters(connection, staged, layout, positions, relation, number, state)
        facts["row_count"] += _number_rows(connection, staged, number, layout)
    staged.files[event["file_id"]] = facts


def _relations(
    connection: duckdb.DuckDBPyConnection, staged: Staged, kept: Path, event: Mapping[str, Any], layout: FileLayout, scratch: Path, facts: dict[str, Any]
) -> Iterator[tuple[int, Positions, str]]:
    """File number, positions and text relation of each text of a received file."""
    if not isinstance(layout.format, Delimited):
        headers, relation = parquet_relation(connection, str(kept), event["file_name"])
        yield _begin(staged, event, headers, layout), Positions(headers), relation
        return
    for opened in open_texts(kept, event["file_name"], layout, scratch):
        dialect = find_dialect(opened, layout)
        number = _begin(staged, event, dialect.headers, layout)
        staged.texts[number] = opened
        facts.update(encoding=opened.encoding, delimiter=dialect.delimiter, line_count=(facts["line_count"] or 0) + opened.line_count)
        scan = TextScan(opened, dialect, layout.format)
        if opened.line_count <= int(layout.format.header):
            raise LayoutError(f"{opened.name}: a header and no rows.")
        yield number, Positions(dialect.headers), _whole_scan(connection, scan).relation()


def _begin(staged: Staged, event: Mapping[str, Any], headers: tuple[str, ...], layout: FileLayout) -> int:
    missing = missing_required(layout.column_layouts(), Positions(headers))
    difference = describe_difference(headers, layout)
    if missing:
        raise LayoutError(f"{event['file_name']}: {len(missing)} required columns are missing: {', '.join(missing)}. {difference}.")
    staged.differences += [f"{event['file_name']}: {difference}."] if difference else []
    staged.numbers.append(event["file_id"])
    return len(staged.numbers) - 1


def _whole_scan(connection: duckdb.DuckDBPyConnection, scan: TextScan) -> TextScan:
    """The scan whose records account for every line, as read or, when quotes are unbalanced, line by line."""
    if not scan.format.quote or scan.format.multiline or _lost_lines(connection, scan) == 0:
        return scan
    by_line = scan.by_line()
    lost = _lost_lines(connection, by_line)
    if lost:
        raise LayoutError(f"{scan.opened.name}: {lost:,} of {scan.opened.line_count:,} lines are no record of their own, even read line by line.")
    return by_line


def _lost_lines(connection: duckdb.DuckDBPyConnection, scan: TextScan) -> int:
    """Lines that are neither header, record nor refused."""
    quoted_breaks = connection.execute(f"SELECT count(*) FROM {scan.relation()}").fetchall()[0][0]
    refused = len(take_rejected_lines(connection))
    return scan.opened.line_count - int(scan.format.header) - quoted_breaks - refused


def _stage_voters(
    connection: duckdb.DuckDBPyConnection, staged: Staged, layout: FileLayout, positions: Positions, relation: str, number: int, state: str
) -> None:
    history = layout.history
    cells = [f"c{place}" for header in (history.elections if isinstance(history, WideHistory) else {}) if (place := positions.of(header)) is not None]
    typed = select_typed(layout.voters, positions, relation, cells)
    query = f"SELECT * REPLACE ({literal(state + '-')} || voter_id AS voter_id), {number} AS file_no, NULL::BIGINT AS row_number FROM ({typed})"
    is_first = "staged_voters" not in _tables(connection)
    connection.execute(f"CREATE TABLE staged_voters AS {query}" if is_first else f"INSERT INTO staged_voters BY NAME {query}")
    _count_faults(connection, staged, "staged_voters", rules(layout.voters, positions), number)
    if isinstance(history, WideHistory):
        votes = select_wide_votes(history, positions, f"(SELECT * FROM staged_voters WHERE file_no = {number})", ["voter_id"])
        connection.execute(
            "INSERT INTO staged_votes BY NAME SELECT voter_id, is_voted, 0 AS fault_bits, "
            "CAST(regexp_extract(election_id, '\\d{4}-\\d{2}-\\d{2}') AS DATE) AS election_date, "
            f"regexp_extract(election_id, '[a-z]+$') AS election_type, {number} AS file_no FROM ({votes}) WHERE voter_id IS NOT NULL"
        )


def _stage_votes(
    connection: duckdb.DuckDBPyConnection, staged: Staged, columns: Mapping[str, ColumnLayout], positions: Positions, relation: str, number: int, state: str
) -> None:
    typed = select_typed(columns, positions, relation)
    voted = "is_voted" if "is_voted" in columns else "true"
    present = ", ".join(identifier(name) for name in LONG_COLUMNS if name in columns and name not in ("voter_id", "is_voted"))
    connection.execute(
        f"INSERT INTO staged_votes BY NAME SELECT {literal(state + '-')} || voter_id AS voter_id, {voted} AS is_voted, {present}, "
        f"fault_bits, {number} AS file_no FROM ({typed})"
    )
    _count_faults(connection, staged, "staged_votes", rules(columns, positions), number)


def _count_faults(connection: duckdb.DuckDBPyConnection, staged: Staged, table: str, named: list[tuple[str, str]], number: int) -> None:
    masks = ["masked_bits"] if table == "staged_voters" else []
    bits = ", ".join(f"count(*) FILTER ({word} & {1 << place} <> 0)" for word in ["fault_bits", *masks] for place in range(len(named)))
    counts = connection.execute(f"SELECT {bits} FROM {table} WHERE file_no = {number}").fetchall()[0]
    for (column, rule), count in zip(named, counts[: len(named)], strict=True):
        if count:
            staged.faults[column, rule] = staged.faults.get((column, rule), 0) + count
    for (column, _), count in zip(named, counts[len(named) :], strict=False):
        if count:
            staged.masked[column] = staged.masked.get(column, 0) + count


def _number_rows(connection: duckdb.DuckDBPyConnection, staged: Staged, number: int, layout: FileLayout) -> int:
    """Give each row of a file its line, refuse the lines that were no record, and return the rows read."""
    table = "staged_votes" if isinstance(layout.history, LongHistory) else "staged_voters"
    refused = take_rejected_lines(connection)
    connection.executemany(f"INSERT INTO refused VALUES ({number}, ?, ?, NULL)", refused) if refused else None
    rows, first = connection.execute(f"SELECT count(*), min(rowid) FROM {table} WHERE file_no = {number}").fetchall()[0]
    header = int(getattr(layout.format, "header", False))
    shift = "".join(f" + (rowid - {first} + {1 + header} >= {line - place})::INTEGER" for place, (line, _) in enumerate(refused[:1000]))
    connection.execute(f"CREATE OR REPLACE MACRO line_of_{number}(rowid) AS rowid - {first or 0} + {1 + header}{shift}")
    return rows + len(refused)


def _refuse_voters(connection: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    """Refuse people without an id, and all rows of an id whose rows contradict each other; fold rows that repeat."""
    _refuse(connection, "staged_voters", "voter_id IS NULL", "is stated", "voter_id")
    told = ", ".join(identifier(name) for name in _told_columns(connection))
    connection.execute(
        f"""CREATE TABLE repeated AS
        WITH ids AS (SELECT voter_id FROM staged_voters GROUP BY voter_id HAVING count(*) > 1)
        SELECT voter_id, count(DISTINCT ({told})) AS versions, min(rowid) AS first_row
        FROM staged_voters SEMI JOIN ids USING (voter_id)
        GROUP BY voter_id"""
    )
    conflicting = "voter_id IN (SELECT voter_id FROM repeated WHERE versions > 1)"
    _refuse(connection, "staged_voters", conflicting, "has one set of facts for an id", "voter_id")
    again = "DELETE FROM staged_voters USING repeated WHERE staged_voters.voter_id = repeated.voter_id AND staged_voters.rowid <> first_row"
    staged.folded_count = connection.execute(again).fetchall()[0][0]


def _refuse_votes(connection: duckdb.DuckDBPyConnection, delivery: Delivery) -> None:
    """Refuse votes without a voter, a day or a type, and votes in elections after the file was made."""
    for column in ("voter_id", "election_date", "election_type"):
        _refuse(connection, "staged_votes", f"{column} IS NULL", "is stated and can be read", column)
    _refuse(connection, "staged_votes", f"election_date > DATE '{delivery.snapshot_date}'", "is not after the snapshot", "election_date")


def _refuse(connection: duckdb.DuckDBPyConnection, table: str, condition: str, rule: str, column: str) -> None:
    files = connection.execute(f"SELECT DISTINCT file_no FROM {table} WHERE {condition}").fetchall()
    for (number,) in files:
        where = f"WHERE file_no = {number} AND {condition}"
        connection.execute(
            f"INSERT INTO refused SELECT DISTINCT file_no, line_of_{number}(rowid), {literal(rule)}, {literal(column)} FROM {table} {where}"
        )
    if files:
        connection.execute(f"DELETE FROM {table} WHERE {condition}")


def _count_refused(connection: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    counts = dict(connection.execute("SELECT file_no, count(DISTINCT row_number) FROM refused GROUP BY file_no").fetchall())
    for facts in staged.files.values():
        facts["reject_count"] = 0
    for number, count in counts.items():
        staged.files[staged.numbers[number]]["reject_count"] += count


def _told_columns(connection: duckdb.DuckDBPyConnection) -> list[str]:
    present = {name for (name,) in connection.execute("SELECT column_name FROM duckdb_columns() WHERE table_name = 'staged_voters'").fetchall()}
    return [name for name in Voters.schema().names if name in present and name != "voter_id"]


def _tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
