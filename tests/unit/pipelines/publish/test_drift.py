"""Scores that moved too far are held; what may not be compared is not."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from models.errors import PublicationError
from pipelines.publish.drift import spearman
from pipelines.publish.ledger import current_release, read_ledger


def shuffled(world, count=2000, **columns):
    return {"NC": world.voters("NC", count, seed=9, **columns)}


def test_another_order_is_held_until_a_reason_is_given(world, tmp_path):
    first = world.publish(tmp_path, states={"NC": world.voters("NC", 2000)})
    with pytest.raises(PublicationError, match=r"state=NC, turnout_probability: the order of .* voters correlates by"):
        world.publish(tmp_path, states=shuffled(world))
    assert current_release(tmp_path) == first.release_id
    with pytest.raises(PublicationError, match="reason"):
        world.publish(tmp_path, states=shuffled(world), accept_drift=True)
    second = world.publish(tmp_path, states=shuffled(world), accept_drift=True, by="ana", reason="new model")
    assert second.drift["NC"]["scores"]["turnout_probability"]["rank_correlation"] < 0.2
    assert read_ledger(tmp_path)[-1] | {"at": ""} == {
        "event": "published",
        "release": second.release_id,
        "before": first.release_id,
        "by": "ana",
        "reason": "new model",
        "at": "",
    }
    report = tmp_path / f"published/voter_scores/drift/{second.release_id}-after-{first.release_id}.json"
    assert json.loads(report.read_text()) == second.drift


def test_another_mean_is_held(world, tmp_path):
    world.publish(
        tmp_path, states={"NC": world.voters("NC", turnout_probability=[0.2] * 300, turnout_decile=[1] * 300)}
    )
    moved = world.voters("NC", turnout_probability=[0.3] * 300, turnout_decile=[1] * 300)
    with pytest.raises(PublicationError, match=r"the mean moved by \+0.100"):
        world.publish(tmp_path, states={"NC": moved})


def test_a_lost_state_and_many_lost_rows_are_held(world, tmp_path):
    world.publish(tmp_path)
    with pytest.raises(PublicationError, match="state=GA has 0 rows after 300"):
        world.publish(tmp_path, states={"NC": world.voters("NC")})
    with pytest.raises(PublicationError, match="state=GA has 200 rows after 300"):
        world.publish(tmp_path, states={"NC": world.voters("NC"), "GA": world.voters("GA", 200)})


def test_another_election_and_a_new_state_are_not_compared(world, tmp_path):
    world.publish(tmp_path, states={"NC": world.voters("NC", 2000)})
    runoff = shuffled(world, election_id=["NC-2026-12-01-runoff"] * 2000)
    release = world.publish(tmp_path, states={**runoff, "GA": world.voters("GA")})
    assert release.drift["NC"]["scores"] == {}
    assert release.drift["GA"] == {"rows_before": 0, "rows_after": 300, "scores": {}}


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=60))
def test_spearman_agrees_with_scipy(pairs):
    before, after = np.array(pairs).T
    joint = np.column_stack([before, after, np.ones(len(pairs), dtype=np.int64)])
    found = spearman(joint)
    if len(set(before)) == 1 or len(set(after)) == 1:
        assert found is None
    else:
        assert found == pytest.approx(spearmanr(before, after).statistic, abs=1e-4)
