"""The files of a delivery as two typed working tables, with every refused row and every fault counted.

Working tables of one SQL connection: `staged_voters` (a row per person; the view `told_voters` shows them with the
columns of core_voters), `staged_votes` (a row per stated participation) and those of `refusing.py`. Nothing is written
outside the connection.
"""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from pipelines.core import refusing
from pipelines.core.history import FOLDED_VOTES, has_repeated_votes
from pipelines.core.staged import Count, Staged
from pipelines.core.text_stager import TextStager
from pipelines.layouts.history import WideElection, WideHistory
from pipelines.layouts.reading import select_wide_votes
from pipelines.layouts.source import FileLayout, Layout
from pipelines.raw.readers import TextRelation, open_file
from pipelines.raw.receipts import Delivery, kept_file
from pipelines.sql import identifier, listed
from pipelines.tables.core import VoteHistory, Voters


def stage_delivery(
    connection: duckdb.DuckDBPyConnection, root: Path, delivery: Delivery, layout: Layout, state: str, scratch: Path
) -> Staged:
    """Read every file of a delivery into the working tables.

    Args:
        connection: Where the working tables are made.
        root: Data root, where the received bytes are kept.
        delivery: The delivery.
        layout: Layout of its day.
        state: Two-letter code that begins every voter_id.
        scratch: Folder for unpacked copies.

    Raises:
        LayoutError: A file cannot be opened, or does not fit its layout.
    """
    staged = Staged()
    wide = [files.history for files in layout.files.values() if isinstance(files.history, WideHistory)]
    create_tables(connection, is_wide=bool(wide))
    for role, files in layout.files.items():
        texts = list(_open(connection, root, delivery.of_role(role), files, scratch))
        for file_id, _ in texts:
            staged.files.setdefault(file_id, {"row_count": 0, "line_count": None})
        for alike in _by_dialect(texts):
            TextStager(connection, staged, files, alike, state, delivery.snapshot_date).stage()
    connection.execute(f"CREATE VIEW told_voters AS {select_voters()}")
    told = [name for name in Voters.schema().names if name != "voter_id"]
    staged.folded_count = refusing.refuse_voters(connection, [*told, *(["cells"] if wide else [])])
    refusing.refuse_votes(connection, delivery.snapshot_date)
    for elections, numbers in _wide_files(staged):
        late = [at for at, election in enumerate(elections, 1) if election.day > delivery.snapshot_date]
        refusing.note_late_cells(connection, numbers, late)
    _count_refused(connection, staged)
    return staged


def select_voters() -> str:
    """SELECT of the staged people with every column of core_voters; what the file does not give is null."""
    derived = {
        "is_confidential": "coalesce(is_confidential, false)",
        "birth_year": "coalesce(birth_year, CAST(year(birth_date) AS SMALLINT))",
    }
    told = [f"{derived.get(name, name)} AS {identifier(name)}" for name in Voters.schema().names]
    return f"SELECT {', '.join(told)} FROM staged_voters"


def _open(
    connection: duckdb.DuckDBPyConnection, root: Path, events: list[dict[str, Any]], files: FileLayout, scratch: Path
) -> Iterator[tuple[str, TextRelation]]:
    for event in events:
        kept = kept_file(root, event["file_id"])
        for text in open_file(connection, kept, event["file_name"], files, scratch):
            yield event["file_id"], text


def _by_dialect(texts: list[tuple[str, TextRelation]]) -> list[list[tuple[str, TextRelation]]]:
    """Texts that can be read together, in the order of their first one."""
    found: dict[tuple[object, ...], list[tuple[str, TextRelation]]] = {}
    for file_id, text in texts:
        found.setdefault(text.dialect, []).append((file_id, text))
    return list(found.values())


def create_tables(connection: duckdb.DuckDBPyConnection, is_wide: bool) -> None:
    """Make the empty working tables, with a column for the cells of a wide history."""
    connection.execute(refusing.TABLES)
    connection.register("people", Voters.schema().empty_table())
    connection.register("votes", VoteHistory.schema().empty_table())
    bits = "0::BIGINT AS fault_bits, 0::BIGINT AS masked_bits, 0 AS file_no"
    cells = ", NULL::VARCHAR AS cells" if is_wide else ""
    connection.execute(f"CREATE TABLE staged_voters AS SELECT *, {bits}{cells} FROM people")
    connection.execute(
        "CREATE TABLE staged_votes AS SELECT voter_id, election_date, election_type, is_voted, method_code, "
        f"ballot_party_code, county_code, {bits} FROM votes"
    )


def stated_votes(connection: duckdb.DuckDBPyConnection, staged: Staged, layout: Layout, snapshot_date: dt.date) -> str:
    """SELECT of the votes of the staged files, a row per voter and election.

    The cells of a wide history are unfolded from the people who stand in staged_voters, so that a refused row states
    none. They say nothing of the county of the vote; that of the file stands for it, so that a county that has not yet
    posted is known as such.
    """
    wide = [files.history for files in layout.files.values() if isinstance(files.history, WideHistory)]
    carried = ["voter_id", "county_code", "NULL::VARCHAR AS method_code"]
    unfolded = []
    for elections, numbers in _wide_files(staged):
        held = [election for election in elections if election.day <= snapshot_date]
        people = f"(SELECT * FROM staged_voters WHERE file_no IN ({listed(numbers)}))"
        unfolded += [select_wide_votes(wide[0], held, people, carried)] if held else []
    if unfolded and not any(files.is_long for files in layout.files.values()):
        return "\nUNION ALL BY NAME\n".join(unfolded)
    for votes in unfolded:
        connection.execute(f"INSERT INTO staged_votes BY NAME SELECT *, 0 AS file_no FROM ({votes})")
    return FOLDED_VOTES if has_repeated_votes(connection) else "FROM staged_votes"


def _wide_files(staged: Staged) -> list[tuple[list[WideElection], list[int]]]:
    """file_no of the files that have the same columns of elections, with these elections."""
    found: list[tuple[list[WideElection], list[int]]] = []
    for number, elections in enumerate(staged.elections):
        alike = next((numbers for known, numbers in found if known == elections), None)
        if alike is not None:
            alike.append(number)
        elif elections:
            found.append((elections, [number]))
    return found


def _count_refused(connection: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    for facts in staged.files.values():
        facts["reject_count"] = 0
    for number, count in refusing.refused_lines(connection).items():
        staged.files[staged.numbers[number]]["reject_count"] += count
    for number, rule, column, count in refusing.refused_counts(connection):
        rows = staged.files[staged.numbers[number]]["row_count"]
        staged.refused.append(Count(staged.names[number], column or "row", rule, count, rows))
