"""The votes, drawn in order of time: having voted makes a habit, and missing too many ends in a purge."""

from dataclasses import dataclass

import numpy as np

from pipelines.calendar import Election
from pipelines.synthetic.config import StateConfig
from pipelines.synthetic.draws import Bools, Dice, Floats, Ints, Purpose, day_number
from pipelines.synthetic.places import election_shock
from pipelines.synthetic.propensity import Electorate

_FEDERAL = ("presidential", "midterm")
CARD_DAYS = 100
"""Days after a federal general when confirmation cards go unanswered and people become inactive."""


@dataclass
class Votes:
    """What happened in every simulated election, (people, elections) unless said otherwise.

    Attributes:
        elections: The elections in order of time, warm-up generals first.
        probability: True probability of voting, 0 for people not on the file or dead.
        voted: Whether a ballot was cast.
        eligible: Whether the person stood on the file from the deadline to election day.
        precinct: Precinct on election day.
        dwelling: Dwelling on election day.
        missed: Federal generals missed in a row after this election.
    """

    elections: list[Election]
    probability: Floats
    voted: Bools
    eligible: Bools
    precinct: Ints
    dwelling: Ints
    missed: Ints

    def position(self, election_id: str) -> int:
        """Position of an election.

        Raises:
            KeyError: It is not simulated.
        """
        return {found.election_id: nth for nth, found in enumerate(self.elections)}[election_id]


def _blank(people: int, elections: list[Election]) -> Votes:
    """Votes to be filled election by election, so that each election's column lies in one piece of memory."""
    kinds = (float, bool, bool, np.int64, np.int64, np.int64)
    return Votes(elections, *[np.zeros((people, len(elections)), kind, order="F") for kind in kinds])


def draw_votes(people: Electorate, state: StateConfig, shared: Dice, elections: list[Election]) -> Votes:
    """The votes of a chunk; purges are written into `people.found.removed` as they happen.

    Args:
        people: The chunk's electorate.
        state: The state's rules.
        shared: Streams of the state.
        elections: Elections in order of time.
    """
    votes = _blank(people.standing.size, elections)
    habit, missed = np.zeros(people.standing.size), np.zeros(people.standing.size, np.int64)
    for nth, election in enumerate(elections):
        _draw(votes, nth, people, (state, shared), habit)
        voted, missing = votes.voted[:, nth], votes.eligible[:, nth] & ~votes.voted[:, nth]
        missed[voted] = 0
        if election.kind in _FEDERAL:
            habit = np.where(voted, 0.5, -0.5)
            missed[missing] += 1
            _purge(people, election, shared, missed, votes.precinct[:, nth])
        votes.missed[:, nth] = missed
    return votes


def _draw(votes: Votes, nth: int, people: Electorate, state: tuple[StateConfig, Dice], habit: Floats) -> None:
    """Fills one election's column."""
    election = votes.elections[nth]
    day = day_number(election.date)
    keeper, dwelling, moved = people.homes.at(day)
    precinct = people.homes.precinct[dwelling]
    logit = people.logits(election, (keeper, precinct, moved)) + election_shock(people.config, state[1], election)
    logit += people.config.turnout.kinds[election.kind].habit * habit
    deadline = day_number(election.deadline(state[0].registration_deadline_days))
    eligible = (people.found.registered <= deadline) & (people.found.removed > day)
    chance = np.where(eligible & (people.homes.lives.death > day), 1 / (1 + np.exp(-logit)), 0.0)
    rng = people.dice.rng(Purpose.VOTE, election.date.toordinal(), *election.type.encode())
    votes.probability[:, nth], votes.voted[:, nth] = chance, rng.random(chance.size) < chance
    votes.eligible[:, nth], votes.precinct[:, nth], votes.dwelling[:, nth] = eligible, precinct, dwelling


def _purge(people: Electorate, election: Election, shared: Dice, missed: Ints, precinct: Ints) -> None:
    """Removes, in the spring after a federal general, those who missed too many and answer no card."""
    lives, found = people.homes.lives, people.found
    unheard = found.is_unresponsive | (lives.gone <= day_number(election.date))
    by_county = shared.rng(Purpose.REMOVAL, election.date.toordinal()).integers(60, 111, people.places.county.max() + 1)
    day = day_number(election.date) + by_county[people.places.county[precinct]]
    purged = unheard & (missed >= people.config.registration.purge_after) & (found.removed > day)
    found.removed[purged], found.purged[purged] = day[purged], True


def is_inactive(votes: Votes, people: Electorate, day: int) -> Bools:
    """Whether each is inactive on a day: too many federal generals missed, the card unanswered, no vote since."""
    carded = [
        nth
        for nth, found in enumerate(votes.elections)
        if found.kind in _FEDERAL and day_number(found.date) + CARD_DAYS <= day
    ]
    if not carded:
        return np.zeros(people.standing.size, bool)
    nth = carded[-1]
    until = max(at for at, found in enumerate(votes.elections) if day_number(found.date) <= day)
    gone = people.homes.lives.gone <= day_number(votes.elections[nth].date)
    silent = ~votes.voted[:, nth + 1 : until + 1].any(axis=1)
    enough = votes.missed[:, nth] >= people.config.registration.inactive_after
    return enough & silent & (people.found.is_unresponsive | gone)
