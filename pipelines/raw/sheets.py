"""A sheet of a workbook as text: `python -m pipelines.raw.sheets BOOK SHEET TEXT BYTES NAME`, in a process of its own.

A workbook of a few bytes can claim a cell at its last row and column, or repeat a long text a million times.
"""

import csv
import datetime as dt
import sys
from io import BytesIO
from pathlib import Path

import python_calamine as calamine

from models.errors import LayoutError
from models.wording import shown_list
from pipelines.raw.apart import answer

DELIMITER, QUOTE = ",", '"'
_LARGEST_EXACT = 1 << 53  # a number of a workbook is a double: whole numbers beyond are not exact


def write_sheet(book: Path, wanted: str, target: Path, largest: int, name: str) -> int:
    """Write a sheet as text, a line a row; how many rows it has.

    Args:
        book: The workbook.
        wanted: Name of the sheet; empty for the first one.
        target: Where the text is written.
        largest: Bytes of text that it may have.
        name: Name of the workbook for people.

    Raises:
        LayoutError: The workbook is broken or locked, lacks the sheet, or has too much text.
    """
    try:
        opened = calamine.CalamineWorkbook.from_filelike(BytesIO(book.read_bytes()))
        names = opened.sheet_names
        if wanted and wanted not in names:
            told = f"its {len(names)} sheets are {shown_list(names)}"
            raise LayoutError(f"{name}: it has no sheet {wanted}; {told}.")
        sheet = opened.get_sheet_by_name(wanted) if wanted else opened.get_sheet_by_index(0)
        return _write(sheet, target, largest)
    except calamine.PasswordError:
        raise LayoutError(f"{name}: the workbook is locked by a password.") from None
    except (calamine.CalamineError, ValueError, IndexError):
        raise LayoutError(f"{name}: not a whole workbook.") from None
    except (MemoryError, OverflowError):
        raise LayoutError(f"{name}: the workbook unpacks to more than a file of its size may hold.") from None


def _write(sheet: calamine.CalamineSheet, target: Path, largest: int) -> int:
    """Write the rows of a sheet, those above the first cell as blank lines; how many there are."""
    count = 0
    with target.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, delimiter=DELIMITER, quotechar=QUOTE, lineterminator="\n")
        for row in sheet.iter_rows():
            cells = [cell if cell.__class__ is str and cell.isprintable() else _text(cell) for cell in row]
            if any(cells):
                writer.writerow(cells)
            else:
                text.write("\n")
            count += 1
            if not count % 1000 and text.tell() > largest:
                raise OverflowError
    return count


def _text(cell: object) -> str:
    """A cell as text."""
    if isinstance(cell, str):
        return " ".join(cell.splitlines())
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _LARGEST_EXACT:
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ") if cell.time() != dt.time() else cell.date().isoformat()
    return str(cell)


if __name__ == "__main__":
    book, sheet, text, largest, name = sys.argv[1:]
    answer(lambda: {"rows": write_sheet(Path(book), sheet, Path(text), int(largest), name)})
