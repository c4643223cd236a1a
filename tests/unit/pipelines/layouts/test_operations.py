import datetime as dt

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.config import Strict
from pipelines.layouts.columns import ColumnLayout
from pipelines.layouts.reading.positions import Positions
from pipelines.layouts.reading.typed import rules, select_typed

DAY = dt.date(2026, 10, 1)
CONNECTION = duckdb.connect(config={"threads": 1})


def read(layout, texts, made_on=None):
    """Value, whether it is a fault, whether it is a placeholder, for each text."""
    columns = {"found": ColumnLayout.model_validate({"from": "h", **layout})}
    t = "(SELECT unnest(?::VARCHAR[]) AS c0)"
    query = select_typed(columns, Positions(("h",)), t, made_on=made_on)
    rows = CONNECTION.execute(query, [texts]).fetchall()
    return [(value, bool(fault), bool(masked)) for value, fault, masked in rows]


def write(layout, values, type_):
    operation = ColumnLayout.model_validate({"from": "h", **layout}).operation
    query = f"SELECT {operation.write('v')} FROM (SELECT unnest(?::{type_}[]) AS v)"
    return [text for (text,) in CONNECTION.execute(query, [values]).fetchall()]


CASES = [
    ({}, "  JO   ANN ", ("JO ANN", False, False)),
    ({}, "   ", (None, False, False)),
    ({}, None, (None, False, False)),
    ({"masks": ["*"]}, "*", (None, False, True)),
    ({"date": "%m/%d/%Y"}, "02/29/2024", (dt.date(2024, 2, 29), False, False)),
    ({"date": "%m/%d/%Y"}, "02/30/2024", (None, True, False)),
    ({"date": "%m/%d/%Y"}, "01/01/1800", (None, False, True)),
    ({"date": "%m/%d/%Y"}, "01/01/1900", (None, False, True)),
    ({"date": "%m/%d/%Y"}, "01/02/1900", (dt.date(1900, 1, 2), False, False)),
    ({"date": "%m/%d/%Y"}, "03/04/20", (None, False, True)),
    ({"date": "%m/%d/%Y", "masks": ["XX-XX-XXXX"]}, "XX-XX-XXXX", (None, False, True)),
    ({"date": "%Y%m%d"}, "19960300", (None, False, True)),
    ({"date": "%-m/%-d/%Y %-H:%M:%S"}, "1/2/1970 0:00:00", (dt.date(1970, 1, 2), False, False)),
    ({"number": True}, "DISTRICT 07", ("7", False, False)),
    ({"number": True}, "CD1", ("1", False, False)),
    ({"number": True}, "0001", ("1", False, False)),
    ({"number": True}, "at large", (None, True, False)),
    ({"letters": True}, "La Crosse County", ("LACROSSECOUNTY", False, False)),
    ({"letters": True}, "LaCrosse County", ("LACROSSECOUNTY", False, False)),
    ({"letters": True}, "--", (None, True, False)),
    ({"code": {"BEN HILL": "009"}}, "BenHill", ("009", False, False)),
    ({"code": {"*": None, "A": "active"}}, "*", (None, False, True)),
    ({"code": {"D": "democratic"}, "otherwise": "other"}, "X-1", ("other", False, False)),
    ({"form": "[1-9][0-9]*", "key": True}, "0", (None, False, False)),
    ({"form": "[1-9][0-9]*"}, "0", (None, True, False)),
    ({"form": "[1-9][0-9]*", "key": True}, " 17 ", ("17", False, False)),
    ({"date": ["%Y-%m-%d", "%m/%d/%Y"]}, "2020-05-06", (dt.date(2020, 5, 6), False, False)),
    ({"date": "%Y-%m-%d", "earliest": "1950-01-01"}, "1949-12-31", (None, False, True)),
    ({"date": "%m/%d/%Y"}, "10/02/2026", (None, True, False)),
    ({"year": True}, "1980", (1980, False, False)),
    ({"year": True}, "1800", (None, False, True)),
    ({"year": True}, "2027", (None, True, False)),
    ({"year": True}, "80", (None, True, False)),
    ({"year": True}, "1e10", (None, True, False)),
    ({"code": {"D": "democratic", "U": None}}, "d", ("democratic", False, False)),
    ({"code": {"D": "democratic", "U": None}}, "u", (None, False, True)),
    ({"code": {"D": "democratic"}}, "Z", (None, True, False)),
    ({"code": {"D": "democratic"}, "otherwise": "other"}, "Z", ("other", False, False)),
    ({"code": {"D": "democratic"}, "otherwise": "other"}, "", (None, False, False)),
    (
        {"pattern": {"second primary|runoff": "runoff", "primary": "primary"}},
        "SECOND PRIMARY",
        ("runoff", False, False),
    ),
    ({"pattern": {"one ?stop": "early", ".": "other"}}, "OneStop", ("early", False, False)),
    ({"pattern": {"primary": "primary"}}, "GENERAL", (None, True, False)),
    ({"flag": "Y"}, "y", (True, False, False)),
    ({"flag": "Y"}, "N", (False, False, False)),
    ({"flag": "Y"}, None, (False, False, False)),
    ({"pad": 3}, "7", ("007", False, False)),
    ({"pad": 3}, "1234", ("1234", False, False)),
    ({"digits": True}, "(919) 555-0100", ("9195550100", False, False)),
    ({"digits": 5}, "27601-1234", ("27601", False, False)),
    ({"digits": True}, "none", (None, True, False)),
]


