"""What the texts of votes say: each distinct row of texts is read once, its election named, its codes looked up."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from pipelines.calendar import Election
from pipelines.core.codes import CodeTables
from pipelines.core.history import election_name
from pipelines.layouts.columns import ColumnLayout
from pipelines.layouts.elections import NamedElection
from pipelines.layouts.lookups import Lookup
from pipelines.layouts.reading.positions import Positions
from pipelines.layouts.reading.typed import rules, select_typed
from pipelines.sql import literal
from pipelines.tables.core import ELECTION_TYPES

_DAY, _TYPE = "day of the named election", "type of the named election"
NAMES_AN_ELECTION = ("election", "names an election")
UNDETERMINED, UNREADABLE = "?", "!"
"""Texts of a name that does not determine its election, and of one that is no name."""


@dataclass(frozen=True)
class Occasion:
    """What is known of a delivery besides its files.

    Attributes:
        state: Two-letter code that begins every voter_id.
        day: Day the files were made.
        calendar: Elections of the state.
        codes: Code files.
    """

    state: str
    day: dt.date
    calendar: Sequence[Election] = ()
    codes: CodeTables = field(default_factory=lambda: CodeTables({}))


@dataclass(frozen=True)
class VoteTexts:
    """Distinct rows of texts that each say something of a vote.

    Attributes:
        rows: SQL of the rows: `file_no`, the keys, the texts c0 .. cN, and `row_count`.
        keys: Columns that tell the rows apart, kept as they are.
        headers: Headers of the texts.
        columns: Column of the vote to its place among them.
        lookups: Code files that add texts.
        name_header: Header of the text that names the election, where one does.
        named: The election that a text names; nothing for a text that is no name.
        type: Type of all elections, where it is always the same.
        is_name_told: Whether a name that is not determined may be told: it cannot be a value of a person.
    """

    rows: str
    keys: Sequence[str]
    headers: tuple[str, ...]
    columns: dict[str, ColumnLayout]
    lookups: Sequence[Lookup] = ()
    name_header: str | None = None
    named: Callable[[str], NamedElection | None] | None = None
    type: str | None = None
    is_name_told: bool = False

    def layouts(self) -> dict[str, ColumnLayout]:
        """The columns of the vote, with those of a named election."""
        named = {"from": [_DAY], "date": ["%Y-%m-%d"], "masks": [UNDETERMINED]}
        typed = {"from": [_TYPE], "code": {word: word for word in ELECTION_TYPES}, "masks": [UNDETERMINED]}
        told = dict(self.columns)
        if self.named:
            told |= {"election_date": ColumnLayout.model_validate(named)}
        if self.named or self.type:
            told |= {"election_type": ColumnLayout.model_validate(typed)}
        return told


@dataclass(frozen=True)
class Reading:
    """How some texts of votes were read.

    Attributes:
        rules: Column and rule behind each bit of `fault_bits`; nothing for a bit that another one tells as well.
        unnamed: Votes whose election its name does not determine, by the name; by none where it is not to be told.
        assumed: Votes of elections whose type nothing tells, by type.
    """

    rules: list[tuple[str, str] | None]
    unnamed: dict[str, int]
    assumed: dict[str, int]

    @property
    def open_bits(self) -> int:
        """Bits of `masked_bits` that say that the name does not determine the election."""
        return sum(1 << place for place, rule in enumerate(self.rules) if rule in (None, NAMES_AN_ELECTION))


def read_votes(connection: duckdb.DuckDBPyConnection, texts: VoteTexts, occasion: Occasion) -> Reading:
    """Add what texts say to `vote_readings`.

    Args:
        connection: Holds the working tables.
        texts: The distinct texts.
        occasion: Of the delivery.
    """
    unnamed: dict[str, int] = {}
    assumed: dict[str, int] = {}
    relation, headers = occasion.codes.join(texts.rows, texts.headers, texts.lookups, literal(UNREADABLE))
    if texts.named:
        relation, headers = _name(connection, texts, relation, headers)
        name = f"trim(c{Positions(headers).of(texts.name_header or '')})"
        unnamed = _votes_by(connection, name, relation, "name", f"{literal(UNDETERMINED)} IN (day, type)")
        unnamed = unnamed if texts.is_name_told else {"": sum(unnamed.values())} if unnamed else {}
        assumed = _votes_by(connection, name, relation, "type", "is_assumed")
    if texts.type:
        relation = f"(SELECT *, {literal(texts.type)} AS c{len(headers)} FROM {relation})"
        headers = (*headers, _TYPE)
    layouts, positions = texts.layouts(), Positions(headers)
    typed = select_typed(layouts, positions, relation, ["file_no", *texts.keys, "row_count"])
    voted = "" if "is_voted" in layouts and positions.texts(layouts["is_voted"]) else ", true AS is_voted"
    named = f"{election_name(occasion.state)} AS election_id"
    connection.execute(f"INSERT INTO vote_readings BY NAME SELECT *, {named}{voted} FROM ({typed})")
    return Reading([_rule(texts, *rule) for rule in rules(layouts, positions)], unnamed, assumed)


def _rule(texts: VoteTexts, column: str, rule: str) -> tuple[str, str] | None:
    """A rule in the words of the layout: day and type of a named election are one name."""
    if not texts.named or column not in ("election_date", "election_type"):
        return column, rule
    return NAMES_AN_ELECTION if column == "election_date" else None


def _votes_by(
    connection: duckdb.DuckDBPyConnection, text: str, relation: str, what: str, condition: str
) -> dict[str, int]:
    """Votes whose name meets a condition, by something that is known of the name."""
    counted = f"SELECT {text} AS name, sum(row_count) AS votes FROM {relation} GROUP BY ALL"
    known = f"SELECT {what} AS told, votes FROM ({counted}) JOIN names USING (name) WHERE {condition}"
    return dict(connection.execute(f"SELECT told, sum(votes)::BIGINT FROM ({known}) GROUP BY told").fetchall())


def _name(
    connection: duckdb.DuckDBPyConnection, texts: VoteTexts, relation: str, headers: tuple[str, ...]
) -> tuple[str, tuple[str, ...]]:
    """The relation with the day and type of the election that a text of it names."""
    assert texts.named and texts.name_header
    text = f"trim(c{Positions(headers).of(texts.name_header)})"
    found = connection.execute(f"SELECT DISTINCT {text} FROM {relation} WHERE {text} <> ''").fetchall()
    rows = [{"name": name, **_told(texts.named(name))} for (name,) in sorted(found)]
    connection.register("names", pa.Table.from_pylist(rows, schema=_NAMES))
    named = f"""(
        SELECT rows.*, names.day AS c{len(headers)}, names.type AS c{len(headers) + 1}
        FROM {relation} AS rows
        LEFT JOIN names ON {text} = names.name
    )"""
    return named, (*headers, *((_DAY,) if texts.type else (_DAY, _TYPE)))


def _told(named: NamedElection | None) -> dict[str, str | bool]:
    if named is None:
        return {"day": UNREADABLE, "type": UNREADABLE, "is_assumed": False}
    day = named.day.isoformat() if named.day else UNDETERMINED
    return {"day": day, "type": named.type or UNDETERMINED, "is_assumed": named.is_assumed}


_NAMES = pa.schema({"name": pa.string(), "day": pa.string(), "type": pa.string(), "is_assumed": pa.bool_()})
