"""Profiles: what the texts of a column look like, in counts and shares."""

import datetime as dt
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.sniff.profile import DAY_FORMATS, ColumnProfile, profile_columns, read_days

DAYS = st.dates(dt.date(1901, 1, 2), dt.date(2026, 12, 31))


def column(*texts):
    return ColumnProfile(0, "x", len(texts), Counter(text for text in texts if text))


@settings(deadline=None)
@given(st.lists(DAYS, min_size=30, max_size=60), st.sampled_from(["%m/%d/%Y", "%Y-%m-%d", "%Y%m%d"]))
def test_days_are_read_by_the_format_that_they_are_written_in(days, written):
    found = read_days(Counter(day.strftime(written) for day in days))
    assert found.formats[0] == written and found.share == 1.0
    assert found.first_year <= found.middle_year <= found.last_year


def test_two_formats_in_one_column_are_both_told():
    texts = Counter({f"{day:02}/01/2020": 5 for day in range(1, 13)} | {f"2021-{day:02}-01": 5 for day in range(1, 13)})
    assert set(read_days(texts).formats) == {"%m/%d/%Y", "%Y-%m-%d"}


@settings(deadline=None)
@given(st.lists(st.text(alphabet="0123456789/- ", max_size=10), max_size=50))
def test_a_share_is_a_share_whatever_the_texts(texts):
    profile = column(*[text.strip() for text in texts])
    assert 0 <= profile.days.share <= 1 and 0 <= profile.distinct_share <= 1
    assert set(profile.days.formats) <= set(DAY_FORMATS)


def test_a_text_of_few_people_is_no_code():
    profile = column(*["A"] * 900, *["I"] * 80, "ZELDA", "ZELDA")
    assert profile.codes() == ["A", "I"]


def test_signs_that_stand_in_many_rows_are_masks():
    assert column(*["12/31/2020"] * 50, *["XX-XX-XXXX"] * 20).masks == ["XX-XX-XXXX"]
    assert column(*["A"] * 50, *["I"] * 20).masks == []


def test_a_short_row_lacks_its_last_texts():
    one, two = profile_columns(["a", "b"], [["1", "2"], ["3"]])
    assert (one.filled_share, two.filled_share) == (1.0, 0.5)
