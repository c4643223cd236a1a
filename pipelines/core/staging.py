"""The files of a delivery as two typed working tables, with every refused row and every fault counted.

Working tables of one SQL connection: `staged_voters` (a row per person), `staged_votes` (a row per stated
participation) and those of `refusing.py`. Nothing is written outside the connection.
"""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from models.errors import LayoutError
from pipelines.core import refusing
from pipelines.layouts.history import LongHistory, WideHistory
from pipelines.layouts.reading import Positions, rules, select_typed, select_wide_votes, wide_cells
from pipelines.layouts.source import FileLayout, Layout
from pipelines.raw.diff import describe_difference
from pipelines.raw.opening import OpenedText
from pipelines.raw.readers import TextRelation, TextScan, open_file, take_rejected_lines
from pipelines.raw.receipts import Delivery, kept_file
from pipelines.sql import literal, literals
from pipelines.tables.core import VoteHistory, Voters


@dataclass(frozen=True)
class Count:
    """How many texts of one file and column are null for one reason.

    Attributes:
        file: Name of the text.
        column: Column.
        rule: Rule that they break, or would have to keep.
        count: Texts.
        rows: Rows of the text.
    """

    file: str
    column: str
    rule: str
    count: int
    rows: int


@dataclass
class Staged:
    """What reading a delivery found.

    Attributes:
        files: Facts per received file, by file_id: encoding, delimiter, line_count, row_count, reject_count.
        numbers: file_id of each file_no of the working tables.
        names: Name of each file_no.
        faults: Texts that did not convert.
        masked: Masks and placeholders.
        refused: Lines refused, by rule.
        differences: How the files differ from their layout, in words.
        folded_count: Rows that repeated another one word for word.
        texts: Readable text of each file_no, for the quarantine of refused rows.
    """

    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    faults: list[Count] = field(default_factory=list)
    masked: list[Count] = field(default_factory=list)
    refused: list[Count] = field(default_factory=list)
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
    cells = [name for files in layout.files.values() for name in _cells(files)]
    _create_tables(connection, cells)
    for role, files in layout.files.items():
        for event in delivery.of_role(role):
            facts = staged.files.setdefault(event["file_id"], {"row_count": 0, "line_count": None})
            kept = kept_file(root, event["file_id"])
            for text in open_file(connection, kept, event["file_name"], files, scratch):
                stager = _TextStager(connection, staged, files, text, state, delivery.snapshot_date)
                stager.stage(event["file_id"], facts)
    told = [name for name in Voters.schema().names if name != "voter_id"]
    staged.folded_count = refusing.refuse_voters(connection, told + cells)
    for number, files in enumerate(_layouts_of(delivery, layout, staged)):
        if isinstance(files.history, WideHistory):
            _stage_wide_votes(connection, files.history, number)
    refusing.refuse_votes(connection, delivery.snapshot_date)
    _count_refused(connection, staged)
    return staged


def _cells(files: FileLayout) -> list[str]:
    elections = files.history.elections if isinstance(files.history, WideHistory) else {}
    return [f"cell_{number}" for number in range(len(elections))]


def _layouts_of(delivery: Delivery, layout: Layout, staged: Staged) -> list[FileLayout]:
    """Layout of each file_no."""
    roles = {event["file_id"]: event["role"] for event in delivery.events}
    return [layout.files[roles[file_id]] for file_id in staged.numbers]


def _create_tables(connection: duckdb.DuckDBPyConnection, cells: list[str]) -> None:
    connection.execute(refusing.TABLES)
    connection.register("people", Voters.schema().empty_table())
    connection.register("votes", VoteHistory.schema().empty_table())
    bits = "0::BIGINT AS fault_bits, 0::BIGINT AS masked_bits, 0 AS file_no"
    more = "".join(f", NULL::VARCHAR AS {cell}" for cell in cells)
    connection.execute(f"CREATE TABLE staged_voters AS SELECT *, {bits}{more} FROM people")
    connection.execute(
        "CREATE TABLE staged_votes AS SELECT voter_id, election_date, election_type, is_voted, method_code, "
        f"ballot_party_code, county_code, {bits}, 0::BIGINT AS source_row FROM votes"
    )


