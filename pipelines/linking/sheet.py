"""The sheet that a person decides on: a record and a voter side by side, and a key that keeps what it is about.

The sheet is CSV. A cell that a spreadsheet would run as a formula is written with an apostrophe before it.
"""

import io
import os
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from pipelines.lake import Lake
from pipelines.linking.comparisons import level_names
from pipelines.linking.model import LinkModel
from pipelines.linking.reading import newest_records, newest_voters
from pipelines.sql import identifier, literal

OPENING = ("pair_id", "decision", "source", "role", "voter_id", "agrees")
KEY = ("pair_id", "source", "role", "source_record_id", "voter_id", "chance", "record_hash")
"""Columns of the key beside a sheet."""

_SIDES = (
    "first_name", "middle_name", "last_name", "name_suffix", "gender_code", "birth_date", "birth_year", "address_line",
    "city", "zip_code", "phone",
)  # fmt: skip
_ONE_SIDE = ("full_name", "email")  # a voter file gives neither
_FORMULA = r"^(\s*[=+\-@＝＋－＠]|[\t\r\n])"  # noqa: RUF001
"""What a spreadsheet may run, also in its wide forms and behind blanks (OWASP, CSV Injection)."""


def keep_sheet(connection: duckdb.DuckDBPyConnection, lake: Lake, state: str, model: LinkModel) -> str:
    """Make the tables `sheet` (the CSV, all text) and `sheet_key` (KEY) of the table `drawn`; the name of the queue.

    A pair_id is a hash: nobody has to trust ids that went through a spreadsheet. The rows stand in its order, so that
    whoever stops half-way has decided on a sample.

    Args:
        connection: Holds `drawn`.
        lake: Data root.
        state: Two-letter code.
        model: The model whose levels the pairs have.
    """
    _keep_shown(connection, lake, state)
    pair = "concat_ws(' ', source, role, source_record_id, voter_id, record_hash, chance)"
    named = f"SELECT coalesce(md5(string_agg({pair}, chr(10) ORDER BY {pair})), '') FROM shown"
    queue = connection.execute(named).fetchall()[0][0][:16]
    numbered = f"SELECT 'p' || left(md5({literal(queue)} || {pair}), 15) AS pair_id, * FROM shown"
    connection.execute(f"CREATE OR REPLACE TABLE sheet_key AS SELECT {', '.join(KEY)} FROM ({numbered})")
    cells = [_cell(name) for name in (*OPENING[2:], *_side_by_side())]
    connection.execute(
        f"""CREATE OR REPLACE TABLE sheet AS
        SELECT pair_id, NULL::VARCHAR AS decision, {", ".join(cells)}
        FROM (SELECT *, {_agreement(model)} AS agrees FROM ({numbered}))
        ORDER BY pair_id"""
    )
    return queue


def write_private(file: Path, content: bytes) -> None:
    """Write a file that its owner alone may read, once: one that is there stays, for somebody may be at work on it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    for folder in (file.parent, file.parent.parent, file.parent.parent.parent):
        folder.chmod(0o700)
    if file.exists():
        return
    draft = file.with_name(f".{file.name}-{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as opened:
        opened.write(content)
    draft.replace(file)


def csv_bytes(rows: pa.Table) -> bytes:
    """A table as CSV in UTF-8, a header first."""
    sink = io.BytesIO()
    pc.write_csv(rows, sink)
    return sink.getvalue()


def parquet_bytes(rows: pa.Table) -> bytes:
    """A table as Parquet."""
    sink = io.BytesIO()
    pq.write_table(rows, sink)
    return sink.getvalue()


def _keep_shown(connection: duckdb.DuckDBPyConnection, lake: Lake, state: str) -> None:
    """Make the table `shown`: `drawn`, and both sides of each pair as their files tell them."""
    told = connection.execute("SELECT DISTINCT source, role FROM drawn ORDER BY ALL").fetchall()
    fields = ", ".join(f"{name} AS record_{name}" for name in (*_ONE_SIDE, *_SIDES))
    parts = [
        f"""SELECT {literal(source)} AS source, {literal(role)} AS role, source_record_id, {fields}
        FROM ({newest_records(lake, role, source).select()})
        WHERE source_record_id IN
            (SELECT source_record_id FROM drawn WHERE source = {literal(source)} AND role = {literal(role)})"""
        for source, role in told
    ]
    nothing = ", ".join(f"NULL::VARCHAR AS record_{name}" for name in (*_ONE_SIDE, *_SIDES))
    none = f"SELECT NULL::VARCHAR AS source, NULL::VARCHAR AS role, NULL::VARCHAR AS source_record_id, {nothing}"
    records = "\n    UNION ALL ".join(parts or [f"{none} WHERE false"])
    fields = ", ".join(f"{name} AS voter_{name}" for name in _SIDES)
    voters = f"SELECT voter_id, {fields} FROM ({newest_voters(lake, state).select()}) WHERE NOT is_confidential"
    connection.execute(
        f"""CREATE OR REPLACE TABLE shown AS
        FROM drawn
        JOIN ({records}) USING (source, role, source_record_id)
        JOIN ({voters}) USING (voter_id)"""
    )


def _side_by_side() -> list[str]:
    pairs = [f"{side}_{name}" for name in _SIDES for side in ("record", "voter")]
    return [f"record_{_ONE_SIDE[0]}", *pairs, f"record_{_ONE_SIDE[1]}"]


def _agreement(model: LinkModel) -> str:
    """SQL of what is known to agree, trait by trait, in the words of the comparisons."""
    told = [
        f"{literal(f'{trait}: ')} || ([{', '.join(map(literal, level_names(trait)))}])[levels[{place}] + 1]"
        for place, trait in enumerate(model.traits, 1)
    ]
    return f"concat_ws('; ', {', '.join(told)})"


def _cell(name: str) -> str:
    text = f"CAST({identifier(name)} AS VARCHAR)"
    return f"CASE WHEN regexp_matches({text}, {literal(_FORMULA)}) THEN '''' || {text} ELSE {text} END AS {name}"
