"""The pages of a Parquet file, walked by their headers: they fill their column, keep to its size, and have checksums.

Readers of Parquet take a footer at its word and do not say whether a page carried a checksum. Of the format's own
description (`parquet.thrift`, PageHeader) this reads the sizes, the checksum, the number of values and the encoding.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from pyarrow.parquet import ColumnChunkMetaData, FileMetaData

_SIZE, _PACKED_SIZE, _CRC = 2, 3, 4
_KINDS = {5: (1, 2), 8: (1, 4)}  # header of a data page: where its number of values and its encoding stand
_DICTIONARY = 7
_LONGEST_HEADER = 1 << 17  # bytes; a header holds a least and a largest value of its page
_LARGEST_PAGE = 1 << 28  # bytes unpacked; writers make pages of a megabyte
_DEEPEST = 8  # structures in structures of a header; the format has three
_ENCODINGS = ("PLAIN", "", "PLAIN_DICTIONARY", "RLE", "BIT_PACKED", "DELTA_BINARY_PACKED", "DELTA_LENGTH_BYTE_ARRAY",
              "DELTA_BYTE_ARRAY", "RLE_DICTIONARY", "BYTE_STREAM_SPLIT")  # fmt: skip
_UNBOUNDED = "DELTA_BYTE_ARRAY"  # a page of a kilobyte may hold gigabytes of text


class BrokenPagesError(Exception):
    """The pages are not what the footer says; the message is a clause about the file."""


@dataclass
class Pages:
    """What the pages of a file sum up to.

    Attributes:
        count: Pages.
        unchecked: Pages without a checksum.
        size: Bytes unpacked.
        largest_group: Bytes unpacked of the largest row group.
    """

    count: int = 0
    unchecked: int = 0
    size: int = 0
    largest_group: int = 0


def walk_pages(file: Path, footer: FileMetaData) -> Pages:
    """The pages of a file, by their headers; nothing is unpacked.

    Raises:
        BrokenPagesError: Pages do not fill their columns, say another number of rows or another encoding than the
            footer, or are larger than a page can be.
    """
    found, packed = Pages(), 0
    with file.open("rb") as stream:
        for at in range(footer.num_row_groups):
            group, before = footer.row_group(at), found.size
            for place in range(group.num_columns):
                chunk = group.column(place)
                packed += chunk.total_compressed_size
                _walk_chunk(stream, chunk, group.num_rows, found)
            found.largest_group = max(found.largest_group, found.size - before)
    if packed > file.stat().st_size:
        raise BrokenPagesError("its columns share their bytes")
    if sum(footer.row_group(at).num_rows for at in range(footer.num_row_groups)) != footer.num_rows:
        raise BrokenPagesError("its footer and its row groups say another number of rows")
    return found


def _walk_chunk(stream: IO[bytes], chunk: ColumnChunkMetaData, rows: int, found: Pages) -> None:
    starts = [chunk.data_page_offset] + ([chunk.dictionary_page_offset] if chunk.has_dictionary_page else [])
    place, values = min(starts), 0
    end = place + chunk.total_compressed_size
    while place < end:
        stream.seek(place)
        header, size = _read_struct(stream.read(min(_LONGEST_HEADER, end - place)), 0)
        place += size + _number(header, _PACKED_SIZE)
        found.count += 1
        found.unchecked += _CRC not in header
        found.size += _number(header, _SIZE)
        values += _values(header, chunk.encodings)
    if place != end or values != chunk.num_values or values != rows:
        raise BrokenPagesError("its pages do not make up its columns")


def _values(header: dict[int, Any], encodings: tuple[str, ...]) -> int:
    """Values of a page; of a dictionary none, for it is not one of the rows."""
    kind = next((kind for kind in _KINDS if kind in header), None)
    if kind is None:
        if _DICTIONARY not in header:
            raise BrokenPagesError("its pages are of no known kind")
        return 0
    count, encoding = (_number(header[kind], at) for at in _KINDS[kind])
    name = _ENCODINGS[encoding] if encoding < len(_ENCODINGS) else ""
    if name not in encodings:
        raise BrokenPagesError("its pages are encoded in another way than its footer says")
    if name == _UNBOUNDED:
        raise BrokenPagesError(f"its texts are packed as {name}, which has no bound; write it with a dictionary")
    return count


def _number(fields: dict[int, Any], at: int) -> int:
    found = fields.get(at)
    if not isinstance(found, int) or not 0 <= found <= _LARGEST_PAGE:
        raise BrokenPagesError("the header of a page is broken, or a page is too large")
    return found


def _read_struct(data: bytes, place: int, depth: int = 0) -> tuple[dict[int, Any], int]:
    """A structure of Thrift's compact protocol: fields by number, and where it ends."""
    fields: dict[int, Any] = {}
    number = 0
    try:
        if depth > _DEEPEST:
            raise IndexError
        while data[place]:
            kind, step = data[place] & 15, data[place] >> 4
            place += 1
            if step:
                number += step
            else:
                number, place = _read_integer(data, place)
            fields[number], place = _read_value(data, place, kind, depth)
    except IndexError:
        raise BrokenPagesError("the header of a page is broken, or a page is too large") from None
    return fields, place + 1


def _read_value(data: bytes, place: int, kind: int, depth: int) -> tuple[Any, int]:
    if kind in (1, 2):
        return kind == 1, place
    if kind == 3:
        return data[place], place + 1
    if kind in (4, 5, 6):
        return _read_integer(data, place)
    if kind == 8:
        length, place = _read_varint(data, place)
        if place + length >= len(data):
            raise IndexError
        return data[place : place + length], place + length
    if kind == 12:
        return _read_struct(data, place, depth + 1)
    raise IndexError  # a header of a page holds nothing else


def _read_integer(data: bytes, place: int) -> tuple[int, int]:
    found, place = _read_varint(data, place)
    return (found >> 1) ^ -(found & 1), place


def _read_varint(data: bytes, place: int) -> tuple[int, int]:
    found = shift = 0
    while data[place] & 128 and shift < 63:
        found |= (data[place] & 127) << shift
        place, shift = place + 1, shift + 7
    return found | (data[place] << shift), place + 1
