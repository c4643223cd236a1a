"""What columns tell of each other once most are known."""

from pipelines.sniff.completing import complete_matches
from pipelines.sniff.matching import Match
from pipelines.sniff.profile import profile_columns
from pipelines.sniff.vocabulary import Vocabulary

GENERAL = Vocabulary.of([])
TOWNS = [
    "ALDER",
    "BIRCHFORD",
    "CEDARTON",
    "DOGWOOD",
    "ELMHURST",
    "FIRVALE",
    "GROVETON",
    "HAZELWOOD",
    "IVYDALE",
    "JUNIPER",
]


def completed(headers, rows, **places):
    profiles = profile_columns(headers, rows)
    matches = {name: Match(profiles[place], 2.0, 1.0) for name, place in places.items()}
    return complete_matches(matches, profiles, GENERAL, True, rows)


def test_a_mark_of_just_the_blotted_rows_is_the_confidential_one():
    rows = [
        ["*" if n % 50 == 0 else "SMITH", "Y" if n % 50 == 0 else "", "Y" if n % 7 == 0 else ""] for n in range(500)
    ]
    found = completed(["SURNAME", "A", "B"], rows, last_name=0)
    assert found["is_confidential"].profile.header == "A"


def test_no_mark_is_told_where_nothing_is_blotted_out():
    rows = [["SMITH", "Y" if n % 50 == 0 else ""] for n in range(500)]
    assert "is_confidential" not in completed(["SURNAME", "A"], rows, last_name=0)


def test_a_short_row_has_no_mark():
    rows = [["*", "Y"] if n % 50 == 0 else ["SMITH"] for n in range(500)]
    assert completed(["SURNAME", "A"], rows, last_name=0)["is_confidential"].profile.header == "A"


def test_of_two_cities_that_of_the_post_is_the_city_and_the_other_runs_elections():
    rows = [[TOWNS[n % 10], TOWNS[(n + 3) % 10]] for n in range(500)]
    found = completed(["CITY", "POSTAL CITY"], rows, city=0)
    assert found["city"].profile.header == "POSTAL CITY" and found["county_code"].profile.header == "CITY"


def test_one_city_is_no_county():
    rows = [[TOWNS[n % 10], TOWNS[(n + 3) % 10]] for n in range(500)]
    assert "county_code" not in completed(["CITY", "MAILING CITY"], rows, city=0)
