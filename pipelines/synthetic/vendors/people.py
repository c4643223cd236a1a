"""About whom the records of a vendor are: voters of the file, and people who are not on it."""

from dataclasses import dataclass

import numpy as np

from models.errors import ConfigError
from pipelines.synthetic.chunk import Chunk
from pipelines.synthetic.draws import YEAR, Bools, Floats, Ints, picked
from pipelines.synthetic.vendors.config import RELATIONS, VendorConfig

VOTER = -1
"""Relation of a record about a voter of the file."""
_LEAST_AGE = 14
"""Age from which children of a home are on any list, years."""


@dataclass(frozen=True)
class Circle:
    """How the people of a chunk stand to the voter file of a day, one position per person.

    Attributes:
        relation: VOTER for who is on the file and not removed; of the others the relation to the voters, as a
            position in RELATIONS; -2 for those of whom no record is made, such as removed people still listed.
        dwelling: Home on the day; that of the parents for minors, the last one for the dead and the gone.
        lives_with_voter: Whether a voter, other than the person, lives there.
        shares_surname: Whether such a voter has the person's last name.
    """

    relation: Ints
    dwelling: Ints
    lives_with_voter: Bools
    shares_surname: Bools


@dataclass(frozen=True)
class Subjects:
    """The people of a chunk's records, one position per record, in no order.

    Attributes:
        person: Position of the person in the chunk.
        relation: VOTER, or what relates the person to the voters as a position in RELATIONS.
    """

    person: Ints
    relation: Ints


def circle_of(chunk: Chunk, day: int) -> Circle:
    """How the people of a chunk stand to the voter file of a day.

    - housemate: of age, lives with a voter and is not on the file. minor: a child of 14 to 17 in a voter's home.
    - departed: died or left the state; a voter of the same last name lives in the last home.
    - former: likewise, but others live there now. unregistered: of age, in a home without a voter.
    - elsewhere: will come to the state later, and lives in another one. Dormitories are nobody's home here.
    """
    lives, homes = chunk.people.homes.lives, chunk.people.homes
    is_listed = chunk.is_listed(day)
    is_voter = is_listed & (chunk.people.found.removed > day)
    dwelling, surname = homes.dwelling_at(day), chunk.identity.last_positions(day)
    with_voter = _is_beside(dwelling, is_voter)
    alike = _is_beside(dwelling * len(chunk.identity.book.last.names) + surname, is_voter)
    is_here = (lives.start <= day) & (lives.end > day)
    is_minor = lives.is_child & (lives.start > day) & (lives.birth <= day - _LEAST_AGE * YEAR)
    cases = [is_here & with_voter, is_minor & with_voter, (lives.end <= day) & alike]
    cases += [(lives.end <= day), is_here, (lives.start > day) & ~lives.is_native]
    at_home = ~is_listed & (dwelling < homes.dwellings)
    relation = np.select([is_voter, *(at_home & case for case in cases)], range(VOTER, len(cases)), -2)
    is_away = relation == RELATIONS.index("elsewhere")
    return Circle(relation, dwelling, with_voter & ~is_away, alike & ~is_away)


def _is_beside(keys: Ints, is_voter: Bools) -> Bools:
    """Whether a voter other than the person has the person's key."""
    _, key = np.unique(keys, return_inverse=True)
    return np.bincount(key[is_voter], minlength=int(key.max()) + 1)[key] - is_voter > 0


def draw_subjects(
    config: VendorConfig, rng: np.random.Generator, circle: Circle, count: int, keen: Floats | None = None
) -> Subjects:
    """About whom `count` records are; nobody is met twice before everybody of the same relation has been once.

    A relation in which nobody stands is replaced by voters.

    Args:
        config: Shares of voters and of the relations.
        rng: Stream of draws.
        circle: How the people stand to the file.
        count: Records.
        keen: How much likelier than others each person is to be known, in logits, (people,); nothing for all alike.

    Raises:
        ConfigError: Nobody is on the file of the day.
    """
    if count and not (circle.relation == VOTER).any():
        raise ConfigError("Nobody is on the simulated file of that day, so that no vendor can know a voter.")
    codes = [VOTER, *range(len(RELATIONS))]
    pools = {code: _pool(rng, np.flatnonzero(circle.relation == code), keen) for code in codes}
    is_nobody = rng.random(count) < config.nobody
    drawn = picked(rng, {name: config.relations.get(name, 0.0) for name in RELATIONS}, count)
    empty = [code for code, pool in pools.items() if not pool.size]
    relation = np.where(is_nobody & ~np.isin(drawn, empty), drawn, VOTER)
    person = np.zeros(count, np.int64)
    for code, pool in pools.items():
        rows = np.flatnonzero(relation == code)
        chosen = pool[np.arange(rows.size) % max(pool.size, 1)] if rows.size else np.zeros(0, np.int64)
        person[rows] = chosen if keen is None else rng.permutation(chosen)
    return Subjects(person, relation)


def _pool(rng: np.random.Generator, people: Ints, keen: Floats | None) -> Ints:
    """People in a random order, in which the keen stand earlier."""
    if keen is None:
        return rng.permutation(people)
    return people[np.argsort(-keen[people] - rng.gumbel(size=people.size), kind="stable")]


def namesakes(chunk: Chunk) -> Bools:
    """Fathers and sons of one first and last name, (people,)."""
    own, lives = chunk.identity, chunk.people.homes.lives
    alike = (own.first == own.first[lives.host]) & (own.last == own.last[lives.host]) & (own.first >= 0)
    sons = np.flatnonzero(alike & lives.is_child & ~lives.is_female & ~lives.is_female[lives.host])
    found = np.zeros(alike.size, bool)
    found[sons] = found[lives.host[sons]] = True
    return found


def twins(chunk: Chunk, circle: Circle) -> Bools:
    """Twins who live in one home, both of them, (people,)."""
    twin = chunk.people.homes.lives.twin
    second = np.flatnonzero((twin >= 0) & (circle.dwelling == circle.dwelling[twin]))
    found = np.zeros(twin.size, bool)
    found[second] = found[twin[second]] = True
    return found
