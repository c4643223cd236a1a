"""The desk: from landed files to a release, what a second run leaves alone, and what happens in trouble."""

import datetime as dt
import errno
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import filelock
import pytest
from typer.testing import CliRunner

from models.errors import BrokenRule, TrainingError
from tests.flow import desk_world as world

LAYERS = ("raw", "core", "feature", "model", "score", "published")


@dataclass
class Desk:
    """A data root at work."""

    root: Path
    configs: Path

    @property
    def settings(self):
        from pipelines.settings import read_settings

        return read_settings("demo")

    def run(self):
        from pipelines.engine import run_states

        return run_states(self.settings)[0]

    def bytes_of(self, *layers: str) -> dict[str, bytes]:
        """Every file of some layers; the page with the instant of its writing is left out."""
        files = (file for layer in layers or LAYERS for file in (self.root / layer).rglob("*") if file.is_file())
        return {str(file.relative_to(self.root)): file.read_bytes() for file in files if file.name != "morning.html"}

    def metadata(self, asset: str) -> dict:
        with dg.DagsterInstance.get() as instance:
            event = instance.get_latest_materialization_event(dg.AssetKey(asset))
            return {key: value.value for key, value in event.asset_materialization.metadata.items()}

    def check(self, asset: str, name: str) -> dg.AssetCheckEvaluation:
        key = dg.AssetCheckKey(dg.AssetKey(asset), name)
        with dg.DagsterInstance.get() as instance:
            record = instance.event_log_storage.get_latest_asset_check_execution_by_key([key])[key]
            return record.event.dagster_event.event_specific_data

    def break_newest_delivery(self, day: str = "2026-10-08") -> None:
        """Land a voters file that lost a required column, and the good history beside it."""
        newest = self.root / "landing" / "nc" / world.SNAPSHOTS[-1]
        folder = self.root / "landing" / "nc" / day
        folder.mkdir(parents=True)
        for file in newest.iterdir():
            world.rewrite(
                file,
                folder / file.name,
                world.without_column if "voter" in file.name else lambda text: text + text[-1:],
            )


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """The state after its first run; tests work on copies of it."""
    home = tmp_path_factory.mktemp("desk")
    desk = Desk(home / "root", world.quick_configs(home / "configs"))
    with world.flow_of_another_profile():
        with world.at_desk(desk.root, desk.configs):
            from pipelines.demo import simulate_landing

            simulate_landing(desk.settings)
            outcome = desk.run()
        assert outcome.is_success, outcome.reason
        yield desk


@pytest.fixture
def desk(finished, tmp_path):
    """A copy of the finished state, at work."""
    copy = Desk(tmp_path / "root", tmp_path / "configs")
    shutil.copytree(finished.root, copy.root)
    shutil.copytree(finished.configs, copy.configs)
    with world.at_desk(copy.root, copy.configs, DAGSTER_HOME=str(copy.root / "dagster")):
        yield copy


def test_definitions_load_quickly_and_leave_nothing_behind(tmp_path):
    code = """
import sys, dagster as dg
from pipelines.definitions import defs
dg.Definitions.validate_loadable(defs())
print(sorted({"lightgbm", "mlflow", "sklearn", "scipy", "pandas", "altair"} & set(sys.modules)))
"""
    with world.at_desk(tmp_path / "root", world.CHECKOUT / "configs"):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=world.CHECKOUT)
    assert done.stdout.strip() == "[]", done.stderr
    assert not (tmp_path / "root").exists()


def test_the_graph_reads_in_the_words_of_the_design(desk):
    from pipelines.definitions import defs

    graph = defs().resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.group_name == key.path[-1].split("_")[0]
        assert node.description and node.owners == ["team:data"]


def test_first_run_goes_from_files_to_a_release(desk):
    from pipelines.publish.reader import open_release

    published = open_release(desk.root).to_table().to_pandas()
    found = desk.metadata("published_voter_scores")
    assert len(published) == found["dagster/row_count"] > 1000
    assert published["turnout_probability"].between(0, 1).mean() > 0.8
    assert found["trouble"] == "none" and 0 < found["mean score NC"] < 1
    assert desk.check("core_voters", "newest_delivery_accepted").passed
    assert desk.check("model_turnout", "has_champion").passed
    assert "plot: do the scores hold?" in desk.metadata("model_turnout")


