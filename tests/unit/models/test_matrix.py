"""Columns go by name, categories by their code list, and a frame that is not the model's is refused."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import matrix
from models.errors import FeatureMismatchError
from models.matrix import FeatureSpec, learn_spec, to_matrix

TABLE = pa.table(
    {"age": pa.array([40.0, None, 20.0], pa.float32()), "party": ["rep", "dem", None], "is_new": [True, False, None]}
)
SPEC = learn_spec(TABLE, ["party", "age", "is_new"])


def test_categories_become_places_in_a_sorted_list() -> None:
    assert SPEC.codes == {"party": ("dem", "rep")}
    assert SPEC.categorical == [0]
    expected = np.array([[1, 40, 1], [0, np.nan, 0], [np.nan, 20, np.nan]], np.float32)
    np.testing.assert_array_equal(to_matrix(SPEC, TABLE), expected)


def test_the_order_of_columns_and_extra_ones_change_nothing() -> None:
    turned = TABLE.select(["is_new", "age", "party"]).append_column("extra", pa.array([1, 2, 3]))
    np.testing.assert_array_equal(to_matrix(SPEC, turned), to_matrix(SPEC, TABLE))


def test_a_dictionary_column_reads_as_its_text() -> None:
    encoded = TABLE.set_column(1, "party", TABLE["party"].dictionary_encode())
    np.testing.assert_array_equal(to_matrix(SPEC, encoded), to_matrix(SPEC, TABLE))


def test_an_unseen_category_is_unknown() -> None:
    assert np.isnan(to_matrix(SPEC, TABLE.set_column(1, "party", pa.array(["new", "new", "new"])))[:, 0]).all()


def test_a_text_that_the_state_never_states_is_a_category_without_values() -> None:
    spec = learn_spec(TABLE.set_column(1, "party", pa.nulls(3)), ["party", "age"])
    assert (spec.types, spec.codes) == (("categorical", "numeric"), {"party": ()})
    for nothing in (pa.nulls(3), pa.nulls(3, pa.string())):
        assert np.isnan(to_matrix(spec, TABLE.set_column(1, "party", nothing))[:, 0]).all()


def test_a_recoded_column_is_refused() -> None:
    many = pa.table({"party": ["DEM"] * 2000, "age": pa.nulls(2000, pa.float32()), "is_new": [True] * 2000})
    with pytest.raises(FeatureMismatchError, match="party has categories the model never saw in 2,000 of 2,000"):
        to_matrix(SPEC, many)


def test_every_fault_is_named_at_once() -> None:
    wrong = pa.table({"age": ["forty"], "is_new": [True]}).replace_schema_metadata({matrix.HASH_KEY: b"0" * 64})
    with pytest.raises(FeatureMismatchError) as error:
        to_matrix(SPEC, wrong)
    for said in (
        "3 faults",
        "party is missing",
        "age is categorical, expected numeric",
        "the frame states the feature hash",
    ):
        assert said in str(error.value)


def test_the_right_hash_in_the_frame_is_accepted() -> None:
    stated = TABLE.replace_schema_metadata({matrix.HASH_KEY: SPEC.sha256.encode()})
    assert to_matrix(SPEC, stated).shape == (3, 3)


def test_a_specification_survives_json_and_a_changed_one_does_not() -> None:
    content = SPEC.to_json()
    assert FeatureSpec.from_json(content) == SPEC
    with pytest.raises(FeatureMismatchError, match="its hash is not that of its content"):
        FeatureSpec.from_json({**content, "names": ["age", "party", "is_new"]})


def test_learning_names_what_is_missing_or_no_feature() -> None:
    with pytest.raises(FeatureMismatchError, match=r"income is missing.*born is neither number nor text"):
        learn_spec(pa.table({"born": pa.array([1], pa.date32())}), ["income", "born"])


@given(st.lists(st.one_of(st.none(), st.sampled_from("abcd")), min_size=1, max_size=30))
def test_a_code_leads_back_to_its_value(values: list[str | None]) -> None:
    table = pa.table({"code": pa.array(values, pa.string())})
    spec = learn_spec(table, ["code"])
    if spec.types == ("categorical",):
        read = [None if np.isnan(code) else spec.codes["code"][int(code)] for code in to_matrix(spec, table)[:, 0]]
        assert read == values
