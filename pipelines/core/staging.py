"""The files of a delivery as two typed working tables, with every refused row and every fault counted.

Working tables of one SQL connection: `staged_voters` (a row per person), `staged_votes` (a row per stated
participation) and those of `refusing.py`. Nothing is written outside the connection.
"""

from pathlib import Path

import duckdb

from pipelines.core import refusing
from pipelines.core.staged import Count, Staged
from pipelines.core.text_stager import TextStager, cell_names
from pipelines.layouts.history import WideHistory
from pipelines.layouts.reading import select_wide_votes
from pipelines.layouts.source import FileLayout, Layout
from pipelines.raw.readers import open_file
from pipelines.raw.receipts import Delivery, kept_file
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
    cells = [name for files in layout.files.values() for name in cell_names(files)]
    create_tables(connection, cells)
    for role, files in layout.files.items():
        for event in delivery.of_role(role):
            facts = staged.files.setdefault(event["file_id"], {"row_count": 0, "line_count": None})
            kept = kept_file(root, event["file_id"])
            for text in open_file(connection, kept, event["file_name"], files, scratch):
                stager = TextStager(connection, staged, files, text, state, delivery.snapshot_date)
                stager.stage(event["file_id"], facts)
    told = [name for name in Voters.schema().names if name != "voter_id"]
    staged.folded_count = refusing.refuse_voters(connection, told + cells)
    for number, files in enumerate(_layouts_of(delivery, layout, staged)):
        if isinstance(files.history, WideHistory):
            _stage_wide_votes(connection, files.history, number)
    refusing.refuse_votes(connection, delivery.snapshot_date)
    _count_refused(connection, staged)
    return staged


def _layouts_of(delivery: Delivery, layout: Layout, staged: Staged) -> list[FileLayout]:
    """Layout of each file_no."""
    roles = {event["file_id"]: event["role"] for event in delivery.events}
    return [layout.files[roles[file_id]] for file_id in staged.numbers]


def create_tables(connection: duckdb.DuckDBPyConnection, cells: list[str]) -> None:
    """Make the empty working tables, with a column for each cell of a wide history."""
    connection.execute(refusing.TABLES)
    connection.register("people", Voters.schema().empty_table())
    connection.register("votes", VoteHistory.schema().empty_table())
    bits = "0::BIGINT AS fault_bits, 0::BIGINT AS masked_bits, 0 AS file_no"
    more = "".join(f", NULL::VARCHAR AS {cell}" for cell in cells)
    connection.execute(f"CREATE TABLE staged_voters AS SELECT *, {bits}{more} FROM people")
    connection.execute(
        "CREATE TABLE staged_votes AS SELECT voter_id, election_date, election_type, is_voted, method_code, "
        f"ballot_party_code, county_code, {bits}, 0::BIGINT AS source_row FROM votes"
    )


def _stage_wide_votes(connection: duckdb.DuckDBPyConnection, history: WideHistory, number: int) -> None:
    """Add the votes of the people who stand in staged_voters, so that a refused row states none."""
    voters = f"(SELECT *, rowid AS source_row FROM staged_voters WHERE file_no = {number})"
    votes = select_wide_votes(history, voters, ["voter_id", "source_row", "file_no"])
    connection.execute(
        "INSERT INTO staged_votes BY NAME SELECT voter_id, source_row, file_no, is_voted, "
        "CAST(regexp_extract(election_id, '\\d{4}-\\d{2}-\\d{2}') AS DATE) AS election_date, "
        f"regexp_extract(election_id, '[a-z]+$') AS election_type FROM ({votes})"
    )


def _count_refused(connection: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    for facts in staged.files.values():
        facts["reject_count"] = 0
    for number, count in refusing.refused_lines(connection).items():
        staged.files[staged.numbers[number]]["reject_count"] += count
    for number, rule, column, count in refusing.refused_counts(connection):
        rows = staged.files[staged.numbers[number]]["row_count"]
        staged.refused.append(Count(staged.names[number], column or "row", rule, count, rows))
