"""Rows that break a key rule: refused with file, line and rule, their text kept in the protected quarantine.

Working tables: `refused` (file_no, row_number, rule, column_name), `file_starts` (file_no, first_row, line: where a
text begins in its working table) and `skipped` (file_no, place, passed: how many lines hold no row by then).
"""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import duckdb

from pipelines.layouts.reading.cells import NO_CELL
from pipelines.raw.opening import OpenedText, blank_lines
from pipelines.sql import identifier, listed, literal

TABLES = """
    CREATE TABLE refused (file_no INTEGER, row_number BIGINT, rule VARCHAR, column_name VARCHAR);
    CREATE TABLE file_starts (file_no INTEGER, first_row BIGINT, line BIGINT);
    CREATE TABLE skipped (file_no INTEGER, place BIGINT, passed BIGINT)"""

HEADER = "the header"
"""The voter_id of a row that repeats the header; no id has a blank."""

_LATE = "is not after the snapshot"
_WRONG_COLUMNS = 2  # one text that does not convert is a fault of its own; two in one row are no chance
_UNREAD = "is stated and can be read"


def _stray_quote(key: str) -> str:
    """SQL of whether a quote was lost at one end of a key's field: it would be another person."""
    return f"contains({key}, '\"')"


_STRAY_QUOTE = _stray_quote("voter_id")


def refuse_lines(connection: duckdb.DuckDBPyConnection, number: int, lines: Sequence[tuple[int, str]]) -> None:
    """Refuse lines of a text that are no record, each with the rule that it breaks; those refused before stay so.

    Args:
        connection: Holds the working tables.
        number: file_no of the text.
        lines: Numbers of the lines with their rules.
    """
    connection.execute(
        f"""INSERT INTO refused
        SELECT {number}, line, rule, NULL
        FROM (SELECT unnest(?::BIGINT[]) AS line, unnest(?::VARCHAR[]) AS rule)
        WHERE line NOT IN (SELECT row_number FROM refused WHERE file_no = {number})""",
        [[line for line, _ in lines], [rule for _, rule in lines]],
    )


def number_rows(
    connection: duckdb.DuckDBPyConnection, table: str, headers: dict[int, int], blank: dict[int, list[int]]
) -> None:
    """Write down which line of its text each row of a working table came from.

    Rows stand in the order of the text, so a row's line is its place among them, plus the header, plus the lines before
    it that hold no row: blank ones and those that were no record.

    Args:
        connection: Holds the working tables.
        table: `staged_voters`, `staged_votes` or `staged_rows`.
        headers: Lines of header of each file_no.
        blank: Numbers of the blank lines of each file_no.
    """
    named = ", ".join(f"({number}, {header})" for number, header in headers.items())
    connection.execute(
        f"""INSERT INTO file_starts
        SELECT file_no, min({table}.rowid), any_value(header) + 1
        FROM {table}
        JOIN (VALUES {named}) AS files(file_no, header) USING (file_no)
        GROUP BY file_no"""
    )
    lines = [(number, line) for number, found in blank.items() for line in found]
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE blank AS SELECT unnest(?::INTEGER[]) AS file_no, unnest(?::BIGINT[]) AS line",
        [[number for number, _ in lines], [line for _, line in lines]],
    )
    connection.execute(
        f"""INSERT INTO skipped
        WITH lines AS (
            SELECT DISTINCT file_no, line
            FROM (
                FROM blank
                UNION ALL
                SELECT file_no, row_number FROM refused WHERE file_no >= {min(headers)}
            )
        ), numbered AS (
            SELECT file_no, line, row_number() OVER (PARTITION BY file_no ORDER BY line) AS passed FROM lines
        )
        SELECT file_no, line - passed + 1 AS place, max(passed)     -- the first row place that lies behind the line
        FROM numbered
        GROUP BY ALL"""
    )


def refuse_headers(connection: duckdb.DuckDBPyConnection, table: str, key: str = "voter_id") -> None:
    """Refuse rows that repeat the header among the data, before they could be taken for a voter or a record."""
    _refuse(connection, table, f"{key} = {literal(HEADER)}", "is a row of data, not the header again", None)


def refuse_shifted(
    connection: duckdb.DuckDBPyConnection,
    first: int,
    required: Sequence[str],
    columns: Sequence[str],
    unread_votes: str = "0",
) -> None:
    """Refuse people in whose row several columns lack what must stand there: it was shifted or broken in two.

    Needed where a row may be short, for then its number of fields tells nothing.

    Args:
        connection: Holds the working tables.
        first: file_no of the first text that is meant.
        required: Columns that every row should state.
        columns: Column behind each bit of `fault_bits`.
        unread_votes: SQL of how many cells of elections in the row do not say what a vote says.
    """
    empty = [f"CAST({identifier(name)} IS NULL AS INTEGER)" for name in required]
    others = sum(1 << place for place, name in enumerate(columns) if name not in required)  # required: empty by a fault
    wrong = f"{' + '.join([f'bit_count(fault_bits & {others})', *empty, unread_votes])} >= {_WRONG_COLUMNS}"
    _refuse(connection, "staged_voters", f"file_no >= {first} AND {wrong}", "has its fields in their columns", None)


