"""Votes that stand in the rows of voters: unpacked into `packed_votes`, and what their texts say into `vote_readings`.

They are unpacked once rows are refused, so that a refused row states no vote. A vote that cannot be read, or whose
election its name does not determine, is counted and left out; the row of the voter stays.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import duckdb

from pipelines.core.readings import Occasion, VoteTexts, read_votes
from pipelines.core.staged import Count, Staged
from pipelines.core.text_stager import count_readings
from pipelines.layouts.elections import NamedElection
from pipelines.layouts.history import InRow
from pipelines.layouts.label_words import LabelRules
from pipelines.layouts.reading.labels import read_label
from pipelines.layouts.reading.packing import SEPARATOR, SLOT, VoteGroup, vote_groups
from pipelines.layouts.slots import FreeText
from pipelines.layouts.wide import WideElection, WideHistory
from pipelines.sql import listed, literal


@dataclass(frozen=True)
class PackedTexts:
    """Texts of one dialect whose rows carry packed votes.

    Attributes:
        table: Working table of the rows.
        numbers: Their file_no.
        history: Shape of the history.
        elections: Elections that the texts have columns for, where the history is wide.
    """

    table: str
    numbers: list[int]
    history: InRow
    elections: list[WideElection]


def unpack_votes(
    connection: duckdb.DuckDBPyConnection, staged: Staged, packed: PackedTexts, occasion: Occasion
) -> None:
    """Unpack the votes of some texts and read what they say."""
    numbers = listed(packed.numbers)
    connection.execute(
        f"""INSERT INTO packed_votes
        SELECT voter_id, unnest(votes) AS t0, file_no, county_code
        FROM {_ROWS_OF[packed.table]}
        WHERE file_no IN ({numbers})"""
    )
    counted = f"SELECT file_no, count(*) FROM packed_votes WHERE file_no IN ({numbers}) GROUP BY file_no"
    votes = dict(connection.execute(counted).fetchall())
    for number, group in enumerate(vote_groups(packed.history)):
        texts = _texts(number, group, packed, occasion)
        read = read_votes(connection, texts, occasion)
        count_readings(connection, staged, read, f"file_no IN ({numbers}) AND {_of_group(number)}", votes)
        told = f"SELECT count(*) FROM packed_votes WHERE file_no IN ({numbers}) AND {_of_group(number)}"
        staged.named_count += connection.execute(told).fetchall()[0][0] if texts.named else 0
    _drop_unread(connection, staged, numbers, votes, occasion)


_ROWS_OF = {
    "staged_rows": "(SELECT *, NULL AS county_code FROM staged_rows)",
    "staged_voters": """(
            SELECT voter_id, votes, file_no, county_code FROM staged_voters
            UNION ALL
            FROM given_way
        )""",
}
"""Where the rows with votes stand; a row that gave way to another one of its id still states its votes."""


def _texts(number: int, group: VoteGroup, packed: PackedTexts, occasion: Occasion) -> VoteTexts:
    headers = (SLOT, *group.headers)
    parts = ", ".join(f"nullif(parts[{place}], '') AS c{place - 2}" for place, _ in enumerate(headers, 2))
    rows = f"""(
        SELECT file_no, t0, row_count, {parts}
        FROM (
            SELECT file_no, t0, count(*) AS row_count, string_split(t0, {literal(SEPARATOR)}) AS parts
            FROM packed_votes
            WHERE file_no IN ({listed(packed.numbers)}) AND {_of_group(number)}
            GROUP BY file_no, t0
        )
    )"""
    name, named = _naming(group, packed, occasion)
    is_told = group.election is not None and group.election.is_told
    return VoteTexts(rows, ["t0"], headers, group.columns, group.lookups, name, named, group.type, is_told)


def _naming(
    group: VoteGroup, packed: PackedTexts, occasion: Occasion
) -> tuple[str | None, Callable[[str], NamedElection | None] | None]:
    """Header of the text that names the election of a vote, and how it is read."""
    if isinstance(packed.history, FreeText):
        return SLOT, partial(_labelled, packed.history.labels)
    if isinstance(packed.history, WideHistory):
        known = {election.header: NamedElection(election.day, election.type) for election in packed.elections}
        return SLOT, known.get
    name = group.election
    return (name.from_, lambda text: name.read(text, occasion.calendar)) if name else (None, None)


def _labelled(rules: LabelRules, label: str) -> NamedElection:
    found = read_label(label, rules)
    return NamedElection(found.day, found.type)


def _of_group(number: int) -> str:
    return f"starts_with(t0, {literal(f'{number}{SEPARATOR}')})"


def _drop_unread(
    connection: duckdb.DuckDBPyConnection, staged: Staged, numbers: str, votes: dict[int, int], occasion: Occasion
) -> None:
    untold = (
        "(election_date IS NULL OR election_type IS NULL OR is_voted IS NULL) AND fault_bits = 0 AND masked_bits = 0"
    )
    lost = {"is not after the snapshot": f"election_date > DATE '{occasion.day}'", "is stated and can be read": untold}
    for rule, condition in lost.items():
        which = f"file_no IN ({numbers}) AND {condition}"
        counted = f"SELECT file_no, sum(row_count)::BIGINT FROM vote_readings WHERE {which} GROUP BY file_no ORDER BY 1"
        for number, count in connection.execute(counted).fetchall():
            staged.faults.append(Count(staged.names[number], "vote", rule, count, votes[number]))
    # written anew: SQL converts the words of all rows to an ENUM later, deleted ones included
    connection.execute(
        f"""CREATE OR REPLACE TABLE vote_readings AS
        SELECT *
        FROM vote_readings
        WHERE file_no NOT IN ({numbers})
            OR election_date <= DATE '{occasion.day}' AND election_type IS NOT NULL AND is_voted IS NOT NULL"""
    )
