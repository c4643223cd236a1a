"""Headers in their words, however they are spelled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sniff.words import names_a_column, words_of


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("DOB", {"birth", "date"}),
        ("BirthDate", {"birth", "date"}),
        ("DATE OF BIRTH", {"date", "birth"}),
        ("TEXT_RES_ZIP5", {"residence", "zip", "5"}),
        ("res_city_desc", {"residence", "city", "description"}),
        ("lastname", {"last", "name"}),
        ("regdate", {"registration", "date"}),
        ("Voter-ID", {"voter", "id"}),
        ("Mailing Address", {"mail", "address"}),
        ("CDE_PARTY", {"code", "party"}),
    ],
)
def test_spellings_of_one_thing_have_the_same_words(header, words):
    assert set(words_of(header)) == words


def test_names_and_numbers_are_no_columns():
    assert names_a_column("Precinct Name") and not names_a_column("HENDERSON") and not names_a_column("0123")


@given(st.text(max_size=60))
def test_any_text_has_words_or_none(text):
    assert all(isinstance(word, str) and word for word in words_of(text))
