"""A layout of records as a writer: rows of a campaign table to the files that a vendor or a tool would send."""

import datetime as dt
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa

from pipelines.layouts.files import FileLayout
from pipelines.layouts.writing.text_writer import TextWriter
from pipelines.layouts.writing.texts import Texts, texts_of

_KEY = "source_record_id"


class RecordsWriter:
    """Writes the files of one role of a vendor's delivery, chunk by chunk.

    Columns that are the same for every row (`always`) have no field and are not written. A name with `{state}` in it
    gives each state a file of its own.

    Args:
        layout: Layout of the files.
        folder: Where to write.
        day: Day the files are made.

    Raises:
        LayoutError: The format cannot be written.
    """

    def __init__(self, layout: FileLayout, folder: Path, day: dt.date) -> None:
        self.layout = layout
        self.text = TextWriter(layout, folder, day, list(layout.format.names))
        self._is_by_state = "{state}" in f"{self.text.written.file}{self.text.written.member}"
        self._connection = duckdb.connect(config={"threads": 1})  # one thread keeps the rows in their order

    def __enter__(self) -> Self:
        """Open the file, with its header if the layout has one."""
        self.text.__enter__()
        if not self._is_by_state:
            self.text.put("", "", "")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Put the files in their place, unless something failed."""
        self._connection.close()
        self.text.__exit__(kind, error, trace)

    def append(self, rows: pa.Table, state: str = "") -> None:
        """Write rows of the role's table, in their order.

        Args:
            rows: Columns of the role's table, any of them; a state's own id of a voter with the state before it.
            state: State whose file they belong to, where each has one.
        """
        line = self.text.line(self._texts(rows))
        lines = self._query(rows, f"SELECT string_agg({line}, '') FROM records").column(0)[0].as_py()
        self.text.put("", state if self._is_by_state else "", lines or "")

    def ids(self, rows: pa.Table) -> pa.Array:
        """The source_record_id of each row as it is read again: the source's own, or the hash of the row's texts.

        Texts with blanks at their ends and those of fixed widths are hashed otherwise by who reads them.
        """
        texts = self._texts(rows)
        fields = ", ".join(f"coalesce({texts.get(name, 'NULL')}, '')" for name in self.layout.format.names)
        own = _KEY if _KEY in self.layout.records else f"md5(concat_ws(chr(31), {fields}))"
        return self._query(rows, f"SELECT {own} AS id FROM records").column(0).combine_chunks()

    def _texts(self, rows: pa.Table) -> Texts:
        return texts_of(self.layout.records, set(rows.column_names), "")

    def _query(self, rows: pa.Table, query: str) -> pa.Table:
        self._connection.register("records", rows)
        return self._connection.sql(query).to_arrow_table()
