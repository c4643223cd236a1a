"""What a dated layout would say of days and codes that are written in another way since a delivery.

Looked for where the delivery was read and people will look at it: it tells sentences, and adds to what is proposed.
The raw texts are counted in SQL and stay there. Codes alone stand in a proposal, short ones that many voters share.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from pipelines.core.staged import ReadText, Staged
from pipelines.layouts.columns import ColumnLayout
from pipelines.layouts.dated.changes import RoleChange
from pipelines.layouts.dated.mending import merge
from pipelines.layouts.reading.positions import Positions
from pipelines.layouts.reading.typed import select_typed
from pipelines.layouts.spelling import normalise
from pipelines.sql import identifier, literal, literals

FORMATS = (
    "%Y-%m-%d", "%m/%d/%Y", "%d/%m/%Y", "%Y/%m/%d", "%m-%d-%Y", "%d-%m-%Y", "%Y%m%d", "%m%d%Y", "%d-%b-%Y", "%d %b %Y",
    "%b %d, %Y", "%B %d, %Y", "%d.%m.%Y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
)  # fmt: skip
"""Ways to write a day that are tried; two digits for a year are in doubt and not among them."""

_FAULTY = 0.01  # share of a column's texts that do not convert, from which another way to write it is looked for
_NEARLY_ALL = 0.95  # share that must fit: the rest are masks and slips
_SAMPLE = 20_000  # rows looked at for days: enough to tell two formats apart by days after the 12th
_FEWEST = 20  # voters who must share a code: fewer could be one person's text
_LONGEST_CODE = 12  # characters: what is longer is no code
_MOST_CODES = 60  # codes of one column; where there are more it is no list of codes


@dataclass(frozen=True)
class Compared:
    """What values are held against.

    Attributes:
        state: Two-letter code that begins every voter_id.
        day: Day of the delivery.
        last_good: SELECT of the last good snapshot; nothing where there is none.
    """

    state: str
    day: dt.date
    last_good: str | None = None


def propose_values(connection: duckdb.DuckDBPyConnection, staged: Staged, compared: Compared) -> list[str]:
    """Sentences on days and codes that are written in another way; what an entry would say goes to `staged.changes`.

    Args:
        connection: Where the texts can still be read; the scratch folder stands.
        staged: What reading found.
        compared: What the values are held against.
    """
    told: list[str] = []
    for reads in _by_look(staged.read.values()):
        role, number, look = reads[0].role, reads[0].number, reads[0].look
        for name, layout in look.column_layouts().items():
            try:
                found = _of_column(connection, staged, reads, name, layout, compared)
            except duckdb.Error:  # a text that SQL can only read line by line is not looked at a second time
                found = None
            if found is None:
                continue
            sentence, columns = found
            told.append(sentence)
            if columns:
                _add(staged, role, number, {"voters": columns} if look.voters else {"history": {"columns": columns}})
    connection.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")  # read before
    return told


Found = tuple[str, Mapping[str, Any]]
"""A sentence, and columns as they would stand in an entry."""


def _of_column(
    connection: duckdb.DuckDBPyConnection,
    staged: Staged,
    reads: list[ReadText],
    name: str,
    layout: ColumnLayout,
    compared: Compared,
) -> Found | None:
    if layout.date and _is_faulty(staged, name):
        return _of_days(connection, reads, name, layout, compared.day)
    if layout.code and "voter_id" in reads[0].look.voters and compared.last_good:
        return _of_codes(connection, reads, name, layout, compared)
    return None


def _by_look(reads: Iterable[ReadText]) -> list[list[ReadText]]:
    found: dict[tuple[str, int], list[ReadText]] = {}
    for read in reads:
        found.setdefault((read.role, read.number), []).append(read)
    return list(found.values())


def _is_faulty(staged: Staged, name: str) -> bool:
    faults = [count for count in staged.faults if count.column == name]
    return sum(count.count for count in faults) > _FAULTY * sum(count.rows for count in faults)


def _add(staged: Staged, role: Any, number: int, told: Mapping[str, Any]) -> None:
    """Add what is set to the change of a role; of two looks the first one's change stands."""
    before = staged.changes.get(role, RoleChange(look=number))
    if before.look == number:
        staged.changes[role] = before.model_copy(update={"set": merge(before.set, dict(told))})


