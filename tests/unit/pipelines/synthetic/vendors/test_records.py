import datetime as dt

import numpy as np
import pandas as pd
import pytest

from pipelines.synthetic.draws import day_number
from pipelines.synthetic.vendors.config import COLUMNS, KINDS
from pipelines.synthetic.vendors.moments import Rate, print_rates, vendor_rates
from pipelines.synthetic.vendors.people import circle_of, namesakes, twins
from pipelines.synthetic.vendors.records import RECORDS, TRUTH, vendor_batches, vendor_records

DAY = dt.date(2026, 10, 1)


def test_planted_rates_come_out_within_three_standard_errors(state, capsys):
    rates = vendor_rates(state, DAY, 12_000, seed=1)
    print_rates(rates)
    assert {rate.kind for rate in rates} == set(KINDS) and len([rate for rate in rates if rate.planted]) > 50
    assert not [str(rate) for rate in rates if not rate.is_within]
    assert len(capsys.readouterr().out.splitlines()) == len(rates)


def test_a_rate_off_by_more_is_told():
    assert Rate("donors", "typo", 0.05, 0.05, 10_000).is_within
    assert not Rate("donors", "typo", 0.06, 0.05, 10_000).is_within and "off" in str(
        Rate("donors", "typo", 0.06, 0.05, 10_000)
    )


@pytest.mark.parametrize("kind", KINDS)
def test_an_equal_seed_gives_equal_bytes_and_another_one_other_records(make_simulation, kind):
    first, again = (vendor_records(make_simulation(), kind, DAY, 2000, seed=5) for _ in range(2))
    assert first.records.equals(again.records) and first.truth.equals(again.truth)
    assert not first.records.equals(vendor_records(make_simulation(), kind, DAY, 2000, seed=6).records)


def test_batches_are_the_same_records_chunk_by_chunk(state):
    whole, batches = (draw(state, "donors", DAY, 500, 3) for draw in (vendor_records, vendor_batches))
    parts = list(batches)
    assert len(parts) > 1
    assert pd.concat([part.records.to_pandas() for part in parts], ignore_index=True).equals(whole.records.to_pandas())


@pytest.mark.parametrize("kind", KINDS)
def test_truth_covers_every_record(state, kind):
    found = vendor_records(state, kind, DAY, 777, seed=2)
    assert (found.records.schema, found.truth.schema) == (RECORDS, TRUTH)
    assert found.records.num_rows == found.truth.num_rows == 777
    assert found.records["record_id"].equals(found.truth["record_id"])
    assert len(set(found.records["record_id"].to_pylist())) == 777
    assert set(found.records["source"].to_pylist()) == {kind}


@pytest.mark.parametrize("kind", KINDS)
def test_records_of_nobody_have_no_voter_id_and_the_others_are_on_the_file(of_kind, file, kind):
    records = of_kind(kind)
    assert (records.voter_id.isna() == records.relation.notna()).all()
    assert (file.loc[records.voter_id.dropna()].status_code != "removed").all()


def test_most_records_of_nobody_are_of_people_who_live_with_a_voter_of_their_name(of_kind):
    nobody = of_kind("commercial").loc[lambda records: records.voter_id.isna()]
    assert nobody.loc[nobody.relation.isin(["housemate", "minor", "departed"]), "is_with_voter"].all()
    assert nobody.is_with_voter.mean() > 0.6
    assert nobody.loc[nobody.is_with_voter, "has_voter_surname"].mean() > 0.6


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_gives_its_columns_and_no_others(of_kind, state, kind):
    gives = set(state.config.vendors.kinds[kind].gives)
    assert {name for name in COLUMNS if of_kind(kind)[name].notna().any()} == gives


def test_confidential_voters_stand_on_vendor_files_with_their_address(of_kind, file):
    records = of_kind("commercial")
    hidden = records[records.voter_id.isin(file.index[file.is_confidential])]
    assert len(hidden) > 5 and hidden.address_line.notna().all()


