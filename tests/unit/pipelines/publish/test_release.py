"""A release is the same bytes for the same input, and whatever breaks it leaves the last good in use."""

import json
import os
import stat
from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.errors import PublicationError
from pipelines.publish.ledger import current_release, list_releases, read_ledger, verify
from pipelines.publish.passport import release_passport
from pipelines.publish.reader import open_release, release_folder, state_batches


def test_layout(world, tmp_path):
    release = world.publish(tmp_path)
    place = tmp_path / "published/voter_scores"
    assert (place / "current").read_text() == release.release_id
    assert sorted(world.all_bytes(place / "releases" / release.release_id)) == [
        "dictionary.md",
        "manifest.json",
        "passport.json",
        f"state=GA/voter_scores-{release.release_id}-0.parquet",
        f"state=NC/voter_scores-{release.release_id}-0.parquet",
    ]
    assert release.is_new
    assert release.manifest["rows"] == 600
    assert not (place / ".staging").exists()


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(size=st.integers(1, 400), group=st.sampled_from([64, 100, 122_880]))
def test_same_rows_same_bytes_whatever_the_batches(world, tmp_path_factory, size, group):
    config = world.config(target=world.config().target.model_copy(update={"row_group_rows": group}))
    one, other = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("other")
    first, second = world.publish(one, config=config), world.publish(other, config=config, size=size)
    assert first.release_id == second.release_id
    assert world.all_bytes(first.folder) == world.all_bytes(second.folder)


def test_file_is_made_for_lookup(world, tmp_path):
    release = world.publish(tmp_path)
    file = pq.ParquetFile(next(release.folder.glob("state=NC/*.parquet")))
    group = file.metadata.row_group(0)
    encodings = {group.column(at).path_in_schema: group.column(at).encodings for at in range(group.num_columns)}
    assert file.schema_arrow.names == list(world.config().columns)
    assert group.sorting_columns == (pq.SortingColumn(0),)
    assert group.column(0).compression == "ZSTD"
    assert group.column(0).has_offset_index
    assert "RLE_DICTIONARY" not in encodings["voter_id"]
    assert "RLE_DICTIONARY" in encodings["county_code"]


def test_again_writes_nothing(world, tmp_path):
    world.publish(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "published/voter_scores").rglob("*.*")}
    again = world.publish(tmp_path, size=7)
    assert not again.is_new
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "published/voter_scores").rglob("*.*")} == before
    assert len(read_ledger(tmp_path)) == 1


def test_again_mends_a_damaged_release(world, tmp_path):
    release = world.publish(tmp_path)
    whole = world.all_bytes(release.folder)
    file = next(release.folder.glob("state=NC/*.parquet"))
    file.write_bytes(file.read_bytes()[:-9])
    (release.folder / "state=NC/stray.parquet").write_bytes(b"?")
    assert len(verify(tmp_path)) == 2
    assert not world.publish(tmp_path).is_new
    assert world.all_bytes(release.folder) == whole


def test_private_whatever_the_umask(world, tmp_path):
    before = os.umask(0)
    try:
        world.publish(tmp_path)
    finally:
        os.umask(before)
    place = tmp_path / "published/voter_scores"
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in place.rglob("*")}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o750}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o640}


BREACHES = {
    "is sorted and there once: 1 rows": {"voter_id": ["NC-2", "NC-1", "NC-3"]},
    "is never null: 1 rows": {"voter_id": ["NC-1", None, "NC-3"]},
    "starts with NC-: 2 rows": {"voter_id": ["GA-1", "GA-2", "NC-3"]},
    "is at most 1: 1 rows": {"turnout_probability": [0.1, 0.5, 1.5]},
    "is a finite number: 1 rows": {"turnout_probability": [0.1, 0.5, float("nan")]},
    "is null where turnout_probability is, and only there: 1 rows": {"turnout_decile": [1, None, 9]},
    "follows the order of turnout_probability: ": {"turnout_decile": [9, 5, 1]},
    "is one of snapshot, reconstructed: 3 rows": {"cohort": ["guessed"] * 3},
    "is not after as_of in the cohort snapshot: 3 rows": {"snapshot_date": [date(2026, 10, 30)] * 3},
}


@pytest.mark.parametrize("rule", BREACHES)
def test_a_breach_is_refused_by_rule_and_count_and_the_last_good_stays(world, tmp_path, rule):
    good = world.publish(tmp_path)
    sound = {"turnout_probability": [0.1, 0.5, 0.9], "turnout_decile": [1, 5, 9]}
    rows = world.voters("NC", 3, **{**sound, **BREACHES[rule]})
    with pytest.raises(PublicationError, match="state=NC") as refusal:
        world.publish(tmp_path, states={"NC": rows, "GA": world.voters("GA", seed=1)})
    assert rule in str(refusal.value)
    assert "state=GA" not in str(refusal.value)
    assert current_release(tmp_path) == good.release_id
    assert verify(tmp_path) == []


