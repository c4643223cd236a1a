"""The history file of a day: which ballots and absences a state states, and how ballots were cast."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipelines.calendar import Election
from pipelines.synthetic.columns import worded
from pipelines.synthetic.config import StateConfig
from pipelines.synthetic.draws import YEAR, Bools, Dice, Ints, Purpose, day_number, picked
from pipelines.synthetic.identity import Identity
from pipelines.synthetic.places import is_absence_stated, posting_days
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
CURED_SHARE = 0.3
"""Uncounted ballots whose voter casts another one that counts: real files state both."""


@dataclass(frozen=True)
class Statements:
    """All that the files of a chunk ever state, one array position per row, elections in order of time.

    Attributes:
        elections: The elections.
        election: Election of each row as a position among them.
        person: Person of each row.
        posted: Day from which the county's file has the row.
        county: County at that election, from 0.
        is_voted: Whether a ballot was counted.
        method: How the ballot was cast, as a position in the state's methods; -1 without a ballot.
        party: Party ballot of a primary as a position in PARTIES, -1 for none.
    """

    elections: list[Election]
    election: Ints
    person: Ints
    posted: Ints
    county: Ints
    is_voted: Bools
    method: Ints
    party: Ints


def draw_statements(people: Electorate, votes: Votes, state: StateConfig, shared: Dice) -> Statements:
    """What is stated of a chunk's elections: nothing in it depends on the day of a file.

    Args:
        people: The chunk's electorate.
        votes: What happened.
        state: Which elections are stated, how ballots are cast, and which of them are not counted.
        shared: Streams of the state.
    """
    stated = [nth for nth, found in enumerate(votes.elections) if found.date >= state.history_since]
    parts = [_stated(people, votes, nth, state, shared) for nth in stated]
    columns = zip(*[[np.zeros(0, np.int64)] * 6, *parts], strict=True)
    person, posted, county, is_voted, method, party = (np.concatenate(column) for column in columns)
    election = np.repeat(stated, [part[0].size for part in parts])
    return Statements(votes.elections, election, person, posted, county, is_voted.astype(bool), method, party)


def _stated(people: Electorate, votes: Votes, nth: int, state: StateConfig, shared: Dice) -> list[Ints]:
    """The columns of one election: counted ballots, uncounted ones, and absences."""
    election = votes.elections[nth]
    county = people.places.county[votes.precinct[:, nth]]
    posted = day_number(election.date) + posting_days(people.config, state, shared, election)[county]
    method, party = _methods(people, state, election), _ballot_parties(people, election)
    counted = np.flatnonzero(votes.voted[:, nth])
    uncounted = _uncounted(people, votes, nth, state, method)
    absent = votes.eligible[:, nth] & ~votes.voted[:, nth] & is_absence_stated(state, shared)[county]
    absent[uncounted] = False
    rows = np.concatenate([counted, uncounted, np.flatnonzero(absent)])
    place = np.arange(rows.size)
    has_ballot = place < counted.size + uncounted.size
    is_voted = place < counted.size
    return [
        rows,
        posted[rows],
        county[rows],
        is_voted.astype(np.int64),
        np.where(has_ballot, method[rows], -1),
        np.where(is_voted, party[rows], -1),
    ]


def _uncounted(people: Electorate, votes: Votes, nth: int, state: StateConfig, method: Ints) -> Ints:
    """People with a ballot that was not counted: some voters who cast another, and some who count as absent."""
    if not state.uncounted_share:
        return np.zeros(0, np.int64)
    election = votes.elections[nth]
    by_post = np.isin(
        method, [at for at, name in enumerate(state.marginals.methods) if name in ("mail", "provisional")]
    )
    voters = by_post & votes.voted[:, nth]
    others = by_post & votes.eligible[:, nth] & ~votes.voted[:, nth] & (votes.probability[:, nth] > 0)
    failed = state.uncounted_share * (1 - CURED_SHARE) * voters.sum() / max(1, others.sum())
    chance = state.uncounted_share * CURED_SHARE * voters + failed * others
    rng = people.dice.rng(Purpose.UNCOUNTED, election.date.toordinal(), *election.type.encode())
    return np.flatnonzero(rng.random(chance.size) < chance)


def _methods(people: Electorate, state: StateConfig, election: Election) -> Ints:
    """How each person would vote: mostly as always, sometimes otherwise."""
    shares, size = state.marginals.methods, people.standing.size
    always = picked(people.dice.rng(Purpose.TRAITS), shares, size)
    rng = people.dice.rng(Purpose.TRAITS, election.date.toordinal(), *election.type.encode())
    today = picked(rng, shares, size)
    return np.where(rng.random(size) < 0.7, always, today)


def _ballot_parties(people: Electorate, election: Election) -> Ints:
    """The party ballot of a primary: one's own, or the nearer of the majors for those without; -1 elsewhere."""
    if election.type != "primary":
        return np.full(people.standing.size, -1)
    party = people.found.party_at(day_number(election.date))
    nearer = np.where(people.found.lean < 0, PARTIES.index("democratic"), PARTIES.index("republican"))
    return np.where(party == PARTIES.index("none"), nearer, party)


def history_rows(
    stated: Statements, identity: Identity, state: StateConfig, listing: tuple[dt.date, Bools]
) -> pa.Table:
    """The rows of a chunk in the history file of a day, elections in order of time.

    Args:
        stated: All that is ever stated.
        identity: The people's ids.
        state: How far back the file goes, and the codes of counties and methods.
        listing: Day of the file, and whose rows are in it.
    """
    snapshot, is_listed = listing
    day = day_number(snapshot)
    on = np.array([day_number(election.date) for election in stated.elections])
    is_reached = (on >= day - state.history_years * YEAR) & (on < day)
    rows = np.flatnonzero((stated.posted <= day) & is_listed[stated.person] & is_reached[stated.election])
    election = stated.election[rows]
    columns = [
        identity.voter_id.take(pa.array(stated.person[rows])),
        worded([found.election_id for found in stated.elections], election),
        pa.array(on[election].astype(np.int32)).cast(pa.date32()),
        worded([found.type for found in stated.elections], election),
        pa.array(stated.is_voted[rows]),
        worded(list(state.marginals.methods), stated.method[rows]),
        worded(PARTIES, stated.party[rows]),
        worded(state.codes(), stated.county[rows]),
    ]
    return pa.Table.from_arrays(columns, schema=HISTORY)


def last_ballots(stated: Statements, day: int, people: int) -> Ints:
    """Party of the last primary ballot that each person cast and a file of the day states, -1 for none, (people,)."""
    party = np.full(people, -1)
    rows = np.flatnonzero((stated.posted <= day) & (stated.party >= 0))
    party[stated.person[rows]] = stated.party[rows]
    return party
