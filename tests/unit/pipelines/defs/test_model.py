"""A model is an asset with a partition for each state, also where a state is none of its own."""

import dagster as dg

from pipelines.defs.model import _model_asset
from pipelines.defs.partitions import by_state
from pipelines.defs.resources import Desk


def test_a_state_that_the_model_does_not_serve_is_left_alone(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("WALKLIST_DATA", str(tmp_path / "root"))
    asset, state = _model_asset("turnout_michigan"), by_state.get_partition_keys()[0]
    done = dg.materialize([asset], partition_key=state, resources={"desk": Desk(profile="demo")})
    [event] = done.asset_materializations_for_node("model_turnout_michigan")
    assert event.metadata["verdict"].value == f"The model is not for {state}."
    assert [check.passed for check in done.get_asset_check_evaluations()] == [True, True]
    assert not (tmp_path / "root" / "model").exists()


def test_the_description_names_the_states_and_leaves_no_place_open() -> None:
    text = _model_asset("turnout").descriptions_by_key[dg.AssetKey("model_turnout")]
    assert "North Carolina" in text and "{" not in text
