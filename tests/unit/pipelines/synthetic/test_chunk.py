import datetime as dt

import numpy as np
import pandas as pd
import pytest

from pipelines.synthetic.contacts import EXCHANGES

DAYS = [dt.date(2014, 10, 1), dt.date(2018, 10, 1), dt.date(2022, 10, 1), dt.date(2025, 1, 15), dt.date(2026, 10, 1)]
LAST = DAYS[-1]
COMING = "NC-2026-11-03-general"


@pytest.fixture(scope="module")
def files(chunk):
    return pd.concat([chunk.voters(day).to_pandas().assign(day=pd.Timestamp(day)) for day in DAYS])


@pytest.fixture(scope="module")
def voters(chunk):
    return chunk.voters(LAST).to_pandas()


@pytest.fixture(scope="module")
def truth(chunk):
    return chunk.truth(COMING).to_pandas()


def days_of(dates):
    return pd.to_datetime(dates)


def test_nobody_stands_twice_in_a_file(files):
    assert not files.duplicated(["voter_id", "day"]).any()


@pytest.mark.parametrize("column", ["birth_year", "birth_date", "registration_date", "race_code", "first_name"])
def test_what_never_changes_is_the_same_in_every_file(files, column):
    assert files.groupby("voter_id")[column].nunique().max() == 1


@pytest.mark.parametrize("column", ["address_line", "last_name", "party_code", "county_code"])
def test_what_may_change_does_for_some(files, column):
    known = files[files.status_code != "removed"]
    assert 0 < (known.groupby("voter_id")[column].nunique() > 1).mean() < 0.7


def test_nobody_is_registered_after_the_file_was_made(files):
    assert (days_of(files.registration_date).fillna(files.day) <= files.day).all()


def test_nobody_registers_before_the_eighteenth_birthday(files):
    known = files.dropna(subset=["registration_date"])
    assert ((days_of(known.registration_date) - days_of(known.birth_date)).dt.days >= 18 * 365).all()


def test_birth_year_and_birth_date_agree(files):
    assert (days_of(files.birth_date).dt.year == files.birth_year).all()


def test_the_removed_never_come_back_and_have_no_address(files):
    status = files.set_index(["voter_id", "day"]).status_code.unstack()
    gone = status.eq("removed").cummax(axis=1) & ~status.eq("removed") & status.notna()
    removed = files[files.status_code == "removed"]
    assert not gone.any(axis=None)
    assert removed.address_line.isna().all() and removed.precinct_code.isna().all()
    assert 0.03 < len(removed) / len(files) < 0.2


def test_confidential_people_have_no_address_and_no_phone(files):
    hidden = files[files.is_confidential]
    assert len(hidden) and hidden[["address_line", "city", "zip_code", "phone"]].isna().all(axis=None)


def test_every_status_occurs(files):
    assert set(files.status_code) == {"active", "inactive", "removed"}


def test_phones_are_on_the_exchanges_of_nobody(voters):
    phones = voters.phone.dropna()
    assert phones.str.fullmatch(r"\d{10}").all() and set(phones.str[3:6]) == set(EXCHANGES)


def test_text_fits_latin_1(voters):
    text = voters.select_dtypes(["object", "string"]).drop(columns=["birth_date", "registration_date", "stated_on"])
    joined = text.fillna("").agg("".join, axis=1).str.cat()
    assert joined.encode("latin-1") and any(letter in joined for letter in "ñéÑÉÜ")


def test_a_precinct_has_a_name_of_its_own_that_its_code_does_not_tell(voters):
    known = voters.dropna(subset=["precinct_code"])
    assert (known.groupby(["county_code", "precinct_code"]).precinct_name.nunique() == 1).all()
    assert (known.groupby(["county_code", "precinct_name"]).precinct_code.nunique() == 1).all()
    assert known.groupby("precinct_code").precinct_name.nunique().min() > 1


def test_zip_and_precinct_belong_to_one_county(voters):
    known = voters.dropna(subset=["zip_code", "precinct_code"])
    assert known.zip_code.str.fullmatch(r"2[78]\d{3}").all()
    assert known.groupby("zip_code").county_code.nunique().max() == 1


def test_an_address_is_one_home_of_the_truth(voters, truth):
    both = voters.dropna(subset=["address_line"]).merge(truth, on="voter_id")
    both = both[both.status_code != "removed"]
    assert both.groupby("address_line").household_key.nunique().mean() < 1.1


def test_homes_hold_families(voters):
    homes = voters.dropna(subset=["address_line"])
    homes = homes[~homes.address_line.str.startswith("0 ")].groupby("address_line")
    sizes = homes.size()
    shared = homes.last_name.nunique()[sizes > 1]
    assert 1.3 < sizes.mean() < 2.2
    assert (sizes <= 6).mean() > 0.995
    assert 0.3 < (shared == 1).mean() < 0.9


@pytest.fixture(scope="module")
def many(make_simulation):
    return next(make_simulation(voters=12_000, chunk_households=9000).chunks()).voters(LAST).to_pandas()


def test_dormitories_hold_many(many):
    halls = many.address_line.dropna().loc[lambda line: line.str.startswith("0 ")]
    assert halls.value_counts().max() >= 10
    assert many.loc[halls.index].birth_year.min() >= 2001


def test_juniors_and_twins_occur(many):
    homes = many.dropna(subset=["address_line"])
    namesakes = homes.groupby(["address_line", "first_name", "last_name"]).name_suffix.apply(set)
    twins = homes.groupby(["address_line", "last_name", "birth_date"]).size()
    assert (namesakes == {"JR", "SR"}).any()
    assert twins.max() == 2


def test_truth_is_a_probability_and_only_the_registered_vote(truth):
    assert truth.probability.between(0, 1).all()
    assert truth.voter_id.is_unique
    late = truth[~truth.is_registered_at_deadline]
    assert len(late) and not late.voted.any() and (late.probability == 0).all()


def test_everyone_scored_on_the_last_file_has_a_truth(voters, truth):
    assert set(voters[voters.status_code != "removed"].voter_id) <= set(truth.voter_id)


@pytest.mark.parametrize("day", [dt.date(2008, 5, 1), LAST])
def test_the_dwelling_of_a_day_is_the_last_address_that_began_by_then(chunk, day):
    homes, found = chunk.people.homes, chunk.people.homes.dwelling_at((day - dt.date(1970, 1, 1)).days)
    on = [min((day - dt.date(1970, 1, 1)).days, end) for end in homes.lives.end.tolist()]
    for person, keeper in enumerate(homes.keeper(np.array(on)).tolist()):
        if keeper >= 0:
            begun = [at for at, begins in enumerate(homes.begins[keeper].tolist()) if begins <= on[person]]
            expected = homes.dwelling[keeper, begun[-1] if begun else 0]
            assert found[person] == expected
