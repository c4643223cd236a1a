"""What changed in the way that files are written: every trait is told once, and nothing where nothing changed."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.layouts.source import read_source
from pipelines.raw.forms import Form
from pipelines.raw.readers import TextRelation
from pipelines.raw.survey import Survey
from pipelines.settings import CONFIGS

TRAITS = {"byte order mark": [], "line ends": ["line feeds"], "quotes": ["around fields"]}
COLUMNS = ("voter_id", "last_name", "first_name")
USUAL = Form(TRAITS, [COLUMNS])

words = st.dictionaries(st.sampled_from(["line ends", "quotes", "delimiter"]), st.lists(st.sampled_from("abc")))
names = st.sampled_from(["a", "b", "c", "d", "A"])
forms = st.builds(Form, words, st.lists(st.lists(names).map(tuple), max_size=3))


@given(forms)
def test_nothing_changed_since_itself(form):
    assert form.since(form) == []


@given(forms, forms)
def test_what_is_told_elsewhere_is_left_out(form, earlier):
    assert form.since(earlier, ["line ends", "quotes", "delimiter", "columns"]) == []


@given(forms, forms)
def test_every_trait_that_changed_is_told(form, earlier):
    told = " ".join(form.since(earlier))
    for trait in form.words.keys() & earlier.words.keys():
        assert (f"{trait}: " in told) == (form.words[trait] != earlier.words[trait])


@pytest.mark.parametrize(
    ("form", "told"),
    [
        (Form({**TRAITS, "byte order mark": ["UTF-8"]}, [COLUMNS]), "byte order mark: UTF-8 (before: none)"),
        (Form({**TRAITS, "quotes": []}, [COLUMNS]), "quotes: none (before: around fields)"),
        (Form(TRAITS, [COLUMNS[::-1]]), "the columns stand in another order"),
        (
            Form(TRAITS, [("VOTER_ID", *COLUMNS[1:])]),
            "1 column is spelled otherwise, such as VOTER_ID for voter_id",
        ),
        (
            Form(TRAITS, [COLUMNS, (*COLUMNS[:2], "given_name")]),
            "columns that are gone: first_name; columns that are new: given_name",
        ),
        (Form(TRAITS, [(*COLUMNS, "phone")]), "columns that are new: phone"),
    ],
)
def test_a_change_is_told_in_words(form, told):
    assert "; ".join(form.since(USUAL)) == told


@pytest.mark.parametrize(
    ("text", "line_ends", "mark"),
    [
        (b"a\nb\n", "line feeds", ""),
        (b"a\r\nb\r\n", "carriage returns with line feeds", ""),
        (b"a\r\nb\nc\n", "some with a carriage return", ""),
        (b"a\rb\r", "carriage returns", ""),
        (b"a\rb\n", "line feeds", ""),
        (b"a", "", ""),
        (b"\xef\xbb\xbfa\n", "line feeds", "UTF-8"),
        (b"\xff\xfea\0\n\0", "line feeds", "UTF-16"),
    ],
)
def test_a_pass_over_the_bytes_tells_line_ends_and_mark(text, line_ends, mark):
    found = Survey()
    found.add(text)
    assert (found.finish().line_ends, found.mark) == (line_ends, mark)


def test_a_header_is_compared_with_the_earlier_one_that_is_most_like_it():
    earlier = Form(TRAITS, [("full", "x", "y"), COLUMNS])
    told = Form(TRAITS, [("full", "x", "y"), ("VOTER_ID", *COLUMNS[1:])]).since(earlier)
    assert told == ["1 column is spelled otherwise, such as VOTER_ID for voter_id"]


def test_a_header_with_a_row_behind_it_is_not_kept():
    layout = read_source(CONFIGS, "nc").layout_on(dt.date(2026, 10, 1)).files["voters"]
    names = tuple(layout.format.names)
    row = tuple(f"{n}" for n, _ in enumerate(names))
    texts = [TextRelation("file", headers, None, "") for headers in (names, (*names, *row))]
    assert [len(Form.of([(layout, text, 0)]).headers) for text in texts] == [1, 0]
