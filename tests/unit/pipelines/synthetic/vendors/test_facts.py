"""Facts come out at their planted rates, and follow the traits of the people they are about."""

import dataclasses
import datetime as dt
import itertools
import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from pipelines.synthetic.draws import day_number
from pipelines.synthetic.vendors.facts.ballots import EVENTS, coming_election, draw_ballots, facts_of_ballots
from pipelines.synthetic.vendors.facts.drawing import draw_facts
from pipelines.synthetic.vendors.facts.facts import Known
from pipelines.synthetic.vendors.people import VOTER
from pipelines.synthetic.vendors.source_config import RoleRecords
from pipelines.synthetic.vendors.traits import Traits, draw_traits

DAY = day_number(dt.date(2026, 10, 1))


@pytest.fixture(scope="module")
def chunk(state):
    return next(state.chunks())


@pytest.fixture(scope="module")
def rules(state):
    return state.config.vendors.facts


@pytest.fixture(scope="module")
def known(chunk):
    """Records about voters who live, drawn at random."""
    alive = np.flatnonzero(chunk.is_listed(DAY) & (chunk.people.homes.lives.end > DAY))
    rng = np.random.default_rng(3)
    person = rng.choice(alive, 8000)
    since = DAY - rng.integers(0, 1500, person.size)
    return Known(chunk, draw_traits(chunk), DAY, person, np.full(person.size, VOTER), since)


def drawn(known, rules, role, day=DAY, **own):
    """The facts of a table and the frame of their columns on a day."""
    given = RoleRecords.model_validate({"kind": "contacts", "per_voter": 1, **own})
    facts = draw_facts(np.random.default_rng(5), known, rules, role, given)
    return facts, pa.table({**facts.columns, **facts.on(day)}).to_pandas()


def near(found, planted, count):
    """Whether a share lies within three and a half standard errors of the planted one."""
    return abs(found - planted) <= 3.5 * math.sqrt(planted * (1 - planted) / count) + 1e-9


def shares_off(values, planted):
    """Words whose share is not the planted one, with the share that they have."""
    found = values.value_counts(normalize=True)
    return {
        word: found.get(word, 0) for word, share in planted.items() if not near(found.get(word, 0), share, len(values))
    }


def test_traits_are_standard_and_go_with_lean_and_turnout(chunk):
    traits, people = draw_traits(chunk), chunk.people
    for values in (traits.support, traits.engagement, traits.generosity):
        assert abs(values.mean()) < 0.2 and abs(values.std() - 1) < 0.05  # a state of few precincts may lean
    assert np.corrcoef(traits.support, people.found.lean)[0, 1] == pytest.approx(-0.8, abs=0.05)
    assert np.corrcoef(traits.engagement, people.standing)[0, 1] == pytest.approx(0.6, abs=0.05)
    assert np.corrcoef(traits.generosity, traits.engagement)[0, 1] == pytest.approx(0.5, abs=0.05)
    assert np.array_equal(draw_traits(chunk).support, traits.support)


def test_commercial_files(known, rules):
    own = rules.consumers
    _, found = drawn(known, rules, "consumers")
    assert near(found.income_usd.isna().mean(), own.income_missing, len(found))
    assert np.log(found.income_usd).median() == pytest.approx(np.log(own.income_median_usd), abs=0.08)
    assert np.log(found.income_usd).std() == pytest.approx(own.income_sd, abs=0.06)
    told = found.is_home_owner.dropna().astype(bool)
    assert near(told.mean(), own.home_owner, len(told))
    assert found.home_value_usd.notna().sum() == told.sum()
    assert not shares_off(found.education_code.dropna(), own.education)
    assert not shares_off(found.phone_type_code, own.phone_types)
    lists = found.interests.dropna()
    assert near(1 - len(lists) / len(found), own.interests_missing, len(found))
    for word, share in own.interests.items():
        assert near(lists.map(lambda words, word=word: word in words).mean(), share, len(lists)), word
    assert all(list(words) == sorted(words) for words in lists)


def test_income_goes_with_ownership_and_generosity(known, rules):
    _, found = drawn(known, rules, "consumers")
    rich = found.income_usd > found.income_usd.median()
    assert found.is_home_owner[rich].mean() > found.is_home_owner[~rich].mean() + 0.1
    generous = known.traits.generosity[known.person] > 0
    assert found.income_usd[generous].median() > found.income_usd[~generous].median()


