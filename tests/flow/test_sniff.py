"""Unknown files drafted as layouts: what `walklist sniff` prints is read as a source, and loads the files."""

import datetime as dt
import shutil
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from models.config import read_config
from models.errors import LayoutError
from pipelines.calendar import read_calendar
from pipelines.cli import app
from pipelines.core.delivery import Admission
from pipelines.lake import Lake
from pipelines.layouts.source import Source, read_source
from pipelines.raw.landing import receive
from pipelines.settings import CONFIGS
from pipelines.sniff.draft import draft_source
from pipelines.sniff.sample import read_samples
from pipelines.sniff.vocabulary import Vocabulary
from pipelines.tables.core import VoteHistory, Voters
from tests.accept.sniffing import judge_draft, write_files
from tests.contracts.round_trip import DAY, STATES


def others(name):
    return [read_source(CONFIGS, known) for known in STATES if known != name]


@pytest.fixture(scope="module")
def colorado(tmp_path_factory):
    source = read_source(CONFIGS, "co")
    return write_files(source, source.layout_on(DAY), DAY, 1200, tmp_path_factory.mktemp("co") / "files")


def test_a_hidden_state_is_drafted_and_its_draft_loads(colorado, tmp_path):
    calendar = read_calendar(CONFIGS).of_state("CO")
    text = draft_source(read_samples(sorted(colorado.iterdir())), Vocabulary.of(others("co")), "CO", calendar)
    (tmp_path / "co.yaml").write_text(text, encoding="utf-8")
    drafted = read_config(Source, tmp_path / "co.yaml")
    assert set(drafted.layouts[0].files) == {"voters", "history"}
    shutil.copytree(colorado, tmp_path / "landing" / "co" / DAY.isoformat())
    lake, now = Lake(tmp_path / "data", "1GB", 2), dt.datetime.now(dt.UTC)
    receive(lake, tmp_path / "landing", "co", drafted, now)
    (judged,) = Admission(lake, "co", drafted, calendar).admit_all(now)
    assert judged.verdict == "accepted", judged.reason
    with lake.connect() as connection:
        people, votes = (
            connection.sql(f"SELECT count(*) FROM ({lake.table(table, state='CO').select()})").fetchall()[0][0]
            for table in (Voters, VoteHistory)
        )
    assert people > 1000 and votes > 1000


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ia", "va", "oh", "pa", "ok"])
def test_hidden_states_are_drafted_with_nine_of_ten_columns_right(name):
    grade = judge_draft(name, DAY, 0, 1200, others(name))
    assert grade.share >= 0.9 and grade.is_shape_right, (grade.trouble, grade.wrong)


def test_no_name_address_or_number_of_a_person_is_in_a_draft(colorado):
    samples = read_samples(sorted(colorado.iterdir()))
    text = draft_source(samples, Vocabulary.of(others("co")), "CO").upper()
    people = next(found for found in samples if "LAST_NAME" in found.headers)
    wanted = [people.headers.index(name) for name in ("VOTER_ID", "LAST_NAME", "RESIDENTIAL_ADDRESS", "PHONE_NUM")]
    told = {row[place].upper() for row in people.rows for place in wanted if len(row[place]) > 3}
    words = set(text.replace(",", " ").replace(":", " ").replace('"', " ").split())
    assert len(told) > 1000 and not told & words - {"GREEN", "LONG", "NULL"}  # words of a layout too


def sniffed(*files):
    return CliRunner().invoke(app, ["sniff", *map(str, files), "--state", "KS"])


def test_the_command_prints_a_draft(colorado, tmp_path):
    result = sniffed(*sorted(colorado.iterdir()))
    assert result.exit_code == 0
    (tmp_path / "ks.yaml").write_text(result.stdout, encoding="utf-8")
    assert read_config(Source, tmp_path / "ks.yaml").state == "KS"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "empty"),
        ("page.csv", b"<html><body>Not found</body></html>", "web page"),
        ("cut.zip", b"PK\x03\x04" + b"\0" * 50, "damaged"),
        ("nulls.txt", b"a,b\n1,\0\n", "NUL"),
        ("cut.parquet", b"PAR1" + b"\1" * 80, "Parquet"),
        ("words.txt", b"no columns here\nnor there at all\n", "no delimiter"),
    ],
)
def test_what_cannot_be_opened_is_refused_in_a_sentence(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    result = sniffed(tmp_path / name)
    assert result.exit_code == 2 and said in result.stderr


def test_a_missing_file_is_told(tmp_path):
    assert "no such file" in sniffed(tmp_path / "nothing.csv").stderr


GENERAL = Vocabulary.of([])
SIGNS = st.sampled_from([*b"\t,|;\"'\r\n 0123456789/-AZaz", 0x00, 0x80, 0xC3, 0xE9, 0xFF, 0x1F])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.lists(SIGNS, max_size=300).map(bytes) | st.binary(max_size=200), is_zipped=st.booleans())
def test_no_bytes_stop_the_program(tmp_path, content, is_zipped):
    path = tmp_path / ("file.zip" if is_zipped else "file.csv")
    path.write_bytes(content)
    if is_zipped:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("file.txt", content)
    try:
        text = draft_source(read_samples([path]), GENERAL)
    except LayoutError as error:
        assert path.name in str(error)
    else:
        assert "layouts:" in text
