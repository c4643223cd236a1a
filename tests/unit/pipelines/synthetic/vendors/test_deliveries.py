"""Vendors' files land beside the states', the same bytes whatever else is written, with the truth apart."""

import datetime as dt

import pyarrow.parquet as pq
import pytest

from models.errors import ConfigError
from pipelines.layouts.source import read_vendor
from pipelines.synthetic.vendors.deliveries import write_deliveries_of, write_vendor_deliveries
from pipelines.synthetic.vendors.files import TRUTH_OF_ROWS
from tests.unit.pipelines.synthetic.conftest import CONFIGS

SEPTEMBER, OCTOBER = dt.date(2026, 9, 1), dt.date(2026, 10, 1)


@pytest.fixture(scope="module")
def simulation(make_simulation):
    """Two chunks."""
    return make_simulation(voters=1500, chunk_households=500)


@pytest.fixture(scope="module")
def ohio(make_simulation):
    return make_simulation(voters=600, chunk_households=2000, name="OH", county_codes=[])


@pytest.fixture(scope="module")
def postbox():
    return read_vendor(CONFIGS, "postbox_mail")


def content(folder):
    return {file.relative_to(folder): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def test_the_same_bytes_come_whatever_days_are_written(simulation, postbox, tmp_path):
    both = write_vendor_deliveries(simulation, "postbox_mail", postbox, tmp_path / "a", [SEPTEMBER, OCTOBER])
    assert [folder.name for folder in both] == ["2026-09-01", "2026-10-01"]
    write_vendor_deliveries(simulation, "postbox_mail", postbox, tmp_path / "b", [OCTOBER])
    assert content(tmp_path / "a" / "2026-10-01") == content(tmp_path / "b" / "2026-10-01")
    assert len(content(tmp_path / "b")) == 2
    assert (tmp_path / "b" / "2026-10-01" / "members_20261001.csv").read_text().count("\n") > 250


def test_the_same_bytes_come_from_one_pass_over_several_vendors(simulation, postbox, tmp_path):
    vendors = {"postbox_mail": postbox, "harborline_consumer": read_vendor(CONFIGS, "harborline_consumer")}
    landing = {name: tmp_path / name for name in vendors}
    found = write_deliveries_of(vendors, [simulation], landing, {}, tmp_path / "truth")
    assert {name: len(folders) for name, folders in found.items()} == {"postbox_mail": 2, "harborline_consumer": 2}
    write_vendor_deliveries([simulation], "postbox_mail", postbox, tmp_path / "alone", (), tmp_path / "truth_alone")
    assert content(tmp_path / "alone") == content(tmp_path / "postbox_mail")
    files = content(tmp_path / "truth_alone")
    assert files == {path: text for path, text in content(tmp_path / "truth").items() if path in files}
    assert len(files) == 2


def test_a_folder_that_stands_is_left_alone(simulation, postbox, tmp_path):
    (tmp_path / "2026-10-01").mkdir()
    assert write_vendor_deliveries(simulation, "postbox_mail", postbox, tmp_path, [OCTOBER]) == []
    assert not list((tmp_path / "2026-10-01").iterdir())


def test_the_truth_has_every_row_of_every_role(simulation, postbox, tmp_path):
    write_vendor_deliveries(simulation, "postbox_mail", postbox, tmp_path / "land", [OCTOBER], tmp_path / "truth")
    truth = pq.read_table(tmp_path / "truth" / "postbox_mail-2026-10-01.parquet")
    assert truth.schema.equals(TRUTH_OF_ROWS)
    told = truth.to_pandas().groupby("role").size()
    lines = {name: (tmp_path / "land" / "2026-10-01" / f"{file}_20261001.csv").read_text().count("\n") - 1
             for name, file in (("subscribers", "members"), ("suppressions", "suppressed"))}  # fmt: skip
    assert told.to_dict() == lines
    assert not [file for file in (tmp_path / "land").rglob("*") if "truth" in file.name]


def test_several_states_share_a_file_or_have_each_their_own(simulation, ohio, tmp_path):
    vendors = {name: read_vendor(CONFIGS, name) for name in ("harborline_consumer", "turnstile_volunteers")}
    landing = {name: tmp_path / name for name in vendors}
    write_deliveries_of(vendors, [simulation, ohio], landing, {name: [OCTOBER] for name in vendors})
    zips = sorted(file.name for file in (tmp_path / "harborline_consumer" / "2026-10-01").iterdir())
    assert zips == ["HARBORLINE_CONSUMER_NC_20261001.zip", "HARBORLINE_CONSUMER_OH_20261001.zip"]
    (people,) = (tmp_path / "turnstile_volunteers" / "2026-10-01").iterdir()
    ids = [line.split(";")[0].strip('"') for line in people.read_text().splitlines()[1:]]
    assert {found[:4] for found in ids} == {"1403", "1508"} and len(set(ids)) == len(ids)


def test_a_file_of_what_is_new_begins_after_the_day_before(simulation, tmp_path):
    vendor = read_vendor(CONFIGS, "bluebird_giving")
    write_vendor_deliveries(simulation, "bluebird_giving", vendor, tmp_path / "both", [SEPTEMBER, OCTOBER])
    write_vendor_deliveries(simulation, "bluebird_giving", vendor, tmp_path / "one", [OCTOBER])
    both, one = (tmp_path / name / "2026-10-01" / "bluebird-export-20261001.csv" for name in ("both", "one"))
    new, everything = (file.read_text(encoding="utf-8-sig").splitlines() for file in (both, one))
    assert 1 < len(new) < len(everything) / 3 and set(new) < set(everything)


def test_a_vendor_who_knows_none_of_the_states_gets_no_folder(ohio, tmp_path):
    vendor = read_vendor(CONFIGS, "campfire_signups")
    assert write_vendor_deliveries(ohio, "campfire_signups", vendor, tmp_path / "land", [OCTOBER]) == []
    assert not (tmp_path / "land").exists()


def test_what_cannot_be_written_is_told(simulation, postbox, tmp_path):
    with pytest.raises(ConfigError, match=r"vendors\.sources: nobody is missing"):
        write_vendor_deliveries(simulation, "nobody", postbox, tmp_path, [OCTOBER])
    with pytest.raises(ConfigError, match="no layout is valid on 2001-01-01"):
        write_vendor_deliveries(simulation, "postbox_mail", postbox, tmp_path, [dt.date(2001, 1, 1)])
    with pytest.raises(ConfigError, match=r"turnstile_volunteers\.roles: subscribers, suppressions missing"):
        write_vendor_deliveries(simulation, "turnstile_volunteers", postbox, tmp_path, [OCTOBER])
    assert not list(tmp_path.iterdir())
