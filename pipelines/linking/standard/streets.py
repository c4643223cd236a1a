"""Streets and cities in one spelling: types and directions by Publication 28 of the Postal Service."""

from functools import cache

import duckdb
import pyarrow as pa
from scourgify.address_constants import DIRECTIONAL_REPLACEMENTS, STREET_TYPE_ABBREVIATIONS

from pipelines.linking.standard.distinct import keep
from pipelines.linking.standard.letters import plain_texts
from pipelines.linking.standard.words import either, looked_up
from pipelines.sql import literals

_AMBIGUOUS = ("LA", "CR", "TR", "PR", "KEY", "KEYS", "HT", "DIV", "REST", "BOT")
"""Types of the library's table that mean something else as often: LA BREA, CR 12 (county road), TR 3 (township)."""

_NUMBERS = (
    "FIRST", "SECOND", "THIRD", "FOURTH", "FIFTH", "SIXTH", "SEVENTH", "EIGHTH", "NINTH", "TENTH", "ELEVENTH",
    "TWELFTH",
)  # fmt: skip
_ENDINGS = {1: "1ST", 2: "2ND", 3: "3RD"}
_OTHER = {"SAINT": "ST", "TOWNSHIP": "TWP", "RT": "RTE", "CNTY": "COUNTY", "CTY": "COUNTY"}
_CITY_WORDS = {"SAINT": "ST", "SAINTE": "STE", "FORT": "FT", "MOUNT": "MT", "TOWNSHIP": "TWP"}
_STATES = (
    "AL", "AK", "AZ", "AR", "CA", "CT", "DE", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS", "KY", "LA", "ME", "MD",
    "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC", "ND", "OH", "OK", "OR", "PA", "RI",
    "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY",
)  # fmt: skip

_HIGHWAYS = (
    (r"\b(?:US|U S) ?(?:HWY|RTE)? ?([0-9])", r"US HWY \1"),
    (rf"\b(?:STATE|ST|{either(_STATES)}) (?:STATE )?(?:HWY|RTE|RD) ([0-9])", r"STATE HWY \1"),
    (r"\b(?:SR|SH) ?([0-9])", r"STATE HWY \1"),
    (r"\b(?:COUNTY|CO) (?:HWY|RTE|RD|TRUNK HWY) ([A-Z0-9])", r"COUNTY RD \1"),
    (r"\bCR ?([0-9])", r"COUNTY RD \1"),
    (r"\b(?:FARM TO MARKET|FM)(?: RD)? ?([0-9])", r"FM \1"),
    (r"\bTWP (?:HWY|RD) ([0-9])", r"TWP RD \1"),
    (r"\bTR ?([0-9])", r"TWP RD \1"),
    (r"\b(?:INTERSTATE(?: HWY)?|I) ?([0-9])", r"I \1"),
    (r"\bRTE ([0-9])", r"HWY \1"),
    (r"\b([NS]) ([EW])\b", r"\1\2"),
)
"""Highways as people write them, and the one form each of them gets; N W is NW."""


def keep_streets(connection: duckdb.DuckDBPyConnection, texts: str, table: str) -> None:
    """Make `table`: text and street, in one spelling for comparing (not for mail).

    Every word is abbreviated wherever it stands (LAKE VIEW DRIVE is LK VW DR), since files abbreviate at will; but a
    direction that is the whole name of a street is not (NORTH ST, where N ST is another street).

    Args:
        connection: Where the texts are.
        texts: SELECT of distinct text, upper case and ASCII.
        table: Name of the working table; its key is text.
    """
    words = _abbreviations()
    connection.register("standard_abbreviations", words)
    highways = "worded"
    for pattern, form in _HIGHWAYS:
        highways = f"regexp_replace({highways}, '{pattern}', '{form}', 'g')"
    keep(connection, table, f"SELECT text, {highways} AS street FROM ({_worded(texts)})")
    connection.unregister("standard_abbreviations")


def _worded(texts: str) -> str:
    """SELECT of text and worded, each word in its one spelling."""
    return rf"""
    WITH spaced AS (
        SELECT text,
            string_split(regexp_replace(
                trim(regexp_replace(text, '[^A-Z0-9]+', ' ', 'g')), '\b([0-9]+) (ND|TH)\b', '\1\2', 'g'
            ), ' ') AS words
        FROM ({texts})
        WHERE text IS NOT NULL
    ), single AS (
        SELECT text, unnest(words) AS word, generate_subscripts(words, 1) AS place, len(words) AS of_words
        FROM spaced
    )
    SELECT text, string_agg(
        CASE
            WHEN of_words <= 2 AND place = 1 AND word IN ({literals(DIRECTIONAL_REPLACEMENTS)}) THEN word
            ELSE coalesce(short, word)
        END, ' ' ORDER BY place) AS worded
    FROM single
    LEFT JOIN standard_abbreviations USING (word)
    GROUP BY text"""


@cache
def _abbreviations() -> pa.Table:
    """Every word that is written in more than one way, and its one form."""
    types = {
        long: short for long, short in STREET_TYPE_ABBREVIATIONS.items() if " " not in long and long not in _AMBIGUOUS
    }
    numbers = {word: _ENDINGS.get(number, f"{number}TH") for number, word in enumerate(_NUMBERS, start=1)}
    found = types | dict(DIRECTIONAL_REPLACEMENTS) | numbers | _OTHER
    return pa.table({"word": list(found), "short": list(found.values())})


def cities(texts: str) -> str:
    """SELECT of text, spelled (letters only) and city, where SAINT, FORT, MOUNT and directions are abbreviated.

    What stands behind a comma (a state), CITY OF and TOWN OF are dropped.

    Args:
        texts: SELECT of text, seen by `letters.collect_foreign`.
    """
    short = _CITY_WORDS | dict(DIRECTIONAL_REPLACEMENTS)
    word = f"coalesce({looked_up('word', short)}, word)"
    return rf"""
    WITH spelled AS (
        SELECT text,
            trim(regexp_replace(replace(split_part(said, ',', 1), '''', ''), '[^A-Z]+', ' ', 'g')) AS spelled
        FROM ({plain_texts(texts)})
    ), named AS (
        SELECT text, nullif(spelled, '') AS spelled,
            regexp_replace(spelled, '^(?:CITY|TOWN|VILLAGE) OF ', '') AS name
        FROM spelled
    )
    SELECT text, spelled,
        nullif(array_to_string(list_transform(string_split(name, ' '), lambda word: {word}), ' '), '') AS city
    FROM named
    WHERE name NOT IN ('UNKNOWN', 'NONE', 'N A')"""
