"""All files of a delivery, written together: those of each role, and the code files that they need."""

import contextlib
import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa

from pipelines.calendar import Election
from pipelines.layouts.lookups import CodeFile
from pipelines.layouts.source import Layout
from pipelines.layouts.writing.roles import LayoutWriter
from pipelines.layouts.writing.text_writer import TextWriter
from pipelines.sql import identifier


class DeliveryWriter:
    """Writes the files of a delivery, chunk by chunk; they are there once the block ends without a fault.

    Args:
        layout: Layout of the day.
        folder: Where to write.
        state: Two-letter code that voter_id starts with in our tables and does not in the file.
        day: Day the files are made.
        elections: Elections that a file of the day can state, in order of time.

    Raises:
        LayoutError: A format cannot be written.
    """

    def __init__(self, layout: Layout, folder: Path, state: str, day: dt.date, elections: Sequence[Election]) -> None:
        self.layout, self.folder, self.day = layout, folder, day
        self._writers = [LayoutWriter(files, folder, state, day, elections) for files in layout.files.values()]
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        """Open the files of every role."""
        for writer in self._writers:
            self._stack.enter_context(writer)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put the files in their place, unless something failed."""
        self._stack.__exit__(kind, error, trace)
        for name, codes in self.layout.codes.items() if kind is None else ():
            self._write_codes(name, codes)

    def append(self, people: pa.Table, votes: pa.Table) -> None:
        """Write people and their votes, in their order."""
        for writer in self._writers:
            if writer.layout.is_long:
                writer.append(votes)
            else:
                writer.append(people, votes)

    def _write_codes(self, name: str, codes: CodeFile) -> None:
        found = [row for writer in self._writers for row in writer.code_rows.get(name, {}).values()]
        is_by_county = codes.written is not None and "{county}" in f"{codes.written.member}{codes.written.file}"
        counties = sorted({row["row_county"] for row in found}) if is_by_county else [""]
        headers = list(codes.format.names)
        with TextWriter(codes, self.folder, self.day, headers) as writer, duckdb.connect() as connection:
            line = writer.line({header: identifier(header) for header in headers})
            for county in counties:
                rows = {
                    tuple(row.get(header) for header in headers): None
                    for row in found
                    if not is_by_county or row["row_county"] == county
                }
                columns = zip(headers, zip(*sorted(rows, key=str), strict=True), strict=True) if rows else ()
                told = {header: pa.array(values, pa.string()) for header, values in columns}
                connection.register("told", pa.table(told or {header: pa.array([], pa.string()) for header in headers}))
                lines = connection.execute(f"SELECT string_agg(line, '') FROM (SELECT {line} AS line FROM told)")
                writer.put("", county, lines.fetchall()[0][0] or "")
