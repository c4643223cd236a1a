"""Tables as Excel workbooks, every cell a text."""

import csv
from pathlib import Path

import xlsxwriter

from pipelines.layouts.formats import Delimited, Spreadsheet

TABLE = Delimited(
    kind="delimited", delimiters=["\t"], encodings=["utf-8"], quote='"', line_end="\n", names=["draft of a workbook"]
)
"""How the draft of a sheet is written before it becomes a workbook."""


def save_workbook(draft: Path, format_: Spreadsheet) -> Path:
    """The workbook of a draft, beside it."""
    target = draft.with_suffix(".xlsx")
    with xlsxwriter.Workbook(target, {"constant_memory": True, "strings_to_numbers": False}) as workbook:
        sheet = workbook.add_worksheet(format_.sheet or None)
        with draft.open(encoding="utf-8", newline="") as text:
            for place, row in enumerate(csv.reader(text, delimiter="\t")):
                for column, cell in enumerate(row):
                    if cell:
                        sheet.write_string(place, column, cell)
    return target
