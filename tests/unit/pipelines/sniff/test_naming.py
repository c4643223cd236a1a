"""Headers that name elections."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sniff.naming import election_headers, name_rules, read_header, type_of_words


@pytest.mark.parametrize(
    ("header", "name", "template", "form"),
    [
        ("GENERAL-11/05/2024", "GENERAL-11/05/2024", "{}", "type date"),
        ("11/4/2009", "11/4/2009", "{}", "date"),
        ("November2016", "November2016", "{}", "month year"),
        ("General2016PartyVoted", "General2016", "{}PartyVoted", "type year"),
        ("Primary2016HowVoted", "Primary2016", "{}HowVoted", "type year"),
        ("2018PreferentialPrimaryHowVoted", "2018PreferentialPrimary", "{}HowVoted", "year type"),
        ("GENERAL 2020 11/03/2020", "GENERAL 2020 11/03/2020", "{}", "type year date"),
    ],
)
def test_a_header_names_its_election(header, name, template, form):
    found = read_header(header)
    assert found and (found.name, found.template, found.form) == (name, template, form)


def test_other_headers_name_none():
    assert not election_headers(["LAST_NAME", "ZIP5", "DATE_OF_BIRTH", "AGE_IN_2024"])


def test_a_special_primary_is_a_primary_and_a_primary_run_off_a_run_off():
    assert type_of_words("SpecialPrimary") == "primary" and type_of_words("PrimaryRunoff") == "runoff"


def test_the_rules_say_how_the_days_are_written():
    (found,) = election_headers(["PRIMARY-05/03/2022", "GENERAL-11/08/2022"]).values()
    rules = name_rules(found)
    assert rules["date"] == ["%m/%d/%Y"] and rules["types"] == {"PRIMARY": "primary", "GENERAL": "general"}


@given(st.text(max_size=40))
def test_any_header_is_read(header):
    found = read_header(header)
    assert found is None or found.template.replace("{}", found.name, 1) == header or "{}" in header
