"""The truth model: the logit with which each person votes in an election, habit aside.

It is the sum of the election's level and shock, the person's standing propensity, its slow swing and taste for this
kind of election, the home, the precinct, age, party, how new the registration is, a recent move, and being gone.
"""

from dataclasses import dataclass

import numpy as np

from pipelines.calendar import Election
from pipelines.synthetic.config import Kind, SyntheticConfig
from pipelines.synthetic.draws import YEAR, Dice, Floats, Ints, Purpose, day_number
from pipelines.synthetic.homes import Homes
from pipelines.synthetic.places import Places
from pipelines.synthetic.registration import Registrations
from pipelines.tables.core import PARTIES

_MAJOR = (PARTIES.index("democratic"), PARTIES.index("republican"))


@dataclass(frozen=True)
class Electorate:
    """What a chunk's logits depend on.

    Attributes:
        config: The truth model and the rates.
        dice: Streams of the chunk.
        places: Precincts of the state.
        homes: Where people live.
        found: Their registrations.
        standing: Standing propensity, home aside, in logits, (people,).
        home_effect: Effect of the home that each person would keep, in logits, (people,).
        swing: Size in logits, period in days and phase of the slow swing, (3, people).
    """

    config: SyntheticConfig
    dice: Dice
    places: Places
    homes: Homes
    found: Registrations
    standing: Floats
    home_effect: Floats
    swing: Floats

    def logits(self, election: Election, at: tuple[Ints, Ints, Ints]) -> Floats:
        """Logits of voting without shock and habit, (people,).

        Args:
            election: The election.
            at: Keeper of the home, precinct, and last change of address, as of election day.
        """
        keeper, precinct, moved = at
        truth, day = self.config.turnout, day_number(election.date)
        kind = truth.kinds[election.kind]
        total = kind.level + self._person(election.kind, kind, day) + self._registration(kind, day)
        total += np.where(keeper < 0, 0.0, self.home_effect[np.maximum(keeper, 0)])
        total += self.places.effect[precinct] + np.where(self.places.is_city[precinct], 0.0, kind.rural)
        total += truth.moved * ((moved <= day) & (moved > day - 365))
        return total + truth.gone * (self.homes.lives.gone <= day)

    def _person(self, name: str, kind: Kind, day: int) -> Floats:
        size, period, phase = self.swing
        taste = self.dice.rng(Purpose.TRAITS, *name.encode()).standard_normal(self.standing.size)
        age = (day - self.homes.lives.birth) / YEAR
        drift = size * np.sin(2 * np.pi * day / period + phase)
        return self.standing + drift + kind.own_sd * taste + kind.age_weight * age_curve(age)

    def _registration(self, kind: Kind, day: int) -> Floats:
        since = day - self.found.registered
        newness = np.select([since < 60, since < 730], [kind.new, kind.recent], 0.0)
        return newness + kind.party * np.isin(self.found.party_at(day), _MAJOR)


def draw_electorate(
    config: SyntheticConfig, dice: Dice, places: Places, homes: Homes, found: Registrations
) -> Electorate:
    """The electorate of a chunk, with every person's standing traits."""
    rng, truth, people = dice.rng(Purpose.PROPENSITY), config.turnout, homes.lives.birth.size
    standing = rng.normal(0, truth.person_sd, people)
    home_effect = rng.normal(0, truth.household_sd, people)
    size = np.abs(rng.normal(0, truth.drift_sd * np.sqrt(2), people))
    swing = np.stack([size, rng.uniform(12, 30, people) * YEAR, rng.uniform(0, 2 * np.pi, people)])
    return Electorate(config, dice, places, homes, found, standing, home_effect, swing)


def age_curve(age: Floats) -> Floats:
    """Effect of age in logits at weight 1: -0.5 at 18, 0.9 at 70, falling to 0 at 88."""
    span = np.where(age < 70, 42.0, 18.0)
    return 0.9 * (1 - ((age - 70) / span) ** 2).clip(-3, 1)
