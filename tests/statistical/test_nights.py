"""A flow that tends itself for some nights gives what one full run from the good files gives."""

import pytest

from tests.accept.nights import GAPS, Nights
from tests.flow.desk_world import flow_of_another_profile


@pytest.mark.accept
def test_nights_of_arrivals_and_breaks_end_where_a_fresh_run_ends(tmp_path):
    nights = Nights(tmp_path, count=9)
    with flow_of_another_profile():
        played = list(nights.play())
        ran = [night for night in played if night.is_run]
        assert [night.failed for night in ran] == [{}] * len(ran)
        assert all(night.standing == night.expected for night in ran)
        without_cause = {s: files for n in ran for s, files in n.rebuilt.items() if files and s not in n.landed}
        assert not without_cause
        assert any(state not in night.landed for night in ran for state in GAPS) and nights.counts["broken"]
        mine, fresh = nights.published(), nights.fresh(1)
    assert all(mine[state].equals(fresh[state]) for state in GAPS)
