"""Closed lists of words in names, and how they are written into patterns and lists of SQL."""

from collections.abc import Iterable

from pipelines.sql import literal, literals

TITLES = (
    "MR", "MRS", "MS", "MISS", "MX", "DR", "DOCTOR", "REV", "REVEREND", "PROF", "PROFESSOR", "HONORABLE",
    "SGT", "CAPT", "CPT", "LTC",
)  # fmt: skip
"""Titles that are nobody's name; JUDGE, MAJOR, COL or HON may be one, so they stay."""

CREDENTIALS = ("ESQ", "ESQUIRE", "PHD", "DDS", "DMD", "DVM", "CPA")
"""Letters behind a name. MD is not among them: in front it is short for Mohammed, so it goes only from the end."""

SUFFIXES = {
    **dict.fromkeys(("JR", "JNR"), "JR"),
    **dict.fromkeys(("SR", "SNR"), "SR"),
    **{number: number for number in ("II", "III", "IV")},
}
"""Words that are a suffix wherever they stand in a name."""

LAST_SUFFIXES = {"V": "V", "JUNIOR": "JR", "SENIOR": "SR"}
"""Words that are a suffix behind a last name; among given names V is an initial and JUNIOR a name."""

STATED_SUFFIXES = {
    **SUFFIXES,
    **LAST_SUFFIXES,
    **{"2": "II", "3": "III", "4": "IV", "5": "V", "SECOND": "II", "THIRD": "III", "FOURTH": "IV"},
}
"""Words in a column of suffixes."""

ORDINALS = {"2ND": "II", "3RD": "III", "4TH": "IV", "5TH": "V"}
"""Numbers as they are said, and the suffix they mean."""

ABSENT = ("FNU", "LNU", "NFN", "NLN", "NMN", "NMI", "NFI", "UNKNOWN", "UNK", "XX", "XXX", "XXXX", "XXXXX")
"""Words that stand for a name that is not known, or that a person does not have."""

ABSENT_GIVEN = (*ABSENT, "NONE", "NULL")
"""The same among given names; as last names NULL and NONE are people's."""

ARTICLES = ("AL", "EL", "BIN", "IBN", "BINT", "BINTI", "BINTE")
"""Arabic and Malay words before a name that are written or left out at will: they are dropped."""

PARTICLES = (
    "DE", "DEL", "DELA", "DELAS", "DELOS", "LA", "LAS", "LOS", "DA", "DAS", "DI", "DO", "DOS", "DU", "DES", "DELLA",
    "LE", "VAN", "VANDE", "VANDEN", "VANDER", "VON", "VONDER", "DER", "DEN", "TER", "MC", "MAC", "O", "D", "FITZ",
    "ST", "SAN", "SANTA", "BEN", "ABU", "ABD", "ABDUL", "ABDEL",
)  # fmt: skip
"""Words that begin a last name and are written apart or together: they are joined to the word behind them."""

INNER_PARTICLES = tuple(
    word for word in PARTICLES if word not in ("O", "D", "DO", "LE", "FITZ", "BEN", "ABU", "ABD", "ABDUL", "ABDEL")
)
"""Those that, between names in one field, hardly are a middle name or an initial."""

GIVEN_PARTICLES = ("LA", "LE", "DE", "DA", "MC", "JO")
"""Words that begin a first name and are written apart or together: LA TOYA, DE ANDRE, JO ANN."""


def either(words: Iterable[str]) -> str:
    """The words as alternatives of a pattern, the longest first."""
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


def looked_up(text: str, meanings: dict[str, str]) -> str:
    """SQL of what a text means; other texts give null."""
    cases = " ".join(f"WHEN {literal(word)} THEN {literal(meaning)}" for word, meaning in meanings.items())
    return f"CASE {text} {cases} END"


def without(words: str, dropped: Iterable[str]) -> str:
    """SQL of a list without some words."""
    return f"list_filter({words}, lambda word: word NOT IN ({literals(dropped)}))"


def only(words: str, kept: Iterable[str]) -> str:
    """SQL of those words of a list that stand in another."""
    return f"list_filter({words}, lambda word: word IN ({literals(kept)}))"


def letters_only(said: str) -> str:
    """SQL of an upper-case text as words of letters, one blank between them.

    2ND is read as II; apostrophes and other digits vanish (O'BRIEN is OBRIEN); other signs part words. N/A is nothing.
    """
    read = f"replace(replace({said}, '''', ''), '`', '')"
    for ordinal, suffix in ORDINALS.items():
        read = rf"regexp_replace({read}, '\b{ordinal}\b', '{suffix}', 'g')"
    read = f"regexp_replace(regexp_replace({read}, '[0-9]+', '', 'g'), '[^A-Z]+', ' ', 'g')"
    return rf"""CASE
            WHEN regexp_full_match({said}, '[A-Z]+( [A-Z]+)*') THEN {said}
            WHEN regexp_full_match({said}, '\s*N\s*/\s*A\s*') THEN ''
            ELSE trim(regexp_replace({read}, '\bPH D\b', 'PHD', 'g'))
        END"""
