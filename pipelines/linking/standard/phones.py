"""Phones of the North American plan."""

from functools import cache

import duckdb
import phonenumbers

from pipelines.linking.standard.distinct import decide, keep
from pipelines.sql import literals

_EXCHANGES = (2345678, 4562345, 6202345, 9262345)  # a valid area takes at least one of them
_ORDINARY = r"(?:\+?1[ .-]*)?\(?[0-9]{3}\)?[ ./-]*[0-9]{3}[ .-]*[0-9]{4}(?:\.0)?"


def keep_phones(connection: duckdb.DuckDBPyConnection, texts: str, table: str) -> None:
    """Make `table`: text and phone, ten digits, null where it is no number of the North American plan.

    Areas are those that phonenumbers knows. Null are also numbers of one digit, 555-0100 to 555-0199 (fiction) and
    555-1212 (directory). Numbers in other forms (letters, an extension, a country code) are read by phonenumbers.

    Args:
        connection: Where the texts are.
        texts: SELECT of distinct text.
        table: Name of the working table; its key is text.
    """
    keep(connection, "standard_dialled", _dialled(texts))
    odd = "SELECT text FROM standard_dialled WHERE digits IS NULL AND regexp_matches(text, '[0-9].*[0-9].*[0-9]')"
    decide(connection, odd, "standard_odd_phones", ["digits"], lambda text: [_parsed(text)])
    keep(
        connection,
        table,
        rf"""
    WITH told AS (
        SELECT text, coalesce(dialled.digits, odd.digits) AS digits
        FROM standard_dialled AS dialled
        LEFT JOIN standard_odd_phones AS odd USING (text)
    )
    SELECT text, digits AS phone
    FROM told
    WHERE left(digits, 3) IN ({literals(_areas())})
        AND regexp_full_match(digits, '...[2-9]......')
        AND NOT regexp_full_match(digits, '...(?:55501..|5551212|.11....)')
        AND length(replace(digits, left(digits, 1), '')) > 0""",
    )


def _dialled(texts: str) -> str:
    """SELECT of text and digits: the ten of an ordinary form, null in other forms."""
    return rf"""
    SELECT text,
        CASE
            WHEN regexp_full_match(text, '[2-9][0-9]{{9}}') THEN text
            WHEN regexp_full_match(trim(text), '{_ORDINARY}')
            THEN right(regexp_replace(regexp_replace(text, '\.0\s*$', ''), '[^0-9]+', '', 'g'), 10)
        END AS digits
    FROM ({texts})
    WHERE text IS NOT NULL"""


def _parsed(text: str) -> str | None:
    """Ten digits of a number in any form, dialled in the United States."""
    try:
        number = phonenumbers.parse(text, "US")
    except phonenumbers.NumberParseException:
        return None
    digits = str(number.national_number)
    return digits if number.country_code == 1 and len(digits) == 10 else None


@cache
def _areas() -> tuple[str, ...]:
    """Area codes in use."""
    return tuple(str(area) for area in range(200, 1000) if any(_is_valid(area, rest) for rest in _EXCHANGES))


def _is_valid(area: int, rest: int) -> bool:
    number = phonenumbers.PhoneNumber(country_code=1, national_number=area * 10**7 + rest)
    return phonenumbers.is_valid_number(number)
