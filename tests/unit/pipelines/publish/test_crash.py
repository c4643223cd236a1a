"""Killed or failed anywhere, a publisher leaves the old release or the new, whole; a rerun ends as if undisturbed."""

import os
import random
import resource
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from models.errors import PublicationError
from pipelines.publish import faults
from pipelines.publish.ledger import current_release, list_releases, read_ledger, verify
from pipelines.publish.places import Place, publishing
from pipelines.publish.reader import open_release

OLD_STAYS = ["before_rename", "after_rename"]
NEW_STANDS = ["after_pointer"]
WORLD = Path(__file__).with_name("world.py")


def publisher(root, seed, fault=""):
    environment = {**os.environ, faults.VARIABLE: fault}
    return subprocess.Popen([sys.executable, str(WORLD), str(root), str(seed)], env=environment)


def demand_whole(root, ids):
    assert current_release(root) in ids
    assert verify(root) == []
    assert open_release(root).count_rows() == 600


def demand_converged(world, root, tmp_path, seed=5):
    """A rerun gives what an undisturbed run gives, and leaves nothing behind."""
    world.publish(root, seed=seed, accept_drift=True, reason="rerun")
    undisturbed = world.publish(tmp_path / "undisturbed", seed=seed)
    place = Place(root)
    assert world.all_bytes(place.releases / current_release(root)) == world.all_bytes(undisturbed.folder)
    assert {path.name for path in place.folder.iterdir()} <= {"current", "drift", "ledger.jsonl", "releases", ".lock"}
    assert read_ledger(root)[-1]["release"] == undisturbed.release_id
    assert len(list_releases(root)) == 2


@pytest.mark.parametrize("point", OLD_STAYS + NEW_STANDS)
def test_kill_at_a_named_point(world, tmp_path, point):
    old = world.publish(tmp_path / "root").release_id
    assert publisher(tmp_path / "root", 5, f"publish.{point}:kill").wait() == -9
    new = world.publish(tmp_path / "twin", seed=5).release_id
    demand_whole(tmp_path / "root", {new} if point in NEW_STANDS else {old})
    demand_converged(world, tmp_path / "root", tmp_path)


def test_fail_at_every_point_in_turn(world, tmp_path, monkeypatch):
    """The n-th point fails, for n = 1, 2, ... until publishing succeeds, each time on a copy of the same root."""
    ids = {world.publish(tmp_path / name, seed=seed).release_id for name, seed in (("before", 0), ("twin", 5))}
    for turn in range(1, 50):
        root = Path(shutil.copytree(tmp_path / "before", tmp_path / f"turn-{turn}"))
        monkeypatch.setenv(faults.VARIABLE, f"*:fail:{turn}")
        try:
            world.publish(root, seed=5, accept_drift=True, reason="test")
            break
        except PublicationError as error:
            assert "No space left on device" in str(error)
        monkeypatch.delenv(faults.VARIABLE)
        demand_whole(root, ids)
        assert not Place(root).staging.exists()
        demand_converged(world, root, tmp_path)
    assert turn == 9


@pytest.mark.slow
def test_kill_at_any_moment(world, tmp_path):
    ids = {world.publish(tmp_path / name, seed=seed).release_id for name, seed in (("root", 0), ("twin", 5))}
    started = time.monotonic()
    assert publisher(tmp_path / "warm", 5).wait() == 0
    lasts, moments = time.monotonic() - started, random.Random(7)
    for _ in range(10):
        victim = publisher(tmp_path / "root", 5 * moments.randint(0, 1))
        time.sleep(moments.uniform(0.3, 1.1) * lasts)
        victim.kill()
        victim.wait()
        demand_whole(tmp_path / "root", ids)
    demand_converged(world, tmp_path / "root", tmp_path)


def test_a_full_disk_is_a_sentence(world, tmp_path):
    old = world.publish(tmp_path).release_id
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, before[1]))
    try:
        with pytest.raises(PublicationError, match="publishing stopped: File too large"):
            world.publish(tmp_path, inputs={"night": 2})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    demand_whole(tmp_path, {old})
    assert not Place(tmp_path).staging.exists()


def test_a_second_publisher_waits_or_says_so(world, tmp_path):
    with (
        publishing(Place(tmp_path)),
        pytest.raises(PublicationError, match="another process has been publishing"),
    ):
        world.publish(tmp_path, wait_seconds=0.1)
    assert world.publish(tmp_path, wait_seconds=0.1).is_new


def test_the_lock_of_a_dead_publisher_is_free(world, tmp_path):
    assert publisher(tmp_path, 0, "publish.staged:kill").wait() == -9
    assert world.publish(tmp_path, wait_seconds=0.1).is_new


def test_readers_see_whole_releases_while_publishers_work(world, tmp_path):
    world.publish(tmp_path)
    done = threading.Event()

    def publish_often():
        for night in range(12):
            world.publish(tmp_path, seed=night % 2, inputs={"night": night}, accept_drift=True, reason="test")
        done.set()

    worker = threading.Thread(target=publish_often)
    worker.start()
    reads = 0
    while not done.is_set():
        assert open_release(tmp_path).count_rows() == 600
        reads += 1
    worker.join()
    assert reads > 3
