"""Utah's rows may be short and its cells of elections may say anything: rows that lost a line end are still noticed."""

import io
import zipfile

import pytest

from tests.fuzz.harness import Reader
from tests.fuzz.worlds import state_world, zipped

END = b"\r\n"


@pytest.fixture(scope="module")
def utah(tmp_path_factory):
    """The state's world, the name of its file and member, its header and its rows, the shortest first."""
    world = state_world("ut", tmp_path_factory.mktemp("worlds"), 200)
    ((name, content),) = world.files.items()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        member = archive.namelist()[0]
        header, *rows = archive.read(member).removesuffix(END).split(END)
    ids = [row.split(b",")[0] for row in rows]
    alone = [row for row, voter in zip(rows, ids, strict=True) if ids.count(voter) == 1]
    return world, name, member, header, sorted(alone, key=lambda row: row.count(b","))


@pytest.fixture
def read(utah, tmp_path):
    world, name, member, *_ = utah
    return lambda text: Reader(tmp_path).read(world, {name: zipped({member: text})}, has_rows=True)


def id_of(row):
    return "UT-" + row.split(b",")[0].strip(b'"').decode()


def test_whole_rows_are_read(utah, read):
    *_, header, rows = utah
    found = read(END.join([header, *rows, b""]))
    assert found.verdict == "accepted" and set(found.rows) == set(map(id_of, rows)), found.sentence


def test_two_short_rows_on_one_line_are_refused(utah, read):
    *_, header, rows = utah
    found = read(END.join([header, rows[0] + rows[1], *rows[2:], b""]))
    assert set(found.rows) == set(map(id_of, rows[2:]))
    assert "breaks the rule 'has its fields in their columns'" in found.sentence


@pytest.mark.parametrize("first", [0, -1])
def test_a_header_with_a_row_behind_it_is_held_and_no_value_is_told(utah, read, first):
    *_, header, rows = utah
    glued = rows[first]
    found = read(END.join([header + glued, *[row for row in rows if row is not glued], b""]))
    assert found.verdict == "held" and not found.rows
    assert "its header may have lost its line end" in found.sentence
    texts = {text.strip(b'"').decode("utf-8", "replace") for text in glued.split(b",")}
    assert not [text for text in texts if len(text) > 3 and text in found.sentence and not text.isalpha()]