def _texts(reads: list[ReadText], layout: ColumnLayout) -> str | None:
    """SELECT of the texts of a column, blanks around them cut, masked and blank ones left out."""
    sampled = max(_SAMPLE // len(reads), _FEWEST)
    parts = [
        f"(SELECT trim({texts[0]}) AS text FROM {read.text.relation} LIMIT {sampled})"
        for read in reads
        if len(texts := Positions(read.text.headers).texts(layout)) == 1
    ]
    masked = f" AND text NOT IN ({literals(layout.masks)})" if layout.masks else ""
    return f"SELECT text FROM ({' UNION ALL '.join(parts)}) WHERE text <> ''{masked}" if parts else None


def _of_days(
    connection: duckdb.DuckDBPyConnection, reads: list[ReadText], name: str, layout: ColumnLayout, day: dt.date
) -> Found | None:
    """How the days of a column are written now, where all of them are, or all that the layout does not know."""
    texts, listed = _texts(reads, layout), list(layout.date or [])
    if texts is None:
        return None
    others = [known for known in FORMATS if known not in listed]
    known = " OR ".join(_is_day(format_, day) for format_ in listed)
    fits = {format_: _is_day(format_, day) for format_ in others} | {
        "year": "regexp_full_match(text, '(19|20)[0-9]{2}')"
    }
    counts = ", ".join(
        f"count(*) FILTER ({test}), count(*) FILTER (NOT ({known}) AND {test})" for test in fits.values()
    )
    every, left, *found = connection.execute(
        f"SELECT count(*), count(*) FILTER (NOT ({known})), {counts} FROM ({texts})"
    ).fetchall()[0]
    pairs = dict(zip(fits, zip(found[::2], found[1::2], strict=True), strict=True))
    whole = [format_ for format_, (count, _) in pairs.items() if every and count >= _NEARLY_ALL * every]
    rest = [format_ for format_, (_, count) in pairs.items() if left and count >= _NEARLY_ALL * left]
    if "year" in rest:
        return _of_years(reads, name, layout, is_all="year" in whole)
    if len(whole) == 1:
        return f"{name}: since this file its days are written as {whole[0]}.", {name: {"date": whole}}
    if len(rest) == 1 and not whole:
        told = f"{name}: since this file some of its days are written as {rest[0]}, the others as before."
        return told, {name: {"date": [*listed, rest[0]]}}
    if whole or rest:
        told = " or ".join(whole or rest)
        return f"{name}: its days may be written as {told}; that cannot be told apart.", {}
    return None


def _is_day(format_: str, day: dt.date) -> str:
    read = f"CAST(try_strptime(text, {literal(format_)}) AS DATE)"
    return f"coalesce({read} BETWEEN DATE '1800-01-01' AND DATE '{day}', false)"


def _of_years(reads: list[ReadText], name: str, layout: ColumnLayout, is_all: bool) -> Found:
    if not is_all:
        return f"{name}: since this file some of its texts carry only a year.", {}
    told = f"{name}: since this file its days carry only a year."
    if name != "birth_date" or "birth_year" in reads[0].look.voters:
        return told, {name: None} if not layout.is_key and reads[0].look.voters else {}
    return told, {name: None, "birth_year": {"from": list(layout.from_), "year": True, "required": layout.required}}


def _of_codes(
    connection: duckdb.DuckDBPyConnection, reads: list[ReadText], name: str, layout: ColumnLayout, compared: Compared
) -> Found | None:
    """What codes mean now, by what the same voters had in the last good snapshot."""
    assert layout.code is not None
    parts = [_coded(read, layout, compared.state) for read in reads if _has_code(read, layout)]
    if not parts:
        return None
    column = identifier(name)
    counted = f"""
    WITH coded AS ({" UNION ALL ".join(parts)}),
    matched AS (
        SELECT code, old.{column} AS word, count(*) AS voters
        FROM coded
        JOIN ({compared.last_good}) AS old USING (voter_id)
        WHERE code IS NOT NULL
        GROUP BY ALL
    )
    SELECT code, sum(voters)::BIGINT, arg_max(word, voters), max(voters) FILTER (word IS NOT NULL)
    FROM matched
    GROUP BY code
    HAVING sum(voters) >= {_FEWEST} AND length(code) <= {_LONGEST_CODE}
    ORDER BY code
    LIMIT {_MOST_CODES + 1}"""
    rows = connection.execute(counted).fetchall()
    if len(rows) > _MOST_CODES:
        return None
    listed = {normalise(code) or code: word for code, word in layout.code.items()}
    known = {row[0]: listed.get(normalise(row[0]) or row[0], layout.otherwise) for row in rows}
    unlisted = [row[0] for row in rows if (normalise(row[0]) or row[0]) not in listed]
    sure = {code: word for code, voters, word, most in rows if word and most and most >= _NEARLY_ALL * voters}
    new = {code: word for code, word in sure.items() if word != known[code]}
    if not new:
        return (f"{name}: {_codes(len(unlisted))} not on the list.", {}) if unlisted and not layout.otherwise else None
    told = [
        f"{_codes(len(unlisted))} not on the list" if unlisted else "",
        f"of {_codes(len(new)).rsplit(' ', 1)[0]} the voters had one and the same word before",
    ]
    return f"{name}: {'; '.join(part for part in told if part)}.", {name: {"code": new}}


def _codes(count: int) -> str:
    return "1 code is" if count == 1 else f"{count} codes are"


def _has_code(read: ReadText, layout: ColumnLayout) -> bool:
    return len(Positions(read.text.headers).texts(layout)) == 1


def _coded(read: ReadText, layout: ColumnLayout, state: str) -> str:
    """SELECT of the voter and the raw code of every row."""
    positions = Positions(read.text.headers)
    code = f"nullif(trim({positions.texts(layout)[0]}), '') AS code"
    typed = select_typed({"voter_id": read.look.voters["voter_id"]}, positions, read.text.relation, [code])
    return f"SELECT {literal(state + '-')} || voter_id AS voter_id, code FROM ({typed})"
