from pathlib import Path

import pytest

from models.config import read_config
from pipelines.calendar import read_calendar
from pipelines.synthetic.config import SyntheticConfig
from pipelines.synthetic.simulation import Simulation

CONFIGS = Path(__file__).parents[4] / "configs"


def small(voters: int = 3000, chunk_households: int = 600, name: str = "NC", **state: object) -> Simulation:
    """A simulation of a state, by default North Carolina, with few voters in five counties and some chunks."""
    config = read_config(SyntheticConfig, CONFIGS / "synthetic.yaml")
    few = config.states[name].model_copy(
        update={"voters": voters, "chunk_households": chunk_households, "counties": 5, **state}
    )
    smaller = config.model_copy(update={"states": {name: few}})
    return Simulation(smaller, name, read_calendar(CONFIGS).elections)


@pytest.fixture(scope="session")
def make_simulation():
    return small


@pytest.fixture(scope="session")
def simulation():
    return small()


@pytest.fixture(scope="session")
def chunk(simulation):
    return next(simulation.chunks())
