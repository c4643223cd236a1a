"""A short replay of files that break: no wrong score, no lost row, every break told, every other state on time."""

import pytest

from pipelines.synthetic.breaks import BREAKS
from tests.accept.replay import Replay, play_both, set_up
from tests.accept.replay_judge import judge
from tests.accept.replay_plan import ARCHIVE, MONTHS

KINDS = {
    "column_renamed",
    "columns_reordered",
    "header_case_changed",
    "web_page",
    "half_of_the_rows",
    "last_delivery_again",
}


@pytest.mark.accept  # a small one of what `make accept-breaks` plays; ten minutes of two processors
def test_six_months_of_three_states_with_six_breaks_publish_no_wrong_score(tmp_path):
    kinds = [kind for kind in BREAKS if kind.name in KINDS]
    replay = Replay(tmp_path, ("NC", "OH", "NY"), tuple(MONTHS[3:9]), tuple(ARCHIVE), voters=500)
    replay = set_up(replay, count=6, seed=20261103, kinds=kinds, clean=1)
    play_both(replay)
    found = judge(replay)
    assert len(replay.planned) >= 6 and found.compared > 8_000 and found.accounted > 8_000
    assert [found.wrong, found.lost, found.unexplained, found.late, found.misjudged] == [[]] * 5
    assert found.harmless[0] == found.harmless[1] > 0 and found.outcomes["held"] > 0
