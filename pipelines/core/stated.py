"""The votes that the files of a delivery state, a row per voter and election.

What is said of millions of votes are a few words; they are numbers (SQL's ENUM) until they are written, which makes
them cheap to sort and to write.
"""

import datetime as dt

import duckdb

from pipelines.core.cells import CellStream
from pipelines.core.history import election_id, select_folded
from pipelines.core.staged import Staged
from pipelines.layouts.reading.cells import UNKNOWN_CELL, cell_letters
from pipelines.layouts.reading.packing import is_packed
from pipelines.layouts.source import Layout
from pipelines.layouts.wide import WideElection, WideHistory
from pipelines.sql import listed, literal, literals

_Held = tuple[WideHistory, list[WideElection], list[int]]


def stated_votes(
    connection: duckdb.DuckDBPyConnection, staged: Staged, layout: Layout, state: str, snapshot_date: dt.date
) -> str:
    """SELECT of the votes of the staged files, a row per voter and election.

    The cells of a wide history are unfolded from the people who stand in staged_voters, so that a refused row states
    none. They say nothing of the county of the vote; that of the file stands for it, so that a county that has not yet
    posted is known as such.

    Args:
        connection: Holds the working tables.
        staged: What reading found.
        layout: Layout of the delivery.
        state: Two-letter code that begins every election_id.
        snapshot_date: Day of the delivery; elections after it are not told.
    """
    shapes = [look.history for look in layout.all_looks()]
    histories = [shape for shape in shapes if isinstance(shape, WideHistory) and not is_packed(shape)]
    has_packed = any(map(is_packed, shapes))
    is_long = any(look.is_long for look in layout.all_looks())
    histories = histories[:1]  # of several looks, which have the same
    held = [
        (history, [election for election in elections if election.day <= snapshot_date], numbers)
        for history in histories
        for elections, numbers in staged.wide_files()
    ]
    _enumerate(connection, _words_of_cells(state, held))
    told = [_unfolded(connection, state, *found) for found in held if found[1]]
    if has_packed:
        told.append(_PACKED_VOTES)
    if is_long or not told:
        told.append(_READ_VOTES)
    votes = "\nUNION ALL BY NAME\n".join(told)
    if not (is_long or has_packed):
        return votes
    staged.folded_votes = _find_repeated(connection, votes)
    return _once(votes) if staged.folded_votes else votes


_READ_VOTES = """
    SELECT voter_id, election_id, election_date, election_type, is_voted, method_code, ballot_party_code, county_code
    FROM staged_votes
    JOIN vote_readings USING (text_hash)"""


_PACKED_VOTES = """
    SELECT voter_id, election_id, election_date, election_type, is_voted, method_code, ballot_party_code,
        coalesce(CAST(vote_readings.county_code AS VARCHAR), packed_votes.county_code) AS county_code
    FROM packed_votes
    JOIN vote_readings USING (file_no, t0)"""


def _words_of_cells(state: str, held: list[_Held]) -> dict[str, set[str]]:
    """What wide histories can say, by column."""
    told = [election for _, elections, _ in held for election in elections]
    return {
        "election_id": {election_id(state, election.day, election.type) for election in told},
        "election_type": {election.type for election in told},
        "ballot_party_code": {party for history, _, _ in held for party in history.ballot_parties.values()},
    }


def _enumerate(connection: duckdb.DuckDBPyConnection, words_of_cells: dict[str, set[str]]) -> None:
    """Make the words of vote_readings ENUMs in the order of the alphabet, with those that cells can say."""
    for column in ("election_id", "election_type", "method_code", "ballot_party_code", "county_code"):
        said = connection.execute(f"SELECT DISTINCT {column} FROM vote_readings WHERE {column} <> ''").fetchall()
        words = {word for (word,) in said} | words_of_cells.get(column, set()) or {""}  # an ENUM has one at least
        connection.execute(f"CREATE TYPE {column} AS ENUM ({literals(sorted(words))})")
        connection.execute(f"ALTER TABLE vote_readings ALTER {column} TYPE {column}")


def _unfolded(
    connection: duckdb.DuckDBPyConnection,
    state: str,
    history: WideHistory,
    elections: list[WideElection],
    numbers: list[int],
) -> str:
    """SELECT of a row per stated cell of some files."""
    letters = cell_letters(history)
    stated = [letters[text] for text in history.texts] + [UNKNOWN_CELL] * history.is_any_text_voted
    cells = f"cells_of_{numbers[0]}"
    connection.register(cells, CellStream(connection, numbers, stated, len(elections)))
    home = listed(ord(letters[text]) for text in history.stayed_home)
    ids = literals(election_id(state, election.day, election.type) for election in elections)
    days = ", ".join(f"DATE '{election.day}'" for election in elections)
    types = literals(election.type for election in elections)
    parties = " ".join(
        f"WHEN {ord(letters[text])} THEN {literal(party)}" for text, party in history.ballot_parties.items()
    )
    return f"""
    SELECT voter_id,
        CAST([{ids}] AS election_id[])[place] AS election_id,
        [{days}][place] AS election_date,
        CAST([{types}] AS election_type[])[place] AS election_type,
        {f"letter NOT IN ({home})" if home else "true"} AS is_voted,
        NULL AS method_code,
        {f"CAST(CASE letter {parties} END AS ballot_party_code)" if parties else "NULL"} AS ballot_party_code,
        county_code
    FROM {cells}"""


def _once(votes: str) -> str:
    """SELECT of the votes with a voter's election once; only those in `repeated_votes` are folded."""
    hashed = f"(SELECT *, hash(voter_id, election_id) AS hash FROM ({votes}))"
    repeated = f"(SELECT * EXCLUDE (hash) FROM {hashed} SEMI JOIN repeated_votes USING (hash))"
    return f"""
    SELECT * EXCLUDE (hash)
    FROM {hashed}
    ANTI JOIN repeated_votes USING (hash)
    UNION ALL BY NAME
    {select_folded(repeated)}"""


def _find_repeated(connection: duckdb.DuckDBPyConnection, votes: str) -> int:
    """Put the hashes of votes that are stated twice into `repeated_votes`; how many are one too many.

    Voters are fewer than votes: whoever has a vote for each bit of their elections has none twice. With more elections
    than bits some share one, so that of those who are left every vote is looked at.
    """
    bit = f"1::HUGEINT << (enum_code(election_id) % {_BITS})"
    connection.execute(
        f"""CREATE TABLE suspected AS
        SELECT hash(voter_id) AS voter
        FROM ({votes})
        GROUP BY voter
        HAVING count(*) <> bit_count(bit_or({bit}))"""
    )
    if not connection.execute("SELECT 1 FROM suspected LIMIT 1").fetchall():
        return 0
    connection.execute(
        f"""CREATE TABLE repeated_votes AS
        SELECT hash(voter_id, election_id) AS hash, count(*) - 1 AS too_many
        FROM ({votes})
        SEMI JOIN suspected ON hash(voter_id) = voter
        GROUP BY hash
        HAVING count(*) > 1"""
    )
    return connection.execute("SELECT coalesce(sum(too_many), 0)::BIGINT FROM repeated_votes").fetchall()[0][0]


_BITS = 127  # of a HUGEINT, its sign aside
