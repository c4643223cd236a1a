"""Numbers with a unit, counts, codes that stand for numbers, and lists: read, refused where they are none, and back."""

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pipelines.layouts.columns import ColumnLayout
from pipelines.layouts.files import FileLayout
from pipelines.layouts.flags import Flags
from pipelines.layouts.reading.positions import Positions
from pipelines.layouts.reading.typed import select_typed
from pipelines.layouts.writing.texts import texts_of

CONNECTION = duckdb.connect(config={"threads": 1})
FEW = settings(max_examples=25, deadline=None)


def read(layout, rows, headers=("h",)):
    """Value, whether it is a fault, whether it is a placeholder, for each row of texts."""
    layout = layout if "flags" in layout or "every_flag" in layout else {"from": "h", **layout}
    columns = {"found": ColumnLayout.model_validate(layout)}
    cells = ", ".join(f"row[{place}] AS c{place - 1}" for place in range(1, len(headers) + 1))
    query = select_typed(columns, Positions(tuple(headers)), f"(SELECT {cells} FROM (SELECT unnest(?) AS row))")
    rows = [[row] if isinstance(row, str | None) else list(row) for row in rows]
    found = CONNECTION.execute(query, [rows]).fetchall()
    return [(value, bool(fault), bool(masked)) for value, fault, masked in found]


def values(layout, rows, headers=("h",)):
    """The values alone."""
    return [value for value, _, _ in read(layout, rows, headers)]


def written(layout, told, type_, headers=("h",)):
    """The texts of values, a row of them for each."""
    layout = layout if "flags" in layout or "every_flag" in layout else {"from": "h", **layout}
    texts = texts_of({"found": ColumnLayout.model_validate(layout)}, {"found"}, "")
    cells = ", ".join(texts.get(header, "NULL") for header in headers)
    query = f"SELECT [{cells}] FROM (SELECT unnest(?::{type_}[]) AS found)"
    return [row for (row,) in CONNECTION.execute(query, [told]).fetchall()]


CASES = [
    ({"amount": True}, "$1,250.00", (1250.0, False, False)),
    ({"amount": True}, " 12.5 ", (12.5, False, False)),
    ({"amount": True}, ".5", (0.5, False, False)),
    ({"amount": True}, "(40)", (-40.0, False, False)),
    ({"amount": True}, "($40.10)", (-40.1, False, False)),
    ({"amount": True}, "40-", (-40.0, False, False)),
    ({"amount": True}, "-40", (-40.0, False, False)),
    ({"amount": True}, "0", (0.0, False, False)),
    ({"amount": True}, "40 USD", (None, True, False)),
    ({"amount": True}, "1e5", (None, True, False)),
    ({"amount": True}, "nan", (None, True, False)),
    ({"amount": True}, "12.5.1", (None, True, False)),
    ({"amount": True}, "--5", (None, True, False)),
    ({"amount": True}, "", (None, False, False)),
    ({"amount": True, "masks": ["N/A"]}, "N/A", (None, False, True)),
    ({"amount": 0.01}, "1999", (19.99, False, False)),
    ({"amount": 1000}, "62.5", (62500.0, False, False)),
    ({"count": True}, "3", (3, False, False)),
    ({"count": True}, "3.0", (3, False, False)),
    ({"count": True}, "007", (7, False, False)),
    ({"count": True}, "-3", (None, True, False)),
    ({"count": True}, "2.5", (None, True, False)),
    ({"count": True}, "some", (None, True, False)),
    ({"values": {"C": 62500, "d": 87500}}, "c", (62500.0, False, False)),
    ({"values": {"C": 62500, "d": 87500}}, "D", (87500.0, False, False)),
    ({"values": {"C": 62500}}, "E", (None, True, False)),
    ({"values": {"C": 62500}, "masks": ["U"]}, "U", (None, False, True)),
    ({"split": ";"}, "Golf; Cooking;;Golf", (["Cooking", "Golf"], False, False)),
    ({"split": "|"}, "Golf", (["Golf"], False, False)),
    ({"split": ";"}, " ; ", (None, False, False)),
    ({"split": ";"}, "", (None, False, False)),
]


