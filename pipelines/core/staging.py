"""The files of a delivery as two typed working tables, with every refused row and every fault counted.

Working tables of one SQL connection: `staged_voters` (a row per person), `staged_votes` (a row per stated
participation), `refused` (file_no, row_number, rule, column_name). Nothing is written outside the connection.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from models.errors import LayoutError
from pipelines.layouts.history import LongHistory, WideHistory
from pipelines.layouts.reading import Positions, missing_required, rules, select_typed, select_wide_votes
from pipelines.layouts.source import Delimited, FileLayout, Layout
from pipelines.raw.diff import describe_difference, find_dialect
from pipelines.raw.opening import OpenedText, count_blank_lines, open_texts
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
        faults: Texts that did not convert, by column and rule; count.
        masked: Masks and placeholders, by column and rule; count.
        differences: How the files differ from their layout, in words.
        folded_count: Rows that repeated another one word for word.
        texts: Readable text of each file_no, for the quarantine of refused rows.
    """

    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)
    faults: dict[tuple[str, str], int] = field(default_factory=dict)
    masked: dict[tuple[str, str], int] = field(default_factory=dict)
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
    connection.execute(_WORKING_TABLES)
    for role, file_layout in layout.files.items():
        for event in delivery.of_role(role):
            facts: dict[str, Any] = {"row_count": 0, "line_count": None, "encoding": None, "delimiter": None}
            staged.files[event["file_id"]] = facts
            for text in open_file(
                connection, kept_file(root, event["file_id"]), event["file_name"], file_layout, scratch
            ):
                _FileStager(connection, staged, file_layout, text, state, event["file_id"]).stage(facts)
    _refuse_voters(connection, staged)
    _refuse_votes(connection, delivery)
    _count_refused(connection, staged)
    return staged


_WORKING_TABLES = """
    CREATE TABLE refused (file_no INTEGER, row_number BIGINT, rule VARCHAR, column_name VARCHAR);
    CREATE TABLE staged_votes (
        voter_id VARCHAR, election_date DATE, election_type VARCHAR, is_voted BOOLEAN, method_code VARCHAR,
        ballot_party_code VARCHAR, county_code VARCHAR, fault_bits BIGINT, file_no INTEGER
    )"""


@dataclass(frozen=True)
class TextRelation:
    """One text of a received file as SQL can read it.

    Attributes:
        name: Name of the file, with the archive's member behind it.
        headers: Names of its columns, in order.
        scan: The text scan, or nothing for a Parquet file.
        relation: SQL of the text columns c0 .. cN.
    """

    name: str
    headers: tuple[str, ...]
    scan: TextScan | None
    relation: str


def open_file(
    connection: duckdb.DuckDBPyConnection, kept: Path, name: str, layout: FileLayout, scratch: Path
) -> Iterator[TextRelation]:
    """The texts of a received file as relations, after their header was held against the layout.

    Raises:
        LayoutError: The file cannot be opened, or lacks a required column.
    """
    if not isinstance(layout.format, Delimited):
        headers, relation = parquet_relation(connection, str(kept), name)
        missing = missing_required(layout.column_layouts(), Positions(headers))
        if missing:
            raise LayoutError(
                f"{name}: {len(missing)} required columns are missing: {', '.join(missing)}. {describe_difference(headers, layout)}."
            )
        yield TextRelation(name, headers, None, relation)
        return
    for opened in open_texts(kept, name, layout, scratch):
        dialect = find_dialect(opened, layout)
        if opened.line_count <= int(layout.format.header):
            raise LayoutError(f"{opened.name}: a header and no rows.")
        scan = TextScan(opened, dialect, layout.format)
        yield TextRelation(opened.name, dialect.headers, scan, scan.relation())


