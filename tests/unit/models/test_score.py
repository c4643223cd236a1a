"""One scoring function: by name, by the right booster, and never a frame that is not the model's."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from models import lgbm
from models.artefact import save_version
from models.errors import FeatureMismatchError
from models.frames import Cohorts
from models.matrix import HASH_KEY
from models.propensity import fit_propensity, matrix_of
from models.score import SCHEMA, score_batches
from models.splits import household_fold
from models.tables import Scores

DROPPED = ["election_date", "election_kind", "outcome"]


@pytest.fixture
def asked(frame: pd.DataFrame, version) -> pa.Table:
    people = frame.head(200).drop(columns=DROPPED).assign(election_id=version.index["target_election"])
    return pa.Table.from_pandas(people, preserve_index=False)


def scored(version, table: pa.Table, rows: int = 64, num_threads: int = 1) -> pa.Table:
    return pa.Table.from_batches(score_batches(version, iter(table.to_batches(rows)), num_threads), SCHEMA)


def test_scores_fit_their_contract(version, asked: pa.Table) -> None:
    found = scored(version, asked)
    assert found.schema.equals(Scores.schema())
    assert found["voter_id"].equals(asked["voter_id"].cast(pa.string()))
    p = found["probability"].to_numpy()
    assert ((p > 0) & (p < 1)).all()
    np.testing.assert_array_equal(p, np.round(p.astype(float), 6).astype(np.float32))


def test_the_size_of_batches_changes_nothing(version, asked: pa.Table) -> None:
    assert scored(version, asked, 7).equals(scored(version, asked, 200), check_metadata=False)


def test_batches_scored_side_by_side_keep_their_order_and_their_scores(version, asked: pa.Table) -> None:
    assert scored(version, asked, 7, num_threads=3).equals(scored(version, asked, 7))


def test_side_by_side_a_batch_is_read_only_when_a_thread_is_near_free(version, asked: pa.Table) -> None:
    """Memory is bounded by the threads, not by the state: the first score comes after three batches of twenty-nine."""
    read = []
    batches = (read.append(batch) or batch for batch in asked.to_batches(7))
    next(score_batches(version, batches, num_threads=2))
    assert len(read) == 3


def test_a_wrong_batch_among_good_ones_stops_the_scores_at_its_place(version, asked: pa.Table) -> None:
    good, wrong = asked.to_batches(50), asked.drop_columns(["age_years"]).to_batches(50)
    scores = score_batches(version, iter([good[0], wrong[1], good[2]]), num_threads=2)
    assert next(scores).num_rows == 50
    with pytest.raises(FeatureMismatchError, match="age_years is missing"):
        next(scores)


def test_reordered_columns_score_the_same(version, asked: pa.Table) -> None:
    turned = asked.select(sorted(asked.column_names, reverse=True))
    assert scored(version, turned).equals(scored(version, asked))


def test_every_household_is_scored_by_the_booster_that_never_saw_it(version_in_time, fitted_in_time, frame) -> None:
    people = frame.tail(500).drop(columns=DROPPED)
    found = scored(version_in_time, pa.Table.from_pandas(people, preserve_index=False))
    texts, dealt = fitted_in_time.boosters, household_fold(people["household_id"], 3)
    X = matrix_of(people, fitted_in_time.spec)
    slow = [lgbm.read_booster(texts[fold]).predict(X[[row]])[0] for row, fold in enumerate(dealt)]
    np.testing.assert_allclose(found["probability"].to_numpy(), slow, atol=1e-6)
    assert found["is_out_of_fold"].to_pylist() == [True] * 500


def test_someone_of_whom_nothing_is_known_gets_null_and_not_zero(version, asked: pa.Table) -> None:
    names = version.spec.names
    empty = asked.slice(0, 2).to_pandas().assign(**dict.fromkeys(names))
    found = scored(version, pa.Table.from_pandas(empty, preserve_index=False))
    assert found["probability"].to_pylist() == [None, None]


def test_a_state_that_never_states_a_text_is_trained_and_scored(frame, config, asked: pa.Table, tmp_path) -> None:
    """No party in the state: pandas has a column of nothing, the flow a text column of nulls."""
    fitted = fit_propensity(Cohorts(frame.assign(party_code=None)), config)
    nulls = pa.nulls(asked.num_rows, pa.string())
    bare = asked.set_column(asked.column_names.index("party_code"), "party_code", nulls)
    p = scored(save_version(tmp_path, fitted), bare)["probability"].to_numpy()
    assert ((p > 0) & (p < 1)).all()


def test_a_frame_that_is_not_the_models_is_refused(version, asked: pa.Table) -> None:
    with pytest.raises(FeatureMismatchError, match="age_years is missing"):
        scored(version, asked.drop_columns(["age_years"]))
    with pytest.raises(FeatureMismatchError, match="the frame states the feature hash"):
        scored(version, asked.replace_schema_metadata({HASH_KEY: b"f" * 64}))


def test_the_border_is_demanded(version, asked: pa.Table) -> None:
    with pytest.raises(FeatureMismatchError, match="household_id is missing"):
        scored(version, asked.drop_columns(["household_id"]))
    other = asked.set_column(
        asked.column_names.index("election_id"), "election_id", pa.array(["NC-2028-11-07-general"] * 200)
    )
    with pytest.raises(FeatureMismatchError, match="election_id is not NC-2026-11-03-general in 64 rows"):
        scored(version, other)
