"""A sheet that came back, with decisions: read strictly, for it went through a spreadsheet and other hands."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import duckdb

from models.errors import LinkError
from models.wording import counted, shown
from pipelines.lake import Lake
from pipelines.linking.reviews import ReviewLedger
from pipelines.sql import literal, literals, parquet
from pipelines.tables.links import DECISIONS

_NEEDED = ("pair_id", "decision", "voter_id")
_DELIMITERS = (",", ";", "\t")
_NAMED = 20  # rows that a sentence names


@dataclass(frozen=True)
class Taken:
    """What was taken in of a sheet.

    Attributes:
        decisions: New decisions, count by word.
        known: Decisions that stood already, count.
        blank: Rows without a decision, count.
    """

    decisions: dict[str, int]
    known: int
    blank: int


def take_in(lake: Lake, state: str, file: Path, keys: Path, identity: str, now: dt.datetime) -> Taken:
    """Append the decisions of a sheet to the ledger of a state.

    Args:
        lake: Data root.
        state: Two-letter code.
        file: The sheet.
        keys: Folder with the keys of the sheets of the state.
        identity: Who decided.
        now: When it is read.

    Raises:
        LinkError: Something in it is wrong; nothing is taken.
    """
    ledger = ReviewLedger(lake, state)
    with lake.connect() as connection:
        _read(connection, file)
        _keep_keys(connection, keys)
        _demand_sound(connection, file)
        connection.register("every_decision", ledger.table())
        new = connection.execute(f"{_DECIDED} ANTI JOIN ({_STANDING}) USING (pair_id) ORDER BY pair_id")
        names = [column[0] for column in new.description]
        rows = [dict(zip(names, values, strict=True)) for values in new.fetchall()]
        decided, blank = connection.execute("SELECT count(word), count(*) - count(word) FROM answers").fetchall()[0]
    ledger.append({**row, "decided_at": now, "decided_by": identity} for row in rows)
    words = [row["decision_code"] for row in rows]
    return Taken({word: words.count(word) for word in DECISIONS if word in words}, decided - len(rows), blank)


_DECIDED = """
    SELECT pair_id, k.source, k.role, k.source_record_id, k.voter_id, word AS decision_code, k.chance,
        k.record_hash
    FROM (FROM answers WHERE word IS NOT NULL)
    JOIN queue_keys AS k USING (pair_id)"""

_STANDING = """
    SELECT pair_id
    FROM answers AS a
    JOIN (
        SELECT pair_id, arg_max(decision_code, sequence) AS decision_code
        FROM every_decision
        WHERE pair_id IS NOT NULL
        GROUP BY pair_id
    ) AS d USING (pair_id)
    WHERE d.decision_code = a.word"""
"""SELECT of the pairs of which this sheet has told the same before: another sheet may have told a newer word since."""


def _read(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Make the table `answers`: row (the header is 1), pair_id, voter_id, word."""
    try:
        header = file.read_bytes().split(b"\n", 1)[0].decode("utf-8-sig")
        delimiter = next((sign for sign in _DELIMITERS if sign in header), ",")
        options = f"header = true, all_varchar = true, delim = {literal(delimiter)}, quote = '\"', escape = '\"'"
        source = f"read_csv({literal(str(file))}, {options}, parallel = false, null_padding = true)"
        names = {name for name, *_ in connection.execute(f"DESCRIBE FROM {source}").fetchall()}
        missing = [name for name in _NEEDED if name not in names]
        if missing:
            raise LinkError(f"{shown(file.name)}: nothing was taken: it has no column {', '.join(missing)}.")
        connection.execute(
            f"""CREATE OR REPLACE TABLE answers AS
            SELECT row_number() OVER () + 1 AS row, trim(pair_id) AS pair_id, trim(voter_id) AS voter_id,
                nullif(lower(trim(decision)), '') AS word
            FROM {source}"""
        )
        connection.execute("DELETE FROM answers WHERE coalesce(pair_id, '') = '' AND word IS NULL")
    except (duckdb.Error, OSError, UnicodeDecodeError):
        raise LinkError(
            f"{shown(file.name)}: nothing was taken: it cannot be read. Save it as CSV in UTF-8, with the columns "
            "of the sheet."
        ) from None


def _keep_keys(connection: duckdb.DuckDBPyConnection, keys: Path) -> None:
    files = sorted(keys.glob("*.parquet"))
    nothing = """SELECT NULL::VARCHAR AS pair_id, NULL::VARCHAR AS source, NULL::VARCHAR AS role,
        NULL::VARCHAR AS source_record_id, NULL::VARCHAR AS voter_id, NULL::DOUBLE AS chance WHERE false"""
    told = f"SELECT * FROM {parquet(files)}" if files else nothing
    connection.execute(f"CREATE OR REPLACE TABLE queue_keys AS {told}")


def _demand_sound(connection: duckdb.DuckDBPyConnection, file: Path) -> None:
    """Refuse a sheet with anything wrong in it, all of it at once, by row number."""
    words = f"word NOT IN ({literals(DECISIONS)})"
    known = "pair_id IN (SELECT pair_id FROM queue_keys)"
    faults = {
        f"the decision is none of {', '.join(DECISIONS)}": words,
        "no sheet of the state has the row": f"NOT coalesce({known}, false)",
        "the voter is not the one of the sheet": f"""{known} AND voter_id IS DISTINCT FROM
            (SELECT k.voter_id FROM queue_keys AS k WHERE k.pair_id = answers.pair_id)""",
        "the pair stands twice": "pair_id IN (SELECT pair_id FROM answers GROUP BY pair_id HAVING count(*) > 1)",
    }
    found = {told: _rows(connection, where) for told, where in faults.items()}
    told = [f"{_listed(rows)}: {fault}" for fault, rows in found.items() if rows]
    if told:
        raise LinkError(
            f"{shown(file.name)}: nothing was taken. {'; '.join(told)}. Mend the rows, or fill in the sheet anew."
        )


def _rows(connection: duckdb.DuckDBPyConnection, where: str) -> list[int]:
    return [row for (row,) in connection.execute(f"SELECT row FROM answers WHERE {where} ORDER BY row").fetchall()]


def _listed(rows: list[int]) -> str:
    more = f" and {counted(len(rows) - _NAMED, 'more row')}" if len(rows) > _NAMED else ""
    named = ", ".join(map(str, rows[:_NAMED]))
    return f"Row{'s' if len(rows) > 1 else ''} {named}{more}"
