"""Parquet files: read as they are, or refused in a sentence; a flipped bit is never read."""

import datetime as dt
import hashlib
import io
import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.errors import LayoutError
from pipelines.raw import pages, parquets
from pipelines.raw.parquets import copy_checked
from pipelines.raw.store import is_proven, mark_proven

ROWS = 900
TABLE = pa.table(
    {
        "id": [f"{number:06d}" for number in range(ROWS)],
        "last": [f"NAME{number % 70}" for number in range(ROWS)],
        "first": pa.array(["É\tX", None, ""] * (ROWS // 3), pa.large_string()),
        "born": [dt.date(1950, 1, 1) + dt.timedelta(number) for number in range(ROWS)],
        "year": pa.array(range(ROWS), pa.int16()),
        "share": [number / 7 for number in range(ROWS)],
        "is_active": [None, True, False] * (ROWS // 3),
        "at": pa.array([dt.datetime(2020, 1, 1, 5)] * ROWS, pa.timestamp("us", tz="America/New_York")),
        "void": pa.array([None] * ROWS, pa.string()),
    }
)


def written(table=TABLE, **options):
    content = io.BytesIO()
    pq.write_table(table, content, **{"write_page_checksum": True, "row_group_size": ROWS // 2, **options})
    return content.getvalue()


@pytest.fixture
def copied(tmp_path):
    def copied(content, proven=False):
        (tmp_path / "f.parquet").write_bytes(content)
        found = copy_checked(tmp_path / "f.parquet", "f.parquet", proven, max(100 * len(content), 1 << 20), tmp_path)
        return found.headers, pq.read_table(found.path)

    return copied


@pytest.mark.parametrize(
    "options",
    [{}, {"compression": "zstd"}, {"data_page_version": "2.0"}, {"use_dictionary": False, "compression": "none"}],
    ids=str,
)
def test_values_come_back_as_they_are(copied, options):
    headers, found = copied(written(**options))
    assert headers == tuple(TABLE.column_names) and found.num_rows == ROWS
    for name, column in zip(headers, found.columns, strict=True):
        expected = TABLE[name].cast(pa.timestamp("us")) if name == "at" else TABLE[name]
        assert column.to_pylist() == expected.to_pylist(), name


def test_a_file_without_checksums_needs_a_digest(copied):
    content = written(write_page_checksum=False)
    with pytest.raises(LayoutError, match=r"\d+ of its \d+ pages carry no checksum.*f\.parquet\.sha256"):
        copied(content)
    assert copied(content, proven=True)[1].num_rows == ROWS


def test_the_mark_of_a_digest_belongs_to_the_bytes(tmp_path):
    mark_home = tmp_path / "raw" / "files" / "ab"
    mark_home.mkdir(parents=True)
    mark_proven(tmp_path, "abcd")
    assert is_proven(mark_home / "abcd") and not is_proven(mark_home / "abce")


def test_no_flipped_bit_is_read(tmp_path):
    """In one process: what ends it is told by the next test."""
    content, quiet = written(), 0
    (tmp_path / "good").write_bytes(content)
    parquets._copy(tmp_path / "good", "f", False, 1 << 20, tmp_path / "copy")
    good = pq.read_table(tmp_path / "copy")
    footer = len(content) - 8 - pq.read_metadata(io.BytesIO(content)).serialized_size
    for seed in range(150):
        draw, broken = random.Random(seed), bytearray(content)
        broken[draw.randrange(footer)] ^= 1 << draw.randrange(8)
        (tmp_path / "bad").write_bytes(broken)
        try:
            parquets._answer(tmp_path / "bad", "f", tmp_path / "copy", False, 1 << 20)
        except LayoutError as error:
            assert "NAME" not in str(error)
            continue
        quiet += 1
        assert pq.read_table(tmp_path / "copy").equals(good)
    assert quiet < 15


def test_what_ends_its_reader_is_refused(copied, monkeypatch):
    monkeypatch.setattr(parquets, "__name__", "tests.no_such_module")
    with pytest.raises(LayoutError, match=r"f\.parquet: it stops what reads it, or takes more than 4 GB of memory"):
        copied(written())


NESTED = pa.table({"id": ["1"], "list": [["a", "b"]], "struct": [{"a": 1}]})
REFUSED = {
    "a text": (b"id,last\n1,ANN\n", "not a whole Parquet file"),
    "nothing but the signs": (b"PAR1" + bytes(30) + b"PAR1", "not a whole Parquet file"),
    "cut": (written()[:3000], "not a whole Parquet file"),
    "a footer larger than the file": (b"PAR1" + b"\xff" * 4 + b"PAR1", "not a whole Parquet file"),
    "no rows": (written(TABLE.slice(0, 0)), "it has no rows"),
    "lists": (written(NESTED), "2 columns hold lists or structures"),
    "a bomb": (written(pa.table({"id": ["0" * 900_000] * 4000})), "unpacks to more than a file of its size"),
    "a bomb of plain pages": (
        written(pa.table({"id": ["0" * 5_000_000]}), use_dictionary=False, compression="zstd"),
        "unpacks to more than a file of its size",
    ),
    "texts of no bound": (
        written(pa.table({"id": ["a", "b"]}), use_dictionary=False, column_encoding={"id": "DELTA_BYTE_ARRAY"}),
        "packed as DELTA_BYTE_ARRAY",
    ),
    "NUL bytes": (written(pa.table({"id": ["a\0b"]})), "NUL bytes stand in its texts"),
    "no UTF-8": (
        written(pa.table({"id": pa.array([b"\xc9\xff"], pa.binary())})),
        "not a whole Parquet file",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_in_words(copied, case):
    content, sentence = REFUSED[case]
    with pytest.raises(LayoutError, match=sentence) as refusal:
        copied(content)
    assert "ANN" not in str(refusal.value)


def test_two_columns_of_one_name_are_refused(copied):
    table = pa.Table.from_arrays([pa.array(["1"]), pa.array(["2"])], names=["id", "id"])
    with pytest.raises(LayoutError, match="1 column stands twice: id"):
        copied(written(table))


def test_every_page_is_counted_with_its_checksum(tmp_path):
    for checksum in (True, False):
        content = written(write_page_checksum=checksum)
        (tmp_path / "f").write_bytes(content)
        footer = pq.read_metadata(tmp_path / "f")
        found = pages.walk_pages(tmp_path / "f", footer)
        chunks = footer.num_row_groups * footer.num_columns
        assert found.count > chunks and found.unchecked == (0 if checksum else found.count)
        assert 0 < found.largest_group <= found.size < 100 * len(content)


def test_another_column_than_the_layout_lists_needs_a_digest(stage, tmp_path):
    layout = {"kind": "parquet", "names": ["id", "last", "first"]}
    table = pa.table({"id": ["1"], "last": ["ANN"], "firsu": ["A"]})
    with pytest.raises(LayoutError, match=r"first.*firsu.*have no checksum: put its SHA-256 beside it"):
        stage(written(table), layout, "f.parquet")
    (tmp_path / "received.proven").touch()
    read = stage(written(table), layout, "f.parquet")
    assert read.rows == [("1", "ANN", None)] and "firsu" in read.differences[0]
    assert (
        hashlib.sha256(written(table)).hexdigest() == hashlib.sha256((tmp_path / "received").read_bytes()).hexdigest()
    )
