"""A layout as a writer: typed rows to files as the source would send them, for the simulator."""

import datetime as dt
import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa

from models.errors import LayoutError
from pipelines.layouts.ballots import BallotCode
from pipelines.layouts.columns import ColumnLayout
from pipelines.layouts.formats import Delimited
from pipelines.layouts.history import LongHistory
from pipelines.layouts.lookups import Written
from pipelines.layouts.source import FileLayout
from pipelines.layouts.wide import WideHistory
from pipelines.sql import identifier, literal

Elections = Sequence[tuple[dt.date, str]]
"""Day and type of elections."""


class LayoutWriter:
    """Writes the files of one role of a delivery, chunk by chunk; a name that ends in .zip becomes an archive.

    Rows go to the part and the member that holds their county. The files are there once the block ends without a fault.

    Args:
        layout: Layout of the files; delimited formats can be written.
        folder: Where to write.
        state: Two-letter code that voter_id starts with in our tables and does not in the file.
        day: Day the files are made.
        elections: Elections that a wide history has a column for, in order of time.

    Raises:
        LayoutError: The format cannot be written.
    """

    def __init__(self, layout: FileLayout, folder: Path, state: str, day: dt.date, elections: Elections = ()) -> None:
        if not isinstance(layout.format, Delimited) or layout.written is None:
            raise LayoutError(f"{layout.match[0]}: only delimited files that name what is `written` can be written.")
        self.layout, self.folder, self.state, self.day = layout, folder, state, day
        self.format: Delimited = layout.format
        self.written: Written = layout.written
        self.elections = _headed(layout.history, elections)
        self.names = [*self.format.names, *self.elections]
        self._connection = duckdb.connect(config={"threads": 1})  # one thread keeps the rows in their order
        self._texts: dict[tuple[str, str], Path] = {}
        self._drafts = folder / f".{self._filled(self.written.file, 'all')}"

    def __enter__(self) -> Self:
        """Open the parts, each with its header if the layout has one."""
        self._drafts.mkdir(parents=True)
        for part in self.layout.parts or [""]:
            if "{county}" not in self.written.member:
                self._draft(self._filled(self.written.file, part), self._filled(self.written.member, part))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put the files in their place, unless something failed."""
        self._connection.close()
        if kind is None:
            for name in sorted({file for file, _ in self._texts}):
                self._finish(name)
        shutil.rmtree(self._drafts)

    def append(self, rows: pa.Table, votes: pa.Table | None = None) -> None:
        """Write rows of core_voters, or of a history, in their order.

        Args:
            rows: People, or votes where a row of the file is a vote.
            votes: The people's votes, for a wide history.
        """
        self._connection.register("rows", rows)
        relation = "rows"
        if self.elections:
            assert votes is not None and isinstance(self.layout.history, WideHistory)
            self._connection.register("votes", votes)
            relation = _with_cells(self.layout.history, self.elections)
        texts = _texts(self.layout, set(rows.column_names), self.state) | _cells(self.elections)
        county = texts.get(self._county_header(), "''")
        part = " ".join(
            f"WHEN {county} BETWEEN {literal(first)} AND {literal(last)} THEN {literal(name)}"
            for name, (first, last) in self.layout.parts.items()
        )
        lines = self._connection.execute(
            f"""
            SELECT part, county, string_agg(line, '') AS lines
            FROM (
                SELECT {f"CASE {part} END" if part else "''"} AS part,
                    {county if "{county}" in self.written.member else "''"} AS county,
                    {self._line(texts)} AS line
                FROM {relation}
            )
            GROUP BY part, county
            ORDER BY part, county"""
        ).fetchall()
        for found, where, text in lines:
            names = self._filled(self.written.file, found), self._filled(self.written.member, found, where)
            self._put(self._draft(*names), text)

    def _filled(self, name: str, part: str, county: str = "") -> str:
        return name.format(day=f"{self.day:%Y%m%d}", part=part, county=county)

    def _draft(self, file: str, member: str) -> Path:
        """The growing text of a file or member; a new one opens with the header."""
        if (file, member) not in self._texts:
            self._texts[file, member] = self._drafts / f"{len(self._texts)}.txt"
            header = self.format.delimiters[0].join(map(self._quoted, self.names)) + self.format.line_end
            self._put(self._texts[file, member], header if self.format.header else "")
        return self._texts[file, member]

    def _put(self, draft: Path, text: str) -> None:
        encoding = self.format.encodings[0]
        try:
            content = text.encode(encoding)
        except UnicodeEncodeError:
            raise LayoutError(f"{self.written.file}: a text cannot be written in {encoding}.") from None
        with draft.open("ab") as file:
            file.write(content)

    def _finish(self, name: str) -> None:
        drafts = {member: draft for (file, member), draft in self._texts.items() if file == name}
        if not name.endswith(".zip"):
            next(iter(drafts.values())).replace(self.folder / name)
            return
        with zipfile.ZipFile(self.folder / name, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for member, draft in sorted(drafts.items()):
                # by name, not by ZipInfo: an entry of one's own would be packed at the default level, four times slower
                with draft.open("rb") as text, archive.open(member, "w", force_zip64=True) as target:
                    shutil.copyfileobj(text, target, 1 << 22)
                draft.unlink()

    def _county_header(self) -> str:
        county = self.layout.column_layouts().get("county_code")
        return county.from_[0] if county else ""

    def _quoted(self, text: str) -> str:
        return f"{self.format.quote}{text}{self.format.quote}"

    def _line(self, texts: dict[str, str]) -> str:
        """SQL of a line; what stands between two told fields is one constant, for most fields are empty."""
        quote, parts, between = self.format.quote, [], self.format.quote
        for place, name in enumerate(self.names):
            between += f"{quote}{self.format.delimiters[0]}{quote}" if place else ""
            if name in texts:
                doubled = f"replace({texts[name]}, {literal(quote)}, {literal(quote * 2)})" if quote else texts[name]
                parts += [literal(between), doubled]
                between = ""
        return f"concat({', '.join([*parts, literal(between + quote + self.format.line_end)])})"


def _texts(layout: FileLayout, given: set[str], state: str) -> dict[str, str]:
    """SQL of the text of every field that is written, by its header."""
    columns = dict(layout.history.columns) if isinstance(layout.history, LongHistory) else dict(layout.voters)
    texts: dict[str, str] = {}
    for name, column in columns.items():
        if name in given:
            value = f"substr(voter_id, {len(state) + 2})" if name == "voter_id" else identifier(name)
            texts |= _fields(column, value)
    ballot = layout.history.ballot if isinstance(layout.history, LongHistory) else None
    if ballot:
        texts[ballot.from_] = _ballot_text(ballot)
    if layout.withheld:
        for header in layout.withheld.headers:
            sign, text = literal(layout.withheld.text), texts.get(header, "NULL")
            texts[header] = f"CASE WHEN {layout.withheld.when} THEN {sign} ELSE {text} END"
    return texts


def _fields(column: ColumnLayout, value: str) -> dict[str, str]:
    """The text of a value, or its parts where the source splits it over several fields."""
    text = column.operation.write(value)
    text = f"coalesce({text}, {literal(column.masks[0])})" if column.masks else text
    if not column.widths:
        return {column.from_[0]: text}
    starts = [1 + sum(column.widths[:at]) for at in range(len(column.from_))]
    widths = [f", {width}" for width in column.widths] + [""]
    return {
        header: f"substr({text}, {start}{width})"
        for header, start, width in zip(column.from_, starts, widths, strict=True)
    }


def _ballot_text(ballot: BallotCode) -> str:
    """The code that says whether a ballot was counted and how it was cast."""
    return f"CASE WHEN is_voted THEN {_coded(ballot.counted)} ELSE {_coded(ballot.not_counted)} END"


def _coded(codes: dict[str, str | None]) -> str:
    """The first code of a method; a method without one has that of no method, else the first."""
    first: dict[str | None, str] = {}
    for code, method in codes.items():
        first.setdefault(method, code)
    cases = " ".join(f"WHEN {literal(method)} THEN {literal(code)}" for method, code in first.items() if method)
    other = literal(first.get(None, next(iter(first.values()), "")))
    return f"CASE method_code {cases} ELSE {other} END" if cases else other


def _headed(history: object, elections: Elections) -> dict[str, tuple[dt.date, str]]:
    """Elections by the header of their column; those that the source has no word for are left out."""
    if not isinstance(history, WideHistory) or history.header is None:
        return {}
    named = {history.header.write(day, election_type): (day, election_type) for day, election_type in elections}
    return {header: election for header, election in named.items() if header}


def _cells(elections: dict[str, tuple[dt.date, str]]) -> dict[str, str]:
    return {header: f"cell_{place}" for place, header in enumerate(elections)}


def _with_cells(history: WideHistory, elections: dict[str, tuple[dt.date, str]]) -> str:
    """SQL of the people with a cell for every election."""
    parties: dict[str, str] = {}
    for cell, party in history.ballot_parties.items():
        parties.setdefault(party, cell)
    cases = " ".join(f"WHEN {literal(party)} THEN {literal(cell)}" for party, cell in parties.items())
    voted = (
        f"CASE ballot_party_code {cases} ELSE {literal(history.voted[0])} END" if cases else literal(history.voted[0])
    )
    home = f"ELSE {literal(history.stayed_home[0])}" if history.stayed_home else ""
    cells = ", ".join(
        f"max(cell) FILTER (election_date = DATE '{day}' AND election_type = {literal(election_type)}) AS cell_{place}"
        for place, (day, election_type) in enumerate(elections.values())
    )
    stated = f"SELECT *, CASE WHEN is_voted THEN {voted} {home} END AS cell FROM votes"
    return f"rows LEFT JOIN (SELECT voter_id, {cells} FROM ({stated}) GROUP BY voter_id) USING (voter_id)"
