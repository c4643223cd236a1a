"""The files of a delivery as two typed working tables, with every refused row and every fault counted.

Working tables of one SQL connection: `staged_voters` (a row per person; the view `told_voters` shows them with the
columns of core_voters), `staged_votes` (a row per stated participation: the voter, the texts t0 .. tN that say what it
was, and their hash), `staged_rows` and `packed_votes` (votes that stand in the rows of voters), `vote_readings` (what
each distinct row of texts of votes says, by its hash, of packed votes by the text t0), `codes_<name>` (code files) and
those of `refusing.py`. Nothing is written outside the connection.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.calendar import Election
from pipelines.core import refusing
from pipelines.core.codes import stage_codes
from pipelines.core.looking_up import columns_looked_up, look_up
from pipelines.core.opened import OpenedLook, Text, open_roles
from pipelines.core.packed import PackedTexts, unpack_votes
from pipelines.core.readings import Occasion
from pipelines.core.staged import Count, ReadText, Staged
from pipelines.core.stagers import PeopleStager, RowsStager, VotesStager
from pipelines.layouts.files import FileLayout
from pipelines.layouts.history import InRow
from pipelines.layouts.reading.packing import is_packed
from pipelines.layouts.source import Layout
from pipelines.layouts.wide import WideHistory
from pipelines.raw.receipts import Delivery, kept_file
from pipelines.raw.unmeant import describe_unmeant
from pipelines.sql import identifier
from pipelines.tables.core import Voters


@dataclass(frozen=True)
class Received:
    """A delivery and what is needed to read it.

    Attributes:
        delivery: The delivery.
        earlier: Accepted deliveries before it, newest first, for code files that it lacks.
        layout: Layout of its day.
        state: Two-letter code that begins every voter_id.
        calendar: Elections of the state.
    """

    delivery: Delivery
    layout: Layout
    state: str
    calendar: Sequence[Election] = ()
    earlier: Sequence[Delivery] = ()


def stage_delivery(
    connection: duckdb.DuckDBPyConnection, root: Path, received: Received, scratch: Path, staged: Staged | None = None
) -> Staged:
    """Read every file of a delivery into the working tables.

    Args:
        connection: Where the working tables are made.
        root: Data root, where the received bytes are kept.
        received: The delivery.
        scratch: Folder for unpacked copies.
        staged: Where it is noted what was found; what was found until an error too.

    Raises:
        LayoutError: A file cannot be opened, or does not fit its layout.
    """
    staged, layout = Staged() if staged is None else staged, received.layout
    opened = open_roles(root, received.delivery, layout, scratch, staged)
    wide = [look.history for look in layout.all_looks() if isinstance(look.history, WideHistory)]
    is_wide = not all(map(is_packed, wide))
    create_tables(connection, is_wide, max(look.vote_text_count for look in layout.all_looks()))
    deliveries = [received.delivery, *received.earlier]
    codes = stage_codes(connection, root, deliveries, layout.codes, scratch, staged.differences)
    occasion = Occasion(received.state, received.delivery.snapshot_date, received.calendar, codes)
    staged.differences += unmeant(root, layout, received.delivery)
    packed = [texts for found in opened for texts in _stage_texts(connection, found, staged, occasion)]
    look_up(connection, staged, layout.files["voters"], occasion)
    connection.execute(f"CREATE VIEW told_voters AS {select_voters(layout.files['voters'])}")
    is_looked_up = any(look.lookups for look in layout.all_looks())
    told = [*(["looked_up"] if is_looked_up else []), *(["cells"] if is_wide else [])]
    told += ["votes"] if any(map(_is_of_people, packed)) else []
    _refuse(connection, staged, [found.look for found in opened], told, occasion)
    for found in packed:
        unpack_votes(connection, staged, found, occasion)
    count_refused(connection, staged)
    return staged


def unmeant(root: Path, layout: Layout, delivery: Delivery) -> list[str]:
    """Sentences on members of archives that nothing in the layout means."""
    meant = [*layout.all_looks(), *layout.codes.values()]
    return [
        sentence
        for event in delivery.events
        for sentence in describe_unmeant(kept_file(root, event["file_id"]), event["file_name"], meant)
    ]


def _is_of_people(packed: PackedTexts) -> bool:
    return packed.table == "staged_voters"


def _refuse(
    connection: duckdb.DuckDBPyConnection, staged: Staged, looks: list[FileLayout], told: list[str], occasion: Occasion
) -> None:
    """Take out rows that break a key rule, and note what every file of voters must have.

    Args:
        connection: Holds the working tables.
        staged: What was read.
        looks: Looks of the texts that were read.
        told: Working columns that say something about a person beside those of core_voters.
        occasion: Of the delivery.
    """
    people = [look for look in looks if look.voters]
    needed = [{name for name, column in look.voters.items() if column.is_required} for look in people]
    staged.required = set.intersection(*needed) if needed else set()
    precedence = next((look.precedence for look in people if look.precedence), [])
    facts = [*(name for name in Voters.schema().names if name != "voter_id"), *told]
    staged.folded_count = refusing.keep_first(connection, precedence) if precedence else 0
    staged.folded_count += refusing.refuse_voters(connection, facts, _key_rule(people))
    refusing.refuse_votes(connection, occasion.day)
    refusing.refuse_rows(connection)
    for elections, numbers in staged.wide_files() if "cells" in told else ():
        late = [at for at, election in enumerate(elections, 1) if election.day > occasion.day]
        refusing.note_late_cells(connection, numbers, late)


def _key_rule(people: list[FileLayout]) -> str:
    has_form = any(look.voters["voter_id"].form for look in people)
    return "is stated, in the form of an id" if has_form else "is stated"


def _stage_texts(
    connection: duckdb.DuckDBPyConnection, opened: OpenedLook, staged: Staged, occasion: Occasion
) -> Iterator[PackedTexts]:
    """Stage texts of one look; those among them whose rows carry packed votes."""
    files = opened.look
    for file_id, _ in opened.texts:
        staged.files.setdefault(file_id, {"row_count": 0, "line_count": None})
    stager = VotesStager if files.is_long else PeopleStager if files.voters else RowsStager
    for alike in by_dialect(opened.texts):
        staging = stager(connection, staged, files, alike, occasion)
        staging.stage()
        read = [ReadText(opened.role, opened.number, files, text) for _, text in alike]
        staged.read.update(enumerate(read, staging.first))
        if isinstance(files.history, InRow) and is_packed(files.history):
            numbers = list(range(staging.first, len(staged.numbers)))
            yield PackedTexts(stager.table, numbers, files.history, staging.elections)


def select_voters(files: FileLayout) -> str:
    """SELECT of the staged people with every column of core_voters; what the file does not give is null."""
    looked = columns_looked_up(files)
    derived = {name: f"coalesce(staged_voters.{name}, known.{name})" for name in looked} | {
        "is_confidential": "coalesce(staged_voters.is_confidential, false)",
        "birth_year": "coalesce(staged_voters.birth_year, CAST(year(staged_voters.birth_date) AS SMALLINT))",
    }
    told = [f"{derived.get(name, f'staged_voters.{name}')} AS {identifier(name)}" for name in Voters.schema().names]
    joined = "LEFT JOIN looked_up_values AS known USING (looked_up)" if looked else ""
    return f"SELECT {', '.join(told)} FROM staged_voters {joined}"


def by_dialect(texts: list[Text]) -> list[list[Text]]:
    """Texts that can be read together, in the order of their first one."""
    found: dict[tuple[object, ...], list[Text]] = {}
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
    cells += ", NULL::VARCHAR AS looked_up, NULL::VARCHAR[] AS votes"
    texts = "".join(f"t{place} VARCHAR DEFAULT '', " for place in range(vote_text_count))
    connection.execute(f"CREATE TABLE staged_voters AS SELECT *, {bits}{cells} FROM people")
    connection.execute("CREATE TABLE staged_rows (voter_id VARCHAR, votes VARCHAR[], file_no INTEGER)")
    connection.execute(
        "CREATE TABLE given_way (voter_id VARCHAR, votes VARCHAR[], file_no INTEGER, county_code VARCHAR)"
    )
    connection.execute("CREATE TABLE packed_votes (voter_id VARCHAR, t0 VARCHAR, file_no INTEGER, county_code VARCHAR)")
    connection.execute(f"CREATE TABLE staged_votes (voter_id VARCHAR, {texts}file_no INTEGER, text_hash UBIGINT)")
    connection.execute(
        "CREATE TABLE vote_readings (file_no INTEGER, t0 VARCHAR, text_hash UBIGINT, row_count BIGINT, "
        "election_id VARCHAR, election_date DATE, election_type VARCHAR, is_voted BOOLEAN, method_code VARCHAR, "
        "ballot_party_code VARCHAR, county_code VARCHAR, fault_bits BIGINT, masked_bits BIGINT)"
    )


def count_refused(connection: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    """Add the refused lines to the facts of their files, and the counts by rule."""
    for facts in staged.files.values():
        facts["reject_count"] = 0
    for number, count in refusing.refused_lines(connection).items():
        staged.files[staged.numbers[number]]["reject_count"] += count
    for number, rule, column, count in refusing.refused_counts(connection):
        rows = staged.files[staged.numbers[number]]["row_count"]
        staged.refused.append(Count(staged.names[number], column or "row", rule, count, rows))
