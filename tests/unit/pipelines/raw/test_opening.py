import gzip
import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.errors import LayoutError
from pipelines.layouts.files import FileLayout
from pipelines.raw import survey as surveying
from pipelines.raw.opening import blank_lines, open_texts
from pipelines.raw.survey import survey

TEXT = b"id\tname\r\n1\tANN\r\n2\tBO\r\n"


def layout(encodings=("latin-1",), members=("*.txt",)):
    text = {"kind": "delimited", "delimiters": ["\t"], "encodings": list(encodings), "names": ["id", "name"]}
    voters = {"voter_id": {"from": "id", "key": True}}
    return FileLayout.model_validate({"match": ["*"], "members": list(members), "format": text, "voters": voters})


def packed(*members, compression=zipfile.ZIP_DEFLATED):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, text in members or [("a.txt", TEXT)]:
            archive.writestr(zipfile.ZipInfo(name), text, compression)
    return content.getvalue()


@pytest.fixture
def opened(tmp_path):
    def opened(content, name="f.zip", **of_layout):
        received, scratch = tmp_path / "received", tmp_path / "scratch"
        received.write_bytes(content)
        scratch.mkdir(exist_ok=True)
        return open_texts(received, name, layout(**of_layout), scratch)

    return opened


def test_a_zip_a_gzip_and_a_text_give_the_same_text(opened):
    for content in (packed(), gzip.compress(TEXT), TEXT):
        (text,) = opened(content) if content is not TEXT else opened(content, "f.txt")
        assert text.path.read_bytes() == TEXT and text.line_count == 3


def test_members_are_chosen_by_name_and_read_in_order(opened):
    texts = opened(packed(("b.txt", TEXT), ("readme.md", b"x"), ("A.TXT", TEXT)))
    assert [text.name for text in texts] == ["f.zip/A.TXT", "f.zip/b.txt"]
    with pytest.raises(LayoutError, match=r"none of its 3 members fits \*\.csv"):
        opened(packed(("b.txt", TEXT), ("c.txt", TEXT), ("d.txt", TEXT)), members=["*.csv"])


SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
LONG = TEXT + b"".join(b"%d\tNAME%d\r\n" % (number, number * 7919) for number in range(3, 300))


@SLOW
@given(cut=st.integers(1, len(packed(("a.txt", LONG))) - 1), kind=st.sampled_from(["zip", "gz"]))
def test_an_archive_cut_at_any_byte_is_refused(opened, cut, kind):
    content = packed(("a.txt", LONG)) if kind == "zip" else gzip.compress(LONG, mtime=0)
    with pytest.raises(LayoutError):
        opened(content[: min(cut, len(content) - 1)], f"f.{kind}")


@SLOW
@given(place=st.integers(0, 10**6), bit=st.integers(0, 7), kind=st.sampled_from(["zip", "stored", "gz"]))
def test_a_flipped_bit_is_refused_or_harms_no_byte_of_the_text(opened, place, bit, kind):
    made = {"zip": packed(("a.txt", LONG)), "gz": gzip.compress(LONG, mtime=0)}
    made["stored"] = packed(("a.txt", LONG), compression=zipfile.ZIP_STORED)
    content = bytearray(made[kind])
    content[place % len(content)] ^= 1 << bit
    try:
        (text,) = opened(bytes(content), "f.gz" if kind == "gz" else "f.zip")
    except LayoutError as error:
        assert "NAME" not in str(error)
    else:
        assert text.path.read_bytes() == LONG


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_fills_the_disk(opened, tmp_path):
    bomb = b"0" * (200 << 20)
    for content in (packed(("a.txt", bomb)), gzip.compress(bomb, 9)):
        with pytest.raises(LayoutError, match="unpacks to more than 100 times its size"):
            opened(content)
        assert sum(file.stat().st_size for file in (tmp_path / "scratch").iterdir()) < 40 << 20


def test_a_locked_or_nested_archive_is_told(opened):
    content = bytearray(packed())
    for place in (content.find(b"PK\x03\x04") + 6, content.find(b"PK\x01\x02") + 8):
        content[place] |= 1
    with pytest.raises(LayoutError, match="1 of 1 members are locked by a password"):
        opened(bytes(content))
    with pytest.raises(LayoutError, match="a zip archive or a workbook of Excel stands where text"):
        opened(packed(("a.txt", packed())))


