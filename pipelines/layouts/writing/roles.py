"""A layout as a writer: typed rows to files as the source would send them, for the simulator."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa

from pipelines.calendar import Election
from pipelines.layouts.files import FileLayout
from pipelines.layouts.history import InRow, LongHistory
from pipelines.layouts.slots import CodeMapped
from pipelines.layouts.wide import WideHistory
from pipelines.layouts.writing.codes import (
    codes_of_elections,
    codes_of_people,
    select_codes_of_people,
    select_codes_of_votes,
)
from pipelines.layouts.writing.text_writer import TextWriter
from pipelines.layouts.writing.texts import Texts, blot_out, texts_of, texts_of_vote
from pipelines.layouts.writing.votes import columns_of, headers_of, votes_of_rows
from pipelines.sql import literal


class LayoutWriter:
    """Writes the files of one role of a delivery, chunk by chunk.

    Rows go to the part and the member that holds their county.

    Args:
        layout: Layout of the files.
        folder: Where to write.
        state: Two-letter code that voter_id starts with in our tables and does not in the file.
        day: Day the files are made.
        elections: Elections that a file of the day can state, in order of time.

    Attributes:
        code_rows: What code files must say of the rows written so far, by the name of the codes.

    Raises:
        LayoutError: The format cannot be written.
    """

    def __init__(
        self, layout: FileLayout, folder: Path, state: str, day: dt.date, elections: Sequence[Election] = ()
    ) -> None:
        self.layout, self.state, self.elections = layout, state, elections
        self.text = TextWriter(layout, folder, day, [*layout.format.names, *_headers_of_elections(layout, elections)])
        self.code_rows: dict[str, dict[tuple[str, ...], dict[str, str]]] = {}
        self._connection = duckdb.connect(config={"threads": 1})  # one thread keeps the rows in their order

    def __enter__(self) -> Self:
        """Open the parts, each with its header if the layout has one."""
        self.text.__enter__()
        for part in self.layout.parts or [""]:
            if "{county}" not in f"{self.text.written.member}{self.text.written.file}":
                self.text.put(part, "", "")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put the files in their place, unless something failed."""
        self._connection.close()
        self.text.__exit__(kind, error, trace)

    def append(self, rows: pa.Table, votes: pa.Table | None = None) -> None:
        """Write rows of core_voters, or of a history, in their order.

        Args:
            rows: People, or votes where a row of the file is a vote.
            votes: The people's votes, where they stand in the people's rows.
        """
        texts = self._texts(set(rows.column_names))
        texts |= codes_of_people(self.layout.lookups, texts)
        stated = "coalesce(county_code, '')" if "county_code" in rows.column_names else "''"
        county = texts.get(self._county_header(), stated)
        self._connection.register("people", rows)
        self._connection.execute(f"CREATE OR REPLACE TEMP VIEW rows AS SELECT *, {county} AS row_county FROM people")
        relation = "rows"
        if isinstance(self.layout.history, InRow):
            assert votes is not None
            self._connection.register("votes", votes)
            told = votes_of_rows(self.layout.history, self.elections, set(votes.column_names), "row_county")
            relation = f"(SELECT * FROM rows LEFT JOIN ({told.relation}) AS told USING (voter_id))"
            texts |= columns_of(told)
        self._note_codes(texts, relation, rows if votes is None else votes)
        self._append(relation, texts)

    def _note_codes(self, texts: Texts, relation: str, votes: pa.Table) -> None:
        """Remember what code files must say of the rows."""
        queries = [(lookup.codes, select_codes_of_people(lookup, texts, relation)) for lookup in self.layout.lookups]
        history = self.layout.history
        if isinstance(history, LongHistory | CodeMapped):
            told = texts_of_vote(history, set(votes.column_names), self.state, self.elections)
            county = self._county_header()
            queries += [
                (lookup.codes, select_codes_of_votes(lookup, history, told, self.elections, county))
                for lookup in history.lookups
            ]
        for name, query in queries:
            found = self._connection.sql(query).to_arrow_table().to_pylist()
            self.code_rows.setdefault(name, {}).update({tuple(row.values()): row for row in found})

    def _append(self, relation: str, texts: Texts) -> None:
        part = " ".join(
            f"WHEN row_county BETWEEN {literal(first)} AND {literal(last)} THEN {literal(name)}"
            for name, (first, last) in self.layout.parts.items()
        )
        by_county = "{county}" in f"{self.text.written.member}{self.text.written.file}"
        lines = self._connection.execute(
            f"""
            SELECT part, county, string_agg(line, '') AS lines
            FROM (
                SELECT {f"CASE {part} END" if part else "''"} AS part, {"row_county" if by_county else "''"} AS county,
                    {self.text.line(texts)} AS line
                FROM {relation}
            )
            GROUP BY part, county
            ORDER BY part, county"""
        ).fetchall()
        for found, where, text in lines:
            self.text.put(found, where, text)

    def _texts(self, given: set[str]) -> Texts:
        """SQL of the text of every field that is written, by its header, votes in the row of a voter aside."""
        history = self.layout.history
        if isinstance(history, LongHistory):
            told = texts_of_vote(history, given, self.state, self.elections)
            return told | codes_of_elections(history, self.elections)
        own = {"voter_id": history.voter_id} if isinstance(history, InRow) and history.voter_id else {}
        return blot_out(texts_of({**self.layout.voters, **own}, given, self.state), self.layout.withheld)

    def _county_header(self) -> str:
        county = self.layout.column_layouts().get("county_code")
        return county.from_[0] if county and not county.is_derived else ""


def _headers_of_elections(layout: FileLayout, elections: Sequence[Election]) -> list[str]:
    if not isinstance(layout.history, WideHistory):
        return []
    named = headers_of(layout.history, elections).values()
    told = [template.replace("{}", name).replace("*", "") for name in named for template in layout.history.templates]
    return [header for header in told if header not in layout.format.names]