class _FileStager:
    """Reads one text into a working table and accounts for every line of it."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        staged: Staged,
        layout: FileLayout,
        text: TextRelation,
        state: str,
        file_id: str,
    ) -> None:
        self.connection, self.staged, self.layout, self.text, self.state = connection, staged, layout, text, state
        self.positions, self.number = Positions(text.headers), len(staged.numbers)
        self.is_votes = isinstance(layout.history, LongHistory)
        self.table = "staged_votes" if self.is_votes else "staged_voters"
        staged.numbers.append(file_id)

    def stage(self, facts: dict[str, Any]) -> None:
        """Read the text, refuse what is no record, count faults, and add to the facts of the file."""
        difference = describe_difference(self.text.headers, self.layout)
        self.staged.differences += [f"{self.text.name}: {difference}."] if difference else []
        rows, refused = self._read_whole()
        self._number_rows(refused)
        self._count_faults()
        if isinstance(self.layout.history, WideHistory):
            self._stage_wide_votes(self.layout.history)
        facts["row_count"] += rows + len(refused)
        if self.text.scan:
            opened = self.text.scan.opened
            self.staged.texts[self.number] = opened
            facts.update(
                encoding=opened.encoding,
                delimiter=self.text.scan.dialect.delimiter,
                line_count=(facts["line_count"] or 0) + opened.line_count,
            )

    def _read_whole(self) -> tuple[int, list[tuple[int, str]]]:
        """Rows read and lines refused; if lines are unaccounted for, quotes are unbalanced and it is read by line."""
        rows, refused = self._read(self.text.relation)
        scan = self.text.scan
        if scan is None or scan.format.multiline or not self._lost(scan, rows, refused):
            return rows, refused
        self.connection.execute(f"DELETE FROM {self.table} WHERE file_no = {self.number}")
        rows, refused = self._read(scan.by_line().relation())
        lost = self._lost(scan, rows, refused)
        if lost:
            raise LayoutError(
                f"{self.text.name}: {lost:,} of {scan.opened.line_count:,} lines are no record of their own, even read line by line."
            )
        return rows, refused

    def _lost(self, scan: TextScan, rows: int, refused: list[tuple[int, str]]) -> int:
        lost = scan.opened.line_count - int(scan.format.header) - rows - len(refused)
        return lost - count_blank_lines(scan.opened.path) if lost else 0

    def _read(self, relation: str) -> tuple[int, list[tuple[int, str]]]:
        query = self._votes(relation) if self.is_votes else self._voters(relation)
        is_first = self.table not in _tables(self.connection)
        self.connection.execute(
            f"CREATE TABLE {self.table} AS {query}" if is_first else f"INSERT INTO {self.table} BY NAME {query}"
        )
        refused = take_rejected_lines(self.connection)
        rows = self.connection.execute(f"SELECT count(*) FROM {self.table} WHERE file_no = {self.number}").fetchall()[
            0
        ][0]
        return rows, refused

    def _voters(self, relation: str) -> str:
        typed = select_typed(self.layout.voters, self.positions, relation, self._cells())
        return f"SELECT * REPLACE ({literal(self.state + '-')} || voter_id AS voter_id), {self.number} AS file_no FROM ({typed})"

    def _cells(self) -> list[str]:
        headers = self.layout.history.elections if isinstance(self.layout.history, WideHistory) else {}
        return [f"c{place}" for header in headers if (place := self.positions.of(header)) is not None]

    def _votes(self, relation: str) -> str:
        columns = self.layout.column_layouts()
        voted = "is_voted" if "is_voted" in columns else "true AS is_voted"
        present = [
            name for name in columns if name not in ("voter_id", "is_voted") and self.positions.texts(columns[name])
        ]
        told = ", ".join([f"{literal(self.state + '-')} || voter_id AS voter_id", voted, *map(identifier, present)])
        return f"SELECT {told}, fault_bits, {self.number} AS file_no FROM ({select_typed(columns, self.positions, relation)})"

    def _stage_wide_votes(self, history: WideHistory) -> None:
        voters = f"(SELECT * FROM staged_voters WHERE file_no = {self.number} AND voter_id IS NOT NULL)"
        self.connection.execute(
            "INSERT INTO staged_votes BY NAME SELECT voter_id, is_voted, 0 AS fault_bits, "
            "CAST(regexp_extract(election_id, '\\d{4}-\\d{2}-\\d{2}') AS DATE) AS election_date, "
            f"regexp_extract(election_id, '[a-z]+$') AS election_type, {self.number} AS file_no "
            f"FROM ({select_wide_votes(history, self.positions, voters, ['voter_id'])})"
        )

    def _count_faults(self) -> None:
        named = rules(self.layout.column_layouts(), self.positions)
        words = {"fault_bits": self.staged.faults, **({} if self.is_votes else {"masked_bits": self.staged.masked})}
        for word, counted in words.items():
            bits = ", ".join(f"count(*) FILTER ({word} & {1 << place} <> 0)" for place in range(len(named)))
            counts = self.connection.execute(
                f"SELECT {bits} FROM {self.table} WHERE file_no = {self.number}"
            ).fetchall()[0]
            for rule, count in zip(named, counts, strict=True):
                if count:
                    counted[rule] = counted.get(rule, 0) + count

    def _number_rows(self, refused: list[tuple[int, str]]) -> None:
        """Refuse the lines that were no record, and define which line a row of the working table came from."""
        if refused:
            self.connection.executemany(f"INSERT INTO refused VALUES ({self.number}, ?, ?, NULL)", refused)
        first = self.connection.execute(
            f"SELECT coalesce(min(rowid), 0) FROM {self.table} WHERE file_no = {self.number}"
        ).fetchall()[0][0]
        header = int(self.text.scan.format.header) if self.text.scan else 0
        row = f"(place - {first} + {1 + header})"
        skipped = [line - place for place, (line, _) in enumerate(refused)]
        passed = f"len(list_filter({skipped}, found -> found <= {row}))" if skipped else "0"
        self.connection.execute(f"CREATE OR REPLACE MACRO line_of_{self.number}(place) AS {row} + {passed}")


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
    _refuse(
        connection,
        "staged_votes",
        f"election_date > DATE '{delivery.snapshot_date}'",
        "is not after the snapshot",
        "election_date",
    )


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
    counts = dict(
        connection.execute("SELECT file_no, count(DISTINCT row_number) FROM refused GROUP BY file_no").fetchall()
    )
    for facts in staged.files.values():
        facts["reject_count"] = 0
    for number, count in counts.items():
        staged.files[staged.numbers[number]]["reject_count"] += count


def _told_columns(connection: duckdb.DuckDBPyConnection) -> list[str]:
    present = {
        name
        for (name,) in connection.execute(
            "SELECT column_name FROM duckdb_columns() WHERE table_name = 'staged_voters'"
        ).fetchall()
    }
    return [name for name in Voters.schema().names if name in present and name != "voter_id"]


def _tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
