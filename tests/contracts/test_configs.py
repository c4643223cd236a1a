"""Every YAML parses; a broken one is told with file and key, all faults at once."""

import shutil
from pathlib import Path

import pytest
from pydantic import Field

from models.config import Strict, read_config
from models.errors import ConfigError
from pipelines.checking import check_configs
from pipelines.layouts.source import read_source

CONFIGS = Path(__file__).parents[2] / "configs"


@pytest.fixture
def configs(tmp_path):
    return shutil.copytree(CONFIGS, tmp_path / "configs")


def change(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def told(configs):
    with pytest.raises(ConfigError) as caught:
        check_configs(configs)
    return str(caught.value)


def test_every_configuration_parses():
    count = len(list(CONFIGS.rglob("*.yaml")))
    assert check_configs(CONFIGS) == f"{count} configurations read, all in order."


FAULTS = {
    "an unknown key": ("refresh_days: 7", "refresh_days: 7\nrefresh_weeks: 1", ["refresh_weeks: unknown key"]),
    "a missing key": ("posting_lag_days: 45", "", ["posting_lag_days: required key is missing"]),
    "a wrong type": ("wait_hours: 24", "wait_hours: soon", ["wait_hours: Input should be a valid integer"]),
    "a number out of range": (
        "rejected_share: 0.001",
        "rejected_share: 3",
        ["plausibility.rejected_share: Input should be less"],
    ),
    "a key written twice": ("name: North Carolina", "name: A\nname: B", ["line 4: key written twice: name"]),
    "not YAML": ("name: North Carolina", "name: [", ["Mend the YAML; nothing was read."]),
    "an unknown column": ("city: res_city_desc", "town: res_city_desc", ["core_voters has no column town"]),
    "a column that the flow fills": (
        "city: res_city_desc",
        "stated_on: {from: res_city_desc, date: '%Y'}",
        ["stated_on is the day of the file and no field of it"],
    ),
    "a header that is not listed": (
        "city: res_city_desc",
        "city: res_town",
        ["read but not under format.names: res_town"],
    ),
    "two operations": (
        "pad: 3}",
        "pad: 3, digits: true}",
        ["county_code: Value error, one operation is allowed, found digits, pad"],
    ),
    "an operation of another type": (
        "year: true, required: true",
        "required: true",
        ["birth_year needs the operation year, found none"],
    ),
    "a day where a text belongs": (
        "precinct_code: precinct_abbrv",
        'precinct_code: {from: precinct_abbrv, date: "%Y"}',
        ["precinct_code needs the operation of a text, found date"],
    ),
    "an unknown shape": ("shape: long", "shape: round", ["history", "'long', 'wide'"]),
    "layouts out of order": ("valid_from: 2022-02-01", "valid_from: 1999-02-01", ["layouts must stand oldest first"]),
    "a pattern that RE2 lacks": (
        '"second primary|runoff": runoff',
        '"(?<=second) primary": runoff',
        ["layout of 2009-01-01, history.election_type: the pattern '(?<=second) primary' cannot be read (RE2)."],
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_broken_state_is_told_with_file_and_key(configs, case):
    old, new, sentences = FAULTS[case]
    change(configs / "states" / "nc.yaml", old, new)
    text = told(configs)
    assert "states/nc.yaml" in text
    for sentence in sentences:
        assert sentence in text, text


def test_a_broken_pattern_of_an_experiment_is_told(configs):
    path = next((configs / "experiments").glob("*.yaml"))
    change(path, "columns:\n", "columns:\n")
    change(path, "arm_code:", 'arm_code: {from: treatment, pattern: {"(": x}}\n  old_arm:')
    assert path.name in told(configs)


def test_all_faults_of_all_files_are_told_at_once(configs):
    change(configs / "states" / "nc.yaml", "refresh_days: 7", "refresh_daze: 7")
    change(configs / "studies" / "michigan_2006.yaml", "largest_home: 15", "largest_home: none")
    (configs / "stray.yaml").write_text("a: 1\n")
    text = told(configs)
    for sentence in ("refresh_daze: unknown key", "refresh_days: required", "largest_home: Input", "no such kind"):
        assert sentence in text
    assert text.count("faults:") == 2


def test_a_profile_that_names_nothing_is_told(configs):
    change(configs / "profiles" / "demo.yaml", "sources: [nc, oh, fl]", "sources: [zz]")
    assert "states/zz or studies/zz.yaml does not exist." in told(configs)


class Codes(Strict):
    codes: dict[str, str] = Field(description="Codes.")
    width: int = Field(0, description="A number.")
    is_on: bool = Field(False, description="A switch.")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("{NO: norway, on: x, Yes: y, off: z}", {"NO": "norway", "on": "x", "Yes": "y", "off": "z"}),
        (
            "{010: ten, 08: eight, 1_0: x, 12:30: y, 0x1F: z}",
            {"010": "ten", "08": "eight", "1_0": "x", "12:30": "y", "0x1F": "z"},
        ),
        ("{a: NO, b: 010, c: on}", {"a": "NO", "b": "010", "c": "on"}),
    ],
)
def test_codes_are_read_as_they_are_written(tmp_path, text, codes):
    (tmp_path / "a.yaml").write_text(f"codes: {text}\nwidth: 12\nis_on: true\n")
    assert read_config(Codes, tmp_path / "a.yaml") == Codes(codes=codes, width=12, is_on=True)


@pytest.mark.parametrize(
    "text", ["{1: a}", "{a: 1}", "{true: a}", "{a: false}", "{2020-01-01: a}", "{1.5: a}", "{~: a}"]
)
def test_what_is_no_text_is_told_and_not_turned_into_one(tmp_path, text):
    (tmp_path / "a.yaml").write_text(f"codes: {text}\n")
    with pytest.raises(ConfigError, match=r"a\.yaml: 1 faults:\n  codes\.") as caught:
        read_config(Codes, tmp_path / "a.yaml")
    assert "should be a valid string" in str(caught.value)


@pytest.mark.parametrize(
    "content", [b"", b"- 1\n", b"\xff\xfe", b"codes: &a [*a]\n", b"codes: !!python/object:os.system {}\n"]
)
def test_a_file_that_is_no_mapping_is_told(tmp_path, content):
    (tmp_path / "a.yaml").write_bytes(content)
    with pytest.raises(ConfigError, match=r"a\.yaml"):
        read_config(Codes, tmp_path / "a.yaml")


def test_a_source_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(ConfigError, match=r"no source named zz; known are ar, az, .*, wv, michigan_2006"):
        read_source(CONFIGS, "zz")
