"""Keys that two rows of facts share, `l` and `r`: cheap enough to be looked up in a whole file."""

_SAME_LAST = "upper(l.last_name) = upper(r.last_name)"
_SAME_FIRST = "upper(l.first_name) = upper(r.first_name)"
_SAME_INITIAL = "left(upper(l.first_name), 1) = left(upper(r.first_name), 1)"
_SAME_YEAR = "l.birth_year = r.birth_year AND (l.birth_date IS NULL OR r.birth_date IS NULL)"

DAY_AND_LAST = f"l.birth_date = r.birth_date AND {_SAME_LAST}"
DAY_AND_FIRST = f"l.birth_date = r.birth_date AND {_SAME_FIRST}"
YEAR_AND_NAME = f"{_SAME_YEAR} AND {_SAME_LAST} AND {_SAME_INITIAL}"
KEYS = (DAY_AND_LAST, DAY_AND_FIRST, YEAR_AND_NAME)
"""Keys of the pairs that are compared at all."""

BIRTH_AND_NAME = (f"{DAY_AND_LAST} AND {_SAME_INITIAL}", f"{_SAME_YEAR} AND {_SAME_LAST} AND {_SAME_FIRST}")
"""Keys that namesakes of the same birth share, by day or, where a day is not known, by year."""


def select_namesakes(rows: str, roll: str) -> str:
    """SELECT of voter_id of the rows that share name and birth with another number on a roll.

    Args:
        rows: SELECT of voter_id and facts.
        roll: SELECT of the registrations of a file.
    """
    return "\nUNION\n".join(
        f"SELECT l.voter_id FROM ({rows}) AS l JOIN ({roll}) AS r ON {key} WHERE l.voter_id <> r.voter_id"
        for key in BIRTH_AND_NAME
    )
