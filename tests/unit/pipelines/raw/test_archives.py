"""Archives in archives: what is read, what is left alone, and what is refused at every level."""

import gzip
import io
import zipfile

import pytest

from models.errors import LayoutError
from pipelines.layouts.files import FileLayout
from pipelines.raw.opening import open_texts

TEXT = b"id\tname\r\n1\tANN\r\n2\tBO\r\n"


def packed(members):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return content.getvalue()


@pytest.fixture
def opened(tmp_path):
    def opened(content, **of_layout):
        received, scratch = tmp_path / "received", tmp_path / "scratch"
        received.write_bytes(packed(content))
        scratch.mkdir(exist_ok=True)
        text = {"kind": "delimited", "delimiters": ["\t"], "encodings": ["latin-1"], "names": ["id", "name"]}
        voters = {"voter_id": {"from": "id", "key": True}}
        told = {"match": ["*"], "members": ["*.txt"], "format": text, "voters": voters, **of_layout}
        return open_texts(received, "f.zip", FileLayout.model_validate(told), scratch)

    return opened


NESTED = {
    "part2.zip": packed({"lists/b.txt": TEXT, "readme.md": b"x"}),
    "part1.txt.gz": gzip.compress(TEXT),
    "part3.txt": TEXT,
    "archive/2012.zip": packed({"a.txt": TEXT}),
    "districts.csv": b"x",
}


def test_members_of_archives_in_an_archive_are_read_in_order(opened):
    texts = opened(NESTED, archive_depth=2, skipped=["archive/*"])
    assert [text.name for text in texts] == ["f.zip/part1.txt.gz", "f.zip/part2.zip/lists/b.txt", "f.zip/part3.txt"]
    assert {text.path.read_bytes() for text in texts} == {TEXT}


def test_members_are_chosen_by_their_path_in_their_own_archive_and_skipped_by_the_whole(opened):
    (text,) = opened(NESTED, archive_depth=2, members=["lists/*"])
    assert text.name == "f.zip/part2.zip/lists/b.txt"
    texts = opened(NESTED, archive_depth=2, skipped=["part2.zip/lists/*", "*.gz"])
    assert [text.name for text in texts] == ["f.zip/archive/2012.zip/a.txt", "f.zip/part3.txt"]
    with pytest.raises(LayoutError, match=r"f\.zip: none of its 6 members fits \*\.csv\.gz"):
        opened(NESTED, archive_depth=2, members=["*.csv.gz"])


def test_an_archive_deeper_than_allowed_is_refused(opened):
    deep = {"a.zip": packed({"b.zip": packed({"c.txt": TEXT})})}
    assert [text.name for text in opened(deep, archive_depth=3)] == ["f.zip/a.zip/b.zip/c.txt"]
    with pytest.raises(LayoutError, match=r"f\.zip/a\.zip/b\.zip: an archive in an archive.*archive_depth 2"):
        opened(deep, archive_depth=2)
    with pytest.raises(LayoutError, match=r"f\.zip/a\.zip: an archive in an archive.*archive_depth 1"):
        opened({**deep, "c.txt": TEXT})


def test_a_fault_inside_is_told_with_its_place(opened):
    inner = packed({"c.txt": TEXT})
    locked = bytearray(inner)
    for place in (locked.find(b"PK\x03\x04") + 6, locked.find(b"PK\x01\x02") + 8):
        locked[place] |= 1
    faults = {
        r"f\.zip/a\.zip: 1 of 1 members are locked by a password": bytes(locked),
        r"f\.zip/a\.zip: the archive is damaged or cut short; it has \d+ bytes": inner[:-30],
        r"f\.zip/a\.zip/c\.txt: 1 NUL bytes": packed({"c.txt": TEXT + b"\0"}),
    }
    for sentence, content in faults.items():
        with pytest.raises(LayoutError, match=sentence):
            opened({"a.zip": content}, archive_depth=2)


def test_a_bomb_is_refused_at_every_level(opened, tmp_path):
    bomb = packed({"c.txt": b"0" * (200 << 20)})
    many = packed({f"{number}.txt": b"0" * (1 << 20) for number in range(60)})
    for content in (bomb, many, gzip.compress(b"0" * (200 << 20), 9)):
        inner = {"a.txt.gz" if content[:2] == b"\x1f\x8b" else "a.zip": content}
        with pytest.raises(LayoutError, match="unpacks to more than 100 times its size"):
            opened(inner, archive_depth=2)
        assert sum(file.stat().st_size for file in (tmp_path / "scratch").rglob("*")) < 100 << 20


def test_empty_members_are_left_alone_with_a_word(opened):
    first, second = opened({"a.txt": b"", "b.txt": TEXT, "c.txt": TEXT, "d.txt": b""})
    assert first.doubt == "f.zip: 2 empty members (0 bytes) were left alone: f.zip/a.txt, f.zip/d.txt."
    assert (first.name, second.doubt) == ("f.zip/b.txt", "")
    with pytest.raises(LayoutError, match=r"f\.zip: nothing but empty members \(0 bytes\) fits: f\.zip/a\.txt"):
        opened({"a.txt": b"", "readme.md": b"x"})
