"""Files of codes beside the voters: what they join, and what they tell."""

from hypothesis import given
from hypothesis import strategies as st

from pipelines.sniff.coded import CodeFile, find_codes, find_keys
from pipelines.sniff.kinds import TextKind
from pipelines.sniff.mapped import find_mapped
from pipelines.sniff.matching import Match
from pipelines.sniff.notes import plain
from pipelines.sniff.profile import profile_columns
from pipelines.sniff.sample import Sample
from pipelines.sniff.vocabulary import Vocabulary

GENERAL = Vocabulary.of([])
PRECINCTS = [f"{county:02}{number:04}" for county in range(1, 21) for number in range(1, 6)]
COUNTIES = ["ADAIR", "BOURBON", "CLAY", "DOUGLAS", "ELK", "FORD"]


def code_file(headers, rows, has_header=True):
    sample = Sample(TextKind((), ()), tuple(headers), rows, {"kind": "delimited", "header": has_header})
    return CodeFile("codes", sample, profile_columns(headers, rows))


def test_a_precinct_joins_the_file_that_tells_its_district():
    voters = profile_columns(["Precinct", "Age"], [[PRECINCTS[n % 100], str(18 + n % 70)] for n in range(1000)])
    file = code_file(["Code", "CongressionalDistrict"], [[code, str(1 + n % 5)] for n, code in enumerate(PRECINCTS)])
    found = find_codes(file, voters, {}, GENERAL)
    assert found and found.lookup["by"] == {"Precinct": "Code"}
    assert plain(found.columns) == {"congressional_code": {"from": "CongressionalDistrict", "number": True}}


def test_a_file_that_says_several_things_of_a_code_tells_nothing():
    voters = profile_columns(["Precinct"], [[PRECINCTS[n % 100]] for n in range(1000)])
    rows = [[code, str(n)] for code in PRECINCTS for n in range(1, 4)]
    assert find_codes(code_file(["Code", "CongressionalDistrict"], rows), voters, {}, GENERAL) is None


def test_of_zones_of_several_kinds_those_of_congress_are_joined():
    voters = profile_columns(["a", "b"], [[COUNTIES[n % 6], f"CG{n % 6:02}"] for n in range(600)])
    zones = [[county, "8", f"CG{n:02}", f"CONGRESSIONAL DISTRICT {n + 1}"] for n, county in enumerate(COUNTIES)]
    zones += [[county, "3", f"SC{n:02}", f"SCHOOL {n}"] for n, county in enumerate(COUNTIES)]
    found = find_codes(code_file(["c1", "c2", "c3", "c4"], zones, False), voters, {}, GENERAL)
    assert found and found.lookup["by"] == {"a": "c1", "b": "c3", "=8": "c2"}
    assert found.lookup["gives"] == {"c4": "c4"}


def numbered(count):
    headers = ["a", *(f"slot_{n}_{part}" for n in range(1, count + 1) for part in "ab")]
    rows = [[COUNTIES[n % 6], *(["QX" if n % 3 else "AB", "DR"[n % 2]] * count)] for n in range(600)]
    return profile_columns(headers, rows)


def elections(numbers):
    titles = ("PRIMARY ELECTION", "GENERAL ELECTION")
    return [[county, str(n), titles[n % 2], f"11/{n:02}/2020"] for county in COUNTIES for n in range(1, numbers + 1)]


def test_numbers_of_elections_are_read_by_the_file_that_explains_them():
    voters = numbered(8)
    found = find_mapped(code_file(["c", "n", "t", "d"], elections(8), False), voters, {}, GENERAL)
    assert found and found.told["count"] == 8 and found.told["stated_by"] in ("slot_{n}_a", "slot_{n}_b")
    assert found.told["lookups"][0]["by"] == {"a": "c", "slot": "n"}
    columns = plain(found.told["columns"])
    assert columns["election_date"] == {"from": "election_day", "date": ["%m/%d/%Y"]}
    assert columns["method_code"]["code"] == {"QX": "election_day", "AB": "mail"}
    assert columns["ballot_party_code"]["code"] == {"D": "democratic", "R": "republican"}


def test_more_numbers_than_columns_explain_others():
    assert find_mapped(code_file(["c", "n", "t", "d"], elections(20), False), numbered(8), {}, GENERAL) is None


@given(st.lists(st.lists(st.text("AB1", max_size=3), min_size=2, max_size=2), min_size=1, max_size=30))
def test_a_header_is_joined_once(rows):
    profiles = profile_columns(["a", "b"], rows * 5)
    keys = find_keys(profiles, profiles, {"voter_id": Match(profiles[1], 1.0, 1.0)})
    assert set(keys) <= {"a"} and len(set(keys.values())) == len(keys)
