"""Labels of elections in free text: what they determine, what they leave open, and that written ones are read back."""

import datetime as dt
import os
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.layouts.label_words import TYPES, LabelRules
from pipelines.layouts.reading.labels import LabelReading, election_day, read_label
from pipelines.layouts.writing.labels import LABEL_STYLES, write_label
from tests.accept.labels import PRIMARIES, judge

FILE = Path(os.environ.get("WALKLIST_SHARED", "")) / "data" / "ny_history_codes" / "ny_history_codes_dev.parquet"
RULES = LabelRules.model_validate(
    {
        "days": {
            "primary": {2030: "2030-09-10", 2031: "2031-09-09"},
            "presidential": {2032: "2032-03-02"},
            "federal": {2032: "2032-06-22"},
            "state": {2032: "2032-09-14"},
        }
    }
)


def _read(label: str, rules: LabelRules = RULES) -> str:
    reading = read_label(label, rules)
    return f"{reading.type or 'none'} {reading.day or 'open'}"


@pytest.mark.parametrize(
    ("label", "found"),
    [
        # A day that is written out is the day, in whatever form.
        ("20321102 GE", "general 2032-11-02"),
        ("GE20321102", "general 2032-11-02"),
        ("GE on 20321102", "general 2032-11-02"),
        ("11022032 GE", "general 2032-11-02"),
        ("2032-11-2 General", "general 2032-11-02"),
        ("General Election 11/02/2032", "general 2032-11-02"),
        ("GENERAL ELECTION 11/2/32", "general 2032-11-02"),
        ("GENERAL ELECTION:NOVEMBER 2ND, 2032", "general 2032-11-02"),
        ("2 Nov 2032 General", "general 2032-11-02"),
        ("2032 GENERAL ELECTION NOVEMBER 2 2032", "general 2032-11-02"),
        ("20320302 PP", "primary 2032-03-02"),
        ("20321005 Run Off", "runoff 2032-10-05"),
        ("20321005 PRIMARY RUN-OFF", "runoff 2032-10-05"),
        ("20321207 GENERAL RUNOFF", "runoff 2032-12-07"),
        ("SPECIAL ELECTION 12TH DIST 20320210", "special 2032-02-10"),
        ("2/10/2032 Whig Party Primary", "primary 2032-02-10"),
        # It is taken as written, also when nothing was held on it.
        ("20321106 GE", "general 2032-11-06"),
        ("28121102 GE", "general 2812-11-02"),
        # An impossible day, or two days, determine none; the year in them is not used either.
        ("20321131 GE", "general open"),
        ("20321301 GE", "general open"),
        ("2032116 GE", "general open"),
        ("20321102 20321103 GE", "general open"),
        ("2031 GENERAL ELECTION NOVEMBER 2 2032", "general open"),
        # A day without a kind of election is nothing.
        ("20321102", "none open"),
        ("20321102 XX", "none open"),
    ],
)
def test_a_day_is_taken_as_written(label: str, found: str) -> None:
    assert _read(label) == found


@pytest.mark.parametrize(
    ("label", "found"),
    [
        ("2032 GENERAL ELECTION", "general 2032-11-02"),
        ("General Election, 2032", "general 2032-11-02"),
        ("32 GENERAL  ELECTION", "general 2032-11-02"),
        ("GENERAL '32", "general 2032-11-02"),
        ("98 GENERAL ELECTION", "general 1998-11-03"),
        ("GEN. ELEC. 2032", "general 2032-11-02"),
        ("2032GENERAL", "general 2032-11-02"),
        ("2032 NOVEMBER GENERAL", "general 2032-11-02"),
        ("2032 GENERAL - STATE & LOCAL ONLY", "general 2032-11-02"),
        ("2032 PRES ELECTION", "general 2032-11-02"),
        # Not without a year, a kind, or a word that is not understood.
        ("GENERAL ELECTION", "general open"),
        ("2032", "none open"),
        ("2032 FEDERAL ELECTION", "none open"),
        ("2032 MARCH GENERAL", "general open"),
        ("SPECIAL GENERAL ELECTION 2032", "general open"),
        ("MUNICIPAL GENERAL ELECTION 2032", "general open"),
        ("2032 GENERAL 2", "general open"),
        ("GENERAL #32", "general open"),
        ("2031 2032 GENERAL", "general open"),
        ("2032 GENERAL ELECTION SPRINGFIELD", "general open"),
    ],
)
def test_a_general_election_and_a_year_are_election_day(label: str, found: str) -> None:
    assert _read(label) == found


