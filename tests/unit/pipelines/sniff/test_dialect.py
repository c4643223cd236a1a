"""Delimiter, quote, header and places of unknown texts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import LayoutError
from pipelines.sniff.dialect import find_text_dialect
from pipelines.sniff.fixed import find_fields

CELL = st.text(alphabet="ABCdef 123.", min_size=1, max_size=8)


def found(*lines):
    return find_text_dialect("file.txt", lines, lines)


@settings(deadline=None)
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=5, max_size=30), st.sampled_from(["\t", "|", ",", ";"]))
def test_the_sign_that_is_in_every_line_is_the_delimiter(rows, delimiter):
    lines = [delimiter.join(["Voter ID", "Last Name", "City"]), *(delimiter.join(row) for row in rows)]
    dialect = found(*lines)
    assert dialect.delimiter == delimiter and len(dialect.headers) == 3


def test_a_comma_in_quotes_is_no_delimiter():
    dialect = found('"Voter ID","Last Name"', '"1","SMITH, JR"', '"2","JONES"', '"3","REED, SR"')
    assert (dialect.delimiter, dialect.quote, dialect.has_header) == (",", '"', True)
    assert dialect.split(['"1","SMITH, JR"']) == [["1", "SMITH, JR"]]


def test_a_title_above_the_header_is_skipped():
    dialect = found("LIST OF VOTERS", "VOTER ID|LAST NAME|CITY", "1|SMITH|OAKDALE", "2|JONES|THORNE")
    assert dialect.skipped_lines == 1 and dialect.headers == ("VOTER ID", "LAST NAME", "CITY")


def test_rows_of_people_are_no_header():
    dialect = found("1001,SMITH,JAMES,M", "1002,JONES,MARY,F", "1003,REED,ANNA,F", "1004,COX,JAMES,M")
    assert not dialect.has_header and dialect.headers[0] == "column_1"


def test_running_text_has_no_delimiter():
    with pytest.raises(LayoutError, match="no delimiter"):
        found("It was a dark night,", "and nobody", "had, in truth, voted, not one")


def test_fields_of_fixed_width_are_cut_at_blanks_and_at_other_kinds_of_signs():
    lines = [
        f"{at:06d}{name:<12}{day}F"
        for at, name, day in zip(range(60), ["SMITH", "REED", "MARTIN"] * 20, ["20200131"] * 60, strict=True)
    ]
    fields = find_fields(lines)
    assert fields is not None
    assert fields.split(lines[2])[:2] == ["000002", "MARTIN"] and fields.split(lines[2])[-1] == "F"


def test_delimited_lines_of_one_length_are_not_of_fixed_width():
    assert find_fields([f"{at:05d},GEN,A" for at in range(50)]) is None
