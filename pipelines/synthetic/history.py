"""The history file of a day: which ballots a state states, and how they were cast."""

import datetime as dt

import numpy as np
import pyarrow as pa

from pipelines.calendar import Election
from pipelines.synthetic.columns import text, worded
from pipelines.synthetic.config import StateConfig
from pipelines.synthetic.draws import YEAR, Bools, Dice, Ints, Purpose, day_number, picked
from pipelines.synthetic.identity import Identity
from pipelines.synthetic.places import posting_days
from pipelines.synthetic.propensity import Electorate
from pipelines.synthetic.turnout import Votes
from pipelines.tables.core import PARTIES

HISTORY = pa.schema(
    [
        pa.field("voter_id", pa.string(), False),
        pa.field("election_id", pa.string(), False),
        pa.field("election_date", pa.date32(), False),
        pa.field("election_type", pa.string(), False),
        pa.field("is_voted", pa.bool_(), False),
        pa.field("method_code", pa.string()),
        pa.field("ballot_party_code", pa.string()),
        pa.field("county_code", pa.string()),
    ]
)
"""The columns of core_vote_history that a state's file states."""


def history_rows(
    people: Electorate,
    identity: Identity,
    votes: Votes,
    state: tuple[StateConfig, Dice],
    listing: tuple[dt.date, Bools],
) -> pa.Table:
    """The stated ballots of a chunk, one row per voter and election, elections in order of time.

    Args:
        people: The chunk's electorate.
        identity: Their ids.
        votes: What happened.
        state: The state's rules and streams: how far back the file goes, when each county posts.
        listing: Day of the file, and who is in it.
    """
    snapshot, is_listed = listing
    tables = []
    for nth, election in enumerate(votes.elections):
        if not _is_reached(state[0], election, snapshot):
            continue
        county = people.places.county[votes.precinct[:, nth]]
        lag = posting_days(people.config, state[0], state[1], election)
        posted = day_number(election.date) + lag[county] <= day_number(snapshot)
        rows = np.flatnonzero(votes.voted[:, nth] & is_listed & posted)
        tables.append(_ballots(people, identity, election, rows, county[rows]))
    return pa.concat_tables([HISTORY.empty_table(), *tables])


def _is_reached(state: StateConfig, election: Election, snapshot: dt.date) -> bool:
    oldest = day_number(snapshot) - state.history_years * YEAR
    return state.history_since <= election.date < snapshot and day_number(election.date) >= oldest


def _ballots(people: Electorate, identity: Identity, election: Election, rows: Ints, county: Ints) -> pa.Table:
    size = rows.size
    columns = [
        identity.voter_id.take(pa.array(rows)),
        pa.repeat(election.election_id, size),
        pa.repeat(election.date, size),
        pa.repeat(election.type, size),
        pa.repeat(True, size),
        worded(list(people.config.marginals.methods), _methods(people, election)[rows]),
        worded(PARTIES, _ballot_parties(people, election)[rows]),
        text(1 + county),
    ]
    return pa.Table.from_arrays([pa.array(column) for column in columns], schema=HISTORY)


def _methods(people: Electorate, election: Election) -> Ints:
    """How each person would vote: mostly as always, sometimes otherwise."""
    always = picked(people.dice.rng(Purpose.TRAITS), people.config.marginals.methods, people.standing.size)
    rng = people.dice.rng(Purpose.TRAITS, election.date.toordinal(), *election.type.encode())
    today = picked(rng, people.config.marginals.methods, people.standing.size)
    return np.where(rng.random(people.standing.size) < 0.7, always, today)


def _ballot_parties(people: Electorate, election: Election) -> Ints:
    """The party ballot of a primary: one's own, or the nearer of the majors for those without; -1 elsewhere."""
    if election.type != "primary":
        return np.full(people.standing.size, -1)
    party = people.found.party_at(day_number(election.date))
    nearer = np.where(people.found.lean < 0, PARTIES.index("democratic"), PARTIES.index("republican"))
    return np.where(party == PARTIES.index("none"), nearer, party)
