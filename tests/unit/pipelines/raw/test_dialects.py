"""The first lines of a text: a title, a header or none, names that stand twice, and a byte order mark."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.errors import LayoutError
from pipelines.layouts.files import FileLayout
from pipelines.layouts.lookups import CodeFile
from pipelines.raw.diff import describe_difference
from pipelines.raw.readers import open_file

NAMES = ["id", "last", "first"]
ROWS = [("1", "ANN", "A"), ("2", "BO", "B")]


def text(**more):
    return {"kind": "delimited", "delimiters": [","], "encodings": ["latin-1"], "quote": '"', "names": NAMES} | more


def test_a_first_line_is_a_header_or_a_row(stage):
    for content in (b"id,last,first\n1,ANN,A\n2,BO,B\n", b"1,ANN,A\n2,BO,B\n"):
        assert stage(content, text(header="either")).rows == ROWS


def test_a_header_that_may_lack_is_still_read_by_name(stage):
    assert stage(b"FIRST, Last ,new,Id\nA,ANN,x,1\nB,BO,,2\n", text(header="either")).rows == ROWS


NEITHER = {
    b"1,ANN\n2,BO\n": "3 columns were expected where the first line is not the header; found 2 by comma",
    b"1\tANN\tA\n": "its delimiter is tab, the layout says comma",
    b"number,last,first\n1,ANN,A\n": "1 required column is missing: id",
}


@pytest.mark.parametrize("content", NEITHER)
def test_a_first_line_that_is_neither_is_refused_in_words(stage, content):
    with pytest.raises(LayoutError, match=NEITHER[content]) as refusal:
        stage(content, text(header="either"))
    assert "ANN" not in str(refusal.value)


def test_lines_above_the_header_are_skipped_and_counted(stage):
    read = stage(b'List, of "all\n\nid,last,first\n1,ANN,A\n\n2,BO,B,C\n,CY,C\n2,BO,B\n', text(skipped_lines=2))
    assert read.rows == ROWS
    assert read.refused == [(6, "has as many fields as the header"), (7, "is stated")]
    with pytest.raises(LayoutError, match="a header and no rows"):
        stage(b"List\nid,last,first\n", text(skipped_lines=1))
    with pytest.raises(LayoutError, match="the first line is not the header"):
        stage(b"List\n", text(skipped_lines=1))


MARK = b"\xef\xbb\xbf"


@pytest.mark.parametrize("header", [b"id,last,first\n", b'"id","last","first"\n', b""])
@pytest.mark.parametrize("name", ["ANN", "ÁNN"])
def test_a_byte_order_mark_before_latin_1_does_not_matter(stage, header, name):
    read = stage(MARK + header + f"1,{name},A\n2,BO,B\n".encode("latin-1"), text(header="either"))
    assert read.rows == [("1", name, "A"), ROWS[1]]
    assert (read.differences, read.facts["encoding"]) == ([], "latin-1")


def test_a_name_stands_as_often_as_the_layout_lists_it(stage):
    content = b"id,last,town,first,town\n1,ANN,x,A,y\n"
    assert stage(content, text(names=["id", "last", "town", "first", "town"])).differences == []
    assert stage(content, text()).differences == ["f.txt: 2 columns are new: town, town."]
    assert stage(content, text(names=[*NAMES, "town", "town", "town"])).differences == [
        "f.txt: 1 of 6 columns are missing: town."
    ]
    with pytest.raises(LayoutError, match="1 columns that are read stand twice in the header: last"):
        stage(b"id,last,last,first\n1,ANN,x,A\n", text())
    twice = stage(b"id,last,last,first\n1,ANN,x,A\n", text(names=["id", "last", "last", "first"]))
    assert twice.rows == [("1", "ANN", "A")]


def test_a_renamed_column_is_told_with_its_likely_name():
    files = FileLayout.model_validate({"match": ["*"], "format": text(), "voters": {"voter_id": "id"}})
    assert describe_difference(["ID", "lastt", "first"], files) == ("last is now lastt")


def test_a_code_file_needs_every_column_that_it_names(lake, tmp_path):
    codes = CodeFile.model_validate({"match": ["*"], "format": text(names=["code", "name"], header="either")})
    for content in (b"name,code\nADAMS,1\n", b"1,ADAMS\n"):
        (tmp_path / "codes.csv").write_bytes(content)
        with lake.connect() as connection:
            (found,) = open_file(tmp_path / "codes.csv", "codes.csv", codes, tmp_path)
            rows = connection.execute(f"SELECT * FROM {found.relation}").fetchall()
        assert dict(zip(found.headers, rows[0], strict=False)) == {"code": "1", "name": "ADAMS"}
    (tmp_path / "codes.csv").write_bytes(b"code\tname\n1\tADAMS\n")
    with pytest.raises(LayoutError, match="its delimiter is tab, the layout says comma"):
        list(open_file(tmp_path / "codes.csv", "codes.csv", codes, tmp_path))


CELL = st.sampled_from(["", "ANN", "O, NEIL", "5 x", 'SAY "IT"'])


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.lists(CELL, max_size=2), min_size=1, max_size=30))
def test_short_rows_are_filled_up_as_python_reads_them(stage, cells):
    content = io.StringIO()
    csv.writer(content, lineterminator="\n").writerows([NAMES, *[[str(at), *row] for at, row in enumerate(cells)]])
    read = stage(content.getvalue().encode(), text(has_short_rows=True))
    padded = [(str(at), *[*row, "", ""][:2]) for at, row in enumerate(cells)]
    assert [tuple(value or "" for value in row) for row in read.rows] == padded
    assert not read.refused and read.facts["row_count"] == len(cells)


def test_short_rows_are_refused_where_a_lost_quote_would_move_their_fields(stage):
    lines = [
        "id,last,first",
        "1,ANN",
        '2,"BO,B',
        '3,"O, NEIL"',
        "4",
        "",
        '5,"CY",C',
        '6,"D, D",E',
        "7,x,y,z",
        "8,EVE,F",
    ]
    read = stage(("\n".join(lines) + "\n").encode(), text(has_short_rows=True))
    assert read.rows == [("1", "ANN", None), ("4", None, None), ("5", "CY", "C"), ("8", "EVE", "F")]
    assert read.refused == [
        (3, "closes its quotes"),
        (4, "closes its quotes"),
        (8, "has as many fields as the header"),
        (9, "has as many fields as the header"),
    ]