def test_twins_share_birth_date_and_home(state):
    pairs = pd.concat(twins_of(chunk) for chunk in state.chunks())
    assert len(pairs) >= 6
    assert (pairs.groupby(["birth", "home"]).size() == 2).all()
    assert (pairs.groupby(["birth", "home"])["last"].nunique() == 1).all()


def twins_of(chunk):
    lives, circle = chunk.people.homes.lives, circle_of(chunk, day_number(DAY))
    people = pd.DataFrame({"birth": lives.birth, "home": circle.dwelling, "last": chunk.identity.last})
    return people[twins(chunk, circle)].assign(home=lambda rows: rows.home + 10**9 * chunk.dice.stream)


def test_namesakes_share_first_and_last_name(state):
    chunk = next(state.chunks())
    own, is_namesake = chunk.identity, namesakes(chunk)
    names = pd.DataFrame({"first": own.first, "last": own.last})[is_namesake]
    assert 0.005 < is_namesake.mean() < 0.1
    assert (names.groupby(["first", "last"]).size() >= 2).all()


def test_a_record_is_of_its_voter(of_kind, file):
    records = of_kind("commercial").dropna(subset=["voter_id"])
    filed = file.loc[records.voter_id].reset_index(drop=True)
    records = records.reset_index(drop=True)
    flags = [
        name for name in TRUTH.names if name.startswith("is_") and name[3:] not in ("with_voter", "namesake", "twin")
    ]
    plain = ~records[flags].any(axis=1)
    names = ["first_name", "last_name"]
    same = unaccented(records[names]) == unaccented(filed[names])
    assert same[plain].all(axis=None)
    assert not same.loc[records.is_nickname & ~records.is_typo, "first_name"].any()
    assert not same.loc[records.is_married_name & ~records.is_typo, "last_name"].any()
    born = records.birth_date.notna() & filed.birth_date.notna() & ~records.is_typo
    assert (records.birth_date[born] == filed.birth_date[born]).all()


def unaccented(names):
    return names.apply(
        lambda texts: texts.fillna("").str.normalize("NFKD").str.replace(r"[\u0300-\u036f]", "", regex=True)
    )


def test_accents_are_dropped_in_some_records(of_kind):
    accented = r"[^\x00-\x7f]"
    names = of_kind("commercial").last_name.dropna(), of_kind("volunteers").last_name.dropna()
    assert names[0].str.contains(accented).sum() < names[1].str.contains(accented).sum()


def test_movers_stand_at_another_address_and_the_others_at_that_of_the_file(of_kind, file):
    records = of_kind("commercial").dropna(subset=["voter_id"]).reset_index(drop=True)
    records = records[~records.address_line.str.contains("PO BOX") & ~records.is_typo]
    number = records.address_line.str.split().str[0]
    filed = pd.Series(file.loc[records.voter_id].address_line.to_numpy(), records.index)
    same = (number == filed.str.split().str[0])[filed.notna()]
    is_mover = records.is_mover[filed.notna()]
    assert same[~is_mover].all() and not same[is_mover].mean() > 0.01


def test_a_person_has_one_usual_and_one_other_e_mail_with_every_vendor(of_kind):
    both = pd.concat(
        [of_kind(kind)[["voter_id", "email"]] for kind in ("donors", "subscribers", "volunteers")]
    ).dropna()
    each = both.groupby("voter_id").email.nunique()
    assert each.max() == 3  # the usual one, another one, and that of the head of the family
    assert both.email.str.fullmatch(r"[a-z0-9.]+@[a-z.]+").all()


def test_full_names_are_last_name_comma_the_rest(of_kind):
    names = of_kind("donors").full_name
    assert names.notna().all() and names.str.contains(", ").mean() > 0.99
    assert (~names.str.contains(r"  |^,|, ?$")).all()


def test_more_records_than_people_give_somebody_twice(make_simulation):
    found = vendor_records(make_simulation(voters=500, chunk_households=500), "volunteers", DAY, 3000, seed=1)
    times = pd.Series(found.truth["voter_id"].to_pylist()).value_counts()
    assert found.records.num_rows == 3000 and np.ptp(times) <= 1
