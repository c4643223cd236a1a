"""Going back, keeping few, and noticing what was changed behind our back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.errors import PublicationError
from pipelines.publish.ledger import current_release, list_releases, read_ledger, roll_back, verify
from pipelines.publish.reader import open_release


@pytest.fixture
def two(world, tmp_path):
    first, second = (world.publish(tmp_path, inputs={"night": night}) for night in (1, 2))
    return tmp_path, first, second


def test_roll_back_and_forth(world, two):
    root, first, second = two
    roll_back(root, first.release_id, by="ana", reason="wrong cohort")
    assert current_release(root) == first.release_id
    assert read_ledger(root)[-1]["by"] == "ana"
    assert world.publish(root, inputs={"night": 2}).is_new
    assert current_release(root) == second.release_id


def test_no_way_back_to_what_is_gone_or_damaged(two):
    root, first, second = two
    with pytest.raises(PublicationError, match="not kept"):
        roll_back(root, "0" * 16, by="ana", reason="?")
    (first.folder / "passport.json").write_text("{}")
    with pytest.raises(PublicationError, match=r"passport\.json has"):
        roll_back(root, first.release_id, by="ana", reason="?")
    assert current_release(root) == second.release_id


def test_the_current_release_is_never_pruned(world, two):
    root, first, _ = two
    config = world.config(keep_releases=1)
    world.publish(root, config=config, inputs={"night": 1})
    assert [known.release_id for known in list_releases(root)] == [first.release_id]
    assert not list((root / "published/voter_scores").glob(".staging*"))


@pytest.fixture(scope="module")
def published(world, tmp_path_factory):
    root = tmp_path_factory.mktemp("flip")
    return root, world.publish(root).folder


@settings(max_examples=100, deadline=None)
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7), which=st.integers(0, 4))
def test_every_flipped_bit_is_noticed_and_named(published, place, bit, which):
    root, folder = published
    path = sorted(path for path in folder.rglob("*") if path.is_file())[which]
    whole = path.read_bytes()
    at = int(place * len(whole))
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1 :])
    try:
        assert path.name in " ".join(verify(root))
        if path.suffix in (".parquet", ".json") and path.stem != "passport":
            with pytest.raises(PublicationError):
                open_release(root)
    finally:
        path.write_bytes(whole)


def test_a_flip_after_opening_is_noticed_too(world, tmp_path):
    path = next(world.publish(tmp_path).folder.glob("state=NC/*"))
    open_release(tmp_path)
    path.write_bytes(path.read_bytes()[::-1])
    with pytest.raises(PublicationError, match="other bytes than were published"):
        open_release(tmp_path)


def test_missing_things_are_named(world, tmp_path):
    assert verify(tmp_path) == ["voter_scores: nothing has been published yet."]
    with pytest.raises(PublicationError, match="nothing has been published"):
        open_release(tmp_path)
    folder = world.publish(tmp_path).folder
    file = next(folder.glob("state=GA/*"))
    file.unlink()
    assert verify(tmp_path) == [f"state=GA/{file.name} is missing."]
    folder.rename(folder.with_name("gone"))
    with pytest.raises(PublicationError, match="is gone"):
        open_release(tmp_path)