def refuse_pieces(connection: duckdb.DuckDBPyConnection, table: str, number: int, lines: Sequence[int]) -> None:
    """Refuse the rows at some lines of a text: a line beside each is a piece of its record.

    Args:
        connection: Holds the working tables, rows numbered.
        table: Working table of the rows.
        number: file_no of the text.
        lines: Numbers of the lines.
    """
    passed = f"SELECT max(passed) FROM skipped WHERE file_no = {number} AND place + passed <= found.line"
    connection.execute(
        f"""DELETE FROM {table}
        WHERE file_no = {number} AND rowid IN (
            SELECT first_row + found.line - coalesce(({passed}), 0) - file_starts.line
            FROM file_starts, (SELECT unnest(?::BIGINT[]) AS line) AS found
            WHERE file_no = {number}
        )""",
        [list(lines)],
    )
    refuse_lines(connection, number, [(line, "is whole: the line beside it is a piece of a record") for line in lines])


def keep_first(connection: duckdb.DuckDBPyConnection, precedence: Sequence[str]) -> int:
    """Of several rows of an id keep the one whose status stands first, of those the one registered last.

    The votes of the others go to `given_way`.

    Args:
        connection: Holds the working tables.
        precedence: Statuses in their order; others stand behind them.

    Returns:
        Rows that gave way, count.
    """
    status = " ".join(f"WHEN {literal(word)} THEN {place}" for place, word in enumerate(precedence))
    connection.execute(
        f"""CREATE TABLE second_rows AS
            SELECT row_id
            FROM (
                SELECT staged_voters.rowid AS row_id, row_number() OVER (
                    PARTITION BY voter_id
                    ORDER BY CASE status_code {status} ELSE {len(precedence)} END, registration_date DESC NULLS LAST,
                        staged_voters.rowid
                ) AS place
                FROM staged_voters
                SEMI JOIN (SELECT voter_id FROM staged_voters GROUP BY voter_id HAVING count(*) > 1) USING (voter_id)
            )
            WHERE place > 1"""
    )
    given_way = "rowid IN (SELECT row_id FROM second_rows)"
    votes = "SELECT voter_id, votes, file_no, county_code FROM staged_voters"
    connection.execute(f"INSERT INTO given_way {votes} WHERE {given_way} AND votes IS NOT NULL")
    return connection.execute(f"DELETE FROM staged_voters WHERE {given_way}").fetchall()[0][0]


def refuse_voters(connection: duckdb.DuckDBPyConnection, told: list[str], key_rule: str = "is stated") -> int:
    """Refuse people without an id, and all rows of an id whose rows contradict each other; fold rows that repeat.

    Args:
        connection: Holds the working tables.
        told: Columns of staged_voters that say something about a person.
        key_rule: What an id is, in words.

    Returns:
        Rows folded, count.
    """
    return _refuse_unkeyed(connection, "staged_voters", "voter_id", told, key_rule)


def refuse_records(connection: duckdb.DuckDBPyConnection, table: str, told: Sequence[str], who: Sequence[str]) -> int:
    """Refuse records without an id or without a word on who they are about, and ids that contradict themselves.

    Args:
        connection: Holds the working tables.
        table: Working table of one role.
        told: Its columns that say something.
        who: Of these, those that say who it is; a record has one of them at least.

    Returns:
        Rows folded, count.
    """
    nobody = f"{' AND '.join(f'{identifier(name)} IS NULL' for name in who)} AND source_record_id IS NOT NULL"
    _refuse(connection, table, nobody, "says who it is about", None)
    return _refuse_unkeyed(connection, table, "source_record_id", told, "is stated")


def _refuse_unkeyed(
    connection: duckdb.DuckDBPyConnection, table: str, key: str, told: Sequence[str], key_rule: str
) -> int:
    """Refuse rows without a key, and all rows of a key whose rows contradict each other; fold rows that repeat.

    Returns:
        Rows folded, count.
    """
    _refuse(connection, table, f"{key} IS NULL", key_rule, key)
    _refuse(connection, table, _stray_quote(key), "has no stray quote", key)
    facts = f"hash({', '.join(identifier(name) for name in told)})"
    connection.execute(
        f"""CREATE OR REPLACE TABLE repeated AS
        WITH ids AS (
            SELECT {key} FROM {table} GROUP BY {key} HAVING count(*) > 1
        )
        SELECT {key}, min({facts}) <> max({facts}) AS is_conflicting, min({table}.rowid) AS first_row
        FROM {table}
        SEMI JOIN ids USING ({key})
        GROUP BY {key}"""
    )
    conflicting = f"{key} IN (SELECT {key} FROM repeated WHERE is_conflicting)"
    _refuse(connection, table, conflicting, "has one set of facts for an id", key)
    return connection.execute(
        f"DELETE FROM {table} USING repeated WHERE {table}.{key} = repeated.{key} AND {table}.rowid <> first_row"
    ).fetchall()[0][0]