def test_second_run_rebuilds_nothing(desk):
    before, runs = desk.bytes_of(), mlflow_runs(desk)
    assert desk.run().is_success
    assert desk.bytes_of() == before
    assert mlflow_runs(desk) == runs == 1
    assert desk.metadata("core_voters")["snapshots"] == f"0 rebuilt, {len(world.SNAPSHOTS)} unchanged"
    assert desk.metadata("core_voter_changes")["snapshots"] == f"0 rebuilt, {len(world.SNAPSHOTS) - 1} unchanged"
    assert desk.metadata("feature_voters")["elections"].startswith("0 rebuilt")
    assert desk.metadata("model_turnout")["trained now"] is False
    assert desk.metadata("score_turnout")["rescored now"] is False
    assert desk.metadata("published_voter_scores")["new release"] is False
    checked = desk.check("core_voters", "keeps_contract").metadata
    assert checked["partitions checked"].value == 0
    assert checked["partitions that stood"].value == len(world.SNAPSHOTS)


def test_broken_newest_delivery_changes_nothing_downstream(desk):
    before, layers = desk.bytes_of("core", "feature", "model", "score"), ("core", "feature", "model", "score")
    desk.break_newest_delivery()
    run = desk.run()
    assert run.is_success and not run.is_fresh and "res_street_address" in run.reason
    assert desk.bytes_of(*layers) == before
    found = desk.metadata("published_voter_scores")
    assert found["state files"] == "1 rebuilt, 0 unchanged" and "| 7 |" in found["states"]
    check = desk.check("core_voters", "newest_delivery_accepted")
    assert not check.passed and check.severity == dg.AssetCheckSeverity.WARN
    assert "res_street_address" in check.description
    assert "res_street_address" in desk.metadata("core_voters")["newest delivery"]


def test_the_asset_shows_a_held_delivery_and_one_launch_decides_on_it(desk):
    from pipelines.cli import app
    from pipelines.defs.tables import SHOWN_AT_ONCE
    from pipelines.lake import Lake
    from pipelines.publish.reader import standing_in_use
    from pipelines.raw.receipts import ReceiptLedger

    desk.break_newest_delivery()
    assert not desk.run().is_fresh
    shown = desk.metadata("core_voters")
    assert "res_street_address may now be another_column" in shown["held 1: why"]
    assert "renamed: {res_street_address: another_column}" in shown["held 4: proposed layout entry"]
    assert "/jobs/decide/playground/setup?config=" in shown["held 5: approve"]
    assert len(shown["held 5: approve"]) < SHOWN_AT_ONCE
    [delivery] = re.findall(r"nc-2026-10-08-\w+", shown["held 5: approve"])
    decided = CliRunner().invoke(app, ["decide", delivery, "approve", "--why", "they said so", "--profile", "demo"])
    assert decided.exit_code == 0, decided.output
    assert standing_in_use(desk.root, "NC")["snapshot_date"] == "2026-10-08"
    events = ReceiptLedger(Lake(desk.root), "nc").events()
    by_person = {event["reason"] for event in events if event["decided_by"] == "tester"}
    assert by_person == {"Its proposed layout entry is adopted by tester: they said so"}
    assert "held 1: why" not in desk.metadata("core_voters")


def test_a_decision_on_nothing_is_refused_in_words(desk):
    from pipelines.cli import app

    decided = CliRunner().invoke(app, ["decide", "nc-unheard", "approve", "--why", "so", "--profile", "demo"])
    assert decided.exit_code == 2 and "Held are: none" in decided.output
    with dg.DagsterInstance.get() as instance:
        from pipelines.definitions import defs
        from pipelines.engine import execute_job

        assert not execute_job(defs(), "decide", instance, partition_key="NC").success


def set_alert_command(desk: Desk, script: str) -> None:
    profile = desk.configs / "profiles" / "demo.yaml"
    command = json.dumps(["sh", "-c", script])
    profile.write_text(profile.read_text(encoding="utf-8") + f"alert_command: {command}\n", encoding="utf-8")


