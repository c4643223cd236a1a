"""What a code file must say so that the rows written beside it can be read."""

from collections.abc import Sequence

from pipelines.calendar import Election
from pipelines.layouts.ballots import VoteColumns
from pipelines.layouts.lookups import Lookup
from pipelines.layouts.reading.packing import SLOT
from pipelines.layouts.slots import CodeMapped
from pipelines.layouts.writing.texts import Texts, is_of
from pipelines.layouts.writing.votes import numbers_of
from pipelines.sql import identifier, literal


def select_codes_of_people(lookup: Lookup, texts: Texts, relation: str) -> str:
    """SELECT of row_county and the columns of a code file, for what people have; one row for each code."""
    told = {known: _text(at, texts, texts[next(iter(lookup.gives))]) for at, known in lookup.by.items()}
    told |= {known: texts[at] for at, known in lookup.gives.items() if at in texts}
    columns = ", ".join(f"{text} AS {identifier(header)}" for header, text in told.items())
    stated = " AND ".join(f"{identifier(header)} <> ''" for header in told)
    return f"SELECT DISTINCT row_county, {columns} FROM {relation} WHERE {stated}"


def codes_of_people(lookups: Sequence[Lookup], texts: Texts) -> Texts:
    """The texts of codes that no column fills: a code is then its own meaning."""
    return {
        at: texts[next(iter(lookup.gives))]
        for lookup in lookups
        for at in lookup.by
        if at not in texts and not at.startswith("=")
    }


def select_codes_of_votes(
    lookup: Lookup, told: VoteColumns, texts: Texts, elections: Sequence[Election], county_header: str
) -> str:
    """SELECT of row_county and the columns of a code file, for every election and county of the relation `rows`."""
    number = numbers_of(elections, told.count, "row_county") if isinstance(told, CodeMapped) else "NULL"
    own = {SLOT: f"CAST({number} AS VARCHAR)", county_header: "row_county"} | codes_of_elections(told, elections)
    columns = {known: _text(at, own, "NULL") for at, known in lookup.by.items()}
    columns |= {known: texts[at] for at, known in lookup.gives.items() if at in texts}
    named = ", ".join(f"{text} AS {identifier(header)}" for header, text in columns.items())
    days = ", ".join(f"(DATE '{found.date}', {literal(found.type)})" for found in elections)
    return f"""
    SELECT row_county, {named}
    FROM (VALUES {days}) AS held(election_date, election_type)
    CROSS JOIN (SELECT DISTINCT row_county FROM rows)
    WHERE {" AND ".join(f"{texts[at]} IS NOT NULL" for at in lookup.gives if at in texts)}"""


def codes_of_elections(told: VoteColumns, elections: Sequence[Election]) -> Texts:
    """The text of the code of an election where a code file says what it means: its day and the place of its type."""
    if isinstance(told, CodeMapped):
        return {}
    types = sorted({found.type for found in elections})
    cases = " ".join(f"WHEN {is_of(found)} THEN '{found.date:%Y%m%d}{types.index(found.type)}'" for found in elections)
    filled = {header for layout in told.columns.values() for header in layout.from_}
    return {
        at: f"CASE {cases} END"
        for lookup in told.lookups
        for at in lookup.by
        if cases and at not in filled and not at.startswith("=")
    }


def _text(at: str, texts: Texts, other: str) -> str:
    return literal(at[1:]) if at.startswith("=") else texts.get(at, other)