def refuse_votes(connection: duckdb.DuckDBPyConnection, snapshot_date: dt.date) -> None:
    """Refuse votes without a voter, a day, a type or a ballot's fate, and votes cast after the file was made."""
    _refuse(connection, "staged_votes", "voter_id IS NULL", _UNREAD, "voter_id")
    for column in ("election_date", "election_type", "is_voted"):
        _refuse_readings(connection, f"{column} IS NULL", _UNREAD, column)
    _refuse(connection, "staged_votes", _STRAY_QUOTE, "has no stray quote", "voter_id")
    _refuse_readings(connection, f"election_date > DATE '{snapshot_date}'", _LATE, "election_date")


def refuse_rows(connection: duckdb.DuckDBPyConnection) -> None:
    """Refuse rows of votes without a voter."""
    _refuse(connection, "staged_rows", "voter_id IS NULL", _UNREAD, "voter_id")
    _refuse(connection, "staged_rows", _STRAY_QUOTE, "has no stray quote", "voter_id")


def _refuse_readings(connection: duckdb.DuckDBPyConnection, condition: str, rule: str, column: str) -> None:
    """Refuse the votes whose texts say what meets a condition."""
    if connection.execute(f"SELECT 1 FROM vote_readings WHERE {condition} LIMIT 1").fetchall():
        votes = f"SELECT staged_votes.rowid FROM staged_votes JOIN vote_readings USING (text_hash) WHERE {condition}"
        _refuse(connection, "staged_votes", f"staged_votes.rowid IN ({votes})", rule, column)


def note_late_cells(connection: duckdb.DuckDBPyConnection, numbers: list[int], places: list[int]) -> None:
    """Write down the lines of a wide history that state votes in elections after the file was made.

    Args:
        connection: Holds the working tables.
        numbers: file_no of the texts.
        places: Places of these elections among the cells, from 1.
    """
    if places:
        stated = " OR ".join(f"cells[{place}] <> '{NO_CELL}'" for place in places)
        _note(connection, "staged_voters", f"file_no IN ({listed(numbers)}) AND ({stated})", _LATE, "election_date")


def refused_counts(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, str, str | None, int]]:
    """file_no, rule, column and count of lines for every rule that refused one, the most frequent first."""
    return connection.execute(
        """SELECT file_no, rule, column_name, count(*) AS lines
        FROM (SELECT DISTINCT * FROM refused)
        GROUP BY ALL
        ORDER BY file_no, lines DESC, rule, column_name"""
    ).fetchall()


def refused_lines(connection: duckdb.DuckDBPyConnection) -> dict[int, int]:
    """Refused lines of each file_no, count."""
    lines = "SELECT DISTINCT file_no, row_number FROM refused"
    return dict(connection.execute(f"SELECT file_no, count(*) FROM ({lines}) GROUP BY file_no").fetchall())


def keep_refused(
    connection: duckdb.DuckDBPyConnection, texts: dict[int, OpenedText], folder: Path, made_from: str
) -> None:
    """Keep the text of refused lines in the protected quarantine, a file per text: line number, tab, line."""
    found = connection.execute(
        "SELECT file_no, list(DISTINCT row_number) FROM refused GROUP BY file_no ORDER BY file_no"
    )
    for number, lines in found.fetchall():
        if number in texts:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _copy_lines(texts[number].path, set(lines), folder / f"{made_from}-{number}.txt")


def find_blank(opened: OpenedText, is_expected: bool) -> list[int]:
    """Numbers of the blank lines of a text; it is not looked at where none is expected."""
    return list(blank_lines(opened.path)) if is_expected else []


def _copy_lines(path: Path, lines: set[int], target: Path) -> None:
    target.unlink(missing_ok=True)
    target.touch(mode=0o600)
    with path.open("rb") as text, target.open("wb") as kept:
        for number, line in enumerate(text, 1):
            if number in lines:
                kept.write(b"%d\t%s\n" % (number, line.rstrip(b"\r\n")))


def _refuse(connection: duckdb.DuckDBPyConnection, table: str, condition: str, rule: str, column: str | None) -> None:
    if _note(connection, table, condition, rule, column):
        connection.execute(f"DELETE FROM {table} WHERE {condition}")


def _note(connection: duckdb.DuckDBPyConnection, table: str, condition: str, rule: str, column: str | None) -> int:
    """Write down the lines of the rows that meet a condition; how many there are."""
    named = literal(column) if column else "NULL"
    return connection.execute(
        f"""INSERT INTO refused
        WITH found AS (
            SELECT file_no, {table}.rowid - first_row + line AS place
            FROM {table}
            JOIN file_starts USING (file_no)
            WHERE {condition}
        )
        SELECT DISTINCT found.file_no, found.place + coalesce(passed, 0), {literal(rule)}, {named}
        FROM found
        ASOF LEFT JOIN skipped ON found.file_no = skipped.file_no AND found.place >= skipped.place"""
    ).fetchall()[0][0]
