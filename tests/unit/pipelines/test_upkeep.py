"""What was superseded long ago is removed; what is in use, or was in use a moment ago, stays."""

import os

import pytest

from pipelines.upkeep import remove_superseded

DAY = 86_400
NAMES = {"old": "a" * 16, "older": "b" * 16, "now": "c" * 16}


@pytest.fixture
def partition(tmp_path):
    """A partition whose content was written on days 1, 20 and 30; the last is in use since."""
    home = tmp_path / "core" / "voters" / "state=NC" / "snapshot_date=2026-10-01"
    for name, day in (("older", 1), ("old", 20), ("now", 30)):
        (home / NAMES[name]).mkdir(parents=True)
        (home / NAMES[name] / "part-0.parquet").write_bytes(b"12345")
        os.utime(home / NAMES[name], (day * DAY, day * DAY))
    (home / "current").write_text(NAMES["now"])
    os.utime(home / "current", (30 * DAY, 30 * DAY))
    return home


@pytest.mark.parametrize(
    ("today", "left"), [(31, {"old", "older", "now"}), (35, {"old", "now"}), (45, {"now"}), (900, {"now"})]
)
def test_content_goes_so_many_days_after_it_was_superseded(tmp_path, partition, today, left):
    removed = remove_superseded(tmp_path, 14, now=today * DAY)
    assert {name for name, folder in NAMES.items() if (partition / folder).is_dir()} == left
    assert (removed.folders, removed.byte_count) == (3 - len(left), 5 * (3 - len(left)))


def test_a_partition_out_of_use_is_left_alone(tmp_path, partition):
    (partition / "current").unlink()
    assert remove_superseded(tmp_path, 14, now=900 * DAY).folders == 0


def test_models_and_releases_are_never_touched(tmp_path, partition):
    for layer in ("model", "published", "raw"):
        folder = tmp_path / layer / "x" / NAMES["old"]
        folder.mkdir(parents=True)
        (folder.parent / "current").write_text("none")
        os.utime(folder, (0, 0))
    assert remove_superseded(tmp_path, 14, now=31 * DAY).folders == 0
