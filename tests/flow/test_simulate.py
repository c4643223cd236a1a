"""Simulated deliveries land for the states of a profile, and for no other that the simulator knows."""

import datetime as dt

from models.config import read_config
from pipelines.synthetic.config import SyntheticConfig
from tests.flow import desk_world as world

DAY = dt.date(2026, 10, 1)


def test_only_the_states_of_the_profile_are_simulated(tmp_path):
    configs = world.few_states(tmp_path / "configs", {"OH": [DAY]}, voters=300)
    world.edit(configs / "profiles" / "demo.yaml", lambda content: content.update(vendors=[]))
    with world.at_desk(tmp_path / "root", configs):
        from pipelines.demo import simulate_landing
        from pipelines.settings import read_settings

        simulate_landing(read_settings("demo"))
    assert len(read_config(SyntheticConfig, configs / "synthetic.yaml").states) > 20
    assert [folder.name for folder in (tmp_path / "root" / "landing").iterdir()] == ["oh"]
    assert [file.name for file in (tmp_path / "root" / "truth").iterdir()] == ["OH-2026-11-03-general.parquet"]


def test_the_vendors_of_the_profile_land_too_with_their_truth_apart(tmp_path):
    configs = world.few_states(tmp_path / "configs", {"OH": [DAY]}, voters=300)
    named = {"vendors": ["postbox_mail", "campfire_signups"]}  # the second knows nobody in Ohio
    world.edit(configs / "profiles" / "demo.yaml", lambda content: content.update(named))
    with world.at_desk(tmp_path / "root", configs):
        from pipelines.demo import simulate_landing
        from pipelines.settings import read_settings

        for _ in range(2):
            simulate_landing(read_settings("demo"))
    landing, truth = tmp_path / "root" / "landing", tmp_path / "root" / "truth" / "vendors"
    assert sorted(folder.name for folder in landing.iterdir()) == ["oh", "postbox_mail"]
    days = [str(day) for day in read_config(SyntheticConfig, configs / "synthetic.yaml").vendors.days]
    assert sorted(folder.name for folder in (landing / "postbox_mail").iterdir()) == days
    assert sorted(file.name for file in truth.iterdir()) == [f"postbox_mail-{day}.parquet" for day in days]
