import datetime as dt

import pandas as pd
import pytest

from pipelines.synthetic.draws import day_number

LAST = dt.date(2026, 10, 1)


@pytest.fixture(scope="module")
def history(chunk):
    return chunk.history(LAST).to_pandas()


def test_nobody_votes_twice_in_one_election(history):
    assert not history.duplicated(["voter_id", "election_id"]).any()


def test_history_is_only_of_people_in_the_voter_file(chunk, history):
    assert set(history.voter_id) <= set(chunk.voters(LAST)["voter_id"].to_pylist())


def test_nobody_votes_before_registration(chunk, history):
    voters = chunk.voters(LAST).to_pandas()[["voter_id", "registration_date"]].dropna()
    both = history.merge(voters, on="voter_id")
    assert (both.registration_date <= both.election_date - pd.Timedelta(days=25).to_pytimedelta()).all()


def test_nobody_votes_after_death_or_removal(chunk):
    found, lives = chunk.people.found, chunk.people.homes.lives
    for nth, election in enumerate(chunk.votes.elections):
        voted, day = chunk.votes.voted[:, nth], day_number(election.date)
        assert (found.removed[voted] > day).all() and (lives.death[voted] > day).all()


def test_the_gone_hardly_vote(chunk):
    lives, nth = chunk.people.homes.lives, chunk.votes.position("NC-2024-11-05-general")
    gone = chunk.votes.eligible[:, nth] & (lives.gone < day_number(dt.date(2024, 1, 1)))
    assert gone.any() and chunk.votes.voted[gone, nth].mean() < 0.3  # 0.14 of 1,100; the chunk holds 50 of them


def test_later_files_state_the_same_ballots(chunk):
    earlier, later = chunk.history(dt.date(2025, 1, 15)).to_pandas(), chunk.history(LAST).to_pandas()
    listed = set(chunk.voters(LAST)["voter_id"].to_pylist())
    since = earlier[earlier.voter_id.isin(listed) & (earlier.election_date >= dt.date(2016, 11, 8))]
    merged = since.merge(later, how="left", on=["voter_id", "election_id"], suffixes=("", "_later"), indicator=True)
    assert (merged._merge == "both").all()
    for column in ("method_code", "county_code"):
        assert (merged[column] == merged[f"{column}_later"]).all()


def test_history_is_posted_county_by_county_after_three_to_six_weeks(chunk):
    election = dt.date(2024, 11, 5)
    counts = [
        (chunk.history(election + dt.timedelta(days=lag)).to_pandas().election_date == election).sum()
        for lag in (20, 30, 42)
    ]
    assert counts[0] == 0 < counts[1] < counts[2]


def test_history_reaches_ten_years_back_and_not_before_it_began(chunk, history):
    assert history.election_date.min() == dt.date(2016, 11, 8)
    assert chunk.history(dt.date(2014, 10, 1)).to_pandas().election_date.min() >= dt.date(2004, 10, 1)


def test_party_ballots_belong_to_primaries(history):
    is_primary = history.election_type == "primary"
    assert history[is_primary].ballot_party_code.notna().all()
    assert history[~is_primary].ballot_party_code.isna().all()
