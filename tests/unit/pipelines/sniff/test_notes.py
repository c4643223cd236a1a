"""Drafts as YAML: what is written is read back, remarks are comments."""

from hypothesis import given, settings
from hypothesis import strategies as st

from models.config import Strict, read_config
from pipelines.sniff.notes import Noted, plain, to_yaml

TEXT = st.text(max_size=12)
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers(0, 99) | TEXT,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3) | st.builds(Noted, inner, TEXT)
    ),
    max_leaves=8,
)


class Any(Strict):
    found: object


@settings(deadline=None)
@given(VALUE)
def test_a_draft_is_read_back_as_it_was(tmp_path_factory, value):
    path = tmp_path_factory.mktemp("draft") / "draft.yaml"
    path.write_text(to_yaml({"found": value}), encoding="utf-8")
    assert read_config(Any, path).found == plain(value)


def test_a_remark_is_a_comment():
    assert to_yaml({"a": Noted("x", "look\nhere")}) == "a: x  # look here\n"
