"""What linked sources tell of a voter: counted where it is known, null where a link is weak, never known too early."""

import datetime as dt

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.features import LINKED
from pipelines.features.linked import LinkedRecords, select_linked_features, stamp_of

AS_OF = dt.date(2026, 10, 9)
ELECTION = ("2026-11-03", "general", str(AS_OF))
GIFTS = "voter_id VARCHAR, link_q DOUBLE, known_on DATE, donation_date DATE, amount_usd DOUBLE, gift_kind_code VARCHAR"
WEAK = "voter_id VARCHAR, known_on DATE"
EARLY = dt.date(2026, 9, 1)


@pytest.fixture
def connection():
    with duckdb.connect() as found:
        found.execute("CREATE TABLE people AS SELECT unnest(['A', 'B', 'C', 'D']) AS voter_id")
        yield found


def told(connection, occasion, columns, role, rows, weak=()):
    """Columns of every voter, by voter_id, when records of a role are linked to them."""
    for name, table, values in (("given_linked", columns, rows), ("given_weak", WEAK, weak)):
        connection.execute(f"CREATE OR REPLACE TABLE {name} ({table})")
        if values:
            marks = ", ".join("?" for _ in values[0])
            connection.executemany(f"INSERT INTO {name} VALUES ({marks})", values)
    group = LinkedRecords(role, "FROM given_linked", "FROM given_weak")
    query = select_linked_features(connection, occasion, [group])
    return {row[0]: dict(zip((*LINKED, "link_q"), row[1:], strict=True)) for row in connection.sql(query).fetchall()}


def gift(voter, amount, day="2026-08-01", kind=None, q=0.95, known=EARLY):
    return (voter, q, known, day, amount, kind)


def test_gifts_are_added_up_without_memos_and_less_refunds(connection, world):
    rows = [
        gift("A", 50), gift("A", 20, "2023-01-01"), gift("A", -10, kind="refund"), gift("A", 50, kind="memo", q=0.91),
        gift("B", 5, known=dt.date(2026, 10, 20)),
    ]  # fmt: skip
    found = told(connection, world.occasion(*ELECTION), GIFTS, "donations", rows)
    assert (found["A"]["donation_count"], found["A"]["donation_usd"]) == (2, 40)
    assert found["A"]["last_donation_years"] == pytest.approx(94 / 365.25)
    assert found["A"]["link_q"] == 0.91
    assert (found["B"]["donation_count"], found["B"]["donation_usd"]) == (None, None), "it was told after the as-of day"
    assert (found["C"]["donation_count"], found["C"]["last_donation_years"]) == (0, None)


def test_an_amount_that_is_not_told_is_unknown(connection, world):
    found = told(connection, world.occasion(*ELECTION), GIFTS, "donations", [gift("A", None), gift("B", 5)])
    assert [found[name]["donation_usd"] for name in "ABC"] == [None, 5, 0]
    found = told(connection, world.occasion(*ELECTION), GIFTS, "donations", [gift("A", None)])
    assert {found[name]["donation_usd"] for name in "ABC"} == {None}, "this source tells no amounts"


def test_a_gift_made_after_the_day_leaves_none_before_it(connection, world):
    later = gift("B", 5, "2026-10-20", known=dt.date(2026, 10, 25))
    found = told(connection, world.occasion(*ELECTION), GIFTS, "donations", [gift("A", 5), later])
    assert found["B"]["donation_count"] == found["C"]["donation_count"] == 0


def test_a_weak_link_makes_unknown_and_no_record_makes_none(connection, world):
    occasion = world.occasion(*ELECTION)
    found = told(connection, occasion, GIFTS, "donations", [gift("A", 5)], [("B", EARLY), ("C", dt.date(2027, 1, 1))])
    assert [found[name]["donation_count"] for name in "ABCD"] == [1, None, 0, 0]
    assert [found[name]["link_q"] for name in "ABCD"] == [0.95, None, None, None]


def test_without_any_record_nothing_is_known(connection, world):
    found = told(connection, world.occasion(*ELECTION), GIFTS, "donations", [gift("A", 5, known=dt.date(2027, 1, 1))])
    assert {found[name]["donation_count"] for name in "ABCD"} == {None}


