"""Which naming system each person follows; families keep theirs."""

from dataclasses import dataclass

import numpy as np

from pipelines.synthetic.draws import Bools, Dice, Ints, Purpose, picked
from pipelines.synthetic.lives import Lives
from pipelines.synthetic.names.book import book_of
from pipelines.synthetic.names.config import SYSTEMS, NamesConfig

WESTERN, SPANISH, ARABIC, INDONESIAN, SINGLE, VIETNAMESE, CHINESE = range(len(SYSTEMS))


@dataclass(frozen=True)
class Naming:
    """The naming of people, one position per person.

    Attributes:
        system: Naming system as a position in SYSTEMS.
        second: Second surname as a position in the book's last names, -1 for none.
    """

    system: Ints
    second: Ints

    def kinds(self, lives: Lives) -> Ints:
        """From which pool of a list of names each person draws."""
        return 2 * self.system + ~lives.is_female

    @property
    def is_western(self) -> Bools:
        """Whether wives may take a husband's name, and the like."""
        return self.system == WESTERN

    @property
    def has_suffix(self) -> Bools:
        """Whether sons may be Jr."""
        return self.system <= SPANISH

    @property
    def inherits(self) -> Bools:
        """Whether children carry a parent's last name."""
        return (self.system != INDONESIAN) & (self.system != SINGLE)


def draw_naming(config: NamesConfig, dice: Dice, lives: Lives) -> Naming:
    """Naming systems and second surnames of a chunk's people.

    Children follow the parent whose home they live in, most partners the keeper of the home. Children of a home share
    both surnames.
    """
    rng, people = dice.rng(Purpose.NAMING), lives.birth.size
    shares = {name: config.families.get(name, 0.0) for name in SYSTEMS[1:]}
    system = picked(rng, {"western": 1 - sum(shares.values()), **shares}, people)
    joins = (lives.mate >= 0) & (rng.random(people) < config.same_system_share)
    kin = np.where(lives.is_child, lives.host, np.where(joins, lives.mate, np.arange(people)))
    for _ in range(6):
        system = system[kin]
    mother, own = (book_of(config).last.draw(np.full(people, 2 * SPANISH), rng.random(people)) for _ in range(2))
    second = np.where(lives.is_child, mother[lives.host], own)
    return Naming(system, np.where(system == SPANISH, second, -1))
