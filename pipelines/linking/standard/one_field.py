"""A name in one field: `LAST, FIRST MIDDLE SUFFIX` as federal contributions have it, or `First Middle Last`."""

import duckdb
from nameparser import HumanName

from pipelines.linking.standard.distinct import decide, keep
from pipelines.linking.standard.letters import plain_texts
from pipelines.linking.standard.words import CREDENTIALS, INNER_PARTICLES, SUFFIXES, either

_BEHIND = either((*SUFFIXES, *CREDENTIALS, "2ND", "3RD", "4TH", "MD"))
_TAIL = rf"(?:[, ]+(?:{_BEHIND})\b\.?)+[, .]*$"
_ORDINARY = r"[A-Z0-9''. -]+"  # the apostrophe as SQL writes it
_LONGEST = 5  # words; longer ones are left to the library, which knows more of titles and of words between names


def split_full_names(connection: duckdb.DuckDBPyConnection, texts: str, table: str) -> None:
    """Make `table`: a row per distinct text, with given (one text of first and middle names), last and suffix.

    With a comma the last name stands before it; what stands behind it is given names, but for suffixes and degrees
    (`JOHN SMITH, JR`). Without, the last word is the last name together with the particles before it (`JUAN DE LA
    CRUZ`); a single word is a last name. A second person (`JOHN & MARY SMITH`) and names in quotes or parentheses are
    dropped. What has more commas, other signs, or five words without a comma is read by nameparser.

    Args:
        connection: Where the texts are.
        texts: SELECT of text, seen by `letters.collect_foreign`.
        table: Name of the working table; its key is text.
    """
    keep(connection, "standard_one_field", _opened(texts))
    odd = "SELECT opened AS text FROM standard_one_field WHERE NOT is_ordinary"
    decide(connection, odd, "standard_odd_names", ["given", "last"], _parsed)
    keep(connection, table, _split())


def _opened(texts: str) -> str:
    """SELECT of text, opened (without second people, nicknames, suffixes), suffix and is_ordinary."""
    second = r"""(?:&| AND )\s*[A-Z.]+"""
    named = r""""[^"]*"|\([^)]*\)"""
    inner = rf",\s*({_BEHIND})\.?\s*,"
    return rf"""
    WITH single AS (
        SELECT text, trim(regexp_replace(regexp_replace(said, '{second}', ' ', 'g'), '{named}', ' ', 'g'), ' ,') AS said
        FROM ({plain_texts(texts)})
    ), led AS (
        SELECT text, if(contains(said, ','), regexp_replace(said, '{inner}', ' \1,'), said) AS said
        FROM single
    ), tailed AS (
        SELECT text, said, NOT regexp_matches(said, '^[^ ,]+[ ,]+MD$') AND regexp_matches(said, '{_TAIL}') AS has_tail
        FROM led
    ), opened AS (
        SELECT text,
            trim(regexp_replace(if(has_tail, regexp_replace(said, '{_TAIL}', ''), said), '\s+', ' ', 'g'), ' ,')
                AS opened,
            if(has_tail, regexp_extract(said, '{_TAIL}'), NULL) AS suffix
        FROM tailed
    )
    SELECT text, opened, suffix,
        opened = '' OR regexp_full_match(opened, '{_ORDINARY},{_ORDINARY}')
            OR (regexp_full_match(opened, '{_ORDINARY}') AND len(string_split(opened, ' ')) < {_LONGEST}) AS is_ordinary
    FROM opened"""


def _split() -> str:
    """SELECT of text, given, last and suffix."""
    particles = f"(?:(?:{either(INNER_PARTICLES)}|AL|EL|BIN|IBN) )*"
    last_word = rf"^(\S+(?: \S+)*?) ({particles}[^ ]{{2,}}|\S+)( V)?$"
    return f"""
    WITH read AS (
        SELECT one.*, odd.given AS odd_given, odd.last AS odd_last,
            CASE
                WHEN NOT is_ordinary THEN {{'given': '', 'last': '', 'fifth': ''}}
                WHEN contains(opened, ',') THEN
                    {{'given': split_part(opened, ',', 2), 'last': split_part(opened, ',', 1), 'fifth': ''}}
                WHEN NOT contains(opened, ' ') THEN {{'given': '', 'last': opened, 'fifth': ''}}
                ELSE regexp_extract(opened, '{last_word}', ['given', 'last', 'fifth'])
            END AS parts
        FROM standard_one_field AS one
        LEFT JOIN standard_odd_names AS odd ON odd.text = one.opened
    )
    SELECT text,
        nullif(coalesce(odd_given, parts.given), '') AS given,
        nullif(coalesce(odd_last, parts.last), '') AS last,
        coalesce(suffix, nullif(trim(parts.fifth), '')) AS suffix
    FROM read"""


def _parsed(text: str) -> tuple[str | None, str | None]:
    """Given names and last name as nameparser reads them."""
    name = HumanName(text)
    return f"{name.first} {name.middle}".strip() or None, name.last or None
