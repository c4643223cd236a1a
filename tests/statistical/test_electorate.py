"""The simulated electorate is what its configuration says, whatever the size of its chunks."""

from pathlib import Path

import pytest

from models.config import read_config
from pipelines.calendar import read_calendar
from pipelines.synthetic.config import SyntheticConfig
from pipelines.synthetic.moments import measure, moments
from pipelines.synthetic.simulation import Simulation

CONFIGS = Path(__file__).parents[2] / "configs"

pytestmark = pytest.mark.slow


def simulated(chunk_households):
    config = read_config(SyntheticConfig, CONFIGS / "synthetic.yaml")
    state = config.states["NC"].model_copy(update={"voters": 40_000, "chunk_households": chunk_households})
    return Simulation(config.model_copy(update={"states": {"NC": state}}), "NC", read_calendar(CONFIGS).elections)


@pytest.fixture(scope="module")
def simulation():
    return simulated(10_000)


@pytest.mark.parametrize("name", ["NC", "OH", "FL"])
def test_every_moment_of_a_state_as_configured_is_within_its_pin(name):
    config = read_config(SyntheticConfig, CONFIGS / "synthetic.yaml")
    found = moments(Simulation(config, name, read_calendar(CONFIGS).elections))
    assert len(found) > 20
    assert not [moment for moment in found if not moment.is_within]


def test_another_chunk_size_gives_other_people_of_the_same_kind(simulation):
    """Chunks are separate worlds, so their size changes who exists; it does not change what is true of them."""
    large, little = measure(simulation), measure(simulated(3_000))
    for name in ("turnout_midterm", "turnout_presidential", "oracle_auc", "one_person_home_share", "inactive_share"):
        assert large[name] == pytest.approx(little[name], abs=0.02)


def test_as_many_vote_as_the_true_probabilities_say(simulation):
    expected = cast = 0.0
    for chunk in simulation.chunks():
        truth = chunk.truth("NC-2026-11-03-general")
        expected += sum(truth["probability"].to_pylist())
        cast += sum(truth["voted"].to_pylist())
    assert cast == pytest.approx(expected, abs=3 * 90)
