import io
import zipfile

import pytest

from pipelines.synthetic.breaks import texts as breaks

HEADER = ["ncid", "last_name", "birth_year", "registr_dt"]
ROWS = [[f"AA{nth:06d}", f"NAME{nth}", str(1950 + nth % 50), "01/02/2003"] for nth in range(100)]
GOOD = breaks.QUOTED_TABS.content([[f'"{value}"' for value in row] for row in [HEADER, *ROWS]])


def read(content):
    return [[value.strip('"') for value in row] for row in breaks.QUOTED_TABS.rows(content)]


def test_a_good_file_survives_reading_and_writing():
    assert read(GOOD) == [HEADER, *ROWS]
    assert breaks.QUOTED_TABS.content(breaks.QUOTED_TABS.rows(GOOD)) == GOOD


def test_drop_column():
    assert read(breaks.drop_column(GOOD, "last_name"))[0] == ["ncid", "birth_year", "registr_dt"]


def test_rename_header():
    assert read(breaks.rename_header(GOOD, "registr_dt", "reg_date"))[0][-1] == "reg_date"


def test_swap_delimiter():
    assert b"\t" not in breaks.swap_delimiter(GOOD) and breaks.swap_delimiter(GOOD).count(b"|") == 303


def test_reencode():
    assert breaks.reencode(GOOD)[:2] in (b"\xff\xfe", b"\xfe\xff")


def test_a_zip_cut_short_cannot_be_opened():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("ncvoter.txt", GOOD)
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(breaks.cut_short(packed.getvalue())))


def test_empty_and_header_only():
    assert breaks.empty(GOOD) == b""
    assert read(breaks.header_only(GOOD)) == [HEADER]


def test_duplicate_ids_conflict():
    rows = read(breaks.duplicate_ids(GOOD, "ncid", count=3))
    assert len(rows) == 104
    assert rows[101][0] == rows[1][0] and rows[101][1] != rows[1][1]


def test_nul_bytes():
    assert breaks.nul_bytes(GOOD).count(b"\0") == 2


def test_placeholder_dates():
    assert sum(row[2] == "1800" for row in read(breaks.placeholder_dates(GOOD, "birth_year", "1800"))) == 34


def test_unbalanced_quote():
    assert breaks.unbalanced_quote(GOOD, "last_name").count(b'"') % 2


def test_html_page():
    assert breaks.html_page(GOOD).startswith(b"<!DOCTYPE html>")


def test_shift_values():
    assert read(breaks.shift_values(GOOD, "last_name"))[1] == ["AA000000", "01/02/2003", "NAME0", "1950"]


def test_shuffle_column_keeps_the_values():
    shuffled = [row[1] for row in read(breaks.shuffle_column(GOOD, "last_name"))]
    assert shuffled != [row[1] for row in read(GOOD)] and sorted(shuffled) == sorted(row[1] for row in read(GOOD))


def test_fewer_rows():
    assert len(read(breaks.fewer_rows(GOOD))) == 11
