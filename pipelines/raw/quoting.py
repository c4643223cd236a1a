"""Which sign stands around the fields of a text: told by its first lines, where all of their fields have one."""

import re
from collections.abc import Sequence

_SIGNS = ('"', "'")
_LEAST_QUOTED = 0.1  # share of fields in quotes that no nicknames explain


def find_quote(lines: Sequence[str], delimiters: Sequence[str], listed: str) -> str | None:
    """The sign that stands around every field of the first lines, where it is another one than the layout lists.

    Empty fields may stand without it. Nothing where the layout's own rule holds.
    """
    told = [line for line in lines if line.strip()]
    for sign in (sign for sign in _SIGNS if sign != listed):
        if told and any(all(_is_quoted(line, delimiter, sign) for line in told) for delimiter in delimiters):
            return sign
    return None


def quoted_share(lines: Sequence[str], delimiter: str, sign: str = '"') -> float:
    """Share of the fields of some lines, empty ones aside, that stand in quotes."""
    fields = [field.strip() for line in lines for field in line.split(delimiter) if field.strip()]
    quoted = sum(len(field) > 1 and field[0] == field[-1] == sign for field in fields)
    return quoted / max(len(fields), 1)


def is_in_doubt(share: float) -> bool:
    """Whether so many fields stand in quotes that the rule of the layout cannot be meant."""
    return share >= _LEAST_QUOTED


def _is_quoted(line: str, delimiter: str, sign: str) -> bool:
    """Whether every field that is not empty stands in quotes, and there are two at least."""
    field = rf"(?:{sign}(?:[^{sign}]|{sign}{sign})*{sign})?"
    whole = rf"{field}(?:{re.escape(delimiter)}{field})+"
    return line.count(sign) > 2 and re.fullmatch(whole, line.strip(" \r\n")) is not None