@pytest.mark.parametrize(
    ("label", "found"),
    [
        ("2030 PRIMARY ELECTION", "primary 2030-09-10"),
        ("City Primary Election 2030", "primary 2030-09-10"),
        ("2030 FEDERAL PRIMARY", "primary 2030-09-10"),
        ("FALL PRIMARY 2030", "primary 2030-09-10"),
        ("GENERAL PRIMARY 2030", "primary 2030-09-10"),
        ("Primary Federal 2032", "primary 2032-06-22"),
        ("2032CONGRESSIONAL PRIMARY", "primary 2032-06-22"),
        ("2032 JUNE PRIMARY", "primary 2032-06-22"),
        ("2032 Primary Election (State & Local)", "primary 2032-09-14"),
        ("SEPT. PRIMARY 2032", "primary 2032-09-14"),
        ("Presidental Primary, 2032", "primary 2032-03-02"),
        ("32 PP", "primary 2032-03-02"),
        # Two primaries in a year, none listed, another month, a party's own, a second kind: open.
        ("PRIMARY 2032", "primary open"),
        ("2030 PRESIDENTIAL PRIMARY", "primary open"),
        ("2029 PRIMARY", "primary open"),
        ("JUNE PRIMARY 2030", "primary open"),
        ("WHIG PRIMARY 2030", "primary open"),
        ("SPECIAL PRIMARY 2030", "primary open"),
        ("2032 FEDERAL AND STATE PRIMARY", "primary open"),
        ("2030 SPECIAL ELECTION", "special open"),
        ("2030 RO", "runoff open"),
    ],
)
def test_a_primary_and_a_year_are_what_the_table_says(label: str, found: str) -> None:
    assert _read(label) == found


@pytest.mark.parametrize(
    "label",
    ["MEGA 7_5 TEST", "2032 VILLAGE ELECTION", "Village General Election 2032", "20320518 SCHOOL SPECIAL", "", "# 32"],
)
def test_elections_of_other_bodies_and_trials_are_nothing(label: str) -> None:
    assert read_label(label, RULES) == LabelReading(None, None)


def test_what_a_source_adds_is_a_parameter() -> None:
    assert _read("2030 PRIMARY", LabelRules()) == "primary open"
    assert _read("20321102 G", LabelRules(abbreviations={"G": "GENERAL"})) == "general 2032-11-02"
    assert _read("20321102 GE", LabelRules(abbreviations={"G": "GENERAL"})) == "none open"
    assert _read("32 GENERAL", LabelRules(pivot=30)) == "general 1932-11-08"


def test_election_day_follows_the_first_monday() -> None:
    for year in range(1900, 2100):
        first_monday = next(day for at in range(1, 8) if (day := dt.date(year, 11, at)).weekday() == 0)
        assert election_day(year) == first_monday + dt.timedelta(days=1)


WORDS = ["GE", "PP", "general", "Primary", "special", "run", "off", "federal", "State", "village", "june", "Nov", "2ND"]
NUMBERS = ["2032", "32", "20321102", "20321131", "11/02/2032", "2032-02-30", "7", "00000000", "0/0/00", "9" * 5000]
SEPARATORS = st.sampled_from([" ", ", ", "-", ":", "/", "#", ""])
LABELS = st.lists(st.tuples(st.sampled_from(WORDS + NUMBERS), SEPARATORS), max_size=6).map(
    lambda parts: "".join(part + separator for part, separator in parts)
)


@given(label=st.text() | LABELS)
@example(label="GENERAL " + "9" * 5000)
def test_no_text_is_refused(label: str) -> None:
    reading = read_label(label, RULES)
    assert reading.type in (None, *TYPES)
    assert reading.type is not None or reading.day is None


@given(label=LABELS, space=st.sampled_from(["  ", "\t", "\n ", "\u00a0"]))
def test_case_and_white_space_do_not_matter(label: str, space: str) -> None:
    found = read_label(label, RULES)
    assert read_label(label.lower(), RULES) == found
    assert read_label(label.swapcase(), RULES) == found
    assert read_label(space + label.replace(" ", space) + space, RULES) == found


