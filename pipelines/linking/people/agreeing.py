"""What agrees between two rows of standard columns, `l` the earlier and `r` the later, and what contradicts.

Each constant is SQL of a condition that is true or false, never null: what a side does not say neither agrees nor
contradicts. What is enough for one person is said here once, for numbers of a state and for movers between states.
"""

from pipelines.linking.comparisons import ALIKE, CLOSE
from pipelines.sql import literal


def _sure(condition: str) -> str:
    return f"coalesce({condition}, false)"


def _same(*columns: str) -> str:
    return _sure(" AND ".join(f"l.{column} = r.{column}" for column in columns))


def _other(column: str) -> str:
    return _sure(f"l.{column} <> r.{column}")


def _alike(left: str, right: str, least: float) -> str:
    return f"jaro_winkler_similarity({left}, {right}) >= {least}"


SAME_DAY = _same("birth_date")
SAME_YEAR = f"({_same('birth_year')} AND (l.birth_date IS NULL OR r.birth_date IS NULL))"
SAME_FIRST, SAME_LAST = _same("first"), _same("last")
SAME_GIVEN = f"({SAME_FIRST} OR {_sure('list_has_any(l.first_forms, r.first_forms)')})"
_SHORTER_MIDDLE = "least(length(l.middle), length(r.middle))"
SAME_MIDDLE = _sure(f"l.middle = r.middle OR ({_SHORTER_MIDDLE} = 1 AND l.middle_initial = r.middle_initial)")
_KEPT_AS_MIDDLE = f"({_sure('l.last = r.middle')} AND {_other('last')})"
SAME_HOME = f"({_same('house_number', 'street', 'zip5')} AND NOT {_other('unit')})"
SAME_PHONE = _same("phone")

_MIDDLE_OPENS = "starts_with(l.middle, r.middle) OR starts_with(r.middle, l.middle)"
_OTHER_WORD = f"{_SHORTER_MIDDLE} > 1 AND NOT ({_MIDDLE_OPENS} OR {_alike('l.middle', 'r.middle', CLOSE)})"
OTHER_MIDDLE = f"({_sure(f'l.middle_initial <> r.middle_initial OR ({_OTHER_WORD})')} AND NOT {_KEPT_AS_MIDDLE})"
CONTRADICTS = f"({_other('suffix')} OR {_other('gender')} OR {OTHER_MIDDLE})"
"""Jr is not Sr, and a namesake with another middle name is somebody else; a last name kept as a middle one is not."""

_BY_NAME = f"({SAME_DAY} AND {SAME_GIVEN} AND {SAME_LAST})"
_BY_MARRIAGE = (
    f"({SAME_DAY} AND {SAME_FIRST} AND ({SAME_MIDDLE} OR {_KEPT_AS_MIDDLE}) AND ({SAME_HOME} OR {SAME_PHONE}))"
)
_BY_YEAR = f"({SAME_YEAR} AND {SAME_GIVEN} AND {SAME_LAST} AND {SAME_MIDDLE} AND {SAME_HOME})"
ONE_PERSON = f"NOT {CONTRADICTS} AND ({_BY_NAME} OR {_BY_MARRIAGE} OR {_BY_YEAR})"
"""Enough within a state: the day of birth with first and last name; or, where the last name is another one, with the
first and middle name (or the last name kept as the middle one) and the home or the phone; or, where a day is not known,
the year, the whole name and the home."""

_INITIAL = "(length(l.first) = 1 OR length(r.first) = 1) AND left(l.first, 1) = left(r.first, 1)"
_TURNED = "l.first = r.last OR l.last = r.first OR l.first = r.middle OR l.middle = r.first"
_OTHER_FIRST = (
    f"({_other('first')} AND NOT {SAME_GIVEN} AND NOT {_sure(f'{_INITIAL} OR {_TURNED}')} "
    f"AND NOT {_sure(_alike('l.first', 'r.first', CLOSE))})"
)
_OTHER_LAST = (
    f"({_other('last')} AND NOT {_sure('list_has_any(l.last_parts, r.last_parts)')} AND NOT {_same('last_key')} "
    f"AND NOT {_sure(_alike('l.last', 'r.last', CLOSE))})"
)
_DIGITS = "damerau_levenshtein(strftime(l.birth_date, '%Y%m%d'), strftime(r.birth_date, '%Y%m%d')) <= 1"
_DAY_FOR_MONTH = (
    "year(l.birth_date) = year(r.birth_date) AND month(l.birth_date) = day(r.birth_date) "
    "AND day(l.birth_date) = month(r.birth_date)"
)
_OTHER_DAY = f"({_other('birth_date')} AND NOT {_sure(f'{_DIGITS} OR ({_DAY_FOR_MONTH})')})"
_OTHER_YEAR = f"((l.birth_date IS NULL OR r.birth_date IS NULL) AND {_sure('abs(l.birth_year - r.birth_year) > 1')})"
ANOTHER_PERSON = f"({_OTHER_FIRST} AND {_OTHER_LAST} AND ({_OTHER_DAY} OR {_OTHER_YEAR}))"
"""Enough to tell that a number was reused: first name, last name and birth all contradict. A typing error, a short
form, an initial, names that change places, a part of a double name and day for month contradict nothing; a marriage, a
corrected day, or Jr for Sr with his day of birth leave at least one of the three."""

SPELLED_ALIKE = f"({SAME_LAST} OR {_same('last_key')} OR {_sure(_alike('l.last', 'r.last', ALIKE))})"
PART_OF_LAST = _sure("list_has_any(l.last_parts, r.last_parts)")


def select_words(agreed: dict[str, str]) -> str:
    """SQL of the names of what agrees, parted by commas.

    Args:
        agreed: Word and the SQL of when it is said.
    """
    told = [f"CASE WHEN {test} THEN {literal(word)} END" for word, test in agreed.items()]
    return f"concat_ws(', ', {', '.join(told)})"


WORDS = select_words(
    {
        "birth_date": SAME_DAY,
        "birth_year": SAME_YEAR,
        "first_name": SAME_FIRST,
        "first_name (short form)": f"{SAME_GIVEN} AND NOT {SAME_FIRST}",
        "last_name": SAME_LAST,
        "last_name (as middle_name)": _KEPT_AS_MIDDLE,
        "middle_name": SAME_MIDDLE,
        "name_suffix": _same("suffix"),
        "gender_code": _same("gender"),
        "address_line": SAME_HOME,
        "phone": SAME_PHONE,
    }
)
"""SQL of the columns that agree, in words."""

CONTRADICTING = select_words(
    {"birth_date": _OTHER_DAY, "birth_year": _OTHER_YEAR, "first_name": _OTHER_FIRST, "last_name": _OTHER_LAST}
)
"""SQL of the columns that contradict, in words."""