def test_people_are_told_once_of_a_held_delivery_and_of_each_failed_run(desk, monkeypatch):
    from pipelines.defs import feature

    told = desk.root / "told.txt"
    set_alert_command(desk, f"echo {{state}} {{source}} {{event}} {{subject}} >> {told}")
    desk.break_newest_delivery()
    assert desk.run().is_success and desk.run().is_success
    lines = told.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 and lines[0].startswith("NC nc held nc-2026-10-08-")
    monkeypatch.setattr(feature, "build_features", refuse)
    assert not desk.run().is_success
    assert told.read_text(encoding="utf-8").splitlines()[1].startswith("NC nc failed run-")


def test_an_alert_command_that_fails_stops_nothing_and_is_called_again(desk):
    set_alert_command(desk, f"echo called >> {desk.root}/told.txt; exit 1")
    desk.break_newest_delivery()
    assert desk.run().is_success and desk.run().is_success
    assert (desk.root / "told.txt").read_text(encoding="utf-8").count("called") == 2


def test_a_fault_of_the_machine_is_tried_again_and_one_of_the_data_is_not(desk, monkeypatch):
    from pipelines.defs import feature

    build, tries = feature.build_features, []

    def stumble(error):
        def once(*words):
            tries.append(1)
            if len(tries) == 1:
                raise error
            return build(*words)

        return once

    monkeypatch.setattr(feature, "build_features", stumble(OSError(errno.ENOSPC, "Jane Roe")))
    run = desk.run()
    assert run.is_success and len(tries) > 1
    tries.clear()
    monkeypatch.setattr(feature, "build_features", stumble(TrainingError("a fault of the data.")))
    run = desk.run()
    assert not run.is_success and "a fault of the data." in run.reason and len(tries) == 1


def test_a_failing_blocking_check_stops_what_is_downstream_in_the_same_run(desk, monkeypatch):
    from pipelines.defs import io

    def broken(connection, contract, relation):
        return [BrokenRule("voter_id", "is unique", 3)] if contract.table_name == "core_households" else []

    monkeypatch.setattr(io, "find_broken", broken)
    shutil.rmtree(desk.root / "core" / "households")
    outcome = desk.run()
    assert not outcome.is_success
    assert "core_households, keeps_contract: voter_id is unique: " in outcome.reason
    with dg.DagsterInstance.get() as instance:
        run = instance.get_runs(dg.RunsFilter(job_name="rescore"), limit=1)[0]
        done = {
            event.step_key
            for event in instance.all_logs(run.run_id)
            if event.is_dagster_event and event.dagster_event.is_step_success
        }
    assert "core_elections" in done and not done & {
        "feature_voters",
        "model_turnout",
        "score_turnout",
        "published_voter_scores",
    }


def test_refused_training_keeps_the_last_good_model(desk, monkeypatch):
    from pipelines.modelling import training

    before = desk.bytes_of("model", "score", "published")
    monkeypatch.setattr(training, "train", refuse)
    assert desk.run().is_success
    assert desk.bytes_of("model", "score", "published") == before
    check = desk.check("model_turnout", "gates_hold")
    assert not check.passed and "the last good version stays in use" in check.description
    assert desk.check("model_turnout", "has_champion").passed


def test_refused_training_without_a_champion_fails_in_words(desk, monkeypatch):
    from pipelines.modelling import training

    shutil.rmtree(desk.root / "model" / "versions")
    monkeypatch.setattr(training, "train", refuse)
    outcome = desk.run()
    assert not outcome.is_success and "too few people" in outcome.reason
    assert not desk.check("model_turnout", "has_champion").passed


def test_mlflow_down_is_a_warning(desk, monkeypatch):
    for marker in (desk.root / "model").rglob("*.mlflow"):
        marker.unlink()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    assert desk.run().is_success
    assert desk.metadata("model_turnout")["MLflow run"].startswith(
        "not recorded, the next run tries again: MLflow cannot be reached"
    )


def test_a_state_in_trouble_keeps_its_rows_of_the_release_before(desk):
    from pipelines.publish.reader import open_release, standing_in_use

    before = open_release(desk.root).to_table()
    part = next((desk.root / "score").rglob("part-0.parquet"))
    part.chmod(0o644)
    part.write_bytes(part.read_bytes()[:-9])
    assert materialize(desk, "published_voter_scores").success
    assert open_release(desk.root).to_table().equals(before)
    check = desk.check("published_voter_scores", "every_state_is_fresh")
    assert not check.passed and check.description.startswith("NC: its rows of the release before stay, 0 days behind: ")
    standing = standing_in_use(desk.root, "NC")
    assert standing["standing"] == "kept" and standing["reason"].startswith("score/turnout/state=NC/")
    assert desk.metadata("published_voter_scores")["state files"] == "0 rebuilt, 1 unchanged"


