"""Mutated texts: every line is accounted for, and no accepted row is one that its own line does not say."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.errors import LayoutError
from pipelines.core import refusing
from pipelines.core.readings import Occasion
from pipelines.core.staged import Staged
from pipelines.core.stagers import PeopleStager
from pipelines.core.staging import create_tables
from pipelines.layouts.files import FileLayout
from pipelines.raw.readers import open_file

NAMES = [f"NAME{number}" for number in range(12)]


def layout(delimiter, quote):
    text = {
        "kind": "delimited", "delimiters": [delimiter], "encodings": ["latin-1"], "quote": quote,
        "names": ["id", "last", "first"],
    }  # fmt: skip
    voters = {"voter_id": {"from": "id", "key": True}, "last_name": "last", "first_name": "first"}
    return FileLayout.model_validate({"match": ["*"], "format": text, "voters": voters})


def good(delimiter, quote):
    rows = [["id", "last", "first"], *[[str(number), name, "A"] for number, name in enumerate(NAMES)]]
    return "".join(delimiter.join(f"{quote}{cell}{quote}" for cell in row) + "\n" for row in rows).encode()


def stage(lake, path, files):
    """Rows by id, refused lines, and the facts of the text."""
    with lake.connect() as connection:
        create_tables(connection)
        facts = {"row_count": 0, "line_count": None}
        staged = Staged(files={"f": facts})
        (text,) = open_file(path, "f.txt", files, path.parent)
        PeopleStager(connection, staged, files, [("f", text)], Occasion("NC", dt.date(2026, 10, 1))).stage()
        refusing.refuse_voters(connection, ["last_name", "first_name"])
        rows = connection.execute("SELECT voter_id, last_name FROM staged_voters").fetchall()
        return rows, refusing.refused_lines(connection).get(0, 0), facts


SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
EDIT = st.tuples(st.integers(0, 10**6), st.sampled_from(["put", "cut"]), st.sampled_from(list('"\n\r\t,a ')))


@SLOW
@given(st.sampled_from("\t,"), st.sampled_from(['"', ""]), st.lists(EDIT, min_size=1, max_size=4))
def test_no_mutation_moves_a_value_into_another_row(lake, tmp_path, delimiter, quote, edits):
    content = bytearray(good(delimiter, quote))
    header = content.index(b"\n") + 1
    for place, kind, sign in edits:
        at = header + place % (len(content) - header)
        content[at : at + (kind == "cut")] = b"" if kind == "cut" else sign.encode()
    (tmp_path / "f.txt").write_bytes(content)
    try:
        rows, refused, facts = stage(lake, tmp_path / "f.txt", layout(delimiter, quote))
    except LayoutError as error:
        assert "NAME" not in str(error)
        return
    lines = [line for line in bytes(content).decode().replace("\r\n", "\n").split("\n")[1:] if line]
    if "\r" not in content.decode():
        assert facts["row_count"] == len(lines) and len(rows) <= facts["row_count"] - refused
    own = [line.replace('"', "").replace("\r", " ") for line in lines]
    for voter_id, last in rows:
        said = (last or "").replace('"', "").split()
        assert any(line.strip().startswith(voter_id[3:]) and all(word in line for word in said) for line in own)
    assert len(rows) >= len(NAMES) - 3 * len(edits)


@pytest.mark.parametrize("delimiter", ["\t", ","])
def test_a_swallowed_blank_line_is_not_taken_for_an_unread_one(lake, tmp_path, delimiter):
    content = good(delimiter, "").replace(b"NAME3", b'"NAME3', 1)
    content = content.replace(b"\n5", b"\n\n5", 1).replace(b"NAME7", b'NAME7"', 1)
    (tmp_path / "f.txt").write_bytes(content)
    rows, refused, _ = stage(lake, tmp_path / "f.txt", layout(delimiter, '"'))
    assert (len(rows), refused) == (12, 0)
    assert sorted(last for _, last in rows) == sorted(NAMES)


@pytest.mark.parametrize("quote", ['"', ""])
def test_a_row_with_a_field_too_many_is_refused_although_its_last_one_is_empty(lake, tmp_path, quote):
    """So a row whose values moved to the right, behind a delimiter more, is not read shifted."""
    rows = [["id", "last", "first"], ["1", "SMITH", ""], ["2", "X", "SMITH", ""], ["3", "JONES", "ANN"]]
    path = tmp_path / "f.txt"
    path.write_text("".join("\t".join(f"{quote}{cell}{quote}" for cell in row) + "\n" for row in rows))
    found, refused, _ = stage(lake, path, layout("\t", quote))
    assert [voter_id for voter_id, _ in found] == ["NC-1", "NC-3"] and refused == 1
