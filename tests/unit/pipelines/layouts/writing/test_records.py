"""Rows of a campaign table become the files that a vendor would send."""

import datetime as dt
import zipfile

import pyarrow as pa
import pytest

from pipelines.layouts.files import FileLayout
from pipelines.layouts.writing.records import RecordsWriter

DAY = dt.date(2026, 10, 1)
COLUMNS = {
    "source_record_id": {"from": "id", "key": True},
    "stated_voter_id": "voter",
    "full_name": "who",
    "gift_kind_code": {"from": "amount", "pattern": {"-": "refund", ".": "gift"}, "derived": True},
    "amount_usd": {"from": "amount", "amount": True},
}
ROWS = pa.table(
    {
        "source_record_id": ["7", "8"],
        "stated_voter_id": ["GA-0012", None],
        "state": ["GA", "GA"],
        "full_name": ['DOE, "J"', "ROE"],
        "gift_kind_code": ["gift", "refund"],
        "amount_usd": [1250.5, -40.0],
        "employer": ["X", "Y"],
    }
)


def layout(columns=COLUMNS, file="gifts.csv", member="", **more):
    return FileLayout.model_validate(
        {
            "match": ["*"],
            "written": {"file": file, "member": member},
            "format": {
                "kind": "delimited",
                "delimiters": [","],
                "encodings": ["utf-8"],
                "quote": '"',
                "names": ["id", "voter", "who", "amount"],
            },
            "records": columns,
            **more,
        }
    )


def written(files, folder, *tables, state=""):
    with RecordsWriter(files, folder, DAY) as writer:
        for table in tables:
            writer.append(table, state)
    return writer


def test_what_the_layout_has_is_written_and_what_is_derived_or_always_so_is_not(tmp_path):
    written(layout(always={"state": "GA"}), tmp_path, ROWS)
    assert (tmp_path / "gifts.csv").read_text() == (
        '"id","voter","who","amount"\n"7","0012","DOE, ""J""","1250.5"\n"8","","ROE","-40"\n'
    )


def test_chunks_stand_behind_each_other(tmp_path):
    written(layout(), tmp_path / "a", ROWS)
    written(layout(), tmp_path / "b", ROWS.slice(0, 1), ROWS.slice(1))
    assert (tmp_path / "a" / "gifts.csv").read_bytes() == (tmp_path / "b" / "gifts.csv").read_bytes()


def test_each_state_may_have_a_file_of_its_own(tmp_path):
    files = layout(file="gifts_{state}_{day}.zip", member="{state}.csv")
    with RecordsWriter(files, tmp_path, DAY) as writer:
        writer.append(ROWS.slice(0, 1), "GA")
        writer.append(ROWS.slice(1), "NC")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["gifts_GA_20261001.zip", "gifts_NC_20261001.zip"]
    with zipfile.ZipFile(tmp_path / "gifts_NC_20261001.zip") as archive:
        assert archive.read("NC.csv").decode().splitlines()[1] == '"8","","ROE","-40"'


def test_nothing_is_left_where_writing_fails(tmp_path):
    with pytest.raises(RuntimeError), RecordsWriter(layout(), tmp_path, DAY) as writer:
        writer.append(ROWS)
        raise RuntimeError
    assert not list(tmp_path.iterdir())


def test_an_id_is_the_source_s_own_or_tells_rows_apart(tmp_path):
    nameless = layout({name: column for name, column in COLUMNS.items() if name != "source_record_id"})
    with RecordsWriter(layout(), tmp_path, DAY) as own, RecordsWriter(nameless, tmp_path / "b", DAY) as hashed:
        assert own.ids(ROWS).to_pylist() == ["7", "8"]
        first, second = hashed.ids(ROWS).to_pylist()
        assert len(first) == 32 and first != second
        assert hashed.ids(ROWS.slice(1)).to_pylist() == [second]