def test_a_state_without_scores_holds_up_no_other(desk, monkeypatch):
    from pipelines.defs import release

    monkeypatch.setattr(release, "STATES", ["GA", "NC"])
    assert materialize(desk, "published_voter_scores").success
    assert desk.metadata("published_voter_scores")["trouble"].startswith("GA: it is not published: ")


def test_drift_is_accepted_by_a_person_with_a_reason(desk, monkeypatch):
    from pipelines.defs import published
    from pipelines.publish import ledger, parquet
    from pipelines.publish.reader import standing_in_use

    tried = iter([{"NC": "the mean moved too far."}])
    monkeypatch.setattr(parquet, "drift_faults", lambda *_: next(tried, {}))
    monkeypatch.setattr(published, "render_table", lambda _: "another page")
    assert materialize(desk, "published_voter_scores").success
    standing = standing_in_use(desk.root, "NC")
    assert standing["standing"] == "kept" and "the mean moved too far. Launch" in standing["reason"]
    release = ledger.current_release(desk.root)
    monkeypatch.setattr(published, "render_table", lambda _: "a third page")
    monkeypatch.setattr(parquet, "drift_faults", lambda *_: {"NC": "the mean moved too far."})
    accepted = {"ops": {"published_voter_scores": {"config": {"accept_drift": True, "reason": "a new file"}}}}
    assert materialize(desk, "published_voter_scores", accepted).success
    assert ledger.current_release(desk.root) != release
    assert (ledger.read_ledger(desk.root)[-1]["by"], ledger.read_ledger(desk.root)[-1]["reason"]) == (
        "tester",
        "a new file",
    )


def look_at_landing(cursor, instance):
    from pipelines.defs.resources import Desk as DeskResource
    from pipelines.defs.sensors import landing

    desk = {"desk": DeskResource(profile="demo")}
    with dg.build_sensor_context(instance, cursor=cursor, resources=desk) as context:
        return landing(context), context.cursor


def end_run(instance, request, status):
    run = instance.create_run_for_job(
        dg.job(name="rescore")(lambda: None), tags={**request.tags, "dagster/run_key": request.run_key}
    )
    instance.handle_new_event(
        dg.EventLogEntry(
            None,
            "info",
            "",
            run.run_id,
            dt.datetime.now().timestamp(),
            job_name="rescore",
            dagster_event=dg.DagsterEvent(
                event_type_value={"ok": "PIPELINE_SUCCESS", "failed": "PIPELINE_FAILURE"}[status], job_name="rescore"
            ),
        )
    )


def test_the_sensor_asks_until_a_run_took_in_what_landed(desk, monkeypatch):
    from pipelines.defs import sensors

    with dg.DagsterInstance.ephemeral() as instance:
        first, cursor = look_at_landing(None, instance)
        assert [request.partition_key for request in first] == ["NC"]
        again, cursor = look_at_landing(cursor, instance)
        assert again[0].run_key == first[0].run_key, "a request that was lost is made again, under its own key"
        end_run(instance, first[0], "failed")
        assert "tried again soon" in look_at_landing(cursor, instance)[0].skip_message
        monkeypatch.setattr(sensors, "AGAIN_AFTER_SECONDS", (0, 0))
        second, cursor = look_at_landing(cursor, instance)
        assert second[0].run_key != first[0].run_key
        end_run(instance, second[0], "ok")
        assert look_at_landing(cursor, instance)[0].skip_message == "Nothing new has landed."
        assert isinstance(look_at_landing(None, instance)[0], dg.SkipReason), "a lost cursor asks for nothing twice"


