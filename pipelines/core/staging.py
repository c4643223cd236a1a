"""The files of a delivery as two typed working tables, with every refused row and every fault counted.

Working tables of one SQL connection: `staged_voters` (a row per person; the view `told_voters` shows them with the
columns of core_voters), `staged_votes` (a row per stated participation: the voter, and the texts t0 .. tN that say what
it was), `vote_readings` (what each distinct row of these texts says) and those of `refusing.py`. Nothing is written
outside the connection.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from pipelines.core import refusing
from pipelines.core.staged import Count, Staged
from pipelines.core.text_stager import PeopleStager, VotesStager
from pipelines.layouts.source import FileLayout, Layout
from pipelines.layouts.wide import WideHistory
from pipelines.raw.readers import TextRelation, open_file
from pipelines.raw.receipts import Delivery, kept_file
from pipelines.sql import identifier
from pipelines.tables.core import Voters


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
    is_wide = any(isinstance(files.history, WideHistory) for files in layout.files.values())
    create_tables(connection, is_wide, max(files.vote_text_count for files in layout.files.values()))
    for role, files in layout.files.items():
        texts = list(_open(connection, root, delivery.of_role(role), files, scratch))
        for file_id, _ in texts:
            staged.files.setdefault(file_id, {"row_count": 0, "line_count": None})
        for alike in _by_dialect(texts):
            stager = VotesStager if files.is_long else PeopleStager
            stager(connection, staged, files, alike, state, delivery.snapshot_date).stage()
    connection.execute(f"CREATE VIEW told_voters AS {select_voters()}")
    told = [name for name in Voters.schema().names if name != "voter_id"]
    staged.folded_count = refusing.refuse_voters(connection, [*told, *(["cells"] if is_wide else [])])
    refusing.refuse_votes(connection, delivery.snapshot_date)
    for elections, numbers in staged.wide_files():
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


def create_tables(connection: duckdb.DuckDBPyConnection, is_wide: bool = False, vote_text_count: int = 0) -> None:
    """Make the empty working tables.

    Args:
        connection: Where.
        is_wide: Whether people carry the cells of a wide history.
        vote_text_count: Texts that say something about a vote, at most.
    """
    connection.execute(refusing.TABLES)
    connection.register("people", Voters.schema().empty_table())
    bits = "0::BIGINT AS fault_bits, 0::BIGINT AS masked_bits, 0 AS file_no"
    cells = ", NULL::VARCHAR AS cells" if is_wide else ""
    texts = "".join(f"t{place} VARCHAR DEFAULT '', " for place in range(vote_text_count))
    connection.execute(f"CREATE TABLE staged_voters AS SELECT *, {bits}{cells} FROM people")
    connection.execute(f"CREATE TABLE staged_votes (voter_id VARCHAR, {texts}file_no INTEGER)")
    connection.execute(
        f"CREATE TABLE vote_readings (file_no INTEGER, {texts}row_count BIGINT, election_id VARCHAR, "
        "election_date DATE, election_type VARCHAR, is_voted BOOLEAN, method_code VARCHAR, ballot_party_code VARCHAR, "
        "county_code VARCHAR, fault_bits BIGINT, masked_bits BIGINT)"
    )


def _count_refused(connection: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    for facts in staged.files.values():
        facts["reject_count"] = 0
    for number, count in refusing.refused_lines(connection).items():
        staged.files[staged.numbers[number]]["reject_count"] += count
    for number, rule, column, count in refusing.refused_counts(connection):
        rows = staged.files[staged.numbers[number]]["row_count"]
        staged.refused.append(Count(staged.names[number], column or "row", rule, count, rows))
