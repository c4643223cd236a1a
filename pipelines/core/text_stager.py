"""Texts of one dialect into a working table, every line of each accounted for.

A source may send one file or one for each county: texts with the same columns are read by one statement.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar

import duckdb

from models.errors import LayoutError
from pipelines.core import refusing
from pipelines.core.pieces import find_pieces, is_cut_short
from pipelines.core.readings import NAMES_AN_ELECTION, Occasion, Reading
from pipelines.core.staged import Count, Staged
from pipelines.layouts.columns import ColumnLayout
from pipelines.layouts.files import FileLayout
from pipelines.layouts.formats import Delimited
from pipelines.layouts.reading.packing import unread_votes
from pipelines.layouts.reading.positions import Positions
from pipelines.layouts.reading.typed import rules
from pipelines.layouts.wide import WideElection
from pipelines.raw.diff import describe_difference
from pipelines.raw.readers import TextRelation, take_rejected_lines
from pipelines.raw.scans import TextScan, scan_together
from pipelines.sql import literal, literals

_UNBOUND: Mapping[str, float] = MappingProxyType({})
_MOST_LEFT = 1_000_000  # lines of a text that are blank or refused; each is named, and takes some hundred bytes


class TextStager(ABC):
    """Reads texts of one dialect into a working table and accounts for every line of them.

    Args:
        connection: Holds the working tables.
        staged: What reading finds is added here.
        layout: Layout of the texts.
        texts: Texts that share headers and delimiter, each with the file_id it belongs to.
        occasion: State, day and calendar of the delivery, and its code files.
    """

    table: str
    """Working table that the rows go to."""
    key: ClassVar[str] = "voter_id"
    """Its column that tells one row from another, or a repeated header."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        staged: Staged,
        layout: FileLayout,
        texts: Sequence[tuple[str, TextRelation]],
        occasion: Occasion,
    ) -> None:
        self.connection, self.staged, self.layout, self.texts = connection, staged, layout, texts
        self.first, self.positions = len(staged.numbers), Positions(texts[0][1].headers)
        self.occasion, self.state, self.day = occasion, occasion.state, occasion.day
        self.elections = self._elections(texts[0][1])

    def stage(self) -> None:
        """Read the texts, refuse what is no record, count faults, and add to the facts of their files."""
        for file_id, text in self.texts:
            self.staged.numbers.append(file_id)
            self.staged.names.append(text.name)
            self.staged.elections.append(self.elections)
            self._describe(text)
        rows, blank = self._read_whole()
        refused, numbered = self._refused(), list(enumerate(self.texts, self.first))
        before = {number: text.lines_before for number, (_, text) in numbered}
        refusing.number_rows(self.connection, self.table, before, blank)
        self._refuse_broken()
        for number, (file_id, text) in numbered:
            self.staged.sizes.append((self.table, rows.get(number, 0)))
            self.staged.blank[number] = len(blank.get(number, []))
            self._add_facts(number, self.staged.files[file_id], text, rows.get(number, 0) + refused.get(number, 0))
        self._count_faults(rows)

    def _refuse_broken(self) -> None:
        """Refuse what was read as a row and is none: the header again, shifted fields, a record broken in two."""
        refusing.refuse_headers(self.connection, self.table, self.key)
        if self.has_short_rows and self.layout.voters:
            required = [name for name, column in self.layout.voters.items() if column.is_required]
            columns = [name for name, _ in rules(self.layout.voters, self.positions)]
            unread = unread_votes(self.layout.history)
            refusing.refuse_shifted(self.connection, self.first, required, columns, unread)
        for number, (_, text) in enumerate(self.texts, self.first):
            if text.scan and is_cut_short(text.scan):
                self.staged.cut_short.append(text.name)
            refused = self._refused_lines(number) if text.scan else {}
            if text.scan and refused:
                found = list(find_pieces(text.scan, refused))
                refusing.refuse_pieces(self.connection, self.table, number, found)

    @property
    def has_short_rows(self) -> bool:
        """Whether empty fields at the end of a row may be left out, so that their number tells nothing."""
        return isinstance(self.layout.format, Delimited) and self.layout.format.has_short_rows

    def _refused_lines(self, number: int) -> dict[int, str]:
        """Refused lines of a text by number, each with a rule that it breaks."""
        found = f"SELECT row_number, min(rule) FROM refused WHERE file_no = {number} GROUP BY row_number"
        return dict(self.connection.execute(found).fetchall())

    def _voter_id(self, layout: ColumnLayout) -> tuple[str, str]:
        """SQL of the voter_id, the state before it, and of the column `key_text` that must be carried for it.

        Of a row that repeats the header it is one that is refused.
        """
        text = self.positions.texts(layout)[0]
        header = self.positions.headers[int(text.removeprefix("c"))]
        names = {spelled for name in (header, *layout.from_) for spelled in (name, name.upper(), name.lower())}
        own = f"{literal(self.state + '-')} || voter_id"
        voter_id = f"CASE WHEN key_text IN ({literals(sorted(names))}) THEN {literal(refusing.HEADER)} ELSE {own} END"
        return f"{voter_id} AS voter_id", f"{text} AS key_text"

    @abstractmethod
    def _read(self, relation: str, first: int) -> None:
        """Add the rows of text columns c0 .. cN, of which the first text is file_no `first`."""

    def _count_of_rows(
        self, columns: Mapping[str, ColumnLayout], rows: dict[int, int], least: Mapping[str, float] = _UNBOUND
    ) -> None:
        """Count the faults and masks of columns that are typed in the working table itself."""
        named = rules(columns, self.positions, self.day, least)
        bits = [f"count(*) FILTER ({test})" for test in bit_tests(len(named))]
        counted = f"FROM {self.table} WHERE file_no >= {self.first} GROUP BY file_no ORDER BY 1"
        take_counts(self.connection, self.staged, f"SELECT {', '.join(['file_no', *bits])} {counted}", named, rows)

    @abstractmethod
    def _count_faults(self, rows: dict[int, int]) -> None:
        """Count, by text and column, the texts that did not convert and the masked ones."""

    def _elections(self, text: TextRelation) -> list[WideElection]:
        """Elections that the texts have a column for."""
        del text
        return []

    def _describe(self, text: TextRelation) -> None:
        difference = describe_difference(text.headers, self.layout)
        doubt = text.scan.opened.doubt if text.scan else ""
        self.staged.differences += [f"{text.name}: {difference}."] if difference else []
        self.staged.differences += [doubt] if doubt else []

    def _add_facts(self, number: int, facts: dict[str, Any], text: TextRelation, row_count: int) -> None:
        facts["row_count"] += row_count
        if text.scan is None:
            return
        lines = (facts["line_count"] or 0) + text.scan.opened.line_count
        facts.update(encoding=text.scan.opened.encoding, delimiter=text.scan.delimiter, line_count=lines)
        self.staged.texts[number] = text.scan.opened

    def _read_whole(self) -> tuple[dict[int, int], dict[int, list[int]]]:
        """Rows read and blank lines of each file_no.

        Where rows, refusals and blank lines do not make up a text, it is read by line: its quotes are unbalanced, or
        some of its lines are no record.
        """
        scans = [text.scan for _, text in self.texts if text.scan]
        self._read(scan_together(scans) if scans else self.texts[0][1].relation, self.first)
        take_rejected_lines(self.connection, {scan.opened.path: at for at, scan in enumerate(scans, self.first)})
        blank: dict[int, list[int]] = {number: [] for number, _ in enumerate(self.texts, self.first)}
        rows, refused = self._rows(), self._refused()
        for number, scan in enumerate(scans, self.first):
            unread = _unread(scan, rows.get(number, 0), refused.get(number, 0))
            self._demand_few(scan, number, unread, refused.get(number, 0))
            found = refusing.find_blank(scan.opened, unread != 0)
            blank[number] = [line for line in found if line > scan.lines_before]
            if unread != len(blank[number]):
                self._read_by_line(scan, number, blank[number])
                rows = self._rows()
        return rows, blank

    def _demand_few(self, scan: TextScan, number: int, *left: int) -> None:
        """Refuse a text with so many lines that are no rows that naming each would take the memory."""
        if max(left) > _MOST_LEFT:
            told = f"{max(left):,} of {scan.opened.line_count:,} lines"
            raise LayoutError(f"{self.staged.names[number]}: {told} are blank or no record of their own.")

    def _read_by_line(self, scan: TextScan, number: int, blank: list[int]) -> None:
        alone = scan.by_line()
        if alone is not scan:
            for table in (self.table, "refused"):
                self.connection.execute(f"DELETE FROM {table} WHERE file_no = {number}")
            self._read(alone.relation(), number)
            take_rejected_lines(self.connection, {scan.opened.path: number})
        refusing.refuse_lines(self.connection, number, list(alone.left_out()))
        lost = _unread(scan, self._rows().get(number, 0), self._refused().get(number, 0)) - len(blank)
        if lost:
            lines = f"{abs(lost):,} of {scan.opened.line_count:,} lines"
            raise LayoutError(f"{self.staged.names[number]}: {lines} are no record of their own, even read by line.")

    def _rows(self) -> dict[int, int]:
        """Rows in the working table of each file_no of these texts."""
        counted = f"SELECT file_no, count(*) FROM {self.table} WHERE file_no >= {self.first} GROUP BY file_no"
        return dict(self.connection.execute(counted).fetchall())

    def _refused(self) -> dict[int, int]:
        counted = f"SELECT file_no, count(*) FROM refused WHERE file_no >= {self.first} GROUP BY file_no"
        return dict(self.connection.execute(counted).fetchall())