ENCODED = [
    (["latin-1"], "É".encode("latin-1"), "latin-1", "É"),
    (["utf-8"], "É".encode(), "utf-8", "É"),
    (["utf-8", "latin-1"], "É".encode("latin-1"), "latin-1", "É"),
    (["utf-8", "latin-1"], "É".encode(), "utf-8", "É"),
    (["latin-1", "cp1252"], b"O\x92NEIL", "cp1252", "O\u2019NEIL"),
    (["latin-1", "cp1252"], b"\xc9", "latin-1", "É"),
    (["cp1252"], b"O\x92NEIL", "cp1252", "O\u2019NEIL"),
    (["utf-16"], b"BO", "utf-8", "BO"),
]


@pytest.mark.parametrize(("encodings", "name", "encoding", "expected"), ENCODED)
def test_the_encoding_is_found_among_those_that_are_declared(opened, encodings, name, encoding, expected):
    (text,) = opened(TEXT.replace(b"BO", name), "f.txt", encodings=encodings)
    assert text.encoding == encoding
    assert text.path.read_text(encoding="utf-8").splitlines()[-1] == f"2\t{expected}"


def test_utf16_is_read_where_it_is_declared(opened):
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
        (text,) = opened(mark + "id\tname\r\n1\tÉ\r\n".encode(encoding), "f.txt", encodings=["utf-16"])
        assert text.path.read_text(encoding="utf-8").split() == ["id", "name", "1", "É"] and text.line_count == 2


REFUSED = [
    (["latin-1"], "É".encode(), "its bytes beyond ASCII are UTF-8; the layout allows latin-1"),
    (["utf-8"], b"\xc9", "its bytes are not UTF-8, they are letters in latin-1; the layout allows utf-8"),
    (["cp1252"], b"\x81", "its bytes are not cp1252"),
    (["utf-8", "latin-1"], "ÉÉÉÉ".encode() + b"\xc9", "8 of 9 bytes beyond ASCII are UTF-8, the others are not"),
    (["latin-1"], b"B\0O", "1 NUL bytes stand in the text"),
]


@pytest.mark.parametrize(("encodings", "name", "sentence"), REFUSED)
def test_an_encoding_that_is_in_doubt_is_refused(opened, encodings, name, sentence):
    with pytest.raises(LayoutError, match=sentence):
        opened(TEXT.replace(b"BO", name), "f.txt", encodings=encodings)


@pytest.mark.parametrize("text", ["id\tname\r\n1\tB\0O\r\n", "id\tname\r\n1\tB"])
def test_broken_utf16_is_refused(opened, text):
    content = text.encode("utf-16")
    with pytest.raises(LayoutError):
        opened(content if "\0" in text else content[:-1], "f.txt", encodings=["utf-16"])


LINES = [
    (b"a\r\nb\r\n", b"a\r\nb\r\n", 2),
    (b"a\nb", b"a\nb", 2),
    (b"a\rb\r", b"a\nb\n", 2),
    (b"a\rb", b"a\nb", 2),
    (b"a\r\nb\nc\r\n", b"a\nb\nc\n", 3),
    (b"a\nb\rc\nd\n", b"a\nb c\nd\n", 3),
    (b"a\r\r\nb\r\n", b"a \nb\n", 2),
]


@pytest.mark.parametrize(("content", "even", "count"), LINES)
@pytest.mark.parametrize("block", [1, 2, 3, 1 << 22])
def test_lines_are_made_even_whatever_the_size_of_a_block(opened, monkeypatch, content, even, count, block):
    monkeypatch.setattr("pipelines.raw.encoding.BLOCK", block)
    monkeypatch.setattr(surveying, "BLOCK", block)
    (text,) = opened(content, "f.txt")
    assert (text.path.read_bytes(), text.line_count) == (even, count)


@settings(max_examples=60, deadline=None)
@given(content=st.binary(max_size=40), block=st.integers(1, 9))
def test_a_survey_does_not_depend_on_the_size_of_a_block(content, block):
    def parts(size):
        found = surveying.Survey()
        for start in range(0, len(content), size):
            found.add(content[start : start + size])
        return found.finish()

    whole, split = parts(max(len(content), 1)), parts(block)
    for name in ("size", "null_count", "line_feeds", "returns", "pairs", "is_ascii", "is_utf8", "line_count"):
        assert getattr(whole, name) == getattr(split, name), name
    assert whole.pairs == content.count(b"\r\n") and whole.is_ascii == content.isascii()
    assert survey(io.BytesIO(content)).size == len(content)


def test_blank_lines_are_those_without_a_character(tmp_path):
    (tmp_path / "a").write_bytes(b"a\r\n\r\n  \r\n\n\t\nb")
    assert list(blank_lines(tmp_path / "a")) == [2, 4]
