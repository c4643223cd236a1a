"""Several states: each in its own partition, and the trouble of one stays there, marked with its age."""

import datetime as dt
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pytest

from models.errors import TrainingError
from tests.flow import desk_world as world

NEWEST, LATER, LATEST = world.SNAPSHOTS[-1], "2026-10-08", "2026-10-15"


@dataclass
class States:
    """A data root with two states at work."""

    root: Path
    configs: Path

    def run(self) -> dict:
        from pipelines.engine import run_states
        from pipelines.settings import read_settings

        return {run.state: run for run in run_states(read_settings("demo"))}

    def land(self, state: str, day: str, change=None) -> None:
        world.land_again(self.root / "landing" / state.lower(), day, int(day[-2:]), change)

    def manifest(self) -> dict:
        from pipelines.publish.integrity import read_manifest
        from pipelines.publish.reader import release_folder

        return read_manifest(release_folder(self.root))

    def standing(self, state: str) -> tuple:
        told = self.manifest()["states"][state]
        return told["standing"], told["snapshot_date"], told["newest_file_date"], told["behind_days"]

    def rows(self, state: str) -> pa.Table:
        from pipelines.publish.reader import open_release

        return open_release(self.root, [state]).to_table()

    def page(self) -> str:
        return (self.root / "published" / "morning.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Two states after their first runs; tests work on copies of it."""
    home = tmp_path_factory.mktemp("states")
    states = States(home / "root", world.several_states(home / "configs", {"VA": "Virginia"}))
    with world.flow_of_another_profile(), at(states):
        from pipelines.demo import simulate_landing
        from pipelines.settings import read_settings

        simulate_landing(read_settings("demo"))
        states.run()
        runs = states.run()
        assert all(run.is_success and run.is_fresh for run in runs.values()), runs
        yield states


@pytest.fixture
def states(finished, tmp_path):
    """A copy of the two states, at work."""
    copy = States(tmp_path / "root", tmp_path / "configs")
    shutil.copytree(finished.root, copy.root)
    shutil.copytree(finished.configs, copy.configs)
    with at(copy):
        yield copy


def at(states: States):
    return world.at_desk(states.root, states.configs, DAGSTER_HOME=str(states.root / "dagster"))


def without_age(rows: pa.Table) -> pa.Table:
    return rows.drop_columns(["behind_days"])


def test_a_held_state_stands_at_its_last_good_file_and_the_other_is_rescored(states):
    before = states.rows("VA")
    states.land("VA", LATER, world.without_column)
    states.land("NC", LATEST)
    states.land("NC", LATER)
    runs = states.run()
    assert {state: (run.is_success, run.is_fresh) for state, run in runs.items()} == {
        "NC": (True, True), "VA": (True, False),
    }  # fmt: skip
    assert states.standing("NC") == ("fresh", LATEST, LATEST, 0)
    assert states.standing("VA") == ("last_good", NEWEST, LATER, 7)
    assert "res_street_address" in runs["VA"].reason
    assert set(states.rows("NC")["snapshot_date"].to_pylist()) == {dt.date.fromisoformat(LATEST)}
    after = states.rows("VA")
    assert without_age(after).equals(without_age(before)) and set(after["behind_days"].to_pylist()) == {7}
    assert "Virginia stands at its last good file of 1 October 2026, 7 days behind." in states.page()
    taken_in = sorted(path.name for path in (states.root / "core" / "voters" / "state=NC").iterdir())
    assert taken_in[-2:] == [f"snapshot_date={LATER}", f"snapshot_date={LATEST}"], "one run takes in all that landed"


def test_a_state_whose_run_failed_keeps_its_rows_and_its_release_says_so(states, monkeypatch):
    from pipelines.defs import feature

    build, before = feature.build_features, states.rows("VA")

    def fail_for_virginia(lake, occasion, groups=()):
        if occasion.state == "VA":
            raise TrainingError("a fault of Virginia.")
        return build(lake, occasion, groups)

    monkeypatch.setattr(feature, "build_features", fail_for_virginia)
    for state in ("NC", "VA"):
        states.land(state, LATER)
    runs = states.run()
    assert (runs["NC"].is_success, runs["VA"].is_success) == (True, False) and "Virginia" in runs["VA"].reason
    assert states.standing("NC") == ("fresh", LATER, LATER, 0)
    assert states.standing("VA") == ("kept", NEWEST, LATER, 7)
    assert without_age(states.rows("VA")).equals(without_age(before))
    assert "The last run of Virginia failed." in states.page() and "a fault of Virginia." in states.page()
    monkeypatch.setattr(feature, "build_features", build)
    assert all(run.is_fresh for run in states.run().values())
    assert states.standing("VA") == ("fresh", LATER, LATER, 0)


def test_the_news_of_one_state_does_not_read_the_other(states):
    from pipelines.publish.reader import release_folder

    def virginia() -> Path:
        return next(release_folder(states.root).rglob("state=VA/*.parquet"))

    before = virginia()
    states.land("NC", LATER)
    assert all(run.is_fresh for run in states.run().values())
    assert virginia() != before and virginia().samefile(before)


def test_a_second_run_changes_nothing(states):
    ledger = states.root / "published" / "voter_scores" / "ledger.jsonl"
    before, release = ledger.read_text(encoding="utf-8"), states.manifest()
    states.run()
    assert ledger.read_text(encoding="utf-8") == before and states.manifest() == release
    assert json.dumps(release).count('"standing": "fresh"') == 2
