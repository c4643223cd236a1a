"""Deliveries in other formats: parts without a header, fixed places, workbooks, archives of several roles."""

import datetime as dt
import io
import zipfile

import pytest
import xlsxwriter

from pipelines.core.delivery import Admission
from pipelines.layouts.source import Source
from pipelines.raw.landing import receive
from pipelines.tables.core import Rejects, VoteHistory, Voters

DAY = dt.date(2026, 10, 1)
DELIMITED = {"kind": "delimited", "delimiters": [","], "encodings": ["utf-8"], "quote": '"'}
VOTERS = {"voter_id": {"from": "id", "key": True}, "last_name": {"from": "last", "required": True}}
HISTORY = {
    "shape": "long",
    "columns": {
        "voter_id": {"from": "id", "key": True},
        "election_date": {"from": "day", "date": "%Y%m%d", "required": True},
        "election_type": {"from": "type", "code": {"G": "general"}, "required": True},
    },
}  # fmt: skip


def source(**files):
    return Source.model_validate(
        {
            "state": "GA", "name": "Test", "obtained_from": "Test", "permitted_uses": ["research"], "refresh_days": 7,
            "posting_lag_days": 0, "registration_closes_days": 25, "plausibility": {"rejected_share": 1},
            "layouts": [{"valid_from": "2020-01-01", "files": files}],
        }
    )  # fmt: skip


def archive(**members):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, text in members.items():
            zipped.writestr(name.replace("_", "."), text)
    return content.getvalue()


@pytest.fixture
def admit(lake, tmp_path):
    def admit(of, **contents):
        folder = tmp_path / "landing" / "ga" / str(DAY)
        folder.mkdir(parents=True)
        for name, content in contents.items():
            (folder / name.replace("_", ".")).write_bytes(content)
        now = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)
        receive(lake, tmp_path / "landing", "ga", of, now)
        return Admission(lake, "ga", of).admit_all(now)[-1]

    return admit


def rows(lake, table, columns):
    with lake.connect() as connection:
        return connection.execute(f"SELECT {columns} FROM ({lake.table(table).select()}) ORDER BY ALL").fetchall()


PEOPLE = [("GA-1", "ANN"), ("GA-2", "BO"), ("GA-3", "CY")]


def test_a_part_without_a_header_stands_beside_one_that_has_it(lake, admit):
    text = {**DELIMITED, "header": "either", "names": ["id", "last"]}
    of = source(voters={"match": ["*.csv"], "format": text, "voters": VOTERS})
    judged = admit(of, part1_csv=b"id,last\n1,ANN\n2,X,Y\n", part2_csv=b"2,BO\n\n,DI\n3,CY\n")
    assert judged.verdict == "accepted"
    assert rows(lake, Voters, "voter_id, last_name") == PEOPLE
    assert rows(lake, Rejects, "row_number, rule") == [(3, "has as many fields as the header"), (3, "is stated")]


def test_one_archive_holds_voters_and_history_of_fixed_places(lake, admit):
    widths = {"kind": "fixed_width", "encodings": ["latin-1"]}
    voters = {"format": {**widths, "records": [{"id": 2, "last": 4}]}, "members": ["v.lst"], "voters": VOTERS}
    votes = {
        "format": {**widths, "records": [{"id": 2, "day": 8, "type": 1}]},
        "members": ["h.lst"],
        "history": HISTORY,
    }
    of = source(voters={"match": ["*.zip"], **voters}, history={"match": ["*.zip"], **votes})
    content = {"v_lst": b"1 ANN \n2 BO  \n3 CY  \n4 DI \n", "h_lst": b"1 20241105G\n2 20241105G\n3 20241105\n"}
    judged = admit(of, all_zip=archive(**content))
    assert judged.verdict == "accepted"
    assert rows(lake, Voters, "voter_id, last_name") == PEOPLE
    assert rows(lake, VoteHistory, "voter_id, election_id") == [
        ("GA-1", "GA-2024-11-05-general"),
        ("GA-2", "GA-2024-11-05-general"),
    ]
    assert rows(lake, Rejects, "row_number, rule") == [(3, "is as long as the record"), (4, "is as long as the record")]


def test_an_archive_that_lacks_the_members_of_one_role_is_held(lake, admit):
    text = {**DELIMITED, "names": ["id", "last"]}
    votes = {**DELIMITED, "names": ["id", "day", "type"]}
    of = source(
        voters={"match": ["*.zip"], "members": ["v.csv"], "format": text, "voters": VOTERS},
        history={"match": ["*.zip"], "members": ["h.csv"], "format": votes, "history": HISTORY},
    )
    judged = admit(of, all_zip=archive(v_csv=b"id,last\n1,ANN\n"))
    assert judged.verdict == "held" and "all.zip: none of its 1 members fits h.csv" in judged.reason


def test_workbooks_in_an_archive_in_an_archive_are_read(lake, admit):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as workbook:
        sheet = workbook.add_worksheet("People")
        for place, row in enumerate([["All voters"], ["id", "last"], [1, "ANN"], [2, "BO"], [None, "DI"], [3, "CY"]]):
            sheet.write_row(place, 0, row)
    book = {"kind": "spreadsheet", "sheet": "People", "skipped_lines": 1, "names": ["id", "last"]}
    files = {"match": ["*.zip"], "members": ["*.xlsx"], "archive_depth": 2, "format": book, "voters": VOTERS}
    inner = archive(voters_xlsx=content.getvalue())
    judged = admit(source(voters=files), all_zip=archive(inner_zip=inner, empty_xlsx=b""))
    assert judged.verdict == "accepted"
    assert "all.zip: 1 empty members (0 bytes) were left alone: all.zip/empty.xlsx." in judged.reason
    assert rows(lake, Voters, "voter_id, last_name") == PEOPLE
    assert rows(lake, Rejects, "row_number, rule") == [(5, "is stated")]
