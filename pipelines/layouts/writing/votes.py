"""The votes of a voter as texts of the voter's own row, in each shape of history that stands there."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.calendar import Election
from pipelines.layouts.history import InRow
from pipelines.layouts.reading.packing import texts_of_votes
from pipelines.layouts.slots import CodeMapped, FreeText, SlotGroup
from pipelines.layouts.wide import WideHistory
from pipelines.layouts.writing.labels import write_label
from pipelines.layouts.writing.texts import Texts, case_of_elections, is_of, names_of, texts_of_vote
from pipelines.sql import identifier, literal


@dataclass(frozen=True)
class VotesOfRow:
    """The votes of each voter as columns of texts.

    Attributes:
        relation: SELECT of voter_id and the columns, from the relations `rows` and `votes`.
        texts: Column to header; a header that stands several times carries its number behind a NUL.
    """

    relation: str
    texts: dict[str, str]


def nth(header: str, number: int) -> str:
    """The key of the n-th field of a header: the header itself for the first."""
    return header if number == 1 else f"{header}\0{number}"


def county_number(county: str, count: int) -> str:
    """SQL of a number below `count` that a county's code gives: counties differ in numbering and wording."""
    return f"((unicode({county}) + 7 * length({county})) % {count})"


def votes_of_rows(history: InRow, elections: Sequence[Election], columns: set[str], county: str) -> VotesOfRow:
    """The votes of a voter's row.

    Args:
        history: Shape of the history.
        elections: Elections that a file of the day can state, in order of time.
        columns: Columns of `votes`.
        county: SQL of the county's code of a row.
    """
    if isinstance(history, FreeText):
        return _labels(history, elections, county)
    if isinstance(history, WideHistory):
        return _cells(history, elections, columns)
    if isinstance(history, CodeMapped):
        return _joined([_numbered(history, elections, columns, county)])
    return _joined([_slots(number, group, elections, columns) for number, group in enumerate(history.slots)])


def numbers_of(elections: Sequence[Election], count: int, county: str) -> str:
    """SQL of the number that a county gives to an election: the newest ones have one, each county begins elsewhere."""
    newest = list(reversed(elections))[:count]
    ranks = " ".join(f"WHEN {is_of(election)} THEN {rank}" for rank, election in enumerate(newest))
    return f"(1 + (CASE {ranks} END + {county_number(county, count)}) % {count})" if ranks else "NULL"


def _slots(number: int, group: SlotGroup, elections: Sequence[Election], columns: set[str]) -> VotesOfRow:
    texts = texts_of_vote(group, columns, "", elections)
    of_type = f"election_type = {literal(group.type)}" if group.type else "true"
    slot = "row_number() OVER (PARTITION BY voter_id ORDER BY election_date DESC, election_type)"
    return _pivot(number, group, texts, of_type, slot)


def _numbered(history: CodeMapped, elections: Sequence[Election], columns: set[str], county: str) -> VotesOfRow:
    texts = texts_of_vote(history, columns, "", elections)
    return _pivot(0, history, texts, "true", numbers_of(elections, history.count, county))


def _pivot(number: int, group: SlotGroup | CodeMapped, texts: Texts, of_type: str, slot: str) -> VotesOfRow:
    """A column for each text of each slot; votes that lack the text that states one are left out."""
    joined = {header for lookup in group.lookups for header in lookup.gives}
    headers = [header for header in texts_of_votes(group) if header in texts and header not in joined]
    told = ", ".join(f"{texts[header]} AS h{place}" for place, header in enumerate(headers))
    stated = f"h{headers.index(group.stated_by)} IS NOT NULL"
    named = {
        f"v{number}_{n}_{place}": header.replace("{n}", str(n)) if "{n}" in header else nth(header, n)
        for n in range(1, group.count + 1)
        for place, header in enumerate(headers)
    }
    cells = ", ".join(
        f"max(h{place}) FILTER (slot = {n}) AS v{number}_{n}_{place}"
        for n in range(1, group.count + 1)
        for place, _ in enumerate(headers)
    )
    return VotesOfRow(
        f"""
        SELECT voter_id, {cells}
        FROM (
            SELECT *, {slot} AS slot
            FROM (SELECT votes.*, rows.row_county, {told} FROM votes JOIN rows USING (voter_id) WHERE {of_type})
            WHERE {stated}
        )
        GROUP BY voter_id""",
        named,
    )


