"""One chunk of a simulated state: the files of any day, and the truth of any election."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipelines.synthetic import words
from pipelines.synthetic.addresses import Addresses
from pipelines.synthetic.columns import blanked, padded, text, worded, years
from pipelines.synthetic.config import StateConfig
from pipelines.synthetic.draws import YEAR, Bools, Dice, Ints, day_number
from pipelines.synthetic.history import history_rows
from pipelines.synthetic.identity import Identity
from pipelines.synthetic.propensity import Electorate
from pipelines.synthetic.turnout import Votes, is_inactive
from pipelines.tables.core import PARTIES, Voters

_STATUS = ("active", "inactive", "pending", "removed")
PENDING_DAYS = 12
"""Days for which a new registration waits for its card to be verified."""

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
    """

    state: StateConfig
    people: Electorate
    identity: Identity
    addresses: Addresses
    votes: Votes
    shared: Dice
    drawn_for: float

    def voters(self, snapshot_date: dt.date) -> pa.Table:
        """The state's voter file of a day, in the columns of core_voters, by voter_id.

        Removed people have no address and no precinct; confidential people have no address and no phone.
        """
        day = day_number(snapshot_date)
        rows, status = self.listed(day)
        dwelling = self.people.homes.at(day)[1][rows]
        is_removed = status[rows] == _STATUS.index("removed")
        columns = {
            **self._person(rows, day),
            **self._residence(rows, dwelling, is_removed),
            "status_code": worded(_STATUS, status[rows]),
        }
        table = pa.table({name: columns[name] for name in Voters.schema().names}, schema=Voters.schema())
        return table.sort_by("voter_id")

    def listed(self, day: int) -> tuple[Ints, Ints]:
        """Positions of the people in the file of a day, and everyone's status as a position in the list of four."""
        found = self.people.found
        removed, since = found.removed <= day, day - found.registered
        kept = ~removed | (self.identity.is_kept & (found.removed > day - self.state.removed_years * YEAR))
        inactive = is_inactive(self.votes, self.people, day)
        status = np.select([removed, inactive, since < PENDING_DAYS], [3, 1, 2], 0)
        listed = (found.registered <= day) & (found.removed > found.registered) & kept
        return np.flatnonzero(listed), status

    def history(self, snapshot_date: dt.date) -> pa.Table:
        """The state's history file of a day: ballots of the people then in the voter file, where posted by then."""
        day = day_number(snapshot_date)
        is_listed = np.zeros(self.people.standing.size, bool)
        is_listed[self.listed(day)[0]] = True
        return history_rows(
            self.people, self.identity, self.votes, (self.state, self.shared), (snapshot_date, is_listed)
        )

    def truth(self, election_id: str) -> pa.Table:
        """What was true of an election, whether or not any file states it, by voter_id.

        Raises:
            KeyError: The election is not simulated.
        """
        nth = self.votes.position(election_id)
        found, day = self.people.found, day_number(self.votes.elections[nth].date)
        near = (found.registered <= day) & (found.removed > day - YEAR) & (found.removed > found.registered)
        rows = np.flatnonzero(near)
        columns = [
            self.identity.voter_id.take(pa.array(rows)),
            self.addresses.key.take(pa.array(self.votes.dwelling[rows, nth])),
            self.votes.probability[rows, nth],
            self.votes.voted[rows, nth],
            self.votes.eligible[rows, nth],
        ]
        return pa.Table.from_arrays([pa.array(values) for values in columns], schema=TRUTH).sort_by("voter_id")

    def _person(self, rows: Ints, day: int) -> dict[str, pa.Array]:
        own, lives, found, take = self.identity, self.people.homes.lives, self.people.found, pa.array(rows)
        birth = pa.array(lives.birth[rows].astype(np.int32)).cast(pa.date32())
        registered = found.registered[rows].astype(np.int32)
        gender = np.where(own.no_gender, -1, np.where(lives.is_female, 0, 1))
        return {
            "voter_id": own.voter_id.take(take),
            "last_name": own.last_names(day).take(take),
            "first_name": own.first_names().take(take),
            "middle_name": own.middle_names().take(take),
            "name_suffix": worded(words.SUFFIXES, own.suffix[rows]),
            "birth_year": years(birth),
            "birth_date": birth,
            "gender_code": worded(("F", "M"), gender[rows]),
            "race_code": own.race.take(take),
            "party_code": worded(PARTIES, found.party_at(day)[rows]),
            "registration_date": pa.array(registered, mask=own.is_masked[rows]).cast(pa.date32()),
            "is_confidential": pa.array(own.is_confidential[rows]),
            "stated_household": pa.nulls(rows.size, pa.string()),
        }

    def _residence(self, rows: Ints, dwelling: Ints, is_removed: Bools) -> dict[str, pa.Array]:
        places, book = self.people.places, self.addresses
        precinct = self.people.homes.precinct[dwelling]
        each, hidden = self.state.precincts_per_county, is_removed | self.identity.is_confidential[rows]
        at = pa.array(dwelling, mask=hidden)
        phone = self.identity.phone.take(pa.array(rows))
        return {
            "county_code": text(1 + places.county[precinct]),
            "precinct_code": blanked(padded(1 + precinct % each, 2), is_removed),
            "congressional_code": blanked(text(places.congressional[precinct]), is_removed),
            "address_line": book.line.take(at),
            "city": book.city.take(at),
            "zip_code": book.zip_code.take(at),
            "phone": blanked(phone, self.identity.is_confidential[rows]),
        }
