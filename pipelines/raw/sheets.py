"""A sheet of a workbook as text, in a process of its own: `python -m pipelines.raw.sheets BOOK SHEET TEXT BYTES`.

A workbook of a few bytes can claim a cell at its last row and column, or repeat a long text a million times; what reads
it then asks for more memory than any machine has, and stops. So it is read where it may stop alone, with at most so
many bytes of memory and of text. The last line that it prints is an answer in JSON.
"""

import contextlib
import csv
import datetime as dt
import json
import resource
import sys
from io import BytesIO
from pathlib import Path

import python_calamine as calamine

DELIMITER, QUOTE = ",", '"'
MOST_MEMORY = 4 << 30
"""Bytes of memory for one workbook: the largest sheet, a million rows of a hundred columns, takes three quarters."""
MOST_SECONDS = 900
"""Seconds of work for one workbook: the largest sheet takes two hundred."""
_LARGEST_EXACT = 1 << 53  # a number of a workbook is a double: whole numbers beyond are not exact
_MOST_NAMED = 20


def main() -> None:
    """Write a sheet and print how many rows it has, or why it cannot be read."""
    book, sheet, text, largest = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])
    with contextlib.suppress(ValueError):  # where the machine allows less already
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    print(json.dumps(_answer(book, sheet, text, largest)))


def _answer(book: Path, wanted: str, text: Path, largest: int) -> dict[str, object]:
    try:
        opened = calamine.CalamineWorkbook.from_filelike(BytesIO(book.read_bytes()))
        names = opened.sheet_names
        if wanted and wanted not in names:
            return {"fault": "no sheet", "count": len(names), "names": [name[:200] for name in names[:_MOST_NAMED]]}
        sheet = opened.get_sheet_by_name(wanted) if wanted else opened.get_sheet_by_index(0)
        return {"rows": _write(sheet, text, largest)}
    except calamine.PasswordError:
        return {"fault": "locked"}
    except (MemoryError, OverflowError):
        return {"fault": "too large"}
    except (calamine.CalamineError, ValueError, IndexError):
        return {"fault": "broken"}


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
    main()