def _joined(parts: Sequence[VotesOfRow]) -> VotesOfRow:
    relation = "SELECT voter_id FROM rows"
    for place, part in enumerate(parts):
        relation = f"SELECT * FROM ({relation}) LEFT JOIN ({part.relation}) AS part_{place} USING (voter_id)"
    return VotesOfRow(relation, {column: header for part in parts for column, header in part.texts.items()})


def _labels(history: FreeText, elections: Sequence[Election], county: str) -> VotesOfRow:
    """One text of labels, newest first; a style that cannot name an election gives way to the next."""
    count = len(history.styles)
    cases = []
    for place in range(count):
        styles = [*history.styles[place:], *history.styles[:place]]
        told = {election: _label(election, styles, history) for election in elections}
        known = {election: label for election, label in told.items() if label}
        cases.append(f"WHEN {place} THEN {case_of_elections(known)}")
    label = f"CASE {county_number(county, count)} {' '.join(cases)} END"
    return VotesOfRow(
        f"""
        SELECT voter_id, string_agg(label, {literal(history.separator)} ORDER BY election_date DESC) AS labels
        FROM (SELECT voter_id, election_date, {label} AS label FROM votes JOIN rows USING (voter_id) WHERE is_voted)
        GROUP BY voter_id""",
        {"labels": history.from_},
    )


def _label(election: Election, styles: Sequence[str], history: FreeText) -> str | None:
    written = (write_label(election.date, election.type, style, history.labels) for style in styles)
    return next((label for label in written if label), None)


def _cells(history: WideHistory, elections: Sequence[Election], columns: set[str]) -> VotesOfRow:
    named = headers_of(history, elections)
    texts = _texts_of_cell(history, columns)
    told = ", ".join(f"{texts[template]} AS h{place}" for place, template in enumerate(history.templates))
    cells = [
        f"max(h{place}) FILTER ({is_of(election)}) AS v{nth_}_{place}"
        for nth_, election in enumerate(named)
        for place, _ in enumerate(history.templates)
    ]
    headers = {
        f"v{nth_}_{place}": template.replace("{}", name).replace("*", "")
        for nth_, name in enumerate(named.values())
        for place, template in enumerate(history.templates)
    }
    relation = f"SELECT {', '.join(['voter_id', *cells])} FROM (SELECT *, {told} FROM votes) GROUP BY voter_id"
    return VotesOfRow(relation, headers)


def headers_of(history: WideHistory, elections: Sequence[Election]) -> dict[Election, str]:
    """The name in the headers of every election that a wide history can name."""
    ids = {election_id: name for name, election_id in history.elections.items()}
    listed = {found: ids[found.election_id] for found in elections if found.election_id in ids}
    named = names_of(history.header, [found for found in elections if found not in listed]) if history.header else {}
    return {found: {**named, **listed}[found] for found in elections if found in named or found in listed}


def _texts_of_cell(history: WideHistory, columns: set[str]) -> Texts:
    """The text of each column of an election; what nothing else fills says that there was a vote."""
    if not history.columns:
        return {"{}": _cell(history)}
    texts = texts_of_vote(history, columns, "", ())
    return {template: texts.get(template, "CASE WHEN is_voted THEN 'Y' END") for template in history.templates}


def _cell(history: WideHistory) -> str:
    parties: dict[str, str] = {}
    for cell, party in history.ballot_parties.items():
        parties.setdefault(party, cell)
    cases = " ".join(f"WHEN {literal(party)} THEN {literal(cell)}" for party, cell in parties.items())
    voted = literal(history.voted[0])
    voted = f"CASE ballot_party_code {cases} ELSE {voted} END" if cases else voted
    home = f"ELSE {literal(history.stayed_home[0])}" if history.stayed_home else ""
    return f"CASE WHEN is_voted THEN {voted} {home} END"


def columns_of(votes: VotesOfRow) -> Texts:
    """SQL of the text of every field that the votes fill, by the key of the field."""
    return {header: identifier(column) for column, header in votes.texts.items()}