def test_what_a_vendor_does_not_tell_is_unknown_and_the_surest_record_counts(connection, world):
    columns = (
        "voter_id VARCHAR, link_q DOUBLE, known_on DATE, income_usd DOUBLE, home_value_usd DOUBLE, "
        "is_home_owner BOOLEAN, residence_years DOUBLE, children_count SMALLINT"
    )
    rows = [("A", 0.91, EARLY, 90000, None, True, 3, 0), ("A", 0.99, EARLY, 50000, None, None, 4, 1)]
    found = told(connection, world.occasion(*ELECTION), columns, "consumers", rows)
    expected = {"income_usd": 50000, "home_value_usd": None, "is_home_owner": 1, "children_count": 1, "link_q": 0.91}
    assert {name: found["A"][name] for name in expected} == expected
    assert set(found["B"].values()) == {None}


def test_a_list_knows_who_left_by_the_day(connection, world):
    told_of = "subscribed_on DATE, unsubscribed_on DATE, is_active BOOLEAN"
    columns = f"voter_id VARCHAR, link_q DOUBLE, known_on DATE, {told_of}"
    rows = [
        ("A", None, EARLY, None, None, None), ("B", None, EARLY, None, "2026-09-01", True),
        ("C", None, EARLY, None, "2026-10-20", True), ("D", None, EARLY, None, None, False),
    ]  # fmt: skip
    found = told(connection, world.occasion(*ELECTION), columns, "subscribers", rows)
    assert [found[name]["is_subscriber"] for name in "ABCD"] == [1, 0, 1, 0]


def test_attempts_and_contacts_are_counted_in_the_window(connection, world):
    columns = "voter_id VARCHAR, link_q DOUBLE, known_on DATE, attempted_on DATE, response_code VARCHAR"
    rows = [
        ("A", 0.9, EARLY, "2026-08-01", "reached"), ("A", 0.9, EARLY, "2026-08-02", None),
        ("A", 0.9, EARLY, "2020-08-02", "reached"), ("A", 0.9, EARLY, None, "reached"),
    ]  # fmt: skip
    found = told(connection, world.occasion(*ELECTION), columns, "contact_attempts", rows)
    assert (found["A"]["contact_attempt_count"], found["A"]["contact_count"]) == (2, 1)
    assert (found["B"]["contact_attempt_count"], found["B"]["contact_count"]) == (0, 0)


amounts = st.lists(
    st.tuples(
        st.sampled_from("ABCD"), st.integers(-50, 50), st.dates(dt.date(2023, 1, 1), dt.date(2026, 10, 1)),
        st.sampled_from([None, "gift", "refund", "memo"]), st.dates(dt.date(2026, 9, 1), dt.date(2026, 11, 1)),
    ),
    max_size=12,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(rows=amounts, late=amounts)
def test_gifts_agree_with_a_plain_count_and_nothing_learned_later_counts(world, rows, late):
    occasion = world.occasion(*ELECTION)
    given = [gift(voter, amount, day, kind, 0.95, known) for voter, amount, day, kind, known in rows]
    later = [gift(voter, amount, day, kind, 0.95, dt.date(2026, 12, 1)) for voter, amount, day, kind, _ in late]
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE people AS SELECT unnest(['A', 'B', 'C', 'D']) AS voter_id")
        found = told(connection, occasion, GIFTS, "donations", given)
        group = LinkedRecords("donations", "FROM given_linked", "FROM given_weak")
        stamp = stamp_of(connection, occasion, [group])
        learned = told(connection, occasion, GIFTS, "donations", [*given, *later])
        assert stamp == stamp_of(connection, occasion, [group]) or late
        for voter in "ABCD":  # what is learned later changes nothing that is known; it may tell that something is not
            assert learned[voter] == found[voter] or (voter in [row[0] for row in late] and _is_none(found[voter]))
            assert learned[voter] == found[voter] or set(learned[voter].values()) == {None}
    known = [row for row in rows if row[4] <= AS_OF]
    unknown = {row[0] for row in rows if row[4] > AS_OF} - {row[0] for row in known}
    for voter in "ABCD":
        own = [row for row in known if row[0] == voter]
        gifts = [row for row in own if row[3] in (None, "gift") and row[1] >= 0]
        recent = [row[1] for row in own if row[3] != "memo" and row[2] >= dt.date(2024, 11, 3)]
        is_told = known and voter not in unknown
        assert found[voter]["donation_count"] == (len(gifts) if is_told else None)
        assert found[voter]["donation_usd"] == (sum(recent) if is_told else None)


def _is_none(row):
    return row["donation_count"] == row["donation_usd"] == 0 and row["link_q"] is None