@pytest.mark.parametrize(("layout", "text", "expected"), CASES, ids=lambda found: str(found)[:40])
def test_a_text_is_a_value_a_fault_or_a_placeholder(layout, text, expected):
    assert read(layout, [text]) == [expected]


REFUND = {"amount": True, "minus": {"kind": ["Refund", "22Y"]}}
SIGNED = [
    (("25", "Refund"), -25.0),
    (("25", " refund "), -25.0),
    (("$1,025.50", "22Y"), -1025.5),
    (("-25", "Refund"), -25.0),
    (("(25)", "Refund"), -25.0),
    (("25-", "22Y"), -25.0),
    (("25", "Gift"), 25.0),
    (("25", None), 25.0),
    (("-25", "Gift"), -25.0),
    (("", "Refund"), None),
    ((None, "Refund"), None),
]


@pytest.mark.parametrize(("texts", "amount"), SIGNED)
def test_another_field_may_say_that_an_amount_is_taken_off(texts, amount):
    assert read(REFUND, [texts], ("h", "kind")) == [(amount, False, False)]


def test_an_amount_whose_sign_stands_elsewhere_is_written_without_it():
    assert written(REFUND, [-25.5, 25.5, None], "DOUBLE") == [["25.5"], ["25.5"], [None]]


def test_a_field_that_tells_a_sign_must_be_listed_and_must_be_there():
    told = {"match": ["*"], "format": {"kind": "delimited", "delimiters": [","], "encodings": ["utf-8"]}}
    with pytest.raises(ValidationError, match=r"read but not under format\.names: kind"):
        FileLayout.model_validate(
            {**told, "format": {**told["format"], "names": ["h"]}, "records": {"amount_usd": {"from": "h", **REFUND}}}
        )
    files = FileLayout.model_validate(
        {**told, "format": {**told["format"], "names": ["h", "kind"]},
         "records": {"amount_usd": {"from": "h", **REFUND}}}
    )  # fmt: skip
    assert files.needed_headers() == [("kind", 1)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"count": True, "minus": {"kind": ["Refund"]}},
        {"amount": True, "join": True, "minus": {"kind": ["Refund"]}},
        {"code": {"A": "x"}, "several": "y"},
        {"amount": True, "count": True},
        {"amount": True, "no": ["N"]},
    ],
)
def test_words_that_do_not_belong_to_an_operation_are_refused(wrong):
    with pytest.raises(ValidationError):
        ColumnLayout.model_validate({"from": "h", **wrong})


CENTS = st.integers(-(10**11), 10**11)


@FEW
@given(st.lists(CENTS, min_size=1), st.sampled_from([True, 0.01, 1000.0, 0.001]))
def test_amounts_come_back(cents, unit):
    told = [cent / 100 if unit is True or unit < 1 else cent * 1000.0 for cent in cents]
    layout = {"amount": unit}
    assert values(layout, written(layout, told, "DOUBLE")) == told


@FEW
@given(st.lists(CENTS, min_size=1))
def test_amounts_come_back_by_the_field_that_tells_their_sign(cents):
    told = [cent / 100 for cent in cents]
    kinds = ["Refund" if amount < 0 else "Gift" for amount in told]
    texts = [[text, kind] for (text,), kind in zip(written(REFUND, told, "DOUBLE"), kinds, strict=True)]
    assert values(REFUND, texts, ("h", "kind")) == told


@FEW
@given(st.lists(st.integers(0, 32767), min_size=1))
def test_counts_come_back(counts):
    assert values({"count": True}, written({"count": True}, counts, "SMALLINT")) == counts


CODES = st.dictionaries(
    st.text("ABCDEFGH123", min_size=1, max_size=2), st.integers(0, 10**6).map(float), min_size=1, max_size=8
).filter(lambda codes: len(set(codes.values())) == len(codes))


