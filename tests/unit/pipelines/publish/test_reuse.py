"""A state without news is not read again: its file is used again, and the release is the one written in full."""

import datetime as dt
import shutil

import pytest

from models.errors import PublicationError
from pipelines.publish import reuse
from pipelines.publish.ledger import current_release, verify
from pipelines.publish.standing import Standing

FILE = dt.date(2026, 9, 26)
FRESH = Standing("fresh", FILE, FILE)


def unread():
    """Rows that must not be asked for."""
    raise AssertionError("the rows of a state without news were read")
    yield


class Lazy:
    """Rows of a state as batches, or a trap."""

    def __init__(self, table=None):
        self.table = table

    def to_batches(self, max_chunksize):
        return unread() if self.table is None else self.table.to_batches(max_chunksize=max_chunksize)


def inputs(**stamps):
    return {state: {"made_from": stamp} for state, stamp in stamps.items()}


def publish(world, root, tables, stamps, **rest):
    return world.publish(root, states=tables, inputs=inputs(**stamps), accept_drift=True, reason="test", **rest)


def both(world, seed=0):
    return {"GA": Lazy(world.voters("GA", seed=1)), "NC": Lazy(world.voters("NC", seed=seed))}


def test_published_in_part_is_the_same_release_as_published_in_full(world, tmp_path):
    publish(world, tmp_path / "part", both(world), {"GA": "a", "NC": "b"})
    part = publish(world, tmp_path / "part", {**both(world, 7), "GA": Lazy()}, {"GA": "a", "NC": "c"})
    full = publish(world, tmp_path / "full", both(world, 7), {"GA": "a", "NC": "c"})
    assert part.release_id == full.release_id
    assert world.all_bytes(part.folder) == world.all_bytes(full.folder)
    assert (part.written, full.written) == (("NC",), ("GA", "NC"))


def test_the_file_that_stands_is_linked_and_the_old_release_stays_whole(world, tmp_path):
    first = publish(world, tmp_path, both(world), {"GA": "a", "NC": "b"})
    second = publish(world, tmp_path, {**both(world, 7), "GA": Lazy()}, {"GA": "a", "NC": "c"})
    old, new = (next(release.folder.glob("state=GA/*.parquet")) for release in (first, second))
    assert old.samefile(new) and old.name != new.name
    assert verify(tmp_path, first.release_id) == verify(tmp_path, second.release_id) == []


def test_where_links_fail_the_file_is_copied(world, tmp_path, monkeypatch):
    first = publish(world, tmp_path, both(world), {"GA": "a", "NC": "b"})

    def refuse(*_):
        raise OSError(1, "no links here")

    monkeypatch.setattr(reuse.os, "link", refuse)
    second = publish(world, tmp_path, {**both(world, 7), "GA": Lazy()}, {"GA": "a", "NC": "c"})
    old, new = (next(release.folder.glob("state=GA/*.parquet")) for release in (first, second))
    assert not old.samefile(new) and old.read_bytes() == new.read_bytes()


def test_without_any_news_nothing_is_read_or_written(world, tmp_path):
    first = publish(world, tmp_path, both(world), {"GA": "a", "NC": "b"})
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "published").rglob("*.*")}
    again = publish(world, tmp_path, {"GA": Lazy(), "NC": Lazy()}, {"GA": "a", "NC": "b"})
    assert (again.release_id, again.is_new, again.written) == (first.release_id, False, ())
    assert again.manifest == first.manifest
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "published").rglob("*.*")} == before


@pytest.mark.parametrize("change", [{"dictionary": "# Other words\n"}, {"standings": {"NC": FRESH}}])
def test_other_words_or_another_standing_make_a_release_without_reading_rows(world, tmp_path, change):
    first = publish(world, tmp_path, both(world), {"GA": "a", "NC": "b"})
    second = publish(world, tmp_path, {"GA": Lazy(), "NC": Lazy()}, {"GA": "a", "NC": "b"}, **change)
    assert second.is_new and second.release_id != first.release_id and second.written == ()
    assert verify(tmp_path) == []


def test_a_file_with_other_bytes_is_written_again(world, tmp_path):
    first = publish(world, tmp_path, both(world), {"GA": "a", "NC": "b"})
    whole = world.all_bytes(first.folder)
    file = next(first.folder.glob("state=GA/*.parquet"))
    content = file.read_bytes()
    file.write_bytes(content[:50] + bytes([content[50] ^ 1]) + content[51:])
    with pytest.raises(AssertionError, match="were read"):
        publish(world, tmp_path, {**both(world), "GA": Lazy()}, {"GA": "a", "NC": "b"})
    publish(world, tmp_path, both(world), {"GA": "a", "NC": "b"})
    assert world.all_bytes(first.folder) == whole


def test_a_state_that_leaves_is_gone_and_one_that_comes_is_written(world, tmp_path):
    publish(world, tmp_path, both(world), {"GA": "a", "NC": "b"})
    less = publish(world, tmp_path, {"GA": Lazy()}, {"GA": "a"})
    assert sorted(less.manifest["states"]) == ["GA"] and less.is_new
    more = publish(world, tmp_path, {**both(world), "GA": Lazy()}, {"GA": "a", "NC": "b"})
    assert more.written == ("NC",)


def test_a_release_whose_manifest_is_broken_is_never_built_upon(world, tmp_path):
    first = publish(world, tmp_path, both(world), {"GA": "a", "NC": "b"})
    (first.folder / "manifest.json").write_text("{}")
    with pytest.raises(AssertionError, match="were read"):
        publish(world, tmp_path, {"GA": Lazy(), "NC": Lazy()}, {"GA": "a", "NC": "b"})


def test_links_do_not_save_a_release_without_passport(world, tmp_path):
    first = publish(world, tmp_path, both(world), {"GA": "a", "NC": "b"})
    bare = {"turnout": {"77aa": world.PASSPORT["turnout"]["9f2c"]}}
    with pytest.raises(PublicationError, match="no passport: turnout 9f2c"):
        publish(world, tmp_path, {"GA": Lazy(), "NC": Lazy()}, {"GA": "a", "NC": "b"}, passport=bare)
    assert current_release(tmp_path) == first.release_id


def test_people_new_and_gone_are_counted_at_each_switch(world, tmp_path):
    import json

    rows = world.voters("NC")
    first = publish(world, tmp_path, {"NC": Lazy(rows)}, {"NC": "a"})
    second = publish(world, tmp_path, {"NC": Lazy(rows.slice(30))}, {"NC": "b"})
    drift = json.loads(
        (tmp_path / f"published/voter_scores/drift/{second.release_id}-after-{first.release_id}.json").read_text()
    )
    assert (drift["NC"]["new_count"], drift["NC"]["gone_count"]) == (0, 30)


def test_a_copied_root_publishes_on(world, tmp_path):
    publish(world, tmp_path / "root", both(world), {"GA": "a", "NC": "b"})
    shutil.copytree(tmp_path / "root", tmp_path / "copy")
    again = publish(world, tmp_path / "copy", {"GA": Lazy(), "NC": Lazy()}, {"GA": "a", "NC": "b"})
    assert not again.is_new
