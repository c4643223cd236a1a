"""A key of consonants that brings transliterations together: MOHAMMED and MUHAMAD, QASIM and KASSEM."""

_FULL = (("X", "KS"), ("PH", "F"), ("CHR", "KR"), ("KH", "K"), ("GH", "G"), ("CK", "K"), ("TH", "T"), ("DH", "D"))
_THEN = (("DJ", "J"), ("Q", "K"), ("Z", "S"))
_SHORT = ("MD", "MHD", "MOHD", "MUHD")
_CONSONANTS = "BCDFGHJKLMNPRSTVW"


def with_keys(names: str) -> str:
    """SELECT with the columns of `names`, and key.

    SH, SCH and CH are one sound (RASHID, RACHID), so are S and Z; C, K, Q and KH; T and TH; D and DH; F and PH. A soft
    C is S. Doubled letters count once, a last H not at all; vowels, W and Y count only in front, where every vowel is
    A (OMAR, UMER). MOHD and its like are Mohammed. A name of fewer than two such signs is its own key (LEE, LI), a
    single letter has none.

    The rules follow the consonant skeletons of Semitic names and the spelling of Spanish and English ones; no phonetic
    algorithm of English (Soundex, Metaphone) keeps MUHAMMAD with MOHAMED and apart from MONDAY.

    Args:
        names: SELECT with joined, a name in upper case without blanks; its other columns are handed on.
    """
    key = f"CASE WHEN joined IN {_SHORT} THEN 'MOHAMED' ELSE joined END"
    for written, sound in _FULL:
        key = f"replace({key}, '{written}', '{sound}')"
    key = f"regexp_replace(regexp_replace({key}, 'SCH|SH|CH', 'X', 'g'), 'C([EIY])', 'S\\1', 'g')"
    for written, sound in (*_THEN, ("C", "K")):
        key = f"replace({key}, '{written}', '{sound}')"
    for letter in _CONSONANTS:
        key = f"replace({key}, '{letter}{letter}', '{letter}')"
    return f"""
    WITH sounding AS (
        SELECT *, regexp_replace(regexp_replace({key}, '(.)H$', '\\1'), '^[AEIOU]+', 'A') AS sounds
        FROM ({names})
    ), boned AS (
        SELECT * EXCLUDE (sounds), left(sounds, 1) || regexp_replace(substr(sounds, 2), '[AEIOUWY]+', '', 'g') AS bones
        FROM sounding
    )
    SELECT * EXCLUDE (bones), CASE WHEN length(joined) > 1 THEN if(length(bones) < 2, joined, bones) END AS key
    FROM boned"""
