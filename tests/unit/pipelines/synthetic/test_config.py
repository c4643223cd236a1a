import datetime as dt
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from models.config import read_config
from pipelines.calendar import read_calendar
from pipelines.synthetic.config import SyntheticConfig
from pipelines.synthetic.elections import federal_general

CONFIGS = Path(__file__).parents[4] / "configs"


@pytest.fixture
def content():
    """The configuration as it is written, to be changed."""
    return yaml.safe_load((CONFIGS / "synthetic.yaml").read_text(encoding="utf-8"))


def test_a_state_takes_the_general_marginals_where_it_gives_none():
    config = read_config(SyntheticConfig, CONFIGS / "synthetic.yaml")
    florida = config.states["FL"].marginals
    assert config.states["NC"].marginals == config.marginals
    assert florida.missing_phone == 0.62 and florida.missing_gender == config.marginals.missing_gender


def test_an_unknown_marginal_of_a_state_is_refused(content):
    content["states"]["FL"]["marginals"]["missing_fone"] = 0.1
    with pytest.raises(ValidationError, match="missing_fone"):
        SyntheticConfig.model_validate(content)


@pytest.mark.parametrize("wrong", [{"counties": 66}, {"county_codes": ["ALA"] * 67}])
def test_every_county_needs_a_code_of_its_own(content, wrong):
    content["states"]["FL"].update(wrong)
    with pytest.raises(ValidationError, match="Give each county its code"):
        SyntheticConfig.model_validate(content)


def test_a_state_needs_few_lines(content):
    few = {
        "county_codes": ["KENT", "SUSSEX"],
        "zip_first": 19701,
        "zip_last": 19980,
        "area_codes": ["302"],
        "registration_deadline_days": 24,
    }
    content["states"]["DE"] = few
    read = SyntheticConfig.model_validate(content).states["DE"]
    assert (read.counties, read.codes(), read.snapshots) == (2, ["KENT", "SUSSEX"], [dt.date(2026, 10, 1)])
    assert read.marginals.missing_phone == content["marginals"]["missing_phone"]


def test_a_suffix_of_two_digits_numbers_no_more_than_99_counties(content):
    content["states"]["GA"]["id_suffix"] = "county"
    with pytest.raises(ValidationError, match="two digits cannot number 159 counties"):
        SyntheticConfig.model_validate(content)


def test_a_pin_holds_for_the_states_it_names_or_for_all():
    config = read_config(SyntheticConfig, CONFIGS / "synthetic.yaml")
    names = {state: [pin.name for pin in config.pins_of(state)] for state in config.states}
    assert "turnout_municipal" in names["NC"] and "turnout_municipal" not in names["OH"]
    assert all("mean_age" in found and len(set(found)) == len(found) for found in names.values())


@pytest.mark.parametrize(("state", "days"), [("OH", 30), ("FL", 29)])
def test_registration_closes_at_most_two_days_after_the_statutes_day_and_never_on_a_sunday(state, days):
    elections = read_calendar(CONFIGS).of_state(state)
    assert len(elections) > 30
    for election in elections:
        closes = (election.date - election.registration_deadline).days
        assert days - 2 <= closes <= days and election.registration_deadline.weekday() < 5


@pytest.mark.parametrize("state", sorted(read_config(SyntheticConfig, CONFIGS / "synthetic.yaml").states))
def test_every_federal_general_is_in_the_calendar_on_its_day(state):
    generals = {found.date for found in read_calendar(CONFIGS).of_state(state) if found.type == "general"}
    assert {federal_general(year) for year in range(2002, 2027, 2)} <= generals
