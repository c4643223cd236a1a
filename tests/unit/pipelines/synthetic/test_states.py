"""What Ohio's and Florida's files say otherwise than North Carolina's."""

import datetime as dt

import pandas as pd
import pytest

DAYS = [dt.date(2018, 10, 1), dt.date(2019, 1, 15), dt.date(2022, 10, 1), dt.date(2025, 1, 15), dt.date(2026, 10, 1)]
LAST = DAYS[-1]
KEYS = ["voter_id", "election_id"]


@pytest.fixture(scope="module")
def ohio(make_simulation):
    return next(make_simulation(name="OH").chunks())


@pytest.fixture(scope="module")
def florida(make_simulation):
    """Florida with many of the rows that are few in the real file."""
    odd = {"uncounted_share": 0.3, "absence_counties_share": 0.5, "orphan_share": 0.5}
    return next(make_simulation(name="FL", **odd).chunks())


@pytest.fixture(scope="module")
def stated(florida):
    return florida.history(LAST).to_pandas()


def voters_of(chunk, day=LAST):
    return chunk.voters(day).to_pandas()


def test_ohio_ids_and_counties_look_like_the_states(ohio):
    voters = voters_of(ohio)
    assert voters.voter_id.str.fullmatch(r"OH-OH\d{10}").all() and voters.voter_id.is_monotonic_increasing
    assert set(voters.county_code) == {"01", "02", "03", "04", "05"}


def test_florida_ids_and_counties_look_like_the_states(florida, stated):
    voters = voters_of(florida)
    assert voters.voter_id.str.fullmatch(r"FL-[1-9]\d{8}").all()
    assert set(voters.county_code) == set(stated.county_code) == {"ALA", "BAK", "BAY", "BRA", "BRE"}
    assert set(voters.race_code) <= set("12345679")


@pytest.mark.parametrize("day", DAYS)
def test_ohio_party_is_the_last_primary_ballot_posted(ohio, day):
    ballots = ohio.history(day).to_pandas()
    primaries = ballots[ballots.election_type == "primary"].sort_values("election_date")
    expected = primaries.groupby("voter_id").ballot_party_code.last()
    found = voters_of(ohio, day).set_index("voter_id").party_code
    assert 0.2 < found.isna().mean() < 0.8
    assert found.dropna().to_dict() == expected[expected.index.isin(found.index)].to_dict()


def test_ohio_party_changes_only_after_the_primary_is_posted(ohio):
    before, after = (
        voters_of(ohio, day).set_index("voter_id").party_code for day in (dt.date(2024, 3, 18), dt.date(2024, 5, 1))
    )
    early = voters_of(ohio, dt.date(2024, 4, 8)).set_index("voter_id").party_code
    both = before.index.intersection(after.index).intersection(early.index)
    assert (before[both].fillna("") == early[both].fillna("")).all()
    assert (before[both].fillna("") != after[both].fillna("")).any()


def test_ohio_votes_in_november_of_odd_years(ohio):
    ballots = ohio.history(LAST).to_pandas()
    days = set(ballots[ballots.election_type == "general"].election_date)
    assert {dt.date(2023, 11, 7), dt.date(2024, 11, 5)} <= days


@pytest.mark.parametrize("state", ["ohio", "florida"])
def test_the_removed_vanish_at_once(state, request):
    chunk = request.getfixturevalue(state)
    files = [voters_of(chunk, day) for day in DAYS]
    assert all(set(file.status_code) == {"active", "inactive"} for file in files)
    seen = [set(file.voter_id) for file in files]
    assert seen[0] - seen[1] and not (seen[0] - seen[1]) & seen[2]


def test_a_masked_birth_hides_the_year_too(make_simulation):
    simulation = make_simulation(name="OH")
    state = simulation.state
    masked = state.model_copy(update={"marginals": state.marginals.model_copy(update={"masked_birth": 0.2})})
    simulation = make_simulation(name="OH", marginals=masked.marginals)
    voters = voters_of(next(simulation.chunks()))
    assert 0.15 < voters.birth_date.isna().mean() < 0.25
    assert (voters.birth_date.isna() == voters.birth_year.isna()).all()


def test_what_florida_does_not_count_changes_no_vote(florida, stated, make_simulation):
    plain = {"uncounted_share": 0.0, "absence_counties_share": 0.0, "orphan_share": 0.0}
    other = next(make_simulation(name="FL", **plain).chunks())
    counted = stated[stated.is_voted & stated.voter_id.isin(voters_of(florida).voter_id)].reset_index(drop=True)
    pd.testing.assert_frame_equal(counted, other.history(LAST).to_pandas())
    coming = "FL-2026-11-03-general"
    assert florida.truth(coming).equals(other.truth(coming))
    assert florida.voters(LAST).equals(other.voters(LAST))


def test_uncounted_ballots_came_by_mail_or_provisionally_and_some_voters_cast_another(stated):
    uncounted = stated[~stated.is_voted & stated.method_code.notna()]
    assert set(uncounted.method_code) == {"mail", "provisional"}
    counted = stated[stated.is_voted]
    by_post = counted.method_code.isin(["mail", "provisional"]).sum()
    assert 0.2 < len(uncounted) / by_post < 0.4
    cured = uncounted.merge(counted, on=KEYS)
    assert 0.1 < len(cured) / len(uncounted) < 0.5
    assert (cured.method_code_x == cured.method_code_y).all()
    assert not uncounted.duplicated(KEYS).any() and not counted.duplicated(KEYS).any()


def test_some_counties_state_every_absence_of_the_eligible_and_the_others_none(florida, stated):
    absent = stated[stated.method_code.isna()]
    assert not absent.is_voted.any() and absent.ballot_party_code.isna().all()
    assert 0 < absent.county_code.nunique() < 5
    nth = florida.votes.position("FL-2024-11-05-general")
    codes = pd.Series(florida.state.codes()).iloc[florida.people.places.county[florida.votes.precinct[:, nth]]]
    listed = florida.is_listed((LAST - dt.date(1970, 1, 1)).days)
    stayed = florida.votes.eligible[:, nth] & ~florida.votes.voted[:, nth] & listed
    stayed &= codes.isin(set(absent.county_code)).to_numpy()
    rows = stated[(stated.election_id == "FL-2024-11-05-general") & ~stated.is_voted]
    expected = {name for name, stays in zip(florida.identity.voter_id.to_pylist(), stayed, strict=True) if stays}
    assert expected and expected <= set(rows.voter_id)


def test_ballots_of_some_removed_people_stay_behind(florida, stated):
    listed, before = set(voters_of(florida).voter_id), set(voters_of(florida, DAYS[2]).voter_id)
    orphans = set(stated.voter_id) - listed
    assert orphans & before
    assert 0.3 < len(orphans & before) / len(before - listed) < 0.7


def test_florida_hides_every_protected_field_of_the_confidential(florida):
    voters = voters_of(florida)
    hidden = voters[voters.is_confidential]
    assert len(hidden) and hidden[florida.state.confidential_hides].isna().all(axis=None)
    assert hidden.party_code.notna().all() and hidden.county_code.notna().all()
    assert voters[~voters.is_confidential].last_name.notna().all()