class _TextStager:
    """Reads one text into a working table and accounts for every line of it."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        staged: Staged,
        layout: FileLayout,
        text: TextRelation,
        state: str,
        day: dt.date,
    ) -> None:
        self.connection, self.staged, self.layout, self.text = connection, staged, layout, text
        self.positions, self.number = Positions(text.headers), len(staged.numbers)
        self.is_votes = isinstance(layout.history, LongHistory)
        self.made_on = None if self.is_votes else day
        self.table = "staged_votes" if self.is_votes else "staged_voters"
        self.state = state

    def stage(self, file_id: str, facts: dict[str, Any]) -> None:
        """Read the text, refuse what is no record, count faults, and add to the facts of its file."""
        self.staged.numbers.append(file_id)
        self.staged.names.append(self.text.name)
        self._describe()
        rows, refused, blank = self._read_whole()
        header = int(self.text.scan.format.header) if self.text.scan else 0
        refusing.number_rows(self.connection, self.table, self.number, header, blank)
        self._count_faults(rows)
        facts["row_count"] += rows + refused
        if self.text.scan:
            self._add_text(facts, self.text.scan)

    def _describe(self) -> None:
        difference = describe_difference(self.text.headers, self.layout)
        doubt = self.text.scan.opened.doubt if self.text.scan else ""
        self.staged.differences += [f"{self.text.name}: {difference}."] if difference else []
        self.staged.differences += [doubt] if doubt else []

    def _add_text(self, facts: dict[str, Any], scan: TextScan) -> None:
        lines = (facts["line_count"] or 0) + scan.opened.line_count
        facts.update(encoding=scan.opened.encoding, delimiter=scan.dialect.delimiter, line_count=lines)
        self.staged.texts[self.number] = scan.opened

    def _read_whole(self) -> tuple[int, int, list[int]]:
        """Rows read, lines refused, blank lines; unless they make up the text, quotes are unbalanced: read by line."""
        rows, refused = self._read(self.text.relation)
        scan = self.text.scan
        if scan is None:
            return rows, refused, []
        blank = refusing.find_blank(scan.opened, _unread(scan, rows, refused) != 0)
        if _unread(scan, rows, refused) == len(blank):
            return rows, refused, blank
        for table in (self.table, "refused"):
            self.connection.execute(f"DELETE FROM {table} WHERE file_no = {self.number}")
        rows, refused = self._read(scan.by_line().relation())
        lost = _unread(scan, rows, refused) - len(blank)
        if lost:
            lines = f"{abs(lost):,} of {scan.opened.line_count:,} lines"
            raise LayoutError(f"{self.text.name}: {lines} are no record of their own, even read line by line.")
        return rows, refused, blank

    def _read(self, relation: str) -> tuple[int, int]:
        query = self._votes(relation) if self.is_votes else self._voters(relation)
        rows = self.connection.execute(f"INSERT INTO {self.table} BY NAME {query}").fetchall()[0][0]
        return rows, take_rejected_lines(self.connection, self.number)

    def _voters(self, relation: str) -> str:
        history = self.layout.history
        cells = wide_cells(history, self.positions, self.text.name) if isinstance(history, WideHistory) else []
        typed = select_typed(self.layout.voters, self.positions, relation, cells, self.made_on)
        return f"SELECT * REPLACE ({self._voter_id()}), {self.number} AS file_no FROM ({typed})"

    def _votes(self, relation: str) -> str:
        columns = self.layout.column_layouts()
        typed = select_typed(columns, self.positions, relation)
        voted = "" if "is_voted" in columns else ", true AS is_voted"
        return f"SELECT * REPLACE ({self._voter_id()}), {self.number} AS file_no{voted} FROM ({typed})"

    def _voter_id(self) -> str:
        return f"{literal(self.state + '-')} || voter_id AS voter_id"

    def _count_faults(self, rows: int) -> None:
        named = rules(self.layout.column_layouts(), self.positions, self.made_on)
        words = {"fault_bits": self.staged.faults, "masked_bits": self.staged.masked}
        tests = [(word, place) for word in words for place in range(len(named))]
        bits = ", ".join(f"count(*) FILTER ({word} & {1 << place} <> 0)" for word, place in tests)
        counts = self.connection.execute(f"SELECT {bits} FROM {self.table} WHERE file_no = {self.number}").fetchall()[0]
        for (word, place), count in zip(tests, counts, strict=True):
            if count:
                words[word].append(Count(self.text.name, *named[place], count, rows))
        self._count_unknown_cells(rows)

    def _count_unknown_cells(self, rows: int) -> None:
        history = self.layout.history
        if not isinstance(history, WideHistory):
            return
        known = literals([*history.voted, *history.stayed_home, ""])
        cells = _cells(self.layout)
        tests = ", ".join(f"count(*) FILTER ({cell} NOT IN ({known}))" for cell in cells)
        counts = self.connection.execute(f"SELECT {tests} FROM staged_voters WHERE file_no = {self.number}").fetchall()
        for header, count in zip(history.elections, counts[0], strict=True):
            if count:
                self.staged.faults.append(Count(self.text.name, header, "is a cell that the layout knows", count, rows))


def _unread(scan: TextScan, rows: int, refused: int) -> int:
    """Lines below the header that became neither a row nor a refusal."""
    return scan.opened.line_count - int(scan.format.header) - rows - refused


def _stage_wide_votes(connection: duckdb.DuckDBPyConnection, history: WideHistory, number: int) -> None:
    """Add the votes of the people who stand in staged_voters, so that a refused row states none."""
    voters = f"(SELECT *, rowid AS source_row FROM staged_voters WHERE file_no = {number})"
    votes = select_wide_votes(history, voters, ["voter_id", "source_row", "file_no"])
    connection.execute(
        "INSERT INTO staged_votes BY NAME SELECT voter_id, source_row, file_no, is_voted, "
        "CAST(regexp_extract(election_id, '\\d{4}-\\d{2}-\\d{2}') AS DATE) AS election_date, "
        f"regexp_extract(election_id, '[a-z]+$') AS election_type FROM ({votes})"
    )


def _count_refused(connection: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    for facts in staged.files.values():
        facts["reject_count"] = 0
    for number, count in refusing.refused_lines(connection).items():
        staged.files[staged.numbers[number]]["reject_count"] += count
    for number, rule, column, count in refusing.refused_counts(connection):
        rows = staged.files[staged.numbers[number]]["row_count"]
        staged.refused.append(Count(staged.names[number], column or "row", rule, count, rows))
