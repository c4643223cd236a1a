"""Last names as clean words, their parts, and suffixes."""

from pipelines.linking.standard.letters import plain_texts
from pipelines.linking.standard.words import (
    ABSENT,
    ARTICLES,
    CREDENTIALS,
    LAST_SUFFIXES,
    PARTICLES,
    STATED_SUFFIXES,
    SUFFIXES,
    TITLES,
    either,
    letters_only,
    looked_up,
    only,
    without,
)

_DROPPED = (*TITLES, *CREDENTIALS, *SUFFIXES, *ABSENT)
_DEEPEST = 3  # particles before a name, as in VAN DE LA CRUZ


def last_names(texts: str) -> str:
    """SELECT of text, last and suffix.

    Double names keep a blank between their words (SMITH JONES), the Spanish Y between them is dropped. Articles
    before a word are dropped (AL HASSAN is HASSAN), other particles are joined to it (DE LA CRUZ is DELACRUZ, O BRIEN
    OBRIEN).

    Args:
        texts: SELECT of text, seen by `letters.collect_foreign`.
    """
    bare = rf"regexp_replace(name.last, '\b(?:{either(ARTICLES)}) ', '', 'g')"
    joined = rf"regexp_replace(regexp_replace({bare}, '( Y)+ ', ' ', 'g'), '\bSAINT ', 'ST ', 'g')"
    for _ in range(_DEEPEST):
        joined = rf"regexp_replace({joined}, '\b({either(PARTICLES)}) ([A-Z]{{2,}})', '\1\2', 'g')"
    behind = either((*LAST_SUFFIXES, "MD"))
    outer_suffix = only("string_split(name.tail, ' ')", LAST_SUFFIXES) + "[1]"
    return f"""
    WITH spelled AS (
        SELECT text, string_split({letters_only("said")}, ' ') AS words
        FROM ({plain_texts(texts)})
    ), tailed AS (
        SELECT text, {only("words", SUFFIXES)}[1] AS inner_suffix,
            array_to_string({without("words", _DROPPED)}, ' ') AS kept
        FROM spelled
    ), named AS (
        SELECT text, inner_suffix,
            CASE
                WHEN regexp_matches(kept, ' (?:{behind})$')
                THEN regexp_extract(kept, '^(.+?)((?: (?:{behind}))+)$', ['last', 'tail'])
                ELSE {{'last': kept, 'tail': ''}}
            END AS name
        FROM tailed
    )
    SELECT text,
        nullif(if(contains(name.last, ' '), {joined}, name.last), '') AS last,
        coalesce(
            {looked_up("inner_suffix", SUFFIXES)},
            {looked_up(outer_suffix, LAST_SUFFIXES)}
        ) AS suffix
    FROM named"""


def parts_of(last: str) -> str:
    """SQL of the sorted distinct words of a last name.

    DELACRUZ and its like (also DELOS, DELAS) give the bare CRUZ as well, since people leave the particles out.
    """
    bare = f"regexp_extract_all({last}, '\\bDEL(?:A|AS|OS)([A-Z]{{4,}})\\b', 1)"
    return f"list_sort(list_distinct(list_concat(string_split({last}, ' '), {bare})))"


def suffixes(texts: str) -> str:
    """SELECT of text and suffix, of a column of suffixes: JR, SR, II, III, IV or V, null for others.

    Args:
        texts: SELECT of text, seen by `letters.collect_foreign`.
    """
    kept = f"{only('words', STATED_SUFFIXES)}[1]"
    return f"""
    WITH spelled AS (
        SELECT text, if(trim(said) IN ('2', '3', '4', '5'), trim(said), {letters_only("said")}) AS spelled
        FROM ({plain_texts(texts)})
    ), worded AS (
        SELECT text, string_split(spelled, ' ') AS words
        FROM spelled
    )
    SELECT text, {looked_up(kept, STATED_SUFFIXES)} AS suffix
    FROM worded"""
