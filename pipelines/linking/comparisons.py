"""How two records are compared: for each trait its levels, from the strongest agreement down to none.

A level is SQL over the standard columns with `_l` and `_r` behind their names. Where a side does not say the trait it
speaks neither for nor against a pair. A name that agrees counts by how rare it is among the voters.
"""

from collections.abc import Sequence
from typing import Any

ALIKE, CLOSE = 0.92, 0.84
"""Jaro-Winkler likeness of one typing error in a short name, and the least that may be the same name at all."""


def comparisons(columns: Sequence[str]) -> list[dict[str, Any]]:
    """The comparisons of the traits that some columns tell, in Splink's words.

    Args:
        columns: Standard columns that have values on both sides.
    """
    known = set(columns)
    return [found for any_of, found in _ALL if any_of & known]


def level_names(trait: str) -> list[str]:
    """Labels of the levels of a trait by Splink's number of them, 0 for no agreement upwards; -1, null, left out."""
    found = next(found for _, found in _ALL if found["output_column_name"] == trait)
    told = [level["label_for_charts"] for level in found["comparison_levels"] if not level.get("is_null_level")]
    return told[::-1]


def _comparison(trait: str, absent: str, *levels: dict[str, Any]) -> dict[str, Any]:
    null = {"sql_condition": absent, "label_for_charts": "not known", "is_null_level": True}
    rest = {"sql_condition": "ELSE", "label_for_charts": "other"}
    return {"output_column_name": trait, "comparison_levels": [null, *levels, rest]}


def _level(label: str, condition: str, rare_by: str = "") -> dict[str, Any]:
    told = {"sql_condition": condition, "label_for_charts": label}
    return told | ({"tf_adjustment_column": rare_by, "tf_adjustment_weight": 1.0} if rare_by else {})


def _absent(*columns: str) -> str:
    return " OR ".join(f"{column}_{side} IS NULL" for column in columns for side in "lr")


def _same(*columns: str) -> str:
    return " AND ".join(f"{column}_l = {column}_r" for column in columns)


def _alike(column: str, least: float) -> str:
    return f"jaro_winkler_similarity({column}_l, {column}_r) >= {least}"


_TYPO = "damerau_levenshtein(strftime(birth_date_l, '%Y%m%d'), strftime(birth_date_r, '%Y%m%d')) <= 1"
_TURNED = (
    "year(birth_date_l) = year(birth_date_r) AND month(birth_date_l) = day(birth_date_r) "
    "AND day(birth_date_l) = month(birth_date_r)"
)
_ONLY_YEAR = "(birth_date_l IS NULL OR birth_date_r IS NULL)"
_INITIAL = "(length(first_l) = 1 OR length(first_r) = 1) AND left(first_l, 1) = left(first_r, 1)"
_NAMELESS = "(first_l IS NULL AND first_r IS NULL AND last_l = last_r)"
_TURNED_NAMES = (
    f"(jaro_winkler_similarity(last_l, first_r) >= {ALIKE} AND jaro_winkler_similarity(first_l, last_r) >= {ALIKE})"
)
_MISPLACED = "((last_l = first_r OR first_l = last_r) AND NOT last_l = last_r)"
_AS_MIDDLE = "(length(first_l) > 1 AND (first_l = middle_r OR first_r = middle_l))"

_FIRST = _comparison(
    "first_name",
    f"({_absent('first')}) AND NOT coalesce({_NAMELESS}, false)",
    _level("equal", _same("first"), "first"),
    _level("one name alone, the same", _NAMELESS),
    _level("first and last name turned round", f"{_TURNED_NAMES} AND NOT {_same('last')}"),
    _level("nickname or middle name", f"list_has_any(first_forms_l, first_forms_r) OR {_AS_MIDDLE}"),
    _level("typing error or other spelling", f"{_alike('first', ALIKE)} OR {_same('first_key')}"),
    _level("initial", _INITIAL),
    _level("close", _alike("first", CLOSE)),
    _level("one stands as the other's last name", _MISPLACED),
)

_LAST = _comparison(
    "last_name",
    f"{_absent('last')} OR {_TURNED_NAMES} AND NOT {_same('last')}",
    _level("equal", _same("last"), "last"),
    _level("typing error or other spelling", f"{_alike('last', ALIKE)} OR {_same('last_key')}"),
    _level("one of two names", "list_has_any(last_parts_l, last_parts_r)"),
    _level("close", _alike("last", CLOSE)),
)

_BIRTH = _comparison(
    "birth",
    _absent("birth_year"),
    _level("same day", _same("birth_date")),
    _level("one sign off, or day and month turned round", f"{_TYPO} OR ({_TURNED})"),
    _level("same year, day not known", f"{_same('birth_year')} AND {_ONLY_YEAR}"),
    _level("same year, another day", _same("birth_year")),
    _level("a year apart", "abs(birth_year_l - birth_year_r) <= 1"),
)

_NEAR_ZIP = "damerau_levenshtein(zip5_l, zip5_r) <= 1"
_NEAR = f"(coalesce({_NEAR_ZIP}, false) OR {_alike('city', ALIKE)} OR zip5_l IS NULL OR zip5_r IS NULL)"

_ADDRESS = _comparison(
    "address",
    " AND ".join(f"({_absent(part)})" for part in ("zip5", "city", "street")),
    _level("same house and unit", _same("house_number", "street", "zip5", "unit")),
    _level("same house", f"{_same('house_number', 'street')} AND {_NEAR}"),
    _level("same house, street typed otherwise", f"{_same('house_number')} AND {_alike('street', 0.88)} AND {_NEAR}"),
    _level("same street", f"{_same('street')} AND {_NEAR}"),
    _level("same ZIP", _same("zip5"), "zip5"),
    _level("ZIP one sign off", f"{_NEAR_ZIP} AND {_alike('city', CLOSE)}"),
    _level("same city", _same("city")),
)

_EMAIL = _comparison(
    "email",
    _absent("email"),
    _level("equal", _same("email")),
    _level("same name at another host", "split_part(email_l, '@', 1) = split_part(email_r, '@', 1)"),
)


def _equal(column: str) -> dict[str, Any]:
    return _comparison(column, _absent(column), _level("equal", _same(column)))


_ALL: list[tuple[set[str], dict[str, Any]]] = [
    ({"first"}, _FIRST),
    ({"last"}, _LAST),
    ({"middle_initial"}, _equal("middle_initial")),
    ({"suffix"}, _equal("suffix")),
    ({"birth_year"}, _BIRTH),
    ({"gender"}, _equal("gender")),
    ({"zip5", "city"}, _ADDRESS),
    ({"phone"}, _equal("phone")),
    ({"email"}, _EMAIL),
]
