"""A simulated state as a stream of chunks: one is in memory at a time, whatever the number of voters."""

from collections.abc import Iterator

from models.errors import ConfigError
from pipelines.calendar import Election
from pipelines.synthetic.addresses import address_book
from pipelines.synthetic.chunk import Chunk
from pipelines.synthetic.config import StateConfig, SyntheticConfig
from pipelines.synthetic.draws import Dice
from pipelines.synthetic.elections import simulated
from pipelines.synthetic.families import draw_lives
from pipelines.synthetic.homes import draw_homes
from pipelines.synthetic.identity import draw_identity, draw_ids
from pipelines.synthetic.places import draw_places
from pipelines.synthetic.propensity import draw_electorate
from pipelines.synthetic.registration import draw_registrations
from pipelines.synthetic.turnout import draw_votes

PEOPLE_PER_VOTER = 2.5
"""People drawn for one voter on the file at the end: the dead, the gone, the purged and those who never register."""
PEOPLE_PER_HOME = 3.85
"""People drawn for one home of a chunk, over all years."""


class Simulation:
    """An electorate of one state.

    The same configuration gives the same bytes, whatever snapshots are asked, in whatever order. Another chunk size
    gives other people: chunks are separate worlds that share places, shocks and dormitories.
    """

    def __init__(self, config: SyntheticConfig, state: str, elections: list[Election]) -> None:
        if state not in config.states:
            raise ConfigError(f"configs/synthetic.yaml, states: {state} is missing. Add it and start again.")
        self.config, self.name = config, state
        self.elections = simulated(config, state, elections)
        self.shared = Dice(config.seed, state)
        self._check_ids()
        self.places = draw_places(config, self.state, self.shared)

    def _check_ids(self) -> None:
        room = 26**self.state.id_letters * 10**self.state.id_digits - self.state.id_first
        people = sum(self.chunk_sizes())
        if people > room:
            found = f"ids of {self.name} have room for {room:,} people, {people:,} are drawn"
            raise ConfigError(f"configs/synthetic.yaml, states.{self.name}.id_digits: {found}. Give more digits.")

    @property
    def state(self) -> StateConfig:
        """The rules of the state."""
        return self.config.states[self.name]

    def chunk_sizes(self) -> list[int]:
        """People drawn in each chunk, at least one chunk."""
        people = round(self.state.voters * PEOPLE_PER_VOTER)
        full = round(self.state.chunk_households * PEOPLE_PER_HOME)
        count = max(1, round(people / full))
        return [people * (nth + 1) // count - people * nth // count for nth in range(count)]

    def chunks(self) -> Iterator[Chunk]:
        """The chunks in order, each drawn when it is asked for."""
        opens = 0
        for nth, people in enumerate(self.chunk_sizes()):
            yield self._chunk(nth, people, opens)
            opens += people

    def _chunk(self, nth: int, count: int, opens: int) -> Chunk:
        config, state, places = self.config, self.state, self.places
        dice = Dice(config.seed, self.name, nth + 1)
        lives = draw_lives(config, dice, count, places.dorm_precinct.size)
        homes = draw_homes(config, places, dice, lives)
        found = draw_registrations(config, state, dice, places, homes)
        people = draw_electorate(config, dice, places, homes, found)
        votes = draw_votes(people, state, self.shared, self.elections)
        book = address_book(state, self.name, places, homes, opens, sum(self.chunk_sizes()))
        first_county = places.county[homes.precinct[homes.dwelling_at(found.registered)]]
        identity = draw_identity(config, state, dice, homes.lives, draw_ids(state, dice, first_county, opens))
        return Chunk(state, people, identity, book, votes, self.shared, count / PEOPLE_PER_VOTER, dice)