@given(
    day=st.dates(dt.date(1970, 1, 1), dt.date(2068, 12, 31)) | st.integers(1970, 2068).map(election_day),
    election_type=st.sampled_from(TYPES),
    style=st.sampled_from(LABEL_STYLES),
)
def test_a_written_label_is_read_back(day: dt.date, election_type: str, style: str) -> None:
    label = write_label(day, election_type, style, RULES)
    names_the_day = "%d" in style and ("{code}" not in style or election_type != "municipal")
    if names_the_day:
        assert label is not None
    if label is not None:
        assert read_label(label, RULES) == LabelReading(election_type, day)


@pytest.mark.parametrize(
    ("day", "election_type", "style", "label"),
    [
        ("2032-11-02", "general", "{day:%Y%m%d} {code}", "20321102 GE"),
        ("2032-11-02", "general", "{day:%y} {word} ELECTION", "32 GENERAL ELECTION"),
        ("2032-11-02", "general", "{word} Election, {day:%Y}", "GENERAL Election, 2032"),
        ("2030-09-10", "primary", "{word} {day:%Y}", "PRIMARY 2030"),
        ("2032-06-22", "primary", "Federal {word} {day:%Y}", "Federal PRIMARY 2032"),
        # A style that would be read as another election, or as none, does not name this one.
        ("2032-11-03", "general", "{word} {day:%Y}", None),
        ("2032-06-22", "primary", "{word} {day:%Y}", None),
        ("2032-02-10", "special", "{day:%Y} {word} ELECTION", None),
        ("2032-11-02", "municipal", "{day:%Y%m%d} {code}", None),
    ],
)
def test_a_style_writes_only_what_it_names(day: str, election_type: str, style: str, label: str | None) -> None:
    assert style in LABEL_STYLES
    assert write_label(dt.date.fromisoformat(day), election_type, style, RULES) == label


def _judge(folder: Path, *rows: tuple[str, int, str | None, str | None]) -> dict[str, float]:
    file = folder / "labels.parquet"
    pd.DataFrame(rows, columns=["code", "n_votes", "type", "date"]).to_parquet(file)
    return judge(file, RULES)


def test_the_judge_tells_right_from_wrong(tmp_path: Path) -> None:
    found = _judge(
        tmp_path,
        ("2032 GENERAL", 60, "General Election", "2032-11-02"),  # right
        ("GENERAL, 32", 4, "General Election", None),  # beyond the truth, whose twin above confirms it
        ("31 GENERAL", 1, "General Election", None),  # beyond, and no twin
        ("20320302 SP", 20, "Primary Election", "2032-03-02"),  # right day, wrong type
        ("20320302 PP", 5, "Primary Election", "2032-03-03"),  # another day
        ("2032 PRIMARY", 10, "Primary Election", "2032-09-14"),  # left open
    )
    assert found["votes"] == 100
    assert found["right_votes"] == pytest.approx(60 / 95)
    assert found["right_codes"] == pytest.approx(1 / 4)
    assert found["contradicted_votes"] == pytest.approx(0.05)
    assert found["beyond_votes"] == pytest.approx(0.05)
    assert found["unconfirmed_votes"] == pytest.approx(0.01)
    assert found["undated_type_votes"] == 1
    assert found["least_beyond_votes"] == pytest.approx(0.04 * (1 - 0.005 * 95 / 60))


@pytest.mark.skipif(not FILE.is_file(), reason="WALKLIST_SHARED does not lead to the hand-read labels")
def test_the_labels_that_people_read_by_hand() -> None:
    """The demand: at least 99.5% of votes right, at most 0.05% with a wrong day.

    Days beyond a truth that leaves twins open cannot be held to 0.05% (`least_beyond_votes`), so what is held to a
    figure is how many of them no twin confirms: 0.09% were found, all on the day of the election that they name.
    """
    found = judge(FILE, PRIMARIES)
    assert found["right_votes"] >= 0.995
    assert found["contradicted_votes"] <= 0.0005
    assert found["least_beyond_votes"] > 0.0005
    assert found["unconfirmed_votes"] <= 0.001