def test_gifts(known, rules):
    own = rules.donations
    facts, found = drawn(known, rules, "donations", memo=0.2, committees=3)
    assert near((found.gift_kind_code == "refund").mean(), own.refund, len(found))
    assert near((found.gift_kind_code == "memo").mean(), 0.2 * (1 - own.refund), len(found))
    assert ((found.amount_usd < 0) == (found.gift_kind_code == "refund")).all()
    assert set(found.amount_usd.abs()) == set(own.amounts)
    assert (facts.since == DAY - (dt.date(2026, 10, 1) - found.donation_date).map(lambda gap: gap.days)).all()
    assert found.committee_id.nunique() == 3 and found.committee_id.str.fullmatch("C[0-9]{8}").all()
    gifts = np.bincount(facts.record, minlength=known.person.size)
    assert gifts.min() == 1 and gifts.mean() == pytest.approx(own.gifts_mean, rel=0.05)
    generosity = known.traits.generosity[known.person]
    assert np.corrcoef(gifts, generosity)[0, 1] > 0.2
    assert np.corrcoef(np.log(found.amount_usd.abs()), generosity[facts.record])[0, 1] > 0.4
    old = known.ages() >= 65
    retired = found.assign(old=old[facts.record], record=facts.record).groupby("record").first()
    assert near((retired.employer[retired.old] == "RETIRED").mean(), own.retired, retired.old.sum())
    assert not (retired.employer[~retired.old] == "RETIRED").any()


def test_small_gifts_are_not_itemised(known, rules):
    _, found = drawn(known, rules, "donations", least_usd=250)
    assert found.amount_usd.abs().min() == 250


def test_subscribers_leave(known, rules):
    facts, found = drawn(known, rules, "subscribers")
    longer = DAY - facts.since > 365
    gone_within = (found.unsubscribed_on - found.subscribed_on).map(lambda gap: gap.days if gap == gap else 9999) <= 365
    assert near(gone_within[longer].mean(), rules.subscribers.left, longer.sum())
    assert (found.is_active == found.unsubscribed_on.isna()).all()
    _, before = drawn(known, rules, "subscribers", DAY - 200)
    assert (before.is_active | ~found.is_active).all() and before.is_active.sum() > found.is_active.sum()
    assert not shares_off(found.signup_source, rules.subscribers.signup_sources)


def test_shifts_grow_with_time_and_engagement(known, rules):
    facts, found = drawn(known, rules, "volunteers")
    _, before = drawn(known, rules, "volunteers", DAY - 60)
    assert (found.shift_count >= before.shift_count).all() and (found.shift_count > before.shift_count).any()
    assert (found.last_shift_on.isna() == (found.shift_count == 0)).all()
    months = (DAY - facts.since) / 30.4
    is_new = (months > 2) & (months < 8)  # later on the number of shifts is capped
    mean = found.shift_count[is_new].sum() / months[is_new].sum()
    assert mean == pytest.approx(rules.volunteers.shifts_a_month, rel=0.1)
    assert np.corrcoef(found.shift_count[is_new], known.traits.engagement[known.person][is_new])[0, 1] > 0.3
    for word, share in rules.volunteers.roles.items():
        assert near(found.roles.map(lambda words, word=word: word in words).mean(), share, len(found)), word


@pytest.mark.parametrize("channel", ["canvass", "phone", "text", "mail"])
def test_what_comes_of_an_attempt_is_as_planted_by_channel(known, rules, channel):
    facts, found = drawn(known, rules, "contact_attempts", channels={channel: 1})
    own = rules.contact_attempts
    assert set(found.channel_code) == {channel}
    assert not shares_off(found.response_code.fillna("none"), own.responses[channel])
    tries = pd.Series(np.bincount(facts.record)).value_counts(normalize=True)
    assert all(near(tries[count], share, known.person.size) for count, share in own.attempts.items())
    reached = found.response_code == "reached"
    assert not found.support_code[~reached].notna().any()
    assert not reached.sum() or near(found.support_code[reached].notna().mean(), own.asked, reached.sum())


def test_attempts_find_out_who_has_died_or_moved(known, rules, chunk):
    dead = np.flatnonzero(chunk.people.homes.lives.death < DAY - 400)[:3000]
    gone = Known(chunk, known.traits, DAY, dead, np.full(dead.size, 2), np.full(dead.size, DAY - 500))
    _, found = drawn(gone, rules, "contact_attempts", channels={"canvass": 1})
    planted = rules.contact_attempts.found_out
    told = planted + (1 - planted) * rules.contact_attempts.responses["canvass"]["deceased"]
    assert near((found.response_code == "deceased").mean(), told, len(found))


