"""First and middle names as clean words."""

from pipelines.linking.standard.letters import plain_texts
from pipelines.linking.standard.words import (
    ABSENT_GIVEN,
    CREDENTIALS,
    GIVEN_PARTICLES,
    SUFFIXES,
    TITLES,
    either,
    letters_only,
    looked_up,
    only,
    without,
)

_DROPPED = (*TITLES, *CREDENTIALS, *SUFFIXES, *ABSENT_GIVEN)


def first_names(texts: str) -> str:
    """SELECT of text, first (one word), rest (its further words, which are middle names) and suffix.

    LA TOYA, DE ANDRE and JO ANN are one word. MD is a name in front (short for Mohammed) and a degree behind.

    Args:
        texts: SELECT of text, seen by `letters.collect_foreign`.
    """
    return rf"""
    WITH worded AS ({_worded(texts)}),
    joined AS (
        SELECT text, suffix,
            string_split(
                regexp_replace(array_to_string(words, ' '), '^({either(GIVEN_PARTICLES)}) ', '\1'), ' '
            ) AS words
        FROM worded
    )
    SELECT text, suffix,
        nullif(words[1], '') AS first,
        nullif(array_to_string({without("words[2:]", ["MD"])}, ' '), '') AS rest
    FROM joined"""


def middle_names(texts: str) -> str:
    """SELECT of text, middle (words with a blank between) and suffix.

    Args:
        texts: SELECT of text, seen by `letters.collect_foreign`.
    """
    return f"""
    SELECT text, suffix, nullif(array_to_string({without("words", ["MD"])}, ' '), '') AS middle
    FROM ({_worded(texts)})"""


def _worded(texts: str) -> str:
    """SELECT of text, words (without titles, degrees, suffixes, and words for no name) and suffix."""
    return f"""
    WITH spelled AS (
        SELECT text, string_split({letters_only("said")}, ' ') AS words
        FROM ({plain_texts(texts)})
    )
    SELECT text,
        {without("words", _DROPPED)} AS words,
        {looked_up(f"{only('words', SUFFIXES)}[1]", SUFFIXES)} AS suffix
    FROM spelled"""
