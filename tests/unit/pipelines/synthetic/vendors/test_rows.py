"""The rows of a simulated vendor: the same on every day but for what is new, gone or mended; a quarter is of nobody."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from pipelines.synthetic.draws import day_number
from pipelines.synthetic.vendors.people import circle_of
from pipelines.synthetic.vendors.row_draws import draw_rows
from pipelines.synthetic.vendors.rows import People, Wanted
from pipelines.synthetic.vendors.source_config import RoleRecords
from pipelines.synthetic.vendors.traits import draw_traits
from pipelines.tables.campaign import RECORD_TABLES

DAY = day_number(dt.date(2026, 10, 1))
MONTH = 30
MOST = 4000
KINDS = {"consumers": "commercial", "donations": "donors", "subscribers": "subscribers", "volunteers": "volunteers"}


@pytest.fixture(scope="module")
def people(state):
    chunk = next(state.chunks())
    return People(chunk, circle_of(chunk, DAY), draw_traits(chunk))


@pytest.fixture(scope="module")
def rows_of(state, people):
    """Rows of a role with every column of its table; each is drawn once."""
    found = {}

    def draw(role, first_name_first=False, vendor="test", **own):
        key = (role, first_name_first, vendor, str(own))
        if key not in found:
            rules = RoleRecords.model_validate({"kind": KINDS.get(role, "contacts"), "per_voter": 1, **own})
            columns = frozenset(RECORD_TABLES[role].schema().names)
            wanted = Wanted(vendor, role, rules, columns, DAY, first_name_first, "X")
            span = (0, 10**6) if role == "ballots" else (0, MOST)
            found[key] = draw_rows(state.config, people, wanted, span)
        return found[key]

    return draw


def on(rows, day=DAY, after=None):
    """Rows of a day beside their truth, by id."""
    told, truth = (table.to_pandas() for table in rows.on(day, after))
    assert (told.source_record_id == truth.record_id).all()
    return told.set_index("source_record_id"), truth.set_index("record_id")


@pytest.mark.parametrize("role", RECORD_TABLES)
def test_ids_are_of_one_row_each_and_of_one_form(rows_of, role):
    told, _ = on(rows_of(role))
    assert len(told) > 100 and told.index.is_unique
    assert told.index.str.fullmatch("X1403[0-9]{10}").all()


@pytest.mark.parametrize("role", sorted(set(RECORD_TABLES) - {"ballots"}))
def test_a_quarter_is_of_nobody_on_the_file(rows_of, role):
    _, truth = on(rows_of(role))
    people = truth.groupby(truth.index.str[:-2]).first()
    assert abs(people.voter_id.isna().mean() - 0.25) < 3.5 * np.sqrt(0.25 * 0.75 / len(people))
    assert (truth.voter_id.isna() == truth.relation.notna()).all()


@pytest.mark.parametrize("role", RECORD_TABLES)
def test_a_later_file_agrees_with_an_earlier_one(rows_of, role):
    rows = rows_of(role, reasons={"do_not_call": 0.5, "do_not_mail": 0.5})
    (old, _), (new, _) = on(rows, DAY - MONTH), on(rows)
    both = old.index.intersection(new.index)
    assert len(both) > 50 and len(new.index.difference(old.index)) > 0
    fixed = ["stated_voter_id", "state", "first_name", "last_name", "address_line", "zip_code"]
    assert old.loc[both, fixed].equals(new.loc[both, fixed])
    gone = len(old.index.difference(new.index)) / len(old)
    assert gone < 0.03 and (gone or role == "ballots")  # of a few dozen ballots none may go in a month
    plain = [name for name in new.columns if name not in ("roles", "interests")]
    was, stands = (told.loc[both, plain].astype(object).fillna(0) for told in (old, new))
    assert (was != stands).any(axis=1).any()


def test_lists_grow_shrink_and_are_mended_as_planted(rows_of, state):
    rows, rates = rows_of("consumers"), state.config.vendors.lists
    (old, _), (new, _) = on(rows, DAY - MONTH), on(rows)
    both = old.index.intersection(new.index)
    for found, planted, count in (
        (len(new.index.difference(old.index)), rates.added, len(new)),
        (len(old.index.difference(new.index)), rates.dropped, len(old)),
        ((old.phone[both].fillna("") != new.phone[both].fillna("")).sum(), rates.changed, len(both)),
    ):
        assert 0.4 * planted < found / count < 1.4 * planted


def test_files_of_what_is_new_make_the_whole(rows_of):
    rows = rows_of("donations")
    whole, _ = on(rows)
    first, _ = on(rows, DAY - 40)
    second, _ = on(rows, DAY - 20, after=DAY - 40)
    third, _ = on(rows, DAY, after=DAY - 20)
    assert not first.index.intersection(second.index).size and not second.index.intersection(third.index).size
    assert set(whole.index) <= set(first.index) | set(second.index) | set(third.index)
    assert second.donation_date.min() > dt.date(2026, 10, 1) - dt.timedelta(40)


@pytest.mark.parametrize("role", ["donations", "contact_attempts", "surveys"])
def test_no_event_lies_after_the_file(rows_of, role):
    told, _ = on(rows_of(role), DAY - MONTH)
    days = told[{"donations": "donation_date", "contact_attempts": "attempted_on", "surveys": "answered_on"}[role]]
    assert days.max() <= dt.date(2026, 9, 1)


def test_a_stated_id_is_that_of_the_voter_and_nobody_has_one(rows_of):
    for role in ("ballots", "contact_attempts"):
        told, truth = on(rows_of(role))
        assert told.stated_voter_id.equals(truth.voter_id.rename("stated_voter_id"))
    assert on(rows_of("ballots"))[1].voter_id.notna().all()


def test_people_elsewhere_live_in_another_state(rows_of):
    told, truth = on(rows_of("consumers"))
    assert set(told.state[truth.relation == "elsewhere"]) == {"VA"}
    assert set(told.state[truth.relation != "elsewhere"]) == {"NC"}


def test_a_name_in_one_field_may_stand_as_people_say_it(rows_of):
    last_first, _ = on(rows_of("donations"))
    first_last, _ = on(rows_of("donations", first_name_first=True))
    assert last_first.full_name.str.contains(", ").mean() > 0.99
    assert not first_last.full_name.str.contains(",").any() and first_last.full_name.str.contains(" ").mean() > 0.99


def test_without_a_phone_there_is_no_kind_of_phone(rows_of):
    told, _ = on(rows_of("consumers"))
    assert (told.phone.isna() == told.phone_type_code.isna()).all() and told.phone.isna().any()


def test_every_row_says_who_it_is_about_in_the_columns_of_the_file(state, people):
    rules = RoleRecords.model_validate({"kind": "subscribers", "per_voter": 1, "reasons": {"unsubscribed": 1}})
    wanted = Wanted("test", "suppressions", rules, frozenset({"email", "reason_code"}), DAY)
    rows = draw_rows(state.config, people, wanted, (0, MOST))
    told, truth = rows.on(DAY)
    assert told["email"].null_count == 0 and 0.9 * MOST < told.num_rows < MOST
    assert truth.num_rows == told.num_rows


def test_vendors_have_streams_of_their_own_and_draws_are_the_same_again(state, people, rows_of):
    rules = rows_of("surveys").wanted
    again = draw_rows(state.config, people, rules, (0, MOST))
    assert again.on(DAY)[0].equals(rows_of("surveys").on(DAY)[0])
    other = on(rows_of("surveys", vendor="other"))[0]
    assert not other.last_name.equals(on(rows_of("surveys"))[0].last_name)


def test_donors_are_generous_and_volunteers_engaged(rows_of, people):
    own = people.chunk.identity.voter_id.to_pandas()
    traits = pd.DataFrame(vars(people.traits), index=own)
    listed = traits[people.circle.relation == -1]

    def mean(role, trait):
        return traits.loc[on(rows_of(role))[1].voter_id.dropna().unique(), trait].mean() - listed[trait].mean()

    few = {"donations": "generosity", "volunteers": "engagement", "subscribers": "support"}
    for role, trait in few.items():
        assert mean(role, trait) > 0.15, role
    assert abs(mean("consumers", "generosity")) < 0.1


def test_a_list_of_the_dead_has_no_one_living(rows_of, people):
    _, truth = on(rows_of("suppressions", reasons={"deceased": 1}))
    deaths = pd.Series(people.chunk.people.homes.lives.death, people.chunk.identity.voter_id.to_pandas())
    assert (deaths[truth.voter_id.dropna()] <= DAY).all() and truth.voter_id.notna().any()
    assert truth.relation.isin(["departed", "former"]).mean() > 0.8
