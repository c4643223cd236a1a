"""What holds for every record: nothing is lost, nothing fails, and writing differently changes nothing."""

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.linking.standard.table import STANDARD_COLUMNS, standardise

_PIECES = (
    "Smith", "JONES", "ann", "O'Brien", "José", "Đặng", "de", "la", "van", "der", "al", "bin", "y", "mc", "d", "st",
    "o", "saint", "dr", "mr", "jr", "SR", "iii", "v", "2nd", "md", "phd", "junior", "fnu", "lnu", "none", "n/a",
    "unknown", "xx", "x", "-", ".", "&", "and", "(bob)", '"', ",", "7", "abdul", "delos", "ben",
)  # fmt: skip
_NAME = st.lists(st.sampled_from(_PIECES), max_size=4).map(" ".join)
_ANY = st.one_of(st.none(), st.text(max_size=12), _NAME)
_NAMES = ("first_name", "middle_name", "last_name", "name_suffix", "full_name")
_TEXTS = (*_NAMES, "address_line", "city", "zip_code", "phone", "email")


_NUMBERS = st.sampled_from(["12", "0012", "12 1/2", "12-34", "12a", "N12W34", "w123", "3s12"])
_WORDS = ("N", "west", "Main", "Oak", "lake", "5th", "Fifth", "street", "Ave.", "RD", "Hwy 17", "US 1", "400", "CR 4")
_STREETS = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=4).map(" ".join)
_UNITS = st.sampled_from(["", " Apt 4", " #4b", ", Unit 4-B", " bldg 3 apt 4", " rear", " 2nd floor", " LOT 7"])
_LINES = st.one_of(
    st.tuples(_NUMBERS, st.just(" "), _STREETS, _UNITS).map("".join),
    st.sampled_from(["PO Box 7", "RR 2 box 15", "HC 1 Box 3"]),
)
_PEOPLE = st.fixed_dictionaries({"first_name": _NAME, "middle_name": _NAME, "last_name": _NAME, "name_suffix": _NAME})
_OTHERS = st.fixed_dictionaries({
    "address_line": _LINES,
    "city": st.sampled_from(["St. Louis", "Fort Worth, TX", "North Las Vegas", "city of Oak", "Oak"]),
    "zip_code": st.sampled_from(["27601-1234", "2138", "x"]),
    "phone": st.sampled_from(["(919) 555-1234", "919 555 1234 x2", "1"]),
    "email": st.sampled_from(["A.b+c@gmail.com", "A.b+c@aol.com", "x", "B <b@c.org>"]),
    "gender_code": st.sampled_from(["F", "male", "x"]),
    "birth_year": st.sampled_from([None, 1950, 1700]),
})  # fmt: skip


def _raw_again(record: dict) -> dict:
    """A standard record in the columns of a raw one."""
    unit = record["unit"] and f"# {record['unit']}"
    line = " ".join(part for part in (record["house_number"], record["street"], unit) if part)
    return {
        "first_name": record["first"], "middle_name": record["middle"], "last_name": record["last"],
        "name_suffix": record["suffix"], "birth_date": record["birth_date"], "birth_year": record["birth_year"],
        "gender_code": record["gender"], "address_line": line, "city": record["city"], "zip_code": record["zip5"],
        "phone": record["phone"], "email": record["email"],
    }  # fmt: skip


@settings(max_examples=8, deadline=None, derandomize=True)
@given(records=st.lists(st.tuples(_PEOPLE, _OTHERS).map(lambda pair: pair[0] | pair[1]), min_size=1, max_size=40))
def test_standard_records_are_their_own_standard(standardised, records):
    once = standardised(records)
    assert standardised([_raw_again(record) for record in once]) == once


@settings(max_examples=8, deadline=None, derandomize=True)
@given(records=st.lists(st.fixed_dictionaries(dict.fromkeys(_TEXTS, _ANY)), min_size=1, max_size=40))
def test_any_text_gives_a_record(standardised, records):
    found = standardised(records)
    assert [record["record_id"] for record in found] == [f"{place:06}" for place in range(len(records))]


@settings(max_examples=5, deadline=None, derandomize=True)
@given(records=st.lists(st.tuples(_PEOPLE, _OTHERS).map(lambda pair: pair[0] | pair[1]), min_size=1, max_size=20))
def test_case_and_blanks_change_nothing(standardised, records):
    texts = [{name: value for name, value in record.items() if name != "birth_year"} for record in records]
    loud = [{name: f"  {value.upper().replace(' ', '  ')} " for name, value in record.items()} for record in texts]
    assert standardised(loud) == standardised(texts)


def test_accents_and_punctuation_change_nothing(standardised):
    first = {"first_name": "José Luis", "last_name": "Núñez-de la Peña Jr.", "address_line": "12 N. Peñón St., Apt. #4"}
    second = {"first_name": "JOSE-LUIS", "last_name": "NUNEZ DE-LA PENA, JR", "address_line": "12 N Penon St Apt 4"}
    one, other = standardised([first, second])
    assert one | {"record_id": ""} == other | {"record_id": ""}


def test_columns_that_lack_are_null_and_working_tables_go():
    connection = duckdb.connect()
    standardise(connection, "SELECT 'b' AS record_id UNION ALL SELECT 'a'", "made of")
    rows = connection.execute('SELECT * FROM "made of"').fetchall()
    assert rows == [(key, *[None] * (len(STANDARD_COLUMNS) - 1)) for key in "ab"]
    assert connection.execute("SELECT table_name FROM duckdb_tables()").fetchall() == [("made of",)]


def test_the_table_has_the_columns_of_its_contract_and_replaces_the_last(standardised):
    assert tuple(standardised([{"phone": "1"}])[0]) == STANDARD_COLUMNS
    assert len(standardised([{"phone": "1"}, {"phone": "1"}])) == 2
