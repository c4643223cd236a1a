"""Hostile files from landing to verdict: refused in one line, or read as the plain texts that they are."""

import csv
import datetime as dt
import hashlib
import io
import random
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from pipelines.core.delivery import Admission
from pipelines.lake import Lake
from pipelines.layouts.source import Source
from pipelines.raw.landing import receive
from tests.fuzz.harness import Reader, admit
from tests.fuzz.worlds import NAMES, World, zipped

HEADER = ",".join(NAMES)
ROW = "1,ANN,1980-01-02,001,Y,N"


def world(format_=None, **files):
    text = {"kind": "delimited", "delimiters": [","], "encodings": ["utf-8"], "quote": '"', "names": NAMES}
    voters = {
        "voter_id": {"from": "id", "key": True}, "last_name": "last", "county_code": "county",
        "birth_date": {"from": "born", "date": "%Y-%m-%d"},
    }  # fmt: skip
    role = {"match": ["*"], "format": format_ or text, "voters": voters}
    source = Source.model_validate(
        {
            "state": "GA", "name": "Test", "obtained_from": "Test", "permitted_uses": ["research"], "refresh_days": 7,
            "posting_lag_days": 0, "registration_closes_days": 25,
            "layouts": [{"valid_from": "2020-01-01", "files": {"voters": role}}],
        }
    )  # fmt: skip
    return World("hostile", source, files)


def book(**options):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as workbook:
        sheet = workbook.add_worksheet("Voters")
        for at, row in enumerate([NAMES, ROW.split(",")]):
            sheet.write_row(at, 0, row)
        for place, cell in options.items():
            sheet.write(place, cell)
    return content.getvalue()


def locked(content):
    changed = bytearray(content)
    for place in (changed.find(b"PK\x03\x04") + 6, changed.find(b"PK\x01\x02") + 8):
        changed[place] |= 1
    return bytes(changed)


BOOK = {"kind": "spreadsheet", "names": NAMES}
HELD = {
    "a page": (b"<!DOCTYPE html><html><body>503</body></html>", None, "a web page or XML stands"),
    "a page in an archive": (zipped({"v.csv": b"<html></html>"}), None, "a web page or XML stands"),
    "a line of megabytes": (f"{HEADER}\n1,{'A' * (3 << 20)}{ROW[5:]}\n".encode(), None, "a million characters long"),
    "a header of megabytes": (b"A" * (3 << 20), None, "the first line is not the header"),
    "a million columns": (b"a," * 1_000_000 + b"\n" + b"1," * 1_000_000, None, "the first line is not the header"),
    "delimiters alone": (b"," * (4 << 20), None, "the first line is not the header"),
    "delimiters below a header": (f"{HEADER}\n".encode() + (b"," * 5 + b"\n") * 50_000, None, "is stated"),
    "quotes alone": (b'"' * (8 << 20), None, "the first line is not the header"),
    "quotes below a header": (f"{HEADER}\n".encode() + b'"' * (8 << 20), None, "refused"),
    "line ends alone": (b"\n" * (4 << 20), None, "nothing but blanks"),
    "a locked archive": (locked(zipped({"v.csv": b"x"})), None, "are locked by a password"),
    "a bomb": (zipped({"v.csv": b"0" * (64 << 20)}), None, "unpacks to more than 100 times its size"),
    "a way out": (zipped({"../../v.csv": ROW.encode()}), None, "leads out of the archive"),
    "a workbook with a far cell": (book(XFD1048576="x"), BOOK, "stops what reads it, or takes more than 4 GB"),
    "a header of SQL": (
        f"id' DROP TABLE staged_voters --,{HEADER[3:]}\n{ROW}\n".encode(), None, "required column is missing: id",
    ),
    "a header of controls": (f"{HEADER},a\x1b[31m\x07\n{ROW},x\nno row\n".encode(), None, "1 column is new: a [31m"),
}  # fmt: skip


@pytest.mark.parametrize("case", HELD)
def test_a_hostile_file_is_held_in_one_line(tmp_path, case):
    content, format_, sentence = HELD[case]
    found = admit(tmp_path, world(format_), {"voters.csv": content})
    assert found.verdict == "held" and sentence in found.sentence, found.sentence[:500]
    assert found.sentence.isprintable() and len(found.sentence) < 20_000
    assert list(tmp_path.iterdir()) == []


