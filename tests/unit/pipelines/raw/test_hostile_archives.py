"""Archives that no honest program packs are refused in a sentence, before they fill the memory or the disk."""

import io
import stat
import struct
import zipfile

import pytest

from models.errors import LayoutError
from models.wording import LONGEST_NAME, is_plain, one_line, shown, shown_list
from pipelines.layouts.files import FileLayout
from pipelines.raw.opening import open_texts

TEXT = b"id\tname\r\n1\tANN\r\n2\tBO\r\n"


@pytest.fixture
def opened(tmp_path):
    def opened(content, depth=1, name="f.zip"):
        received, scratch = tmp_path / "home" / "received", tmp_path / "home" / "scratch"
        scratch.mkdir(parents=True, exist_ok=True)
        received.write_bytes(content)
        text = {"kind": "delimited", "delimiters": ["\t"], "encodings": ["latin-1"], "names": ["id", "name"]}
        voters = {"voter_id": {"from": "id", "key": True}}
        told = {"match": ["*"], "members": ["*"], "format": text, "voters": voters, "archive_depth": depth}
        return open_texts(received, name, FileLayout.model_validate(told), scratch)

    return opened


def packed(*members, compression=zipfile.ZIP_DEFLATED, kind=0):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, text in members:
            member = zipfile.ZipInfo(name)
            member.external_attr = kind << 16
            archive.writestr(member, text, compression)
    return content.getvalue()


LEADING_OUT = ["../a.txt", "a/../../b.txt", "/etc/a.txt", "\\\\host\\a.txt", "C:\\a.txt", "c:a.txt", "..\\a.txt"]


@pytest.mark.parametrize("name", LEADING_OUT)
def test_a_name_that_leads_out_is_refused_and_nothing_is_written_there(opened, tmp_path, name):
    with pytest.raises(LayoutError, match=r"1 of 2 members have a name that leads out of the archive"):
        opened(packed(("b.txt", TEXT), (name, TEXT)))
    assert {path.name for path in tmp_path.iterdir()} == {"home"}


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFBLK, stat.S_IFCHR, stat.S_IFSOCK])
def test_links_and_devices_in_an_archive_are_refused(opened, kind):
    with pytest.raises(LayoutError, match=r"1 of 1 members are links or devices, such as a\.txt; not unpacked"):
        opened(packed(("a.txt", b"/etc/passwd"), kind=kind))
    assert opened(packed(("a.txt", TEXT), kind=stat.S_IFREG | 0o644))


def test_a_member_without_a_name_is_refused(opened):
    content = packed(("b.txt", TEXT), ("a.txt", TEXT)).replace(b"a.txt", b"\0.txt")
    with pytest.raises(LayoutError, match="1 of 2 members have no name; not unpacked"):
        opened(content)


def test_two_members_of_one_name_are_refused(opened):
    with pytest.warns(UserWarning, match="Duplicate"):
        content = packed(("a.txt", TEXT), ("a.txt", TEXT + b"3\tCY\r\n"))
    with pytest.raises(LayoutError, match="2 of 2 members share their name"):
        opened(content)


def overlapping(copies=200):
    """A bomb whose members are all the same bytes: the directory lists one member under many names."""
    content = packed(("0.txt", b"0" * (1 << 20)))
    directory = content.index(b"PK\x01\x02")
    entry = content[directory : content.index(b"PK\x05\x06")]
    entries = b"".join(entry.replace(b"0.txt", b"%c.txt" % (128 + number % 120)) for number in range(copies))
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, copies, copies, len(entries), directory, 0)
    return content[:directory] + entries + end


def test_members_that_share_their_bytes_are_refused(opened):
    with pytest.raises(LayoutError, match="members share their bytes with another one, as in a bomb"):
        opened(overlapping())


@pytest.mark.parametrize("declared", [5, len(TEXT) - 1, len(TEXT) + 1, 1 << 19])
@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
@pytest.mark.parametrize("is_honest_sum", [False, True])
def test_a_declared_size_that_lies_is_damage(opened, declared, compression, is_honest_sum):
    content = bytearray(packed(("a.txt", TEXT), compression=compression))
    at = content.index(b"PK\x01\x02")
    content[at + 24 : at + 28] = declared.to_bytes(4, "little")
    if is_honest_sum:  # of the part that is declared, so that a reader which stops there finds it in order
        content[at + 16 : at + 20] = zipfile.crc32(TEXT[:declared]).to_bytes(4, "little")
    with pytest.raises(LayoutError, match="damaged or cut short"):
        opened(bytes(content))


def test_a_directory_larger_than_memory_should_hold_is_refused(opened):
    members = b"PK\x01\x02" + bytes(42)
    count = (9 << 20) // len(members)
    content = members * count
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, len(content), 0, 0)
    with pytest.raises(LayoutError, match="the archive lists more than 8,388,608 bytes of members"):
        opened(b"PK\x03\x04" + content + end)


def test_a_bomb_of_many_members_stops_at_the_limit_of_the_whole(opened, tmp_path):
    content = packed(*((f"{number}.txt", b"0\t0\n" * (1 << 18)) for number in range(400)))
    with pytest.raises(LayoutError, match="unpacks to more than 100 times its size"):
        opened(content)
    written = sum(file.stat().st_size for file in (tmp_path / "home").rglob("*") if file.is_file())
    assert written < 102 * len(content) + (8 << 20)


def test_nested_archives_are_opened_as_deep_as_allowed_and_no_deeper(opened):
    content = packed(("a.txt", TEXT))
    for _ in range(30):
        content = packed(("a.zip", content))
    with pytest.raises(LayoutError, match="deeper than the layout allows"):
        opened(content, depth=3)


@pytest.mark.parametrize("name", ["a\nb.txt", "a\x1b[31m.txt", "\u202etxt.exe", "a\x07.txt", "é" * 5000 + ".txt"])
def test_odd_names_of_members_stay_in_one_line_of_a_sentence(opened, name):
    for content in (packed((name, b"")), packed((name, TEXT + b"\0"))):
        with pytest.raises(LayoutError) as refusal:
            opened(content)
        assert is_plain(str(refusal.value)[:LONGEST_NAME]) and len(str(refusal.value)) < 500
        assert "\n" not in str(refusal.value) and "\x1b" not in str(refusal.value)


def test_a_gzip_of_several_members_is_read_and_what_follows_is_damage(opened):
    import gzip

    head, tail = gzip.compress(TEXT[:9]), gzip.compress(TEXT[9:])
    (text,) = opened(head + tail, name="f.txt.gz")
    assert text.path.read_bytes() == TEXT
    for after in (b"garbage", tail[:-3], b"\x1f\x8b"):
        with pytest.raises(LayoutError, match="damaged or cut short"):
            opened(head + tail + after, name="f.txt.gz")


def test_a_name_is_shown_as_it_is_or_escaped_and_cut():
    assert shown("REG DATE é漢") == "REG DATE é漢"
    assert shown("a\nb\0\x1b\u202e") == "a\\x0ab\\x00\\x1b\\u202e"
    assert max(len(shown(name)) for name in ("x" * 10_000, "\0" * 190, "\0" * 10_000)) <= LONGEST_NAME
    assert shown_list([f"c{number}" for number in range(1000)]).endswith(", c19 and 980 more")
    assert len(one_line("\n" * 10**6)) < 170_000 and "\n" not in one_line("a\n")