def test_what_people_say_follows_what_they_think(known, rules):
    even = np.random.default_rng(8).standard_normal(
        (3, known.traits.support.size)
    )  # a state that leans to neither side
    known = dataclasses.replace(known, traits=Traits(*even))
    facts, found = drawn(known, rules, "surveys")
    own = rules.support
    assert near((found.support_code == "refused").mean(), own.refused, len(found))
    said = found.support_code[found.support_code != "refused"]
    assert not shares_off(said, own.answers)
    thought = pd.Series(known.traits.support[known.person[facts.record]])
    means = thought.groupby(found.support_code).mean()
    assert means["strong_support"] > means["undecided"] > means["strong_oppose"]
    assert np.log(found.weight).std() == pytest.approx(rules.surveys.weight_sd, rel=0.05)
    assert not shares_off(found.issue_code, rules.surveys.issues)
    assert found.survey_name.nunique() == rules.surveys.waves


def test_suppressions_have_their_reasons_and_the_dead_alone_are_dead(known, rules, chunk):
    shares = {"do_not_call": 0.6, "do_not_mail": 0.4}
    facts, found = drawn(known, rules, "suppressions", reasons=shares)
    assert facts.record.size == known.person.size and not shares_off(found.reason_code, shares)
    assert near(found.until_date.notna().mean(), rules.suppressions.for_a_time, len(found))
    assert drawn(known, rules, "suppressions", reasons={"deceased": 1})[0].record.size == 0
    dead = np.flatnonzero(chunk.people.homes.lives.death <= DAY)[:500]
    late = Known(chunk, known.traits, DAY, dead, np.full(dead.size, 2), np.full(dead.size, DAY - 9))
    facts, found = drawn(late, rules, "suppressions", reasons={"deceased": 0.1, "do_not_call": 0.9})
    assert set(found.reason_code) == {"deceased"} and found.until_date.isna().all()
    died = pd.to_datetime(found.suppressed_on)
    assert (died == pd.to_datetime(chunk.people.homes.lives.death[dead], unit="D")).all()


@pytest.fixture(scope="module")
def ballots(chunk, rules):
    return draw_ballots(np.random.default_rng(1), chunk, coming_election(chunk, DAY), rules.ballots, 1.0)


def test_the_ballots_of_the_feed_are_those_of_the_history(chunk, ballots):
    election = coming_election(chunk, DAY)
    assert election.date == dt.date(2026, 11, 3)
    later = chunk.history(dt.date(2027, 3, 1)).to_pandas()
    methods = ["early", "mail", "provisional", "other"]
    posted = later[(later.election_id == election.election_id) & later.method_code.isin(methods) & later.is_voted]
    counted = (ballots.days[:, [5, 4, 6]] < 10**6).any(axis=1)
    found = chunk.identity.voter_id.take(pa.array(ballots.person[counted])).to_pylist()
    assert set(posted.voter_id) <= set(found) and len(found) == len(set(found))
    by_id = dict(zip(found, ballots.method[counted], strict=True))
    assert all(methods[by_id[row.voter_id]] == row.method_code for row in posted.itertuples())


def test_the_events_of_a_ballot_stand_in_order(ballots):
    days = np.where(ballots.days < 10**6, ballots.days, -1)
    sequence = [EVENTS.index(name) for name in ("requested", "sent", "returned", "rejected", "cured")]
    for one, other in itertools.pairwise(sequence):
        both = (days[:, one] >= 0) & (days[:, other] >= 0)
        assert (days[both, one] <= days[both, other]).all()
    assert ((days[:, 5] >= 0) & (days[:, 3] >= 0)).sum() == 0  # who was refused is mended, not accepted at once
    in_person = days[:, 6][days[:, 6] >= 0]
    assert in_person.min() >= ballots.election - 17 and in_person.max() < ballots.election


def test_mailed_ballots_that_never_come_back_are_as_many_as_planted(ballots, rules):
    mailed = ballots.days[:, 1] < 10**6
    lost = mailed & (ballots.days[:, 2] == 10**6)
    assert near(lost.sum() / mailed.sum(), rules.ballots.unreturned, mailed.sum())


def test_a_row_for_each_ballot_shows_the_newest_of_its_events(ballots):
    by_event, by_ballot = facts_of_ballots(ballots, True), facts_of_ballots(ballots, False)
    for day in (ballots.election - 40, ballots.election - 10, ballots.election):
        events = pa.table({**by_event.columns, "record": by_event.record}).to_pandas()[by_event.since <= day]
        newest = events.assign(rank=events.ballot_status_code.map(EVENTS.index)).sort_values(["ballot_date", "rank"])
        newest = newest.groupby("record").last()
        shown = pd.DataFrame({name: values.to_pylist() for name, values in by_ballot.on(day).items()})
        shown = shown[by_ballot.since <= day]
        assert len(shown) == len(newest) > 20
        assert (shown.ballot_status_code.to_numpy() == newest.ballot_status_code.to_numpy()).all()
        assert (shown.ballot_date.to_numpy() == newest.ballot_date.to_numpy()).all()
