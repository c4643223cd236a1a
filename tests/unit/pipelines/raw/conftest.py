import datetime as dt
from dataclasses import dataclass

import pytest

from pipelines.core import refusing
from pipelines.core.readings import Occasion
from pipelines.core.staged import Staged
from pipelines.core.stagers import PeopleStager
from pipelines.core.staging import create_tables
from pipelines.layouts.files import FileLayout
from pipelines.raw.readers import open_file


@dataclass
class Read:
    """What became of a file: its rows as texts, the refused lines with their rules, and what is told of it."""

    rows: list
    refused: list
    differences: list
    facts: dict


@pytest.fixture
def stage(lake, tmp_path):
    """`stage(content, format, ...)` reads a file with the columns id, last and first, every line accounted for."""

    def stage(content, format_, name="f.txt", **more):
        voters = {"voter_id": {"from": "id", "key": True}, "last_name": "last", "first_name": "first"}
        files = FileLayout.model_validate({"match": ["*"], "format": format_, "voters": voters, **more})
        received, scratch = tmp_path / "received", tmp_path / "scratch"
        received.write_bytes(content)
        scratch.mkdir(exist_ok=True)
        with lake.connect() as connection:
            create_tables(connection)
            staged = Staged(files={"f": {"row_count": 0, "line_count": None}})
            for text in open_file(received, name, files, scratch):
                PeopleStager(connection, staged, files, [("f", text)], Occasion("NC", dt.date(2026, 10, 1))).stage()
            refusing.refuse_voters(connection, ["last_name", "first_name"])
            rows = connection.execute("SELECT voter_id[4:], last_name, first_name FROM staged_voters").fetchall()
            refused = connection.execute("SELECT DISTINCT row_number, rule FROM refused ORDER BY ALL").fetchall()
            return Read(rows, refused, staged.differences, staged.files["f"])

    return stage
