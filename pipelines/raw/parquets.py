"""A received Parquet file as a copy of our own, every page of it checked; SQL never sees the foreign one.

A flipped bit in a page is read without a word by most readers: DuckDB looks at no checksum, pyarrow at those of pages
when it is told to. So a file is read only if all its pages carry checksums, or if a digest lies beside it
(`digests.py`). The footer, which holds the names, types and places of the columns, has no checksum in any Parquet file:
without a digest the columns must be the ones that the layout lists, all of them and no other, and footer and pages must
agree in rows, sizes and encodings.
"""

import errno
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from models.errors import LayoutError
from models.wording import counted, shown, shown_list
from pipelines.raw.apart import answer, ask_apart
from pipelines.raw.pages import BrokenPagesError, walk_pages

_LARGEST_FOOTER = 1 << 24  # bytes; a footer takes a hundred for each column of a row group
_LARGEST_GROUP = 1 << 30  # bytes unpacked; writers make row groups of a hundred megabytes
_BATCH_ROWS = 1 << 14
_LARGEST_BATCH = 1 << 29  # bytes of text in so many rows: 32,000 characters a row
_BROKEN = "not a whole Parquet file."


@dataclass(frozen=True)
class CheckedCopy:
    """A Parquet file that was read and checked.

    Attributes:
        path: The copy; its columns are named c0 .. cN.
        headers: Names of the columns, in order.
        rows: Rows.
    """

    path: Path
    headers: tuple[str, ...]
    rows: int


def copy_checked(received: Path, name: str, is_proven: bool, largest: int, scratch: Path) -> CheckedCopy:
    """Read a Parquet file in a process of its own and write it anew.

    Args:
        received: Bytes as received.
        name: Name that the file landed under.
        is_proven: Whether a digest says that these are the bytes that were meant.
        largest: Bytes that it may unpack to.
        scratch: Folder for the copy; the caller removes it.

    Raises:
        LayoutError: It is no Parquet file, is damaged, stops what reads it, cannot be proven whole, has columns of
            lists or structures, or unpacks to too much.
    """
    target = Path(tempfile.mkdtemp(dir=scratch)) / "copy.parquet"
    words = [str(received), name, str(target), "proven" if is_proven else "", str(largest)]
    told = ask_apart(__name__, name, *words)
    return CheckedCopy(target, tuple(told["headers"]), told["rows"])


def _answer(received: Path, name: str, target: Path, is_proven: bool, largest: int) -> dict[str, Any]:
    try:
        return _copy(received, name, is_proven, largest, target)
    except BrokenPagesError as error:
        raise LayoutError(f"{name}: {_BROKEN[:-1]}: {error}. Ask for the file again.") from None
    except (OverflowError, MemoryError):
        raise LayoutError(f"{name}: it unpacks to more than a file of its size may hold; not read.") from None
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise  # the machine's trouble, not the file's
        raise LayoutError(f"{name}: {_BROKEN}") from None


def _copy(received: Path, name: str, is_proven: bool, largest: int, target: Path) -> dict[str, Any]:
    _demand_small_footer(received)
    footer = pq.read_metadata(received)
    _demand_plain(name, footer)
    if not footer.num_rows:
        raise BrokenPagesError("it has no rows")
    pages = walk_pages(received, footer)
    if pages.unchecked and not is_proven:
        raise LayoutError(
            f"{name}: {pages.unchecked:,} of its {pages.count:,} pages carry no checksum, so damage could not be "
            f"noticed. Write it with page checksums, or put its SHA-256 beside it as {name}.sha256."
        )
    if pages.size > largest or pages.largest_group > _LARGEST_GROUP:
        raise OverflowError
    texts = [footer.schema.column(at).name for at in range(footer.num_columns) if _is_text(footer.schema.column(at))]
    with pq.ParquetFile(
        received, read_dictionary=texts, page_checksum_verification=True, pre_buffer=False, buffer_size=1 << 20
    ) as opened:
        headers = tuple(opened.schema_arrow.names)
        rows = _write(_batches(opened, largest), target)
    if rows != footer.num_rows:
        raise BrokenPagesError("its footer and its pages say another number of rows")
    return {"headers": list(map(shown, headers)), "rows": rows}


def _demand_small_footer(received: Path) -> None:
    with received.open("rb") as stream:
        stream.seek(max(received.stat().st_size - 8, 0))
        tail = stream.read()
    if tail[4:] != b"PAR1" or int.from_bytes(tail[:4], "little") > _LARGEST_FOOTER:
        raise ValueError


def _demand_plain(name: str, footer: pq.FileMetaData) -> None:
    """Refuse columns of lists and structures, and two of one name."""
    columns = [footer.schema.column(at) for at in range(footer.num_columns)]
    nested = [
        found.path
        for found in columns
        if found.max_repetition_level or found.max_definition_level > 1 or found.path != found.name
    ]
    if nested:
        held = counted(len(nested), "column", "holds", "hold")
        raise LayoutError(f"{name}: {held} lists or structures: {shown_list(nested)}. Not read.")
    names = [found.name for found in columns]
    doubled = sorted({found for found in names if names.count(found) > 1}) if len(set(names)) < len(names) else []
    if doubled:
        raise LayoutError(f"{name}: {counted(len(doubled), 'column', 'stands', 'stand')} twice: {shown_list(doubled)}.")


def _is_text(column: pq.ColumnSchema) -> bool:
    return column.physical_type == "BYTE_ARRAY"


def _batches(opened: pq.ParquetFile, left: int) -> Iterator[pa.RecordBatch]:
    """The rows with their columns named c0 .. cN, each batch measured before its texts are written out."""
    for batch in opened.iter_batches(batch_size=_BATCH_ROWS, use_threads=False):
        size = sum(map(_text_size, batch.columns))
        left -= size
        if left < 0 or size > _LARGEST_BATCH:
            raise OverflowError
        columns = list(map(_plain, batch.columns))
        yield pa.RecordBatch.from_arrays(columns, names=[f"c{place}" for place in range(len(columns))])


def _text_size(column: pa.Array) -> int:
    """Bytes of the texts of a column, each as often as it stands."""
    if not isinstance(column, pa.DictionaryArray):
        return column.nbytes
    lengths = pc.call_function("binary_length", [column.dictionary])
    return lengths.take(column.indices).sum().as_py() or 0


def _plain(column: pa.Array) -> pa.Array:
    """A column as text, or as numbers and days that have one way to be written."""
    if isinstance(column, pa.DictionaryArray):
        column.validate(full=True)
        words = column.dictionary.cast(pa.string())
        words.validate(full=True)
        with_null = pc.call_function("match_substring", [words], pc.MatchSubstringOptions("\0"))
        if pc.call_function("any", [with_null]).as_py():
            raise BrokenPagesError("NUL bytes stand in its texts")
        return words.take(column.indices)
    if pa.types.is_timestamp(column.type) and column.type.tz:
        return column.cast(pa.timestamp(column.type.unit))  # as UTC, whatever the zone of the machine
    return column


def _write(batches: Iterator[pa.RecordBatch], target: Path) -> int:
    first = next(batches, None)
    if first is None:
        raise BrokenPagesError("it has no rows")
    with pq.ParquetWriter(target, first.schema) as writer:
        writer.write_batch(first)
        rows = first.num_rows
        for batch in batches:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows


if __name__ == "__main__":
    received, name, target, proven, largest = sys.argv[1:]
    answer(lambda: _answer(Path(received), name, Path(target), bool(proven), int(largest)))
