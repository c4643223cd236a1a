"""Unit of a dwelling: APT 4, #4, LOT 7, BLDG 3 APT 4, 2ND FLOOR, REAR, or a bare 4B behind the type of the street."""

from pipelines.linking.standard.words import either

_FREE = ("APT", "APARTMENT", "UNIT", "STE", "SUITE")  # words with any identifier behind them
_STRICT = (
    "BLDG", "BUILDING", "LOT", "SPC", "SPACE", "TRLR", "TRAILER", "FL", "FLOOR", "FLR", "RM", "ROOM", "DEPT",
    "DEPARTMENT", "HNGR", "HANGAR", "PIER", "SLIP", "STOP", "NO", "NUM", "NUMBER", "PH", "PENTHOUSE", "WING",
)  # fmt: skip
"""Words that are part of streets too: a number or a single letter has to follow."""
_ALONE = {"BASEMENT": "BSMT", "UPPER": "UPPR", "LOWER": "LOWR", "PENTHOUSE": "PH", "REAR": "REAR"}
_WHOLE = (*_ALONE, *_ALONE.values())  # words that are a unit by themselves
UNIT_WORDS = (*_FREE, *_STRICT, *_WHOLE)
"""Words that begin or are a unit."""

TYPES = (
    "ST", "STREET", "AVE", "AVENUE", "AV", "RD", "ROAD", "DR", "DRIVE", "LN", "LANE", "CT", "COURT", "BLVD",
    "BOULEVARD", "CIR", "CIRCLE", "PL", "PLACE", "WAY", "TER", "TERRACE", "PKWY", "PARKWAY", "TRL", "TRAIL", "LOOP",
    "SQ", "COVE", "CV",
)  # fmt: skip
"""The usual types of streets, which end a street's name."""

_ROADS = ("RD", "ROAD", "LOOP", "TRL", "TRAIL")  # types with a number of their own behind them: COUNTY ROAD 4
_NAME = "[A-Z0-9]+(?:[/-][A-Z0-9]+)*(?: [A-Z])?"
_NUMBER = "(?:[0-9][A-Z0-9/-]*|[A-Z][0-9-][A-Z0-9-]*|[A-Z])"
_FORMS = (
    rf"(?:{either(_FREE)})(?: ?# ?| ){_NAME}",
    rf"(?:{either(_FREE)})[0-9][A-Z0-9/-]*",
    rf"# ?{_NAME}",
    rf"(?:{either(_STRICT)})(?: ?# ?| ){_NUMBER}",
    "[0-9]+(?:ST|ND|RD|TH) (?:FL|FLOOR|FLR)",
    either(_WHOLE),
)
_UNIT = rf" (?:{'|'.join(_FORMS)})"
_SIGNS = rf" (?:{either(UNIT_WORDS)})|#|(?:FL|FLOOR|FLR)$"
_BARE = rf"^(.+ (?:{either(set(TYPES) - set(_ROADS))})) ([0-9]+-?[A-Z]?)$"


def street_and_unit(rest: str) -> str:
    """SQL of a struct of street and unit, of what stands behind a house number.

    Args:
        rest: SQL of the text: upper case, single blanks, signs #, / and - only.
    """
    return f"""CASE
            WHEN regexp_matches({rest}, '{_SIGNS}') AND regexp_matches({rest}, '.{_UNIT}$')
            THEN regexp_extract({rest}, '^(.+?)((?:{_UNIT})+)$', ['street', 'unit'])
            WHEN regexp_matches({rest}, '{_BARE}') THEN regexp_extract({rest}, '{_BARE}', ['street', 'unit'])
            ELSE {{'street': {rest}, 'unit': ''}}
        END"""


def bare_unit(unit: str) -> str:
    """SQL of a unit's identifiers without words and signs: `APT 4-B` is 4B, `BLDG 3 APT 4` is 34, `REAR` is REAR.

    Whether a flat is called APT, UNIT, STE or # differs from file to file, so the word tells nothing.

    Args:
        unit: SQL of the text, as `street_and_unit` gives it.
    """
    words = rf"(?:^| )(?:{either((*_FREE, *_STRICT))})(?:[ #]+|([0-9]))"
    floors = rf"regexp_replace({unit}, '([0-9])(?:ST|ND|RD|TH) (?:FL|FLOOR|FLR)\b', '\1', 'g')"
    bare = rf"regexp_replace({floors}, '{words}', ' \1', 'g')"
    for word, short in _ALONE.items():
        bare = f"regexp_replace({bare}, ' {word}$', ' {short}')" if word != short else bare
    return f"""CASE WHEN {unit} <> '' THEN nullif(regexp_replace({bare}, '[^A-Z0-9]+', '', 'g'), '') END"""
