"""Fields at fixed places: records told by their length, separators in every line, and lines that do not fit."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.errors import LayoutError

RECORD = {"id": 3, "last": 6, "first": 2}
OLDER = {"first": 1, "id": 3, "last": 4}
SLOW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def fixed(*records, encodings=("utf-8", "latin-1"), separator=""):
    found = list(records or [RECORD])
    return {"kind": "fixed_width", "encodings": list(encodings), "records": found, "separator": separator}


def line(*fields, separator=""):
    widths = RECORD.values()
    return separator.join(field.ljust(width) for field, width in zip(fields, widths, strict=True))


TEXT = st.text(st.sampled_from("AÉ\u0301 ,\"'|Ł漢"), max_size=6)


@SLOW
@given(names=st.lists(TEXT, min_size=1, max_size=15), end=st.sampled_from(["\n", "\r\n"]))
def test_fields_are_cut_by_characters_as_python_cuts_them(stage, names, end):
    lines = [line(f"{at:03}", name, "X") for at, name in enumerate(names)]
    read = stage((end.join(lines) + end).encode(), fixed(encodings=["utf-8"]))
    assert [(voter_id, last or "") for voter_id, last, _ in read.rows] == [
        (f"{at:03}", " ".join(name.split())) for at, name in enumerate(names)
    ]


def test_an_encoding_of_one_byte_is_cut_by_characters_too(stage):
    read = stage(f"{line('001', 'ÉLAN', 'Ö')}\n{line('002', 'BO', 'B')}\n".encode("latin-1"), fixed())
    assert read.rows == [("001", "ÉLAN", "Ö"), ("002", "BO", "B")]
    assert (read.facts["encoding"], read.facts["delimiter"]) == ("latin-1", None)


def test_the_record_is_told_by_the_length_of_the_first_line(stage):
    both = fixed(RECORD, OLDER)
    assert stage(f"{line('001', 'ANN', 'A')}\n".encode(), both).rows == [("001", "ANN", "A")]
    assert stage(b"A001ANN \nB002BO  \n", both).rows == [("001", "ANN", "A"), ("002", "BO", "B")]
    with pytest.raises(LayoutError, match="its first line has 9 characters; records have 11 or 8"):
        stage(b"A001ANNE \n", both)


def test_a_text_of_blank_lines_is_refused(stage):
    with pytest.raises(LayoutError, match="lines are blank"):
        stage("\n\n\n".encode("utf-16"), fixed(encodings=["utf-16"]))


def test_lines_of_another_length_are_refused_by_line(stage):
    lines = [
        line("001", "ANN", "A"), "", line("002", "BO", "B") + " ", line("003", "CY", "C")[:-1], line("004", "DI", "D"),
    ]  # fmt: skip
    read = stage(("\n".join(lines) + "\n\n").encode(), fixed(RECORD, OLDER))
    assert read.rows == [("001", "ANN", "A"), ("004", "DI", "D")]
    assert read.refused == [(3, "is as long as the record"), (4, "is as long as the record")]
    assert (read.facts["row_count"], read.facts["line_count"]) == (4, 6)


def test_a_control_sign_takes_a_line_out_once(stage):
    lines = [line("001", "ANN", "A"), line("002", "B\x1fO", "B"), line("003", "C\x1fY", "C") + "x", "004"]
    read = stage(("\n".join(lines) + "\n").encode(), fixed())
    assert read.rows == [("001", "ANN", "A")]
    assert [number for number, _ in read.refused] == [2, 3, 4] and read.facts["row_count"] == 4


def test_a_line_that_ends_as_a_shorter_record_does_is_read(stage):
    shorter = {"id": 3, "last": 6}
    lines = [line("001", "ANN", "A"), "002BO    ", "003CY   "]
    read = stage(("\n".join(lines) + "\n").encode(), fixed(RECORD, shorter, OLDER))
    assert read.rows == [("001", "ANN", "A"), ("002", "BO", None)]
    assert read.refused == [(3, "is as long as the record")]


def test_a_key_stands_at_the_line_of_the_file_that_lacks_it(stage):
    lines = [line("001", "ANN", "A"), "", "x", line("", "BO", "B")]
    assert stage(("\n".join(lines) + "\n").encode(), fixed()).refused == [
        (3, "is as long as the record"),
        (4, "is stated"),
    ]


def test_lines_of_another_record_are_told_by_what_they_have_more_or_fewer(stage):
    dated = {"id": 3, "born": 8, "last": 6, "town": 4}
    born = {"birth_date": {"from": "born", "date": "%Y%m%d"}}
    voters = {"voter_id": {"from": "id", "key": True}, "last_name": "last", **born}
    lines = [f"{at:03}19700{1 + at % 9}15NAME{at % 10} AMES" for at in range(20)]
    for put, more, is_likely in (
        (lambda line: line + "WXYZ", "4 characters more", True),
        (lambda line: line[:-4], "4 characters fewer", True),
        (lambda line: line[:3] + "0" + line[3:], "1 characters more", False),
        (lambda line: line[:-2], "2 characters fewer", False),
    ):
        with pytest.raises(LayoutError, match=f"lines have {more} than the record") as refusal:
            stage("\n".join(map(put, lines)).encode(), fixed(dated), voters=voters)
        assert bool(refusal.value.change) is is_likely and "NAME" not in str(refusal.value)
        if is_likely:
            records = refusal.value.change["set"]["format"]["records"]
            read = stage("\n".join(map(put, lines)).encode(), fixed(*records), voters=voters)
            assert read.facts["row_count"] == 20 and not read.refused


def test_a_record_without_a_required_column_is_refused(stage):
    with pytest.raises(LayoutError, match="its record lacks 1 required column: id"):
        stage(b"ANN   A \n", fixed(RECORD, {"last": 6, "first": 2}))


COMMA = fixed(separator=",")


def test_separators_are_found_where_the_lines_have_them(stage):
    lines = [
        "001,ANN ,A", "002,B,O ,B", "003,C,,D,C", "004,DI  ,DEF,", "", "005,EVE,E", "006EVE  ,E ",
        "007,EVE ,E", "8,E,F",
    ]  # fmt: skip
    read = stage(("\n".join(lines) + "\n").encode(), COMMA)
    assert read.rows == [
        ("001", "ANN", "A"),
        ("002", "B,O", "B"),
        ("003", "C,,D", "C"),
        ("004", "DI", "DEF,"),
        ("007", "EVE", "E"),
    ]
    rule = "has its separators where the other lines have them"
    assert read.refused == [(6, rule), (7, rule), (9, rule)]


def test_separators_without_a_common_place_are_refused(stage):
    for content in (b"001,ANN,A\n002,BO,B\n003,CLAUDIA,C\n", b"001ANN\n002BO\n", b"1,A\n2,B\n3,C,D\n"):
        with pytest.raises(LayoutError, match="3 fields at the same places in every line were expected"):
            stage(content, COMMA)


@SLOW
@given(
    edits=st.lists(
        st.tuples(st.integers(0, 200), st.sampled_from(["put", "cut"]), st.sampled_from("\n\r, X")), max_size=4
    )
)
@pytest.mark.parametrize("separator", ["", ","])
def test_no_edit_moves_a_value_into_another_row(stage, separator, edits):
    names = [f"NAME{at}" for at in range(8)]
    whole = [line(f"{at:03}", name, "X", separator=separator) for at, name in enumerate(names)]
    content = "\n".join(whole) + "\n"
    first = len(whole[0]) + 1  # the first line tells the record
    for place, kind, sign in edits:
        at = first + place % (len(content) - first)
        content = content[:at] + (sign if kind == "put" else "") + content[at + (kind == "cut") :]
    try:
        read = stage(content.encode(), fixed(separator=separator))
    except LayoutError as error:
        assert "NAME" not in str(error)
        return
    even = content.replace("\r\n", "\n").replace("\r", " ")
    lines = [found for found in even.split("\n") if found]
    assert read.facts["row_count"] == len(lines)
    assert len(read.rows) <= len(lines) - len(read.refused)
    for voter_id, last, _ in read.rows:
        assert any(voter_id in found[:4] and (last or "") in found for found in lines)
