"""Lines that are no whole record although they may look like one: a text cut short, a record broken in two."""

import csv
import os
from collections.abc import Iterator, Mapping

from pipelines.raw.opening import LONGEST_LINE
from pipelines.raw.scans import UNPAIRED, DelimitedScan, FixedScan, TextScan

_SAMPLED_LINES = 1000  # rows that tell how short a short row of this text is


def is_cut_short(scan: TextScan) -> bool:
    """Whether a text ends in the middle of a record: without a line end, and with less than a whole record."""
    last = _unended_line(scan)
    if not last.strip():
        return False
    if isinstance(scan, FixedScan):
        return bool(scan.places.fault(last)) or (bool(scan.places.lengths) and len(last) < scan.places.lengths[0])
    assert isinstance(scan, DelimitedScan)
    quote = scan.format.quote
    if quote and last.count(quote) % 2:
        return True
    return _field_count(last, scan) < (_fewest_fields(scan) if scan.format.has_short_rows else len(scan.headers))


def find_pieces(scan: TextScan, refused: Mapping[int, str]) -> Iterator[int]:
    """Lines that were read as rows and stand beside a refused line that may be a piece of their record.

    A line end inside the last field of a record leaves a row that looks whole, and a line that is none; inside the
    first field, a line that is none, and a row that looks whole. Of a record that is broken inside quotes both pieces
    are refused for their quotes: such a line says nothing of its neighbours.

    Args:
        scan: The text.
        refused: Its refused lines, by number from 1, with the rule that each breaks.
    """
    before = ""
    for number, line in enumerate(scan.opened.lines(), 1):
        is_row, was_row = number not in refused, number - 1 not in refused
        if not is_row and was_row and refused[number] != UNPAIRED and number - 1 > scan.lines_before and before:
            yield from [number - 1] if _is_tail(line, before, scan) else []
        if is_row and not was_row and refused[number - 1] != UNPAIRED and line and _is_head(before, line, scan):
            yield number
        before = line


def _is_tail(line: str, before: str, scan: TextScan) -> bool:
    """Whether a refused line may be the end of the record before it."""
    if isinstance(scan, FixedScan):
        return _is_fixed_piece(line, before, scan)
    assert isinstance(scan, DelimitedScan)
    if scan.format.has_short_rows:
        return _field_count(before, scan) + _field_count(line, scan) - 1 <= len(scan.headers)
    return _is_one_field(line, scan)


def _is_head(before: str, line: str, scan: TextScan) -> bool:
    """Whether a refused line may be the beginning of the record behind it."""
    if isinstance(scan, FixedScan):
        return bool(scan.places.lengths) and _is_fixed_piece(before, line, scan)
    assert isinstance(scan, DelimitedScan)
    return _is_one_field(before, scan)


def _is_fixed_piece(line: str, beside: str, scan: FixedScan) -> bool:
    """Whether a line and the one beside it make up a record, with or without the sign that the line end replaced.

    Between separators the last field takes the rest of the line, so that its length tells nothing; a line that has all
    its separators is a record of its own, though not a whole one.
    """
    places = scan.places
    if places.lengths:
        return len(line) + len(beside) in (places.lengths[0] - 1, places.lengths[0])
    return len(line) < places.starts[-1] and line.count(places.separator) < len(places.starts) - 1


def _is_one_field(line: str, scan: DelimitedScan) -> bool:
    """Whether a line may be a part of one field; a field in quotes is whole."""
    quote, text = scan.format.quote, line.strip()
    is_whole = bool(quote) and len(text) > 1 and text.startswith(quote) and text.endswith(quote)
    return bool(text) and scan.delimiter not in line and not is_whole


def _unended_line(scan: TextScan) -> str:
    """The last line of a text where no line end closes it; else nothing."""
    with scan.opened.path.open("rb") as text:
        size = text.seek(0, os.SEEK_END)
        text.seek(max(0, size - LONGEST_LINE))
        end = text.read()
    if end.endswith((b"\n", b"\r")):
        return ""
    return end.replace(b"\r", b"\n").rpartition(b"\n")[2].decode("utf-8", "replace")


def _field_count(line: str, scan: DelimitedScan) -> int:
    """Fields of a line; one with a field that is too long to be one is split at its delimiters alone."""
    if scan.is_by_line or not scan.format.quote or scan.format.quote not in line:
        return line.count(scan.delimiter) + 1
    try:
        return len(next(csv.reader([line], delimiter=scan.delimiter, quotechar=scan.format.quote), []))
    except csv.Error:  # more than 131,072 characters
        return line.count(scan.delimiter) + 1


def _fewest_fields(scan: DelimitedScan) -> int:
    """Fields of the shortest of the first rows."""
    lines = scan.opened.head(_SAMPLED_LINES)[scan.lines_before :]
    return min(
        (_field_count(line, scan) for line in lines[: scan.opened.line_count - scan.lines_before - 1]), default=0
    )