def test_the_sensor_sees_what_landed_while_nobody_looked(desk):
    with dg.DagsterInstance.ephemeral() as instance:
        first, cursor = look_at_landing(None, instance)
        end_run(instance, first[0], "ok")
        _, cursor = look_at_landing(cursor, instance)
        desk.break_newest_delivery("2026-10-08")
        desk.break_newest_delivery("2026-10-15")
        new, cursor = look_at_landing(cursor, instance)
        assert [request.partition_key for request in new] == ["NC"] and new[0].run_key != first[0].run_key
        end_run(instance, new[0], "ok")
        assert isinstance(look_at_landing(cursor, instance)[0], dg.SkipReason)
        (desk.root / "landing" / "nc" / "October").mkdir()
        assert "named as a day" in look_at_landing(cursor, instance)[0].skip_message


def test_the_sensor_gives_up_after_three_runs_and_says_so(desk, monkeypatch):
    from pipelines.defs import sensors

    monkeypatch.setattr(sensors, "AGAIN_AFTER_SECONDS", (0, 0))
    with dg.DagsterInstance.ephemeral() as instance:
        for _ in range(3):
            end_run(instance, look_at_landing(None, instance)[0][0], "failed")
        assert "3 runs failed on what has landed" in look_at_landing(None, instance)[0].skip_message


def test_an_empty_landing_folder_asks_for_nothing(tmp_path, finished):
    with world.at_desk(tmp_path, finished.configs), dg.DagsterInstance.ephemeral() as instance:
        assert isinstance(look_at_landing(None, instance)[0], dg.SkipReason)


@pytest.fixture
def empty_desk(tmp_path):
    """A data root in which nothing has landed yet."""
    with world.at_desk(tmp_path / "root", world.CHECKOUT / "configs"):
        yield


def asked(name: str, day: str):
    """What a schedule does on a day at noon."""
    from pipelines.definitions import defs
    from pipelines.defs.resources import Desk as DeskResource
    from pipelines.defs.schedules import schedules

    found = next(schedule for schedule in schedules if schedule.name == name)
    with dg.build_schedule_context(
        scheduled_execution_time=dt.datetime.fromisoformat(f"{day}T12:00:00+00:00"),
        resources={"desk": DeskResource(profile="demo")},
        repository_def=defs().get_repository_def(),
    ) as context:
        return found.evaluate_tick(context)


def test_the_schedule_asks_for_each_state_once_a_night(empty_desk):
    from pipelines.defs.partitions import STATES

    keys = [[request.run_key for request in asked("nightly", "2026-10-05").run_requests] for _ in "ab"]
    assert keys[0] == keys[1] == [f"nightly-2026-10-05T12:00+00:00-{state}" for state in STATES]


@pytest.mark.parametrize(
    ("day", "is_run"), [("2026-10-23", False), ("2026-10-24", True), ("2026-11-03", True), ("2026-11-04", False)]
)
def test_the_last_ten_days_run_from_ten_days_before_the_election_to_its_day(empty_desk, day, is_run):
    tick = asked("last_ten_days", day)
    assert bool(tick.run_requests) == is_run
    assert is_run or "2026-11-03" in tick.skip_message


def test_the_weekly_schedule_is_followed_by_the_look_after_the_data(empty_desk):
    tick = asked("weekly_upkeep", "2026-10-04")
    assert tick.run_requests[0].run_config["ops"]["look_after_data"]["config"] == {"keep_superseded_days": 14}


def test_dagster_runs_one_at_a_time_and_makes_up_for_the_newest_missed_time_only(tmp_path):
    from pipelines.engine import prepare
    from pipelines.settings import read_settings

    with world.at_desk(tmp_path / "root", world.CHECKOUT / "configs"):
        settings = read_settings("demo")
        prepare(settings)
        with dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
            assert instance.scheduler.max_catchup_runs == 1
            assert instance.get_concurrency_config().run_queue_config.max_concurrent_runs == 1


def test_the_upkeep_checks_all_that_stands_and_removes_what_was_superseded(desk):
    from pipelines.definitions import defs

    def upkeep():
        with dg.DagsterInstance.get() as instance:
            return defs().resolve_job_def("upkeep").execute_in_process(instance=instance, raise_on_error=False)

    stood = desk.bytes_of()
    old = next((desk.root / "core" / "voters").rglob("current")).parent / "0123456789abcdef"
    shutil.copytree(next(old.parent.glob("*/part-0.parquet")).parent, old)
    os.utime(old, (0, 0))
    os.utime(old.parent / "current", (86_400, 86_400))
    assert upkeep().success and not old.exists()
    assert desk.bytes_of() == stood
    file = next((desk.root / "published").rglob("*.parquet"))
    file.write_bytes(file.read_bytes()[:-9])
    assert not upkeep().success


