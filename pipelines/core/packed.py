"""Votes that stand in the rows of voters: unpacked into `packed_votes`, and what their texts say into `vote_readings`.

They are unpacked once rows are refused, so that a refused row states no vote. A vote that cannot be read, or whose
election its name does not determine, is counted and left out; the row of the voter stays.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import duckdb

from pipelines.core.readings import Occasion, VoteTexts, read_votes
from pipelines.core.staged import Count, Staged
from pipelines.core.text_stager import count_readings
from pipelines.layouts.elections import NamedElection
from pipelines.layouts.history import InRow
from pipelines.layouts.label_words import LabelRules
from pipelines.layouts.labels import read_label
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
    county = "county_code" if packed.table == "staged_voters" else "NULL"
    connection.execute(
        f"""INSERT INTO packed_votes
        SELECT voter_id, unnest(votes) AS t0, file_no, {county} AS county_code
        FROM {packed.table}
        WHERE file_no IN ({numbers})"""
    )
    counted = f"SELECT file_no, count(*) FROM packed_votes WHERE file_no IN ({numbers}) GROUP BY file_no"
    votes = dict(connection.execute(counted).fetchall())
    for number, group in enumerate(vote_groups(packed.history)):
        texts = _texts(number, group, packed, occasion)
        read = read_votes(connection, texts, occasion)
        if isinstance(packed.history, FreeText):  # what stands there may be anything: it is not told
            read = replace(read, unnamed={"": sum(read.unnamed.values())} if read.unnamed else {})
        count_readings(connection, staged, read, f"file_no IN ({numbers}) AND {_of_group(number)}", votes)
        staged.named_count += sum(votes.values()) if texts.named and number == 0 else 0
    _drop_unread(connection, staged, numbers, votes, occasion)


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
    return VoteTexts(rows, ["t0"], headers, group.columns, group.lookups, name, named, group.type)


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
    late = f"file_no IN ({numbers}) AND election_date > DATE '{occasion.day}'"
    counted = f"SELECT file_no, sum(row_count)::BIGINT FROM vote_readings WHERE {late} GROUP BY file_no ORDER BY 1"
    for number, count in connection.execute(counted).fetchall():
        what = ("election_date", "is not after the snapshot", count, votes[number])
        staged.faults.append(Count(staged.names[number], *what))
    # written anew: SQL converts the words of all rows to an ENUM later, deleted ones included
    connection.execute(
        f"""CREATE OR REPLACE TABLE vote_readings AS
        SELECT *
        FROM vote_readings
        WHERE file_no NOT IN ({numbers})
            OR election_date <= DATE '{occasion.day}' AND election_type IS NOT NULL AND is_voted IS NOT NULL"""
    )