NASTY = ["=cmd|'/c calc'!A1", "@SUM(1+1)", "'; DROP TABLE staged_voters; --", '"; --', "<script>alert(1)</script>",
         "{{7*7}}", "%s%n", "${jndi:ldap}", "../../etc/passwd", "\\", "NULL", "-1", "|a|", "`id`"]  # fmt: skip


@pytest.mark.parametrize("is_fixed", [False, True])
def test_formulas_and_sql_in_fields_are_texts(tmp_path, is_fixed):
    rows = [[f"{at:04d}", text, "1980-01-02", "001", "Y", "N"] for at, text in enumerate(NASTY)]
    if is_fixed:
        widths = dict(zip(NAMES, [4, 40, 10, 3, 1, 1], strict=True))
        format_ = {"kind": "fixed_width", "encodings": ["utf-8"], "records": [widths]}
        lines = ["".join(cell.ljust(widths[name]) for name, cell in zip(NAMES, row, strict=True)) for row in rows]
        content = "\n".join(lines).encode()
    else:
        format_, text = None, io.StringIO()
        csv.writer(text).writerows([NAMES, *rows])
        content = text.getvalue().encode()
    files = {"v.csv": content}
    found = Reader(tmp_path).read(world(format_), files, has_rows=True)
    assert found.verdict == "accepted", found.sentence
    told = {row for values in found.rows.values() for row in values if isinstance(row, str)}
    assert {text.upper() for text in NASTY} <= {text.upper() for text in told}


def parquet(**options):
    content = io.BytesIO()
    rows = [[str(at), "ANN", "1980-01-02", "001", "Y", "N"] for at in range(400)]
    table = pa.table(dict(zip(NAMES, map(list, zip(*rows, strict=True)), strict=True)))
    pq.write_table(table, content, **options)
    return content.getvalue()


def test_parquet_is_read_with_checksums_or_a_digest_and_else_held(tmp_path):
    of = world({"kind": "parquet", "names": NAMES})
    bare, digits = parquet(), hashlib.sha256(parquet()).hexdigest().encode()
    assert admit(tmp_path, of, {"v.parquet": parquet(write_page_checksum=True)}).verdict == "accepted"
    held = admit(tmp_path, of, {"v.parquet": bare})
    assert held.verdict == "held" and "pages carry no checksum" in held.sentence
    assert admit(tmp_path, of, {"v.parquet": bare, "v.parquet.sha256": digits}).verdict == "accepted"
    broken = bytearray(bare)
    broken[random.Random(1).randrange(4, 400)] ^= 1
    rejected = admit(tmp_path, of, {"v.parquet": bytes(broken), "v.parquet.sha256": digits})
    assert rejected.verdict == "rejected" and "its SHA-256 is not the one in v.parquet.sha256" in rejected.sentence


def test_a_digest_that_comes_later_frees_a_parquet_file(tmp_path):
    of = world({"kind": "parquet", "names": NAMES})
    lake, folder = Lake(tmp_path / "data", "400MB", 1), tmp_path / "landing" / "fuzz" / of.day.isoformat()
    folder.mkdir(parents=True)
    lake.prepare()

    def judged():
        receive(lake, tmp_path / "landing", "fuzz", of.source, dt.datetime.now(dt.UTC))
        later = dt.datetime.now(dt.UTC) + dt.timedelta(days=9)
        return Admission(lake, "fuzz", of.source, of.calendar).admit_all(later)[-1].verdict

    (folder / "v.parquet").write_bytes(parquet())
    assert judged() == "held"
    (folder / "v.parquet.sha256").write_text(hashlib.sha256(parquet()).hexdigest())
    assert [judged(), judged()] == ["accepted", "accepted"]


def test_a_zip_of_one_letter_more_is_noticed_by_its_digest(tmp_path):
    good, other = (zipped({"v.csv": f"{HEADER}\n{row}\n".encode()}) for row in (ROW, ROW.replace("ANN", "ANNA")))
    assert zipfile.is_zipfile(io.BytesIO(other))
    stated = f"{hashlib.sha256(good).hexdigest()}  v.zip\n".encode()
    assert admit(tmp_path, world(), {"v.zip": good, "v.zip.sha256": stated}).verdict == "accepted"
    assert admit(tmp_path, world(), {"v.zip": other}).verdict == "accepted"
    assert admit(tmp_path, world(), {"v.zip": other, "v.zip.sha256": stated}).verdict == "rejected"
