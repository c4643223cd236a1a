"""The best voter with a margin, first names that do not contradict, and nothing by chance."""

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.linking.comparisons import level_names
from pipelines.linking.deciding import Rule, select_candidates, select_links, where_linked

TRAITS = ["first_name", "birth"]
FLOOR = -4.0
RULE = Rule("test", 3.0, 3.3)


def decide(pairs: list[tuple]) -> dict[str, tuple]:
    """Records that are linked: voter, gap, candidates; pairs are (record, voter, weight, first name, birth)."""
    connection = duckdb.connect()
    columns = (
        "record_id_r VARCHAR, record_id_l VARCHAR, match_weight DOUBLE, gamma_first_name INTEGER, gamma_birth INTEGER"
    )
    connection.execute(f"CREATE TABLE pairs ({columns})")
    if pairs:
        connection.executemany("INSERT INTO pairs VALUES (?, ?, ?, ?, ?)", pairs)
    links = select_links(select_candidates("pairs", TRAITS), FLOOR)
    wanted = "source_record_id, voter_id, gap_bits, candidate_count"
    found = connection.execute(f"SELECT {wanted} FROM ({links}) WHERE {where_linked(RULE)}").fetchall()
    return {row[0]: row[1:] for row in found}


def test_the_best_voter_is_linked_where_it_is_clearly_better():
    assert decide([("r", "a", 9.0, 5, 5), ("r", "b", 5.0, 5, 0)]) == {"r": ("a", 4.0, 2)}
    assert decide([("r", "a", 9.0, 5, 5), ("r", "b", 6.0, 5, 0)]) == {}


def test_a_tie_is_never_broken():
    assert decide([("r", "a", 9.0, 5, 5), ("r", "b", 9.0, 5, 5)]) == {}


def test_one_candidate_is_held_against_the_floor():
    assert decide([("r", "a", 3.5, 5, 0)]) == {"r": ("a", 7.5, 1)}
    assert decide([("r", "a", 2.9, 5, 0)]) == {}


def test_another_first_name_is_no_candidate_unless_the_day_of_birth_agrees():
    same_day = len(level_names("birth")) - 1
    assert decide([("r", "wife", 12.0, 0, 0)]) == {}
    assert decide([("r", "married", 12.0, 0, same_day)]) == {"r": ("married", 16.0, 1)}
    assert decide([("r", "unnamed", 12.0, -1, 0)]) == {"r": ("unnamed", 16.0, 1)}


pairs = st.lists(
    st.tuples(
        st.sampled_from("rs"), st.sampled_from("abcd"), st.integers(-4, 20).map(float), st.integers(-1, 5),
        st.integers(-1, 5),
    ),
    max_size=8, unique_by=lambda pair: pair[:2],
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(pairs, st.randoms())
def test_the_order_of_pairs_and_other_records_decide_nothing(found, dice):
    shuffled = list(found)
    dice.shuffle(shuffled)
    whole = decide(found)
    assert decide(shuffled) == whole
    alone = {record: told for name in "rs" for record, told in decide([p for p in found if p[0] == name]).items()}
    assert alone == whole


@pytest.mark.parametrize("trait", ["first_name", "last_name", "birth", "address", "email"])
def test_levels_count_from_no_agreement_upwards(trait):
    assert level_names(trait)[0] == "other" and level_names(trait)[-1].startswith(("equal", "same"))