@FEW
@given(CODES, st.lists(st.integers(0, 10**6).map(float), min_size=1))
def test_a_number_comes_back_as_that_of_the_nearest_code(codes, numbers):
    layout = {"values": codes}
    found = values(layout, written(layout, numbers, "DOUBLE"))
    for number, told in zip(numbers, found, strict=True):
        assert told in codes.values()
        assert abs(told - number) == min(abs(value - number) for value in codes.values())
    assert values(layout, written(layout, list(codes.values()), "DOUBLE")) == list(codes.values())


WORDS = st.text(st.characters(codec="utf-8", exclude_characters=";\0", exclude_categories=["Z", "C"]), min_size=1)


@FEW
@given(st.lists(st.lists(WORDS, max_size=4, unique=True), min_size=1))
def test_lists_come_back_in_order(lists):
    told = [sorted(found) or None for found in lists]
    assert values({"split": ";"}, written({"split": ";"}, told, "VARCHAR[]")) == told


INTERESTS = {"every_flag": {"Pets": "pets", "Golf": "golf", "Boats": "boats"}, "yes": ["Y", "1"]}
FLAGGED = [
    (("Y", "", "1"), ["boats", "pets"]),
    ((" y ", "N", None), ["pets"]),
    (("N", "N", "N"), []),
    (("", None, " "), None),
]


@pytest.mark.parametrize(("marks", "told"), FLAGGED)
def test_every_flag_that_is_yes_gives_its_word(marks, told):
    assert read(INTERESTS, [marks], ("Pets", "Golf", "Boats")) == [(told, False, False)]


def test_a_flag_that_the_file_lacks_is_not_yes():
    assert values(INTERESTS, [["Y"]], ("Golf",)) == [["golf"]]


def test_with_texts_for_no_another_text_is_a_fault():
    layout = {**INTERESTS, "no": ["N"]}
    marks = [("Y", "N", "X"), ("Y", "N", "")]
    assert read(layout, marks, ("Pets", "Golf", "Boats")) == [(None, True, False), (["pets"], False, False)]


SUBSETS = st.lists(st.none() | st.sets(st.sampled_from(["pets", "golf", "boats"])).map(sorted), min_size=1)


@FEW
@given(SUBSETS, st.booleans())
def test_flags_come_back_and_none_of_them_only_where_no_can_be_said(sets, has_no):
    layout = {**INTERESTS, "no": ["N"] if has_no else []}
    headers = ("Pets", "Golf", "Boats")
    found = values(layout, written(layout, sets, "VARCHAR[]", headers), headers)
    assert found == (sets if has_no else [words or None for words in sets])


BARRED = {"flags": {"NoCall": "do_not_call", "NoMail": "do_not_mail", "Dead": "deceased"}, "several": "do_not_contact"}


@pytest.mark.parametrize(
    ("marks", "word"),
    [
        (("Y", "", ""), "do_not_call"),
        (("", "Y", "N"), "do_not_mail"),
        (("Y", "Y", ""), "do_not_contact"),
        (("Y", "Y", "Y"), "do_not_contact"),
        (("", "", ""), None),
    ],
)
def test_several_flags_at_once_have_a_word_of_their_own(marks, word):
    assert values(BARRED, [marks], ("NoCall", "NoMail", "Dead")) == [word]


def test_the_word_for_several_flags_is_written_as_two_of_them():
    words = ["do_not_call", "do_not_mail", "deceased", "do_not_contact", None]
    headers = ("NoCall", "NoMail", "Dead")
    texts = written(BARRED, words, "VARCHAR", headers)
    assert texts[3] == ["Y", "Y", None]
    assert values(BARRED, texts, headers) == words


def test_a_word_for_several_that_is_a_flag_of_its_own_is_written_as_that():
    flags = Flags((), {"A": "do_not_call", "B": "do_not_contact"}, several="do_not_contact")
    told = CONNECTION.execute(
        f"SELECT {flags.written_for('w', 'A')}, {flags.written_for('w', 'B')} FROM (SELECT 'do_not_contact' AS w)"
    ).fetchall()
    assert told == [(None, "Y")]