def test_a_repeated_id_is_seen_across_batches(world, tmp_path):
    rows = pa.concat_tables([world.voters("NC", 3), world.voters("NC", 3).slice(2)])
    with pytest.raises(PublicationError, match="there once: 1 rows"):
        world.publish(tmp_path, states={"NC": rows}, size=3)


def test_wrong_columns_are_refused(world, tmp_path):
    rows = world.voters("NC", 3).drop_columns(["cohort"])
    with pytest.raises(PublicationError, match="cohort is missing, expected string"):
        world.publish(tmp_path, states={"NC": rows})


def test_columns_that_are_not_published_stay_out(world, tmp_path):
    rows = world.voters("NC").append_column("last_name", pa.array(["Canary"] * 300))
    release = world.publish(tmp_path, states={"NC": rows})
    assert not any(b"Canary" in content for content in world.all_bytes(release.folder).values())


@pytest.mark.parametrize("states", [{"NC": 0}, {}, {"nc": 3}, {"../X": 3}])
def test_empty_and_odd_states_are_refused(world, tmp_path, states):
    from pipelines.publish.parquet import publish_release

    given = {state: world.voters(state, count).to_batches() for state, count in states.items()}
    with pytest.raises(PublicationError):
        publish_release(tmp_path, world.config(), given, inputs={}, passport=world.PASSPORT, dictionary="")
    assert current_release(tmp_path) is None


def test_an_instant_in_the_inputs_is_refused(world, tmp_path):
    with pytest.raises(PublicationError, match="instant"):
        world.publish(tmp_path, inputs={"made_at": datetime(2026, 9, 28, tzinfo=UTC)})


def test_passport_tells_each_column(world, tmp_path):
    passport = json.loads((world.publish(tmp_path).folder / "passport.json").read_text())
    score = passport["columns"]["turnout_probability"]
    assert score["reading"] == "Of voters scored 0.3, three in ten vote."
    assert score["valid_until"] == "2026-11-03"
    assert score["null_means"].startswith("Not scored")
    assert passport["columns"]["county_code"]["refused_uses"] == ["challenge of a registration"]
    assert score["allowed_uses"] == ["planning", "mobilisation"]
    assert sorted(passport["columns"]) == sorted(world.config().columns)


def test_a_score_without_passport_is_refused(world, tmp_path):
    with pytest.raises(PublicationError, match="turnout_probability has none"):
        world.publish(tmp_path, passport={"persuasion": world.PASSPORT["turnout"]})
    with pytest.raises(PublicationError, match="1 versions that scored have no passport: turnout 77aa"):
        world.publish(tmp_path, states={"NC": world.voters("NC", 3, turnout_version_id=["9f2c", "77aa", "77aa"])})
    with pytest.raises(PublicationError, match="turnout 9f2c lacks reading"):
        bare = {key: value for key, value in world.PASSPORT["turnout"]["9f2c"].items() if key != "reading"}
        world.publish(tmp_path, passport={"turnout": {"9f2c": bare}})


def test_versions_of_several_states_share_a_passport(world):
    nc = world.PASSPORT["turnout"]["9f2c"]
    ga = {
        **nc,
        "reading": "In Georgia too.",
        "valid_until": date(2026, 10, 1),
        "allowed_uses": ["mobilisation"],
        "refused_uses": ["credit"],
    }
    told = release_passport(world.config(), {"turnout": {"9f2c": nc, "a1": ga}})["columns"]["turnout_probability"]
    assert told["reading"] == "Of voters scored 0.3, three in ten vote. In Georgia too."
    assert told["valid_until"] == "2026-10-01"
    assert told["allowed_uses"] == ["mobilisation"]
    assert told["refused_uses"] == ["challenge of a registration", "credit"]


def test_a_state_in_trouble_keeps_its_last_good_rows(world, tmp_path):
    first = world.publish(tmp_path)
    states = {"NC": world.voters("NC", 310), "GA": pa.Table.from_batches(state_batches(tmp_path, "GA"))}
    second = world.publish(tmp_path, states=states, accept_drift=True, reason="other people")
    georgia = [next(release.folder.glob("state=GA/*")).read_bytes() for release in (first, second)]
    assert georgia[0] == georgia[1]
    assert second.manifest["states"]["NC"]["rows"] == 310


def test_one_state_is_opened_and_found(world, tmp_path):
    release = world.publish(tmp_path)
    rows = open_release(tmp_path, ["NC"]).to_table()
    assert rows.drop_columns(["state"]).equals(world.voters("NC"))
    assert set(rows["state"].to_pylist()) == {"NC"}
    assert release_folder(tmp_path) == release.folder
    with pytest.raises(PublicationError, match="has no TX"):
        open_release(tmp_path, ["TX"])


def test_list_names_the_newest_first(world, tmp_path):
    assert list_releases(tmp_path) == []
    six = world.config(keep_releases=6)
    names = [world.publish(tmp_path, config=six, inputs={"night": night}).release_id for night in range(8)]
    listed = list_releases(tmp_path)
    assert [known.release_id for known in listed] == names[:1:-1]
    assert listed[0].is_current
    assert listed[0].rows == {"GA": 300, "NC": 300}
