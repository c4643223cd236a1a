"""One chunk of a simulated state: the files of any day, and the truth of any election."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from pipelines.synthetic import words
from pipelines.synthetic.addresses import Addresses
from pipelines.synthetic.columns import blanked, joined, ordered, padded, text, worded, years
from pipelines.synthetic.config import StateConfig
from pipelines.synthetic.draws import YEAR, Bools, Dice, Ints, day_number
from pipelines.synthetic.history import Statements, draw_statements, history_rows, last_ballots
from pipelines.synthetic.identity import Identity
from pipelines.synthetic.names.config import SYSTEMS
from pipelines.synthetic.propensity import Electorate
from pipelines.synthetic.turnout import Votes, is_inactive
from pipelines.tables.core import PARTIES, Voters

_STATUS = ("active", "inactive", "removed")

TRUTH = pa.schema(
    [
        pa.field("voter_id", pa.string(), False),
        pa.field("household_key", pa.string(), False),
        pa.field("probability", pa.float64(), False),
        pa.field("voted", pa.bool_(), False),
        pa.field("is_registered_at_deadline", pa.bool_(), False),
    ]
)
"""The truth of an election, one row per voter on the file in the year before it."""


@dataclass(frozen=True)
class Chunk:
    """Some households of a state over all simulated years.

    Attributes:
        state: The state's rules.
        people: The electorate.
        identity: Names, ids and codes.
        addresses: Address of each dwelling.
        votes: What happened in every election.
        shared: Streams of the state.
        drawn_for: Voters that the chunk should hold at the end.
        dice: Streams of the chunk.
    """

    state: StateConfig
    people: Electorate
    identity: Identity
    addresses: Addresses
    votes: Votes
    shared: Dice
    drawn_for: float
    dice: Dice

    def voters(self, snapshot_date: dt.date) -> pa.Table:
        """The state's voter file of a day, in the columns of core_voters, by voter_id.

        Removed people have no address and no precinct; of confidential people some columns are empty.
        """
        day = day_number(snapshot_date)
        is_listed = self.is_listed(day)[self._order]
        rows = self._order[is_listed]
        is_removed = self.people.found.removed[rows] <= day
        fixed = self._fixed.filter(pa.array(is_listed))
        columns = {
            "stated_on": pa.repeat(pa.scalar(snapshot_date, pa.date32()), rows.size),
            **dict(zip(fixed.column_names, fixed.columns, strict=True)),
            **self._hidden(rows, {**self._standing(rows, day), **self._residence(rows, day, is_removed)}),
        }
        return pa.table({name: columns[name] for name in Voters.schema().names}, schema=Voters.schema())

    def is_listed(self, day: int) -> Bools:
        """Whether each person is in the voter file of a day."""
        found = self.people.found
        kept = self.identity.is_kept & (found.removed > day - self.state.removed_years * YEAR)
        return (found.registered <= day) & (found.removed > found.registered) & ((found.removed > day) | kept)

    def history(self, snapshot_date: dt.date) -> pa.Table:
        """The state's history file of a day: what is posted by then of people in the voter file, and of orphans."""
        found, day = self.people.found, day_number(snapshot_date)
        orphans = self.identity.is_orphan & (found.removed <= day) & (found.removed > found.registered)
        listing = (snapshot_date, self.is_listed(day) | orphans)
        return history_rows(self.statements, self.identity, self.state, listing)

    @cached_property
    def statements(self) -> Statements:
        """All that the history files of any day state."""
        return draw_statements(self.people, self.votes, self.state, self.shared)

    def truth(self, election_id: str) -> pa.Table:
        """What was true of an election, whether or not any file states it, by voter_id.

        Raises:
            KeyError: The election is not simulated.
        """
        nth = self.votes.position(election_id)
        found, day = self.people.found, day_number(self.votes.elections[nth].date)
        near = (found.registered <= day) & (found.removed > day - YEAR) & (found.removed > found.registered)
        rows = self._order[near[self._order]]
        columns = [
            self.identity.voter_id.take(pa.array(rows)),
            self.addresses.key.take(pa.array(self.votes.dwelling[rows, nth])),
            self.votes.probability[rows, nth],
            self.votes.voted[rows, nth],
            self.votes.eligible[rows, nth],
        ]
        return pa.Table.from_arrays([pa.array(values) for values in columns], schema=TRUTH)

    def naming_truth(self, snapshot_date: dt.date) -> pa.Table:
        """How the people of the voter file of a day are named, by voter_id: voter_id, naming_system."""
        rows = self._order[self.is_listed(day_number(snapshot_date))[self._order]]
        systems = worded(SYSTEMS, self.identity.naming.system[rows])
        return pa.table({"voter_id": self.identity.voter_id.take(pa.array(rows)), "naming_system": systems})

    @cached_property
    def _order(self) -> Ints:
        """The people by voter_id."""
        return ordered(self.identity.voter_id)

    @cached_property
    def _fixed(self) -> pa.Table:
        """The columns of the voter file that never change, everyone by voter_id."""
        own, lives, rows = self.identity, self.people.homes.lives, self._order
        birth = pa.array(lives.birth[rows].astype(np.int32), mask=own.is_birth_masked[rows]).cast(pa.date32())
        registered = self.people.found.registered[rows].astype(np.int32)
        gender = np.where(own.no_gender, -1, np.where(lives.is_female, 0, 1))
        take = pa.array(rows)
        columns = {
            "voter_id": own.voter_id.take(take),
            "first_name": own.first_names().take(take),
            "middle_name": own.middle_names().take(take),
            "name_suffix": worded(words.SUFFIXES, own.suffix[rows]),
            "phone": own.phone.take(take),
            "birth_year": years(birth),
            "birth_date": birth,
            "gender_code": worded(("F", "M"), gender[rows]),
            "race_code": own.race.take(take),
            "registration_date": pa.array(registered, mask=own.is_masked[rows]).cast(pa.date32()),
            "is_confidential": pa.array(own.is_confidential[rows]),
            "stated_household": pa.nulls(rows.size, pa.string()),
        }
        return pa.table(self._hidden(rows, columns))

    def _standing(self, rows: Ints, day: int) -> dict[str, pa.Array]:
        """The columns of some people that change without a move."""
        inactive = is_inactive(self.votes, self.people, day) & self.state.has_inactive
        status = np.where(self.people.found.removed <= day, 2, inactive)
        return {
            "last_name": self.identity.last_names(rows, day),
            "party_code": worded(PARTIES, self._parties(day)[rows]),
            "status_code": worded(_STATUS, status[rows]),
        }

    def _parties(self, day: int) -> Ints:
        """Party of each person on the file of a day as a position in PARTIES, -1 for none told."""
        if self.state.party_rule == "none":
            return np.full(self.people.standing.size, -1)
        if self.state.party_rule == "last_primary":
            return last_ballots(self.statements, day, self.people.standing.size)
        return self.people.found.party_at(day)

    def _residence(self, rows: Ints, day: int, is_removed: Bools) -> dict[str, pa.Array]:
        """The columns of some people that say where they live; the removed keep their county."""
        places, book = self.people.places, self.addresses
        dwelling = self.people.homes.dwelling_at(day)[rows]
        precinct = self.people.homes.precinct[dwelling]
        numbers = self._precinct_numbers()
        at, within = pa.array(dwelling, mask=is_removed), pa.array(precinct, mask=is_removed)
        return {
            "county_code": worded(self.state.codes(), places.county[precinct]),
            "precinct_code": padded(numbers, 2).take(within),
            "precinct_name": pa.array(places.name).take(within),
            "congressional_code": text(places.congressional).take(within),
            "address_line": book.line.take(at),
            "city": book.city.take(at),
            "zip_code": book.zip_code.take(at),
        }

    def _precinct_numbers(self) -> pa.Array:
        """Number of each precinct within its county as text, behind the county's code where the state has it so."""
        county, each = self.people.places.county, self.state.precincts_per_county
        numbers = padded(1 + np.arange(county.size) % each, self.state.precinct_digits)
        return joined([worded(self.state.codes(), county), numbers], "") if self.state.precinct_has_county else numbers

    def _hidden(self, rows: Ints, columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
        """Columns of some people, empty for the confidential ones where the state hides them."""
        hidden, hides = self.identity.is_confidential[rows], self.state.confidential_hides
        return {name: blanked(values, hidden) if name in hides else values for name, values in columns.items()}
