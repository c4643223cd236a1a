"""Every configured state can be drawn, and what some of them have of their own."""

import datetime as dt
import re
from pathlib import Path

import pandas as pd
import pytest

from models.config import read_config
from pipelines.calendar import read_calendar
from pipelines.synthetic.config import SyntheticConfig
from pipelines.synthetic.simulation import Simulation
from pipelines.tables.core import METHODS, PARTIES

CONFIGS = Path(__file__).parents[4] / "configs"
CONFIG, CALENDAR = read_config(SyntheticConfig, CONFIGS / "synthetic.yaml"), read_calendar(CONFIGS)
EARLY, LAST = dt.date(2018, 10, 1), dt.date(2026, 10, 1)
IDS = {
    "CT": r"0\d{8}",
    "GA": r"0\d{7}",
    "NY": r"NY\d{18}",
    "PA": r"\d{9}-\d\d",
    "TX": r"\d{10}",
    "WI": r"0\d{9}",
}


@pytest.fixture(scope="module")
def chunk():
    """The one chunk of a state with 2,000 voters, drawn when it is first asked for."""
    drawn = {}

    def chunk(name):
        if name not in drawn:
            few = CONFIG.states[name].model_copy(update={"voters": 2000, "chunk_households": 10_000})
            config = CONFIG.model_copy(update={"states": {name: few}})
            (drawn[name],) = Simulation(config, name, CALENDAR.of_state(name)).chunks()
        return drawn[name]

    return chunk


def voters_of(chunk, day=LAST):
    return chunk.voters(day).to_pandas()


def test_all_states_with_known_layouts_are_configured():
    assert " ".join(sorted(CONFIG.states)) == "AR AZ CO CT DE FL GA IA MI NC NV NY OH OK PA RI TX UT VA WA WI WV"


@pytest.mark.parametrize("name", sorted(CONFIG.states))
def test_people_have_ids_of_their_own_known_counties_and_a_house_number(chunk, name):
    voters = voters_of(chunk(name))
    assert 1500 < (voters.status_code != "removed").sum() < 2500
    assert voters.voter_id.is_unique and voters.voter_id.str.match(rf"{name}-").all()
    assert set(voters.county_code) <= set(CONFIG.states[name].codes())
    assert voters.county_code.nunique() >= min(3, len(CONFIG.states[name].codes()))
    assert voters.address_line.dropna().str.match(r"\d+ \S").all()
    assert voters.zip_code.dropna().str.fullmatch(r"\d{5}").all()


@pytest.mark.parametrize("name", sorted(CONFIG.states))
def test_votes_are_in_elections_of_the_calendar(chunk, name):
    votes, voters = chunk(name).history(LAST).to_pandas(), voters_of(chunk(name))
    own, since = CALENDAR.of_state(name), CONFIG.states[name].history_since
    recent = {found.election_id for found in own if EARLY <= found.date < dt.date(2026, 8, 1)}
    assert recent <= set(votes.election_id) <= {found.election_id for found in own}
    assert votes.election_date.min() >= since
    assert len(votes) > len(voters) and votes[votes.is_voted].voter_id.isin(voters.voter_id).mean() > 0.9
    assert set(votes.method_code.dropna()) <= set(METHODS) and set(votes.ballot_party_code.dropna()) <= set(PARTIES)


@pytest.mark.parametrize("name", sorted(IDS))
def test_ids_have_the_states_form_with_leading_zeros(chunk, name):
    assert voters_of(chunk(name)).voter_id.str.fullmatch(f"{name}-{IDS[name]}").all()


def test_an_id_ends_with_the_county_of_registration_and_stays_after_a_move(chunk):
    pennsylvania = chunk("PA")
    voters = pd.concat([voters_of(pennsylvania, day).assign(day=day) for day in (EARLY, LAST)])
    codes = pennsylvania.state.codes()
    numbers = voters.county_code.map({code: f"{1 + nth:02d}" for nth, code in enumerate(codes)})
    is_same = voters.voter_id.str[-2:] == numbers
    is_new = (pd.to_datetime(voters.day) - pd.to_datetime(voters.registration_date)).dt.days < 60
    assert is_new.sum() > 20 and is_same[is_new].mean() > 0.9
    has_moved = voters.groupby("voter_id").county_code.transform("nunique") > 1
    assert has_moved.sum() > 50 and is_same[has_moved].mean() < 0.6
    assert voters.groupby(voters.voter_id.str[:-3]).voter_id.nunique().max() == 1


def test_a_precinct_of_oklahoma_opens_with_its_county(chunk):
    voters = voters_of(chunk("OK")).dropna(subset=["precinct_code"])
    assert voters.precinct_code.str.fullmatch(r"\d{6}").all()
    assert (voters.precinct_code.str[:2] == voters.county_code).all() and voters.precinct_code.nunique() > 77


def test_a_precinct_has_as_many_digits_as_the_state_gives(chunk):
    for name, digits in (("CO", 10), ("VA", 3), ("AZ", 2)):
        assert voters_of(chunk(name)).precinct_code.dropna().str.fullmatch(rf"\d{{{digits}}}").all()


@pytest.mark.parametrize("name", ["MI", "TX", "VA", "WA", "WI"])
def test_no_party_is_on_the_file_of_a_state_without_registration(chunk, name):
    ballots = chunk(name).history(LAST).to_pandas()
    assert voters_of(chunk(name)).party_code.isna().all()
    assert ballots[ballots.election_type == "primary"].ballot_party_code.notna().all()


def test_georgia_tells_race_in_words_and_the_party_of_the_last_primary(chunk):
    voters = voters_of(chunk("GA"))
    assert {"White", "Black", "Hispanic/Latino", "Unknown"} <= set(voters.race_code)
    assert 0.2 < voters.party_code.isna().mean() < 0.9
    assert re.fullmatch(r"\d{3}", voters.county_code.max()) and voters.county_code.max() <= "159"


def test_wisconsin_lists_the_removed_and_tells_nobody_inactive(chunk):
    assert set(voters_of(chunk("WI")).status_code) == {"active", "removed"}
    assert set(voters_of(chunk("MI")).status_code) == {"active", "inactive"}


def test_elections_before_the_first_simulated_day_are_left_out(chunk):
    assert CALENDAR.of_state("MI")[0].date < CONFIG.starts_on <= chunk("MI").votes.elections[0].date
