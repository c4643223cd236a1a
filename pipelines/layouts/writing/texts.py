"""Values as the texts that a source would write: SQL of the text of every field of a row, by its header."""

from collections.abc import Mapping, Sequence

from pipelines.calendar import Election
from pipelines.layouts.amounts import EveryFlag
from pipelines.layouts.ballots import BallotCode, VoteColumns
from pipelines.layouts.columns import ColumnLayout
from pipelines.layouts.files import Withheld
from pipelines.layouts.flags import Flags
from pipelines.layouts.naming import ElectionName
from pipelines.sql import identifier, literal

Texts = dict[str, str]
"""SQL of the text of a field, by the header of the field."""


def texts_of(columns: Mapping[str, ColumnLayout], given: set[str], state: str) -> Texts:
    """The text of every field that columns fill.

    Args:
        columns: Column to its place in the file.
        given: Columns that there is a value of.
        state: Two-letter code that voter_id starts with in our tables and does not in the file.
    """
    texts: Texts = {}
    for name, column in columns.items():
        if name in given and not column.is_derived:
            value = _own_ids(state).get(name, identifier(name))
            texts |= {header: text for header, text in _fields(column, value).items() if header not in texts}
    return texts


def _own_ids(state: str) -> dict[str, str]:
    """SQL of the state's own id, by the column that has the state before it."""
    return {"voter_id": f"substr(voter_id, {len(state) + 2})", "stated_voter_id": "substr(stated_voter_id, 4)"}


def texts_of_vote(told: VoteColumns, given: set[str], state: str, elections: Sequence[Election]) -> Texts:
    """The text of every field that says something of a vote; null for an election that the source cannot name."""
    texts = texts_of(told.columns, given, state)
    for header, sign in told.joined.items():
        sharing = [{name: layout} for name, layout in told.columns.items() if header in layout.from_]
        parts = [text for column in sharing for text in texts_of(column, given, state).values()]
        texts[header] = f"concat_ws({literal(sign)}, {', '.join(parts)})"
    if told.ballot:
        texts[told.ballot.from_] = _ballot_text(told.ballot)
    if told.election and told.election.from_:
        texts[told.election.from_] = case_of_elections(names_of(told.election, elections))
    return texts


def names_of(name: ElectionName, elections: Sequence[Election]) -> dict[Election, str]:
    """The name of every election that can be named so that it is read as that election again."""
    named = {election: name.write(election, elections) for election in elections}
    return {election: text for election, text in named.items() if text is not None}


def case_of_elections(told: Mapping[Election, str]) -> str:
    """SQL of a text for each election of a vote, null for the others."""
    cases = " ".join(f"WHEN {is_of(election)} THEN {literal(text)}" for election, text in told.items())
    return f"CASE {cases} END" if cases else "NULL"


def is_of(election: Election) -> str:
    """SQL that is true for the votes of an election."""
    return f"(election_date = DATE '{election.date}' AND election_type = {literal(election.type)})"


def blot_out(texts: Texts, withheld: Withheld | None) -> Texts:
    """The texts with the sign of what is withheld in their place."""
    if withheld is None:
        return texts
    sign = literal(withheld.text)
    blotted = {
        header: f"CASE WHEN {withheld.when} THEN {sign} ELSE {texts.get(header, 'NULL')} END"
        for header in withheld.headers
    }
    return texts | blotted


def _fields(column: ColumnLayout, value: str) -> Texts:
    """The text of a value, or its parts where the source splits it over several fields."""
    operation = column.operation
    if isinstance(operation, Flags | EveryFlag):
        return {header: operation.written_for(value, header) for header in operation.flags}
    text = operation.write(value)
    text = f"coalesce({text}, {literal(column.masks[0])})" if column.masks else text
    if column.rest:
        first = f"split_part({text}, ' ', 1)"
        return {column.from_[0]: first, column.rest: f"nullif(substr({text}, length({first}) + 2), '')"}
    if not column.widths:
        return {column.from_[0]: text}
    starts = [1 + sum(column.widths[:at]) for at in range(len(column.from_))]
    widths = [f", {width}" for width in column.widths] + [""]
    return {
        header: f"trim(substr({text}, {start}{width}))"
        for header, start, width in zip(column.from_, starts, widths, strict=True)
    }


def _ballot_text(ballot: BallotCode) -> str:
    """The code that says whether a ballot was counted and how it was cast."""
    return f"CASE WHEN is_voted THEN {_coded(ballot.counted)} ELSE {_coded(ballot.not_counted)} END"


def _coded(codes: Mapping[str, str | None]) -> str:
    """The first code of a method; a method without one has that of no method, else the first."""
    first: dict[str | None, str] = {}
    for code, method in codes.items():
        first.setdefault(method, code)
    cases = " ".join(f"WHEN {literal(method)} THEN {literal(code)}" for method, code in first.items() if method)
    other = literal(first.get(None, next(iter(first.values()), "")))
    return f"CASE method_code {cases} ELSE {other} END" if cases else other
