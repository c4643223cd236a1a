"""Texts of one dialect into a working table, every line of each accounted for.

A source may send one file or one for each county: texts with the same columns are read by one statement. Of a history
each distinct row of texts, the voter aside, is converted once: millions of votes say the same few thousand things.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

import duckdb

from models.errors import LayoutError
from pipelines.core import refusing
from pipelines.core.readings import Occasion, VoteTexts, read_votes
from pipelines.core.staged import Count, Staged
from pipelines.layouts.history import InRow, LongHistory
from pipelines.layouts.packing import SEPARATOR, is_packed, pack, texts_of_votes
from pipelines.layouts.reading import (
    UNKNOWN_CELL,
    Positions,
    missing_elections,
    rules,
    select_typed,
    wide_cells,
)
from pipelines.layouts.source import FileLayout
from pipelines.layouts.wide import WideElection, WideHistory
from pipelines.raw.diff import describe_difference
from pipelines.raw.readers import TextRelation, TextScan, scan_together, take_rejected_lines
from pipelines.sql import literal


class TextStager(ABC):
    """Reads texts of one dialect into a working table and accounts for every line of them.

    Args:
        connection: Holds the working tables.
        staged: What reading finds is added here.
        layout: Layout of the texts.
        texts: Texts that share headers and delimiter, each with the file_id it belongs to.
        occasion: State, day and calendar of the delivery, and its code files.
    """

    table: ClassVar[str]
    """Working table that the rows go to."""

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
        headers = {number: int(text.scan.format.header) if text.scan else 0 for number, (_, text) in numbered}
        refusing.number_rows(self.connection, self.table, headers, blank)
        for number, (file_id, text) in numbered:
            self.staged.sizes.append((self.table, rows.get(number, 0)))
            self._add_facts(number, self.staged.files[file_id], text, rows.get(number, 0) + refused.get(number, 0))
        self._count_faults(rows)

    @abstractmethod
    def _read(self, relation: str, first: int) -> None:
        """Add the rows of text columns c0 .. cN, of which the first text is file_no `first`."""

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
        facts.update(encoding=text.scan.opened.encoding, delimiter=text.scan.dialect.delimiter, line_count=lines)
        self.staged.texts[number] = text.scan.opened

    def _read_whole(self) -> tuple[dict[int, int], dict[int, list[int]]]:
        """Rows read and blank lines of each file_no.

        Where rows, refusals and blank lines do not make up a text, its quotes are unbalanced: it is read by line.
        """
        scans = [text.scan for _, text in self.texts if text.scan]
        self._read(scan_together(scans) if scans else self.texts[0][1].relation, self.first)
        take_rejected_lines(self.connection, {scan.opened.path: at for at, scan in enumerate(scans, self.first)})
        blank: dict[int, list[int]] = {number: [] for number, _ in enumerate(self.texts, self.first)}
        rows, refused = self._rows(), self._refused()
        for number, scan in enumerate(scans, self.first):
            unread = _unread(scan, rows.get(number, 0), refused.get(number, 0))
            blank[number] = refusing.find_blank(scan.opened, unread != 0)
            if unread != len(blank[number]):
                self._read_by_line(scan, number, blank[number])
                rows = self._rows()
        return rows, blank

    def _read_by_line(self, scan: TextScan, number: int, blank: list[int]) -> None:
        for table in (self.table, "refused"):
            self.connection.execute(f"DELETE FROM {table} WHERE file_no = {number}")
        self._read(scan.by_line().relation(), number)
        take_rejected_lines(self.connection, {scan.opened.path: number})
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


class PeopleStager(TextStager):
    """Texts with a row per person, and a column per election where the history is wide, into `staged_voters`."""

    table = "staged_voters"

    def _elections(self, text: TextRelation) -> list[WideElection]:
        history = self.layout.history
        if not isinstance(history, WideHistory):
            return []
        missing = [] if history.header else missing_elections(history, self.positions)
        if missing:
            listed = f"{len(missing)} of {len(history.elections)} election columns are missing: {', '.join(missing)}"
            raise LayoutError(f"{text.name}: {listed}.")
        found = history.elections_in(text.headers, self.occasion.calendar)
        if not found:
            raise LayoutError(f"{text.name}: none of its {len(text.headers)} columns is of an election.")
        return found

    def _describe(self, text: TextRelation) -> None:
        super()._describe(text)
        history = self.layout.history
        if isinstance(history, WideHistory):
            known = {election.header for election in self.elections}
            unknown = [header for header in text.headers if history.name_in(header) and header not in known]
            told = f"the calendar lacks the elections of {len(unknown)} columns, not read: {', '.join(unknown)}"
            self.staged.differences += [f"{text.name}: {told}."] if unknown else []

    def _read(self, relation: str, first: int) -> None:
        self._insert(relation, [_file_no(first), *self._carried()])

    def _insert(self, relation: str, carried: list[str]) -> None:
        typed = select_typed(self.layout.column_layouts(), self.positions, relation, carried, self.day)
        voter_id = f"{literal(self.state + '-')} || voter_id AS voter_id"
        self.connection.execute(f"INSERT INTO {self.table} BY NAME SELECT * REPLACE ({voter_id}) FROM ({typed})")

    def _carried(self) -> list[str]:
        """What a row says of votes, and the codes that are looked up."""
        history = self.layout.history
        carried = [f"{key_of_lookups(self.layout, self.positions)} AS looked_up"] if self.layout.lookups else []
        if isinstance(history, InRow) and is_packed(history):
            return [*carried, f"{pack(history, self.positions, self.elections)} AS votes"]
        return [*carried, wide_cells(history, self.elections, self.positions)] if self.elections else carried  # ty: ignore

    def _count_faults(self, rows: dict[int, int]) -> None:
        named = rules(self.layout.column_layouts(), self.positions, self.day)
        bits = [f"count(*) FILTER ({test})" for test in _bit_tests(len(named))]
        counted = f"FROM staged_voters WHERE file_no >= {self.first} GROUP BY file_no ORDER BY 1"
        take_counts(self.connection, self.staged, f"SELECT file_no, {', '.join(bits)} {counted}", named, rows)
        self._count_unknown_cells(rows)

    def _count_unknown_cells(self, rows: dict[int, int]) -> None:
        if not self.elections or is_packed(self.layout.history):
            return
        tests = ", ".join(
            f"count(*) FILTER (cells[{place}] = '{UNKNOWN_CELL}')" for place, _ in enumerate(self.elections, 1)
        )
        unknown = f"file_no >= {self.first} AND contains(cells, '{UNKNOWN_CELL}')"
        counted = f"SELECT file_no, {tests} FROM staged_voters WHERE {unknown} GROUP BY file_no ORDER BY 1"
        for number, *counts in self.connection.execute(counted).fetchall():
            for election, count in zip(self.elections, counts, strict=True):
                if count:
                    what = (election.header, "is a cell that the layout knows", count, rows[number])
                    self.staged.faults.append(Count(self.staged.names[number], *what))


class RowsStager(PeopleStager):
    """Texts with a row per voter that say nothing but votes, into `staged_rows`."""

    table = "staged_rows"

    def _insert(self, relation: str, carried: list[str]) -> None:
        history = self.layout.history
        assert isinstance(history, InRow) and history.voter_id
        typed = select_typed({"voter_id": history.voter_id}, self.positions, relation, carried)
        voter_id = f"{literal(self.state + '-')} || voter_id AS voter_id"
        columns = f"{voter_id}, votes, file_no"
        self.connection.execute(f"INSERT INTO staged_rows BY NAME SELECT {columns} FROM ({typed})")

    def _count_faults(self, rows: dict[int, int]) -> None:
        """Nothing but votes can be a fault, and these are counted when they are read."""


class VotesStager(TextStager):
    """Texts with a row per vote: who and what text into `staged_votes`, what the text says into `vote_readings`."""

    table = "staged_votes"

    def _read(self, relation: str, first: int) -> None:
        layouts = self.layout.column_layouts()
        texts = [f"c{self.positions.of(header)}" for header in self._headers()]
        typed = select_typed({"voter_id": layouts["voter_id"]}, self.positions, relation, [_file_no(first), *texts])
        told = "".join(f", coalesce({text}, '') AS t{place}" for place, text in enumerate(texts))
        voter_id = f"{literal(self.state + '-')} || voter_id AS voter_id"
        self.connection.execute(f"INSERT INTO staged_votes BY NAME SELECT {voter_id}{told}, file_no FROM ({typed})")

    def _headers(self) -> tuple[str, ...]:
        """Headers of the texts that say something about a vote, of those that the file has."""
        history = self.layout.history
        assert isinstance(history, LongHistory)
        return tuple(header for header in texts_of_votes(history) if self.positions.of(header) is not None)

    def _count_faults(self, rows: dict[int, int]) -> None:
        named = read_votes(self.connection, self._vote_texts(), self.occasion)
        count_readings(self.connection, self.staged, named, f"file_no >= {self.first}", rows)

    def _vote_texts(self) -> VoteTexts:
        history, headers = self.layout.history, self._headers()
        assert isinstance(history, LongHistory)
        keys = [f"t{place}" for place, _ in enumerate(headers)]
        texts = "".join(f", {key}, {key} AS c{place}" for place, key in enumerate(keys))
        rows = f"""(
            SELECT file_no{texts}, count(*) AS row_count
            FROM staged_votes
            WHERE file_no >= {self.first}
            GROUP BY ALL
        )"""
        columns = {name: layout for name, layout in self.layout.column_layouts().items() if name != "voter_id"}
        name = history.election
        named = (lambda text: name.read(text, self.occasion.calendar)) if name else None
        return VoteTexts(rows, keys, headers, columns, history.lookups, name.from_ if name else None, named)


def key_of_lookups(layout: FileLayout, positions: Positions) -> str:
    """SQL of the texts that the lookups of a voter go by, as one text."""
    texts = [f"trim(c{positions.of(header)})" for header in headers_looked_up(layout)]
    return f"concat_ws({literal(SEPARATOR)}, {', '.join(texts)})"


def headers_looked_up(layout: FileLayout) -> list[str]:
    """Headers of the file that the lookups of a voter go by."""
    return list(dict.fromkeys(at for lookup in layout.lookups for at in lookup.by if not at.startswith("=")))


def count_readings(
    connection: duckdb.DuckDBPyConnection,
    staged: Staged,
    named: list[tuple[str, str]],
    which: str,
    rows: dict[int, int],
) -> None:
    """Add the faults and masks of some votes.

    Args:
        connection: Holds the working tables.
        staged: Where they are added.
        named: Column and rule behind each bit.
        which: SQL of the readings that are meant.
        rows: Votes of each file_no.
    """
    bits = [f"coalesce(sum(row_count) FILTER ({test}), 0)::BIGINT" for test in _bit_tests(len(named))]
    counted = f"FROM vote_readings WHERE {which} GROUP BY file_no ORDER BY 1"
    take_counts(connection, staged, f"SELECT file_no, {', '.join(bits)} {counted}", named, rows)


def take_counts(
    connection: duckdb.DuckDBPyConnection,
    staged: Staged,
    query: str,
    named: list[tuple[str, str]],
    rows: dict[int, int],
) -> None:
    """Add the counts of a query with the columns file_no, a count per bit of fault_bits, and of masked_bits."""
    found = [(staged.faults, rule) for rule in named] + [(staged.masked, rule) for rule in named]
    for number, *counts in connection.execute(query).fetchall():
        for (counted, rule), count in zip(found, counts, strict=True):
            if count:
                counted.append(Count(staged.names[number], *rule, count, rows[number]))


def _file_no(first: int) -> str:
    return f"CAST({first} + file_index AS INTEGER) AS file_no"


def _bit_tests(count: int) -> list[str]:
    """SQL of each of so many faults, then of as many masks."""
    return [f"{word} & {1 << place} <> 0" for word in ("fault_bits", "masked_bits") for place in range(count)]


def _unread(scan: TextScan, rows: int, refused: int) -> int:
    """Lines below the header that became neither a row nor a refusal."""
    return scan.opened.line_count - int(scan.format.header) - rows - refused
