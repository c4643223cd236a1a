"""`walklist check FILE`: what would become of a file, in words and by the exit code."""

import json
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from tests.fuzz.worlds import state_world

VOTERS = "ncvoter_Statewide.zip"


@pytest.fixture
def check(tmp_path, monkeypatch):
    monkeypatch.setenv("WALKLIST_DATA", str(tmp_path / "root"))

    def called(*words):
        done = CliRunner().invoke(app, ["check", *map(str, words)])
        return done.exit_code, done.output

    return called


def test_a_good_file_fits(check, nc_landing):
    code, told = check(nc_landing / "nc" / "2026-10-01" / VOTERS, "--state", "NC", "--day", "2026-10-01")
    assert code == 0 and "It fits." in told and "0 refused" in told and "no last good snapshot at hand" in told


def test_files_of_a_delivery_are_tried_together(check, tmp_path):
    world = state_world("ct", tmp_path)
    for name, content in world.files.items():
        (tmp_path / name).write_bytes(content)
    files = sorted(tmp_path / name for name in world.files)
    assert len(files) == 4
    code, told = check(*files, "--state", "CT", "--day", world.day)
    assert code == 0 and "They fit." in told and told.count(" refused") == 4, told
    code, told = check(files[0], "--state", "CT", "--day", world.day)
    assert code == 0 and "It fits." in told and told.count("Judged by itself: no file of voters") == 3, told


def test_a_digest_beside_the_file_counts(check, nc_landing, tmp_path):
    file = tmp_path / VOTERS
    shutil.copy(nc_landing / "nc" / "2026-10-01" / VOTERS, file)
    (tmp_path / f"{VOTERS}.sha256").write_text("0" * 64)
    code, told = check(file, "--state", "NC", "--day", "2026-10-01")
    assert code == 3 and "its SHA-256 is not the one in" in told


def test_a_web_page_would_be_held(check, tmp_path):
    page = tmp_path / "ncvoter_Statewide.txt"
    page.write_text("<html>Try again later</html>")
    code, told = check(page, "--state", "nc")
    assert code == 3 and "It would be held:" in told and "a web page" in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--state", "NC"], "its name fits no file of nc"),
        (["--state", "ZZ"], "no source named zz"),
        ([], "Say which state"),
        (["--state", "NC", "--day", "yesterday"], "a day is written like"),
        (["--state", "NC", "--role", "donors"], "a file holds voters or history"),
    ],
)
def test_what_cannot_be_tried_is_told(check, nc_landing, tmp_path, words, told):
    file = tmp_path / "october.zip"
    shutil.copy(nc_landing / "nc" / "2026-10-01" / VOTERS, file)
    code, output = check(file, *words)
    assert code == 2 and told in output


def test_a_role_makes_up_for_a_name_that_says_nothing(check, nc_landing, tmp_path):
    file = tmp_path / "october.zip"
    shutil.copy(nc_landing / "nc" / "2026-10-01" / VOTERS, file)
    code, told = check(file, "--state", "NC", "--role", "voters", "--day", "2026-10-01")
    assert code == 0 and "as voters" in told


def test_a_history_is_tried_alone(check, nc_landing):
    code, told = check(nc_landing / "nc" / "2026-10-01" / "ncvhis_Statewide.zip", "--state", "NC")
    assert code == 0 and "as history" in told and "It fits." in told


def test_a_snapshot_of_an_older_program_is_told(check, nc_landing, tmp_path):
    home = tmp_path / "root" / "core" / "voters" / "state=NC" / "snapshot_date=2026-09-01"
    (home / "old").mkdir(parents=True)
    pq.write_table(pa.table({"voter_id": ["NC-1"]}), home / "old" / "part-0.parquet")
    size = (home / "old" / "part-0.parquet").stat().st_size
    (home / "old" / "record.json").write_text(json.dumps({"fingerprint": "old", "row_count": 1, "byte_count": size}))
    (home / "current").write_text("old")
    code, told = check(nc_landing / "nc" / "2026-10-01" / VOTERS, "--state", "NC", "--day", "2026-10-01")
    assert code == 2 and "written by an older program" in told.replace("\n", " ")
