"""Workbooks as texts: cells as people see them, rows at their numbers, and books that cannot be read."""

import datetime as dt
import io
import zipfile

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.errors import LayoutError

NAMES = ["id", "last", "first"]
HEADER = ["id", "last", "first"]


def sheets(**more):
    return {"kind": "spreadsheet", "names": NAMES} | more


def book(*rows, sheet="Voters", before=()):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"default_date_format": "yyyy-mm-dd"}) as workbook:
        for name in before:
            workbook.add_worksheet(name).write(0, 0, "nothing")
        written = workbook.add_worksheet(sheet)
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                written.write(at, place, cell)
    return content.getvalue()


CELLS = [
    ("0042", "0042"),
    (42, "42"),
    (42.5, "42.5"),
    (1e15, "1000000000000000"),
    (True, "TRUE"),
    (False, "FALSE"),
    (0, "0"),
    (dt.date(1980, 1, 2), "1980-01-02"),
    (dt.datetime(1980, 1, 2, 3, 4), "1980-01-02 03:04:00"),
    ('O"NEIL, "ANN"', 'O"NEIL, "ANN"'),
    ("two\nlines", "two lines"),
    ("ÉVA 漢", "ÉVA 漢"),
    (None, None),
]


def test_cells_are_the_texts_that_people_see(stage):
    rows = [[str(at), cell, "X"] for at, (cell, _) in enumerate(CELLS)]
    read = stage(book(HEADER, *rows), sheets(), "f.xlsx")
    assert read.rows == [(str(at), text, "X") for at, (_, text) in enumerate(CELLS)]
    assert (read.refused, read.differences, read.facts["encoding"]) == ([], [], "utf-8")


def test_a_refused_row_has_its_number_in_the_sheet(stage):
    rows = [["List of voters"], [], HEADER, ["1", "ANN", "A"], [], ["", "BO", "B"], ["3", "CY", "C"]]
    read = stage(book(*rows), sheets(skipped_lines=2), "f.xlsx")
    assert read.rows == [("1", "ANN", "A"), ("3", "CY", "C")]
    assert read.refused == [(6, "is stated")]


def test_the_sheet_is_found_by_name_or_is_the_first(stage):
    content = book(HEADER, ["1", "ANN", "A"], before=["Legend"])
    assert stage(content, sheets(sheet="Voters"), "f.xlsx").rows == [("1", "ANN", "A")]
    with pytest.raises(LayoutError, match="the first line is not the header"):
        stage(content, sheets(), "f.xlsx")
    with pytest.raises(LayoutError, match=r"f\.xlsx: it has no sheet 2024; its 2 sheets are Legend, Voters"):
        stage(content, sheets(sheet="2024"), "f.xlsx")


def archive(members):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, member in members.items():
            zipped.writestr(name, member)
    return content.getvalue()


def test_workbooks_of_an_archive_are_read_each(stage):
    one, two = book(HEADER, ["1", "ANN", "A"]), book(HEADER, ["2", "BO", "B"])
    content = archive({"b.xlsx": two, "a.xlsx": one, "legend.md": b"x"})
    assert stage(content, sheets(), "f.zip", members=["*.xlsx"]).rows == [("1", "ANN", "A"), ("2", "BO", "B")]


def bomb():
    content = io.BytesIO(book(HEADER))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("xl/worksheets/sheet2.xml", b" " * (40 << 20))
    return content.getvalue()


def locked():
    """A workbook whose list of parts says that the first one is locked."""
    content = bytearray(book(HEADER, ["1", "ANN", "A"]))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


BROKEN = {
    "a locked part": (locked(), "a part of the workbook is locked by a password"),
    "a text": (b"id,last,first\n1,ANN,A\n", "not a whole workbook"),
    "cut": (book(HEADER, ["1", "ANN", "A"])[:2000], "not a whole workbook"),
    "no rows": (book(), "the sheet has no rows"),
    "a header alone": (book(HEADER), "a header and no rows"),
    "other columns": (book(["number", "last", "first"], ["1", "ANN", "A"]), "1 required column is missing: id"),
    "a bomb": (bomb(), "unpacks to more than 100 times its size"),
    "empty": (b"", r"the file is empty \(0 bytes\)"),
}


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("is_packed", [False, True])
def test_a_workbook_that_cannot_be_read_is_refused_in_words(stage, broken, is_packed):
    content, sentence = BROKEN[broken]
    if is_packed and not content:
        sentence = "nothing but empty members"
    with pytest.raises(LayoutError, match=sentence) as refusal:
        stage(archive({"a.xlsx": content}) if is_packed else content, sheets(), "f.zip" if is_packed else "f.xlsx")
    assert "ANN" not in str(refusal.value)


WHOLE = book(HEADER, *[[str(at), f"NAME{at}", "A"] for at in range(50)])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, len(WHOLE) - 1), bit=st.integers(0, 7), is_cut=st.booleans())
def test_a_damaged_workbook_is_refused_or_read_as_it_was(stage, place, bit, is_cut):
    content = bytearray(WHOLE[:place] if is_cut else WHOLE)
    if not is_cut:
        content[place] ^= 1 << bit
    try:
        read = stage(bytes(content), sheets(), "f.xlsx")
    except LayoutError as error:
        assert "NAME" not in str(error)
    else:
        assert read.rows == [(str(at), f"NAME{at}", "A") for at in range(50)]
