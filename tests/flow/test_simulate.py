"""Simulated deliveries land for the states of a profile, and for no other that the simulator knows."""

import datetime as dt

from models.config import read_config
from pipelines.synthetic.config import SyntheticConfig
from tests.flow import desk_world as world

DAY = dt.date(2026, 10, 1)


def test_only_the_states_of_the_profile_are_simulated(tmp_path):
    configs = world.few_states(tmp_path / "configs", {"OH": [DAY]}, voters=300)
    with world.at_desk(tmp_path / "root", configs):
        from pipelines.demo import simulate_landing
        from pipelines.settings import read_settings

        simulate_landing(read_settings("demo"))
    assert len(read_config(SyntheticConfig, configs / "synthetic.yaml").states) > 20
    assert [folder.name for folder in (tmp_path / "root" / "landing").iterdir()] == ["oh"]
    assert [file.name for file in (tmp_path / "root" / "truth").iterdir()] == ["OH-2026-11-03-general.parquet"]
