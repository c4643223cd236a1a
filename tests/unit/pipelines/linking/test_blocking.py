"""Pairs are counted before they are made, and a rule over its budget is refused by name."""

import datetime as dt

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import LinkError
from pipelines.linking.blocking import (
    RULES,
    BlockingRule,
    Counted,
    count_pairs,
    demand_budget,
    make_pairs,
    rules_named,
    select_keys,
    within_budget,
)
from tests.unit.pipelines.linking.people import make_table

PHONE = BlockingRule("phone", ("{phone}",))
values = st.lists(st.sampled_from(["1", "2", "3", None]), max_size=12)


@settings(max_examples=30, deadline=None)
@given(values, values)
def test_the_count_is_the_number_of_pairs_that_share_the_key(left, right):
    connection = duckdb.connect()
    for name, phones in (("l", left), ("r", right)):
        make_table(connection, name, [{"record_id": f"{n}", "phone": phone} for n, phone in enumerate(phones)])
    pairs = sum(one == other for one in left for other in right if one is not None)
    assert count_pairs(connection, "l", "r", [PHONE])[0].pairs == pairs


def test_every_rule_can_be_counted_and_read_by_sql():
    connection = duckdb.connect()
    row = {
        "record_id": "1", "first": "ANN", "last": "LEE", "last_key": "L", "birth_date": "1970-01-02",
        "birth_year": 1970, "house_number": "1", "street": "OAK ST", "zip5": "27006",
        "city": "ASHBY", "phone": "2", "email": "a@b.c",
    }  # fmt: skip
    for name in ("l", "r"):
        make_table(connection, name, [row])
    assert [found.pairs for found in count_pairs(connection, "l", "r", RULES)] == [1] * len(RULES)
    for rule in RULES:
        told = rule.condition()["blocking_rule"]
        assert connection.execute(f"SELECT count(*) FROM l JOIN r ON {told}").fetchall() == [(1,)]


def test_a_rule_over_its_budget_is_refused_by_its_name():
    costs = [Counted(PHONE, 5_000_000)]
    assert within_budget(costs, 100_000) == (PHONE,)
    with pytest.raises(
        LinkError, match=r"phone would look at 5,000,000 pairs for 10,000 records; allowed are 1,000,000"
    ):
        within_budget(costs, 10_000)


def test_a_wide_rule_over_its_budget_is_left_out():
    wide = BlockingRule("last name", ("{last}",), is_wide=True)
    assert within_budget([Counted(wide, 900_000)], 100_000) == (wide,)
    assert within_budget([Counted(wide, 1_100_000)], 100_000) == ()


def test_names_turned_round_share_a_key():
    connection = duckdb.connect()
    make_table(connection, "l", [{"record_id": "1", "first": "VAN", "last": "TRAN"}])
    make_table(connection, "r", [{"record_id": "2", "first": "TRAN", "last": "VAN"}])
    turned = next(rule for rule in RULES if "any order" in rule.name)
    assert count_pairs(connection, "l", "r", [turned])[0].pairs == 1


def test_a_wide_rule_that_a_model_uses_keeps_the_budget_too():
    wide = BlockingRule("last name", ("{last}",), is_wide=True)
    demand_budget([Counted(wide, 9_000_000)], 100_000)
    with pytest.raises(LinkError, match="last name would look at 11,000,000 pairs"):
        demand_budget([Counted(wide, 11_000_000)], 100_000)


@pytest.mark.parametrize("names", [(), ("e-mail", "an older rule")])
def test_rules_that_are_not_known_are_refused(names):
    with pytest.raises(LinkError, match="Train it anew"):
        rules_named(names)


def test_within_one_table_a_pair_counts_once_and_nobody_with_themselves():
    connection = duckdb.connect()
    make_table(connection, "l", [{"record_id": str(n), "phone": "1"} for n in range(4)])
    assert count_pairs(connection, "l", "l", [PHONE])[0].pairs == 6


def people(letters: list[tuple[str | None, ...]]) -> list[dict]:
    """Rows whose every column that a rule names is one of few values, or not known."""
    return [
        {"record_id": str(place), "first": first, "last": last, "last_key": last, "birth_year": 1970 if first else None,
         "birth_date": dt.date(1970, 1, 2) if last else None, "house_number": first, "street": last, "zip5": code,
         "city": code, "phone": code, "email": code and f"{code}@b.c"}
        for place, (first, last, code) in enumerate(letters)
    ]  # fmt: skip


letters = st.sampled_from(["A", "B", "AB", None])
sides = st.lists(st.tuples(letters, letters, letters), max_size=6)


@settings(max_examples=12, deadline=None)
@given(sides, sides, st.booleans())
def test_pairs_are_those_that_the_words_of_any_rule_join_each_once(left, right, is_prepared):
    connection = duckdb.connect()
    for name, side in (("l", left), ("r", right)):
        make_table(connection, name, people(side))
        if is_prepared:
            connection.execute(f"CREATE OR REPLACE TABLE {name} AS {select_keys(name)}")
    make_pairs(connection, "l", "r", RULES, "pairs")
    told = " OR ".join(f"({rule.condition()['blocking_rule']})" for rule in RULES)
    twin = connection.execute(f"SELECT l.rowid, r.rowid FROM l JOIN r ON {told} ORDER BY ALL").fetchall()
    assert connection.execute("SELECT left_place, right_place FROM pairs ORDER BY ALL").fetchall() == twin
    counted = [found.pairs for found in count_pairs(connection, "l", "r", RULES)]
    each = [f"SELECT count(*) FROM l JOIN r ON {rule.condition()['blocking_rule']}" for rule in RULES]
    assert counted == [connection.execute(query).fetchall()[0][0] for query in each]


def test_a_key_with_a_part_that_is_not_known_is_none():
    connection = duckdb.connect()
    make_table(connection, "l", [{"record_id": "1", "first": "ANN", "last": "LEE"}])
    keys = connection.execute(f"SELECT COLUMNS('^rule_') FROM ({select_keys('l')})").fetchall()[0]
    known = {rule.name for rule, key in zip(RULES, keys, strict=True) if key is not None}
    assert known == {"first and last name, in any order", "last name", "first name"}
