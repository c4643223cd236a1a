"""Letters that English lacks, as the letters of a voter file: José is JOSE, Đặng is DANG, Łukasz is LUKASZ."""

import unicodedata
from collections.abc import Sequence

import duckdb

from pipelines.linking.standard.distinct import decide

_SPELLED = {
    **dict.fromkeys("Øø", "O"),
    **dict.fromkeys("Łł", "L"),
    **dict.fromkeys("ĐđÐð", "D"),
    **dict.fromkeys("Þþ", "TH"),
    **dict.fromkeys("Ææ", "AE"),
    **dict.fromkeys("Œœ", "OE"),
    **dict.fromkeys("Ħħ", "H"),
    **dict.fromkeys("Ŧŧ", "T"),
    **dict.fromkeys("ẞß", "SS"),
    "\u0131": "I",
    **dict.fromkeys("\u2018\u2019\u201b\u02bb\u02bc\u2032\u00b4\uff07", "'"),  # apostrophes
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),  # hyphens and dashes
}
"""Letters and signs that Unicode does not take apart into an English letter and a mark."""

_TABLE = str.maketrans(_SPELLED)
_FOREIGN = "standard_foreign"


def plain(text: str) -> str:
    """A text in upper case and ASCII: accents are dropped, letters of other scripts too."""
    spelled = unicodedata.normalize("NFKD", text.translate(_TABLE)).translate(_TABLE)
    return spelled.encode("ascii", "ignore").decode("ascii").upper()


def collect_foreign(connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[str]) -> None:
    """Spell every distinct text of the columns that is not ASCII, for `plain_texts`.

    Args:
        connection: Where the columns are.
        relation: Name of a table with the columns, all text.
        columns: Their names.
    """
    texts = " UNION ALL ".join(
        f"SELECT {column} AS text FROM {relation} WHERE strlen({column}) <> length({column})" for column in columns
    )
    decide(connection, texts, _FOREIGN, ["plain"], lambda text: [plain(text)])


def plain_texts(texts: str) -> str:
    """SELECT of text and said: each text as it came, and in upper case and ASCII.

    Args:
        texts: SELECT with a column `text` of texts that `collect_foreign` has seen; other columns are handed on.
    """
    return f"""
    SELECT given.*, coalesce(plain, upper(text)) AS said
    FROM ({texts}) AS given
    LEFT JOIN {_FOREIGN} USING (text)
    WHERE text IS NOT NULL"""