def count_readings(
    connection: duckdb.DuckDBPyConnection,
    staged: Staged,
    read: Reading,
    which: str,
    rows: dict[int, int],
) -> None:
    """Add the faults and masks of some votes, and those whose election stays open.

    Args:
        connection: Holds the working tables.
        staged: Where they are added.
        read: How they were read.
        which: SQL of the readings that are meant.
        rows: Votes of each file_no.
    """
    bits = [f"coalesce(sum(row_count) FILTER ({test}), 0)::BIGINT" for test in bit_tests(len(read.rules))]
    counted = f"FROM vote_readings WHERE {which} GROUP BY file_no ORDER BY 1"
    take_counts(connection, staged, f"SELECT file_no, {', '.join(bits)} {counted}", read.rules, rows)
    for name, count in read.unnamed.items():
        staged.unnamed[name] = staged.unnamed.get(name, 0) + count
    for election_type, count in read.assumed.items():
        staged.assumed[election_type] = staged.assumed.get(election_type, 0) + count


def take_counts(
    connection: duckdb.DuckDBPyConnection,
    staged: Staged,
    query: str,
    named: Sequence[tuple[str, str] | None],
    rows: dict[int, int],
) -> None:
    """Add the counts of a query with the columns file_no, a count per bit of fault_bits, and of masked_bits.

    A name that does not determine its election is no mask; these votes are counted by themselves.
    """
    masks = [None if rule == NAMES_AN_ELECTION else rule for rule in named]
    found = [(staged.faults, rule) for rule in named] + [(staged.masked, rule) for rule in masks]
    for number, *counts in connection.execute(query).fetchall():
        for (counted, rule), count in zip(found, counts, strict=True):
            if count and rule:
                counted.append(Count(staged.names[number], *rule, count, rows[number]))


def bit_tests(count: int) -> list[str]:
    """SQL of each of so many faults, then of as many masks."""
    return [f"{word} & {1 << place} <> 0" for word in ("fault_bits", "masked_bits") for place in range(count)]


def _unread(scan: TextScan, rows: int, refused: int) -> int:
    """Lines of data that became neither a row nor a refusal."""
    return scan.opened.line_count - scan.lines_before - rows - refused
