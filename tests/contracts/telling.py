"""What a layout can tell of simulated people and their votes: said here once more, without the code that reads."""

import re
from collections import defaultdict

from pipelines.layouts.history import LongHistory
from pipelines.layouts.reading.labels import read_label
from pipelines.layouts.slots import CodeMapped, FreeText, RelativeSlots
from pipelines.layouts.wide import WideHistory
from pipelines.layouts.writing.labels import write_label
from pipelines.layouts.writing.texts import names_of
from pipelines.layouts.writing.votes import headers_of
from pipelines.tables.core import Voters


def people_told(chunk, layout, day):
    """The people as the layout can tell them, by id: what it has no field or no word for is unknown."""
    files = layout.files["voters"]
    blotted = set(files.withheld.headers) if files.withheld else set()
    rows = {}
    for person in chunk.voters(day).to_pylist():
        told = dict.fromkeys(Voters.schema().names)
        for name, layout in files.voters.items():
            is_blotted = person["is_confidential"] and set(layout.from_) & blotted
            told[name] = None if is_blotted else value_told(person[name], layout)
        told["is_confidential"] = bool(told["is_confidential"])
        born = told["birth_date"]
        told["birth_year"] = born.year if born else told["birth_year"]
        if "stated_on" in told:
            told["stated_on"] = person["stated_on"]
        rows[person["voter_id"]] = told | {"voter_id": person["voter_id"]}
    return rows


def value_told(value, layout):
    """A value after it was written and read."""
    if value is None or value in layout.masks:
        return None
    if layout.values:
        return min(layout.values.values(), key=lambda known: abs(known - value))
    if layout.every_flag:
        return sorted(set(value) & set(layout.every_flag.values())) or ([] if layout.no else None)
    if layout.split:
        return sorted(set(value)) or None
    if layout.letters:
        return re.sub(r"[^A-Z0-9]", "", value.upper())
    if layout.number:
        return str(int(re.search(r"\d+", value)[0]))
    if layout.pad:
        return value.zfill(layout.pad)
    if isinstance(layout.digits, int) and layout.digits is not True and layout.digits:
        return re.sub(r"\D", "", value)[: layout.digits]
    if layout.flags:
        return value if value in [*layout.flags.values(), layout.several] else layout.otherwise
    words = layout.code or layout.pattern
    return value if not words or value in words.values() else layout.otherwise


def votes_told(chunk, layout, day, elections):
    """What the layout can tell of every vote, by voter and election: counted, how cast, on which party's ballot."""
    files = next(files for files in layout.files.values() if files.history)
    stated = defaultdict(list)
    people = set(chunk.voters(day)["voter_id"].to_pylist())
    votes = chunk.history(day).to_pylist()
    if not isinstance(files.history, LongHistory):
        votes = [vote for vote in votes if vote["voter_id"] in people]
    for vote, told in _told(files.history, votes, elections):
        stated[vote["voter_id"], vote["election_id"]].append((vote["is_voted"], *told))
    return {key: max(rows, key=lambda row: row[0]) for key, rows in stated.items()}


def _told(history, votes, elections):
    by_id = {election.election_id: election for election in elections}
    if isinstance(history, RelativeSlots):
        for group in history.slots:
            kept = [vote for vote in votes if group.type in (None, vote["election_type"])]
            yield from _newest(_named(group, kept, by_id), group)
        return
    if isinstance(history, FreeText):
        known = {found for found in elections if any(_label(found, style, history) for style in history.styles)}
        yield from ((vote, (None, None)) for vote in votes if by_id[vote["election_id"]] in known)
        return
    if isinstance(history, WideHistory):
        known = headers_of(history, elections)
        votes = [vote for vote in votes if by_id[vote["election_id"]] in known]
        if history.voted:
            parties = history.ballot_parties.values()
            yield from (
                (vote, (None, party if (party := vote["ballot_party_code"]) in parties else None)) for vote in votes
            )
            return
    if isinstance(history, CodeMapped):
        newest = {found.election_id for found in list(reversed(elections))[: history.count]}
        votes = [vote for vote in votes if vote["election_id"] in newest]
    yield from ((vote, _facts(history, vote)) for vote in _named(history, votes, by_id))


def _named(told, votes, by_id):
    """The votes whose election the source has a name for."""
    election_type = told.columns.get("election_type")
    if told.election and told.election.from_:
        known = names_of(told.election, list(by_id.values()))
        return [vote for vote in votes if by_id[vote["election_id"]] in known]
    if election_type and election_type.code:
        return [vote for vote in votes if vote["election_type"] in election_type.code.values()]
    return votes


def _newest(votes, group):
    by_voter = defaultdict(list)
    for vote in votes:
        by_voter[vote["voter_id"]].append(vote)
    for own in by_voter.values():
        own.sort(key=lambda vote: (-vote["election_date"].toordinal(), vote["election_type"]))
        yield from ((vote, _facts(group, vote)) for vote in own[: group.count])


def _label(election, style, history):
    label = write_label(election.date, election.type, style, history.labels)
    return label and read_label(label, history.labels)


def _facts(told, vote):
    return _method(told, vote), _column(told, vote, "ballot_party_code")


def _method(told, vote):
    if told.ballot is None:
        return _column(told, vote, "method_code")
    codes = told.ballot.counted if vote["is_voted"] else told.ballot.not_counted
    method = vote["method_code"]
    return method if method in codes.values() or None in codes.values() else next(iter(codes.values()))


def _column(told, vote, name):
    return value_told(vote[name], told.columns[name]) if name in told.columns else None
