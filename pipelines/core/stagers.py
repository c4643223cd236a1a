"""Who gets what out of a text: people, rows that say nothing but votes, votes.

Of votes each distinct row of texts, the voter aside, is converted once: millions of votes say the same few things.
"""

from models.errors import LayoutError
from pipelines.core.readings import VoteTexts, read_votes
from pipelines.core.staged import Count
from pipelines.core.text_stager import TextStager, count_readings
from pipelines.layouts.files import FileLayout
from pipelines.layouts.history import InRow, LongHistory
from pipelines.layouts.reading.cells import UNKNOWN_CELL, missing_elections, wide_cells
from pipelines.layouts.reading.packing import SEPARATOR, is_packed, pack, texts_of_votes
from pipelines.layouts.reading.positions import Positions
from pipelines.layouts.reading.typed import select_typed
from pipelines.layouts.wide import WideElection, WideHistory
from pipelines.raw.readers import TextRelation
from pipelines.sql import literal


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
        layouts = self.layout.column_layouts()
        voter_id, key = self._voter_id(layouts["voter_id"])
        typed = select_typed(layouts, self.positions, relation, [*carried, key], self.day)
        told = f"SELECT * EXCLUDE (key_text) REPLACE ({voter_id}) FROM ({typed})"
        self.connection.execute(f"INSERT INTO {self.table} BY NAME {told}")

    def _carried(self) -> list[str]:
        """What a row says of votes, and the codes that are looked up."""
        history = self.layout.history
        carried = [f"{key_of_lookups(self.layout, self.positions)} AS looked_up"] if self.layout.lookups else []
        if isinstance(history, InRow) and is_packed(history):
            return [*carried, f"{pack(history, self.positions, self.elections)} AS votes"]
        return [*carried, wide_cells(history, self.elections, self.positions)] if self.elections else carried  # ty: ignore

    def _count_faults(self, rows: dict[int, int]) -> None:
        self._count_of_rows(self.layout.column_layouts(), rows)
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
        voter_id, key = self._voter_id(history.voter_id)
        typed = select_typed({"voter_id": history.voter_id}, self.positions, relation, [*carried, key])
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
        voter_id, key = self._voter_id(layouts["voter_id"])
        carried = [_file_no(first), *texts, key]
        typed = select_typed({"voter_id": layouts["voter_id"]}, self.positions, relation, carried)
        told = "".join(f", coalesce({text}, '') AS t{place}" for place, text in enumerate(texts))
        hashed = f"hash({', '.join(['file_no', *texts])}) AS text_hash"
        columns = f"{voter_id}{told}, file_no, {hashed}"
        self.connection.execute(f"INSERT INTO staged_votes BY NAME SELECT {columns} FROM ({typed})")

    def _headers(self) -> tuple[str, ...]:
        """Headers of the texts that say something about a vote, of those that the file has."""
        history = self.layout.history
        assert isinstance(history, LongHistory)
        return tuple(header for header in texts_of_votes(history) if self.positions.of(header) is not None)

    def _count_faults(self, rows: dict[int, int]) -> None:
        texts = self._vote_texts()
        read = read_votes(self.connection, texts, self.occasion)
        count_readings(self.connection, self.staged, read, f"file_no >= {self.first}", rows)
        self.staged.named_count += sum(rows.values()) if texts.named else 0
        if read.unnamed:
            open_ = f"vote_readings.file_no >= {self.first} AND masked_bits & {read.open_bits} <> 0"
            votes = f"SELECT staged_votes.rowid FROM staged_votes JOIN vote_readings USING (text_hash) WHERE {open_}"
            self.connection.execute(f"DELETE FROM staged_votes WHERE rowid IN ({votes})")

    def _vote_texts(self) -> VoteTexts:
        history, headers = self.layout.history, self._headers()
        assert isinstance(history, LongHistory)
        texts = "".join(f", any_value(t{place}) AS c{place}" for place, _ in enumerate(headers))
        rows = f"""(
            SELECT file_no, text_hash{texts}, count(*) AS row_count
            FROM staged_votes
            WHERE file_no >= {self.first}
            GROUP BY file_no, text_hash
        )"""
        columns = {name: layout for name, layout in self.layout.column_layouts().items() if name != "voter_id"}
        name = history.election
        named = (lambda text: name.read(text, self.occasion.calendar)) if name else None
        naming = (name.from_, named, None, name.is_told) if name else ()
        return VoteTexts(rows, ["text_hash"], headers, columns, history.lookups, *naming)


def key_of_lookups(layout: FileLayout, positions: Positions) -> str:
    """SQL of the texts that the lookups of a voter go by, as one text."""
    texts = [f"coalesce(trim(c{positions.of(header)}), '')" for header in headers_looked_up(layout)]
    return f"concat_ws({literal(SEPARATOR)}, {', '.join(texts)})"


def headers_looked_up(layout: FileLayout) -> list[str]:
    """Headers of the file that the lookups of a voter go by."""
    return list(dict.fromkeys(at for lookup in layout.lookups for at in lookup.by if not at.startswith("=")))


def _file_no(first: int) -> str:
    return f"CAST({first} + file_index AS INTEGER) AS file_no"
