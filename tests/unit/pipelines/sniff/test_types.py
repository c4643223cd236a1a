"""Codes of a type of election, told by their days."""

import datetime as dt

import pytest

from pipelines.calendar import Election
from pipelines.sniff.profile import profile_columns, read_day
from pipelines.sniff.types import names_election, type_by_days
from pipelines.sniff.vocabulary import Vocabulary
from pipelines.sniff.votes import party_column, pooled, type_column

GENERAL = Vocabulary.of([])
DAYS = ["11/03/2020", "08/11/2020", "11/08/2022", "08/09/2022", "11/05/2024", "08/13/2024"]
CALENDAR = [Election(jurisdiction="KS", date=dt.date(2020, 8, 11), type="primary")]


def told(rows):
    day, code = profile_columns(["slot_1_a", "slot_1_b"], rows)
    return type_by_days([day], pooled([code], "slot_{n}_b"), [code], CALENDAR, GENERAL, rows)


def test_a_code_means_what_its_days_are():
    rows = [[day, "Q" if day.startswith("08") else "E"] for day in DAYS for _ in range(30)]
    found = told(rows)
    assert found and found["from"] == "slot_{n}_b"
    assert found["code"].value["E"] == "general"


def test_a_code_of_days_that_only_the_calendar_knows_is_told_by_it():
    rows = [[day, "Q" if day == "08/11/2020" else "E"] for day in DAYS for _ in range(30)]
    found = told(rows)
    assert found and found["code"].value["Q"] == "primary"


def test_a_day_with_several_codes_tells_no_type():
    rows = [[day, "EP"[n % 2]] for day in DAYS for n in range(30)]
    assert told(rows) is None


@pytest.mark.parametrize(
    ("text", "formats", "day"), [("11/03/2020", ["%Y%m%d", "%m/%d/%Y"], (2020, 11, 3)), ("x", ["%Y"], None)]
)
def test_a_day_is_read_by_the_first_format_that_can(text, formats, day):
    assert read_day(text, formats) == (dt.date(*day) if day else None)


def test_days_of_births_name_no_election():
    (profile,) = profile_columns(["BIRTH DATE {n}"], [[day] for day in DAYS])
    assert names_election("BIRTH DATE {n}", profile) is None and names_election("DATE {n}", profile) is not None


def test_codes_of_parties_are_no_types_of_elections():
    texts = [["R"], ["D"], ["G"]] * 40
    (profile,) = profile_columns(["column_4"], texts)
    assert type_column(profile, GENERAL) is None and party_column(profile, GENERAL) is not None
