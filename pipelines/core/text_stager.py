"""One text of a delivery into a working table, every line of it accounted for."""

import datetime as dt
from typing import Any

import duckdb

from models.errors import LayoutError
from pipelines.core import refusing
from pipelines.core.staged import Count, Staged
from pipelines.layouts.history import LongHistory, WideHistory
from pipelines.layouts.reading import Positions, rules, select_typed, wide_cells
from pipelines.layouts.source import FileLayout
from pipelines.raw.diff import describe_difference
from pipelines.raw.readers import TextRelation, TextScan, take_rejected_lines
from pipelines.sql import literal, literals


class TextStager:
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
        cells = cell_names(self.layout)
        tests = ", ".join(f"count(*) FILTER ({cell} NOT IN ({known}))" for cell in cells)
        counts = self.connection.execute(f"SELECT {tests} FROM staged_voters WHERE file_no = {self.number}").fetchall()
        for header, count in zip(history.elections, counts[0], strict=True):
            if count:
                self.staged.faults.append(Count(self.text.name, header, "is a cell that the layout knows", count, rows))


def cell_names(files: FileLayout) -> list[str]:
    """Columns of staged_voters that hold the cells of a wide history."""
    elections = files.history.elections if isinstance(files.history, WideHistory) else {}
    return [f"cell_{number}" for number in range(len(elections))]


def _unread(scan: TextScan, rows: int, refused: int) -> int:
    """Lines below the header that became neither a row nor a refusal."""
    return scan.opened.line_count - int(scan.format.header) - rows - refused
