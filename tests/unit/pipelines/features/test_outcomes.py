"""The labels: what is stated, what follows from it, and what nobody can know."""

import datetime as dt

import pytest

from models.features import Features
from pipelines.features.assemble import build_features
from pipelines.features.outcomes import Labels, count_labels, labels_made_from, select_outcomes

POSTED, LATER = dt.date(2019, 1, 15), dt.date(2019, 6, 1)
TARGET = ("2018-11-06", "general")


def stated(world, name: str, is_voted: bool = True, on: dt.date = POSTED, **changes):
    return world.vote(name, *TARGET, is_voted, known_on=on, snapshot_date=on, **changes)


def files(world, *gone: str):
    """Six people on the file before the election; some are gone from the file that posts it."""
    people = [world.voter(name) for name in ("a", "b", "c", "d")]
    people += [world.voter(name, county_code="002") for name in ("e", "f")]
    stayed = [row for row in people if row["voter_id"][3:] not in gone]
    return {dt.date(2018, 9, 1): people, POSTED: stayed, LATER: stayed}


def outcomes(world, root, votes, snapshots, as_of=None):
    lake = world.write(world.World(snapshots, [world.election("2014-11-04", "general")], votes), root)
    occasion = world.occasion(*TARGET, as_of=as_of)
    build_features(lake, occasion)
    query = select_outcomes(lake, occasion)
    if query is None:
        return None, None
    with lake.connect() as connection:
        rows = connection.execute(f"SELECT voter_id, outcome FROM ({query}) ORDER BY voter_id").fetchall()
        return {name[3:]: outcome for name, outcome in rows}, count_labels(connection, lake, occasion, query)


def test_a_stated_ballot_is_one_and_a_stated_absence_is_zero(world, tmp_path) -> None:
    votes = [stated(world, "a"), stated(world, "b", is_voted=False), stated(world, "e", county_code="002")]
    found, labels = outcomes(world, tmp_path, votes, files(world))
    assert found == {"a": 1, "b": 0, "c": 0, "d": 0, "e": 1, "f": 0}
    assert labels == Labels(known_count=6, vanished_count=0, unposted_count=0)


def test_who_was_gone_when_the_history_came_is_unknown_and_not_a_non_voter(world, tmp_path) -> None:
    votes = [stated(world, "a"), stated(world, "e", county_code="002")]
    found, labels = outcomes(world, tmp_path, votes, files(world, "c", "d", "a"))
    assert found == {"a": 1, "b": 0, "c": None, "d": None, "e": 1, "f": 0}
    assert labels == Labels(known_count=4, vanished_count=2, unposted_count=0)


def test_a_county_that_has_not_posted_is_unknown_until_it_does(world, tmp_path) -> None:
    early = [stated(world, "a")]
    found, labels = outcomes(world, tmp_path / "early", early, files(world))
    assert found == {"a": 1, "b": 0, "c": 0, "d": 0, "e": None, "f": None}
    assert labels == Labels(known_count=4, vanished_count=0, unposted_count=2)
    posted = [*early, stated(world, "e", on=LATER, county_code="002")]
    found, _ = outcomes(world, tmp_path / "late", posted, files(world))
    assert found == {"a": 1, "b": 0, "c": 0, "d": 0, "e": 1, "f": 0}


def test_without_any_posting_there_are_no_outcomes(world, tmp_path) -> None:
    assert outcomes(world, tmp_path, [world.vote("a", "2014-11-04", "general")], files(world)) == (None, None)


def test_ballots_cast_early_are_no_posting(world, tmp_path) -> None:
    early = stated(world, "a", on=dt.date(2018, 10, 30))
    assert outcomes(world, tmp_path, [early], files(world)) == (None, None)


def test_where_the_source_states_no_county_the_whole_state_has_posted(world, tmp_path) -> None:
    found, _ = outcomes(world, tmp_path, [stated(world, "a", county_code=None)], files(world))
    assert found == {"a": 1, "b": 0, "c": 0, "d": 0, "e": 0, "f": 0}


@pytest.mark.parametrize("first", [True, False])
def test_the_latest_statement_counts(world, tmp_path, first: bool) -> None:
    votes = [stated(world, "a", first), stated(world, "a", not first, on=LATER), stated(world, "b")]
    found, _ = outcomes(world, tmp_path, votes, files(world))
    assert found["a"] == int(not first)


def test_in_a_reconstructed_cohort_voters_missing_from_the_later_file_are_counted(world, tmp_path) -> None:
    votes = [stated(world, "a"), stated(world, "z"), stated(world, "y"), stated(world, "x", is_voted=False)]
    snapshots = {POSTED: files(world)[POSTED]}
    found, labels = outcomes(world, tmp_path, votes, snapshots)
    assert "z" not in found
    assert labels == Labels(known_count=4, vanished_count=2, unposted_count=2)


def test_labels_are_made_from_the_deliveries_that_state_them_and_the_files_that_post_them(world, tmp_path) -> None:
    votes = [stated(world, "a"), stated(world, "e", county_code="002")]
    occasion, told = world.occasion(*TARGET), {}
    gone, late = files(world, "d"), [*votes, stated(world, "f", on=LATER, county_code="002")]
    other = [*votes, world.vote("a", "2014-11-04", "general")]
    for name, stating, snapshots in (
        ("first", votes, files(world)),
        ("gone", votes, gone),
        ("late", late, files(world)),
        ("another election", other, files(world)),
    ):
        lake = world.write(world.World(snapshots, [], stating), tmp_path / name)
        told[name] = labels_made_from(lake, occasion)
    assert told["another election"] == told["first"]
    assert told["gone"] != told["first"] != told["late"]


def test_no_feature_of_the_cohort_carries_the_outcome(world, tmp_path) -> None:
    lake = world.write(world.World(files(world), [], [stated(world, "a")]), tmp_path)
    build_features(lake, world.occasion(*TARGET))
    assert "outcome" not in Features.schema().names