def test_a_run_holds_the_root_for_itself_and_waits_for_another(desk, monkeypatch):
    from pipelines import locking

    profile = desk.configs / "profiles" / "demo.yaml"
    profile.write_text(profile.read_text(encoding="utf-8") + "wait_minutes: 0\n", encoding="utf-8")
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(desk.root)], stdout=subprocess.PIPE, cwd=world.CHECKOUT, text=True
    )
    assert holder.stdout and holder.stdout.readline() == "held\n"
    assert not materialize(desk, "core_elections", partition="NC").success
    holder.kill()
    holder.wait()
    assert materialize(desk, "core_elections", partition="NC").success
    with locking.run_lock(desk.root).acquire(timeout=0):
        assert materialize(desk, "core_elections", partition="NC").success


HOLD = """
import sys, time
from pathlib import Path
from pipelines.locking import run_lock
lock = run_lock(Path(sys.argv[1])).acquire(timeout=0)
print("held", flush=True)
time.sleep(600)
"""


def test_exit_codes(desk, monkeypatch):
    from pipelines import engine
    from pipelines.cli import app

    def code(*words):
        done = CliRunner().invoke(app, ["run", "--profile", "demo", *words])
        return done.exit_code, done.output

    with filelock.FileLock(desk.root / "run.lock"):
        assert code()[0] == 75 and "another run is at work" in code()[1]
    assert code("--state", "XX")[0] == 2 and "It has NC" in code("--state", "XX")[1]
    assert CliRunner().invoke(app, ["run", "--profile", "nowhere"]).exit_code == 2
    monkeypatch.setattr(engine, "run_states", lambda *_: [engine.StateRun("NC", False, "its file is broken.")])
    assert code()[0] == 1 and "NC failed" in code()[1]
    monkeypatch.setattr(engine, "run_states", lambda *_: int("Jane Roe"))
    assert code()[0] == 70 and "Jane" not in code()[1] and "pipelines/cli.py line" in code()[1]
    monkeypatch.setattr(engine, "run_states", lambda *_: [engine.StateRun("NC", True, "")])
    assert code()[0] == 0 and "Published: " in code()[1]
    monkeypatch.setattr(engine, "run_states", lambda *_: [engine.StateRun("NC", True, "its file is held.", False)])
    assert code()[0] == 3 and "NC stands at its last good rows: its file is held." in code()[1]


def test_a_port_in_use_is_told_in_words(desk):
    from pipelines.desk import DeskError, serve

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(DeskError, match=f"port {port} .for MLflow.*--mlflow-port {port + 1}"):
            serve(desk.settings, dagster_port=1, mlflow_port=port)


def test_closing_ends_children_that_ignore_the_first_signals():
    from pipelines.desk import close_group

    stubborn = "trap '' INT TERM; sleep 600 & echo ready; wait"
    process = subprocess.Popen(["sh", "-c", stubborn], start_new_session=True, stdout=subprocess.PIPE)
    assert process.stdout and process.stdout.readline() == b"ready\n"
    close_group(process, grace_seconds=0.3)
    listed = subprocess.run(["ps", "-eo", "pgid=,stat="], capture_output=True, text=True, check=True).stdout
    members = [line.split() for line in listed.splitlines()]
    assert not [stat for group, stat in members if int(group) == process.pid and not stat.startswith("Z")]


def refuse(*_):
    raise TrainingError("turnout: too few people.")


def mlflow_runs(desk: Desk) -> int:
    import sqlite3

    with sqlite3.connect(desk.root / "mlflow" / "mlflow.db") as database:
        return database.execute("SELECT count(*) FROM runs").fetchone()[0]


def materialize(desk: Desk, asset: str, run_config: dict | None = None, partition: str | None = None):
    from pipelines.definitions import defs

    with dg.DagsterInstance.get() as instance:
        merged = dg.Definitions.merge(defs(), dg.Definitions(jobs=[dg.define_asset_job("one", selection=[asset])]))
        return merged.resolve_job_def("one").execute_in_process(
            instance=instance, raise_on_error=False, run_config=run_config, partition_key=partition
        )
