"""A short replay of files that break: no wrong score, no lost row, every break told, every other state on time."""

import pytest

from tests.accept.replay import play_both, set_up
from tests.accept.replay_judge import judge
from tests.accept.replay_plan import MONTHS


@pytest.mark.slow
def test_six_months_of_three_states_with_breaks_publish_no_wrong_score(tmp_path):
    replay = set_up(tmp_path, count=6, seed=20261103, states=["NC", "OH", "NY"], months=MONTHS[:6], clean=2, kinds=6)
    play_both(replay)
    found = judge(replay)
    assert len(replay.planned) >= 6 and found.compared > 10_000 and found.accounted > 10_000
    assert found.wrong == found.lost == found.unexplained == found.late == found.misjudged == []
    assert set(found.outcomes) >= {"held"}
