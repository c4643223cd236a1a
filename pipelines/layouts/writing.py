"""A layout as a writer: typed rows to a file as the source would send it. The simulator speaks every format with it."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import duckdb
import pyarrow as pa

from models.errors import LayoutError
from pipelines.layouts.columns import ColumnLayout
from pipelines.layouts.source import Delimited, FileLayout
from pipelines.sql import identifier, literal


class LayoutWriter:
    """Writes one file of a layout, chunk by chunk; a name that ends in .zip becomes an archive of one member.

    Args:
        layout: Layout of the file; delimited formats can be written.
        path: Where to write.
        state: Two-letter code that voter_id starts with in our tables and does not in the file.

    Raises:
        LayoutError: The format cannot be written.
    """

    def __init__(self, layout: FileLayout, path: Path, state: str) -> None:
        if not isinstance(layout.format, Delimited):
            raise LayoutError(f"{path.name}: only delimited files can be written.")
        self.layout, self.path, self.state = layout, path, state
        self.format: Delimited = layout.format
        self._connection = duckdb.connect()
        self._file: IO[bytes] | None = None
        self._archive: zipfile.ZipFile | None = None

    def __enter__(self) -> Self:
        """Open the file and write the header, if the layout has one."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.suffix == ".zip":
            self._archive = zipfile.ZipFile(self.path, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
            member = zipfile.ZipInfo(self.path.with_suffix(".txt").name, date_time=(1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            self._file = self._archive.open(member, "w", force_zip64=True)
        else:
            self._file = self.path.open("wb")
        if self.format.header:
            self._put(self.format.delimiters[0].join(map(self._quoted, self.format.names)) + self.format.line_end)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file and its archive."""
        for opened in (self._file, self._archive):
            if opened:
                opened.close()
        self._connection.close()

    def append(self, rows: pa.Table) -> None:
        """Write rows of core_voters, or of a history, in their order."""
        self._connection.register("rows", rows)
        texts = self._texts(set(rows.column_names))
        lines = [self._quoted_sql(texts.get(name, "NULL")) for name in self.format.names]
        line = f"concat_ws({literal(self.format.delimiters[0])}, {', '.join(lines)})"
        written = self._connection.sql(f"SELECT {line} AS line FROM rows").to_arrow_table()["line"].to_pylist()
        self._put("".join(text + self.format.line_end for text in written))

    def _put(self, text: str) -> None:
        assert self._file is not None
        encoding = self.format.encodings[0]
        try:
            self._file.write(text.encode(encoding))
        except UnicodeEncodeError:
            raise LayoutError(f"{self.path.name}: a text cannot be written in {encoding}.") from None

    def _quoted(self, text: str) -> str:
        return f"{self.format.quote}{text}{self.format.quote}"

    def _quoted_sql(self, text: str) -> str:
        quote = self.format.quote
        if not quote:
            return f"coalesce({text}, '')"
        escaped = f"replace(coalesce({text}, ''), {literal(quote)}, {literal(quote * 2)})"
        return f"{literal(quote)} || {escaped} || {literal(quote)}"

    def _texts(self, given: set[str]) -> dict[str, str]:
        columns: Mapping[str, ColumnLayout] = self.layout.column_layouts()
        return {layout.from_[0]: self._text(name, layout) for name, layout in columns.items() if name in given}

    def _text(self, name: str, layout: ColumnLayout) -> str:
        value = f"substr(voter_id, {len(self.state) + 2})" if name == "voter_id" else identifier(name)
        text = layout.operation.write(value)
        return f"coalesce({text}, {literal(layout.masks[0])})" if layout.masks else text