@pytest.mark.parametrize(("layout", "text", "expected"), CASES, ids=lambda found: str(found)[:40])
def test_a_text_is_a_value_a_fault_or_a_placeholder(layout, text, expected):
    assert read(layout, [text], made_on=DAY) == [expected]


def test_parts_are_joined_and_blank_ones_left_out():
    columns = {"line": ColumnLayout.model_validate({"from": ["a", "b", "c"], "join": True})}
    query = select_typed(columns, Positions(("a", "b", "c")), "(SELECT '12' AS c0, ' ' AS c1, 'OAK ST ' AS c2)")
    assert duckdb.sql(query).fetchall()[0][0] == "12 OAK ST"


def test_rules_name_the_snapshot_only_where_it_counts():
    columns = {"day": ColumnLayout.model_validate({"from": "d", "date": "%Y"})}
    assert rules(columns, Positions(("d",))) == [("day", "is a day as %Y")]
    assert rules(columns, Positions(("d",)), DAY) == [("day", "is a day as %Y, not after the snapshot")]


FEW = settings(max_examples=12, deadline=None)


@FEW
@given(
    st.lists(st.dates(dt.date(1900, 1, 2), dt.date(2200, 1, 1)), min_size=1),
    st.sampled_from(["%m/%d/%Y", "%Y%m%d", "%d-%b-%Y"]),
)
def test_days_come_back(days, format_):
    layout = {"date": format_}
    assert read(layout, write(layout, days, "DATE")) == [(day, False, False) for day in days]


@FEW
@given(st.lists(st.integers(1901, 9999), min_size=1))
def test_years_come_back(years):
    assert read({"year": True}, write({"year": True}, years, "SMALLINT")) == [(year, False, False) for year in years]


@FEW
@given(st.text(max_size=12))
def test_no_text_stops_an_operation(text):
    text = text.replace("\0", "")
    for layout in (
        {"date": "%m/%d/%Y"},
        {"year": True},
        {"code": {"D": "x"}},
        {"pad": 3},
        {"digits": 5},
        {"flag": "Y"},
    ):
        ((value, fault, masked),) = read(layout, [text], made_on=DAY)
        assert not (fault and masked)
        assert value in (None, False) or not (fault or masked)


@FEW
@given(st.text("'\"\\;-%x ", min_size=1, max_size=8))
def test_words_from_a_configuration_are_quoted(text):
    for layout in ({"masks": [text]}, {"code": {text: "x"}}, {"flag": [text]}, {"pattern": {"a": text}}):
        read(layout, ["a", text])


@pytest.mark.parametrize("otherwise", [None, "other"])
def test_codes_come_back(otherwise):
    layout = {"code": {"D": "democratic", "GRE": "green", "GRN": "green", "U": None}, "otherwise": otherwise}
    words = ["democratic", "green", None, *([otherwise] if otherwise else [])]
    assert [value for value, _, _ in read(layout, write(layout, words, "VARCHAR"))] == words


def test_a_column_has_one_operation_and_a_bound_that_is_one():
    for wrong in (
        {"date": "%Y", "year": True},
        {"earliest": "1900"},
        {"date": "%Y", "earliest": "soon"},
        {"unknown": 1},
    ):
        with pytest.raises(ValueError):
            ColumnLayout.model_validate({"from": "h", **wrong})
    assert issubclass(ColumnLayout, Strict)


ADDRESSES = [
    (("12", "N", "MAIN", "ST", "NE"), "12 N MAIN ST NE"),
    (("12", "N", "N MAIN ST", "ST", None), "12 N MAIN ST"),
    (("12", None, "MAIN ST", "ST", None), "12 MAIN ST"),
    (("12", "N", "NORTH", "ST", None), "12 N NORTH ST"),
    (("12", None, "ST", "ST", None), "12 ST ST"),
    ((None, None, None, None, None), None),
]


@pytest.mark.parametrize(("parts", "address"), ADDRESSES)
def test_a_part_that_also_stands_in_its_neighbour_is_told_once(parts, address):
    headers = ("number", "direction", "street", "type", "post")
    layout = ColumnLayout.model_validate({"from": list(headers), "join": True, "has_repeats": True})
    texts = ", ".join(f"?::VARCHAR AS c{place}" for place, _ in enumerate(headers))
    query = select_typed({"found": layout}, Positions(headers), f"(SELECT {texts})")
    assert CONNECTION.execute(query, list(parts)).fetchone()[0] == address


FLAGGED = [
    (("Y", "N"), ("mail", False, False)),
    (("", "Y"), ("early", False, False)),
    (("Y", "Y"), ("mail", False, False)),
    (("N", ""), (None, False, True)),
    (("?", "N"), (None, True, False)),
]


@pytest.mark.parametrize(("marks", "told"), FLAGGED)
def test_the_first_flag_that_is_yes_tells_the_word(marks, told):
    layout = ColumnLayout.model_validate({"flags": {"absentee": "mail", "early": "early"}, "yes": ["Y"], "no": ["N"]})
    query = select_typed(
        {"found": layout}, Positions(("early", "absentee")), "(SELECT ?::VARCHAR AS c1, ?::VARCHAR AS c0)"
    )
    value, fault, masked = CONNECTION.execute(query, list(marks)).fetchone()
    assert (value, bool(fault), bool(masked)) == told
