"""Everyone at risk is scored by the version in use, and no other frame is."""

import pytest

from models.errors import FeatureMismatchError
from models.features import Features
from models.tables import Scores
from pipelines.lake import Lake
from pipelines.modelling.ledger import VersionLedger
from pipelines.modelling.scoring import score_state


def champion(desk):
    return VersionLedger(desk.lake, "turnout", "NC").champion()


def scores_of(desk, version) -> list[dict]:
    table = desk.lake.table(Scores, state="NC", version_id=version.version_id, as_of=desk.coming.as_of)
    with desk.lake.connect() as connection:
        return connection.sql(f"SELECT * FROM ({table.select()}) ORDER BY voter_id").to_arrow_table().to_pylist()


def test_everyone_at_risk_has_a_score(desk) -> None:
    record = score_state(desk.lake, champion(desk), desk.coming)
    rows = scores_of(desk, champion(desk))
    assert record.row_count == len(rows) == 300
    assert all(0 < row["probability"] < 1 for row in rows)
    assert {row["election_id"] for row in rows} == {desk.coming.election.election_id}


def test_a_second_run_scores_nobody_again(desk) -> None:
    assert score_state(desk.lake, champion(desk), desk.coming).is_new
    assert not score_state(desk.lake, champion(desk), desk.coming).is_new


def test_other_features_are_scored_again(el, electorate, prepare, desk) -> None:
    score_state(desk.lake, champion(desk), desk.coming)
    files = {**electorate.snapshots, el.day("2026-09-01"): electorate.snapshots[el.day("2026-09-01")][:-5]}
    el.write(el.change(electorate, snapshots=files), desk.lake.root)
    again = score_state(desk.lake, champion(desk), prepare(desk.lake).coming)
    assert (again.is_new, again.row_count) == (True, 295)


def test_the_features_of_another_election_are_refused_and_nothing_is_written(desk) -> None:
    with pytest.raises(FeatureMismatchError, match="election_id is not NC-2026-11-03-general in 300 rows"):
        score_state(desk.lake, champion(desk), desk.occasions[-1])
    assert not desk.lake.table(Scores, state="NC").records()


@pytest.mark.parametrize("fault", ["* EXCLUDE (age_years)", "* REPLACE ('old' AS age_years)"])
def test_a_frame_that_is_not_the_models_is_refused(desk, fault: str, monkeypatch) -> None:
    table = desk.lake.table(Features, state="NC", election_id=desk.coming.election.election_id)
    broken = f"SELECT {fault} FROM ({table.select()})"
    monkeypatch.setattr(type(table), "select", lambda self: broken)
    with pytest.raises(FeatureMismatchError, match="age_years"):
        score_state(desk.lake, champion(desk), desk.coming)


def test_the_same_scores_give_the_same_bytes(desk, tmp_path) -> None:
    def bytes_of(lake: Lake) -> list[bytes]:
        return [file.read_bytes() for file in sorted((lake.root / "score").rglob("*.parquet"))]

    score_state(desk.lake, champion(desk), desk.coming)
    first = bytes_of(desk.lake)
    for pointer in (desk.lake.root / "score").rglob("current"):
        pointer.unlink()
    assert score_state(desk.lake, champion(desk), desk.coming).is_new
    assert bytes_of(desk.lake) == first
