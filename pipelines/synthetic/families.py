"""Who pairs with whom, in whose home adult life starts, twins and dormitories."""

import numpy as np

from pipelines.synthetic.config import Lives as LivesConfig
from pipelines.synthetic.config import SyntheticConfig
from pipelines.synthetic.draws import NEVER, YEAR, Bools, Dice, Ints, Purpose, day_number
from pipelines.synthetic.lives import Lives, kept_lives, single_lives


def draw_lives(config: SyntheticConfig, dice: Dice, people: int, dorms: int) -> Lives:
    """The lives of `people` persons, less those who never live in the state in the simulated years."""
    lives = single_lives(config, dice.rng(Purpose.LIVES), people)
    rng = dice.rng(Purpose.FAMILIES)
    _pair(config.lives, rng, lives)
    _house_the_young(config, rng, lives)
    _send_to_dorms(config.lives, rng, lives, dorms)
    seen = (lives.end > day_number(config.starts_on)) & (lives.start < day_number(config.until))
    return kept_lives(lives, np.flatnonzero(seen))


def _pair(rules: LivesConfig, rng: np.random.Generator, lives: Lives) -> None:
    """Joins people of about one age; the first of a pair keeps the home, the second moves in."""
    order = np.argsort(lives.birth + rng.normal(0, 3 * YEAR, lives.birth.size))
    pairs = order[: order.size // 2 * 2].reshape(-1, 2)
    pairs = pairs[rng.random(len(pairs)) < rules.couple_share]
    first, second = pairs[:, 0], pairs[:, 1]
    youth = np.maximum(lives.birth[first], lives.birth[second])
    marry = youth + ((18 + rng.gamma(3.0, 2.5, len(pairs))) * YEAR).astype(np.int64)
    years = 1 + rng.exponential(11.0, len(pairs))
    parts = rng.random(len(pairs)) < rules.divorce_share
    divorce = np.where(parts, marry + (years * YEAR).astype(np.int64), NEVER)
    lives.mate[second] = first
    for side in (first, second):
        lives.marry[side], lives.divorce[side] = marry, divorce
    lives.is_female[first] = rng.random(len(pairs)) < 0.25
    lives.is_female[second] = lives.is_female[first] ^ (rng.random(len(pairs)) < 0.97)
    _share_fate(lives, first, second)


def _share_fate(lives: Lives, first: Ints, second: Ints) -> None:
    """A couple stays until it marries, arrives together if married by then, and leaves the state together."""
    marry, divorce = lives.marry[first], lives.divorce[first]
    of_age = lives.birth[second] + round(18 * YEAR)
    together = marry <= lives.start[first]
    later = np.where(together, lives.start[first], np.minimum(lives.start[second], marry))
    lives.start[second] = np.maximum(later, of_age)
    lives.gone[first] = np.where(lives.gone[first] < marry, NEVER, lives.gone[first])
    apart = (lives.gone[second] >= divorce) & (lives.gone[second] > lives.start[second])
    own = np.where(apart, lives.gone[second], NEVER)
    lives.gone[second] = np.where(lives.gone[first] < divorce, lives.gone[first], own)
    lives.leave[second], lives.dorm_end[second] = lives.start[second], lives.start[second]


def _house_the_young(config: SyntheticConfig, rng: np.random.Generator, lives: Lives) -> None:
    """Gives people under 35 in the simulated years a first home with a parent or with others."""
    rules, people = config.lives, lives.birth.size
    young = lives.birth > day_number(config.starts_on) - 35 * YEAR
    child = young & lives.is_native & (rng.random(people) < rules.child_share)
    child = np.where(lives.twin >= 0, child[lives.twin], child)
    lodger = young & ~child & (rng.random(people) < rules.lodger_share)
    host = _hosts(rng, lives, young, child)
    host = np.where((lives.twin >= 0) & child, host[lives.twin], host)
    housed = (child | lodger) & (host >= 0)
    stay = (rng.exponential(rules.home_years, people) * YEAR).astype(np.int64)
    leave = np.minimum(lives.start + 180 + stay, np.minimum(lives.marry, lives.end[host] + 30))
    lives.host[housed] = host[housed]
    lives.is_child[:] = housed & child
    lives.leave[housed] = np.maximum(leave, lives.start)[housed]
    lives.dorm_end[:] = lives.leave


def _hosts(rng: np.random.Generator, lives: Lives, young: Bools, child: Bools) -> Ints:
    """A keeper of a home who is there when adult life starts, a generation older for children; -1 if none is found."""
    people = lives.birth.size
    host = np.full(people, -1)
    for _ in range(4):
        older = np.where(child, rng.normal(28, 5, people).clip(18.5, 45), rng.normal(3, 4, people)) * YEAR
        found = _nearest_host(lives, lives.birth - older.astype(np.int64), rng)
        there = (lives.start[found] < lives.start - 200) & (lives.end[found] > lives.start + 3 * YEAR)
        fits = there & np.where(child, lives.birth[found] < lives.birth - 17 * YEAR, ~young[found])
        host = np.where((host < 0) & fits, found, host)
    return host


def _nearest_host(lives: Lives, wanted: Ints, rng: np.random.Generator) -> Ints:
    """For each person a keeper of a home born about the wanted day."""
    keepers = np.flatnonzero(lives.mate < 0)
    keepers = keepers[np.argsort(lives.birth[keepers], kind="stable")]
    near = np.searchsorted(lives.birth[keepers], wanted) + rng.integers(-8, 9, wanted.size)
    return keepers[near.clip(0, keepers.size - 1)]


def _send_to_dorms(rules: LivesConfig, rng: np.random.Generator, lives: Lives, dorms: int) -> None:
    people = lives.birth.size
    until = np.minimum(lives.birth + round(22.4 * YEAR), lives.marry)
    goes = lives.is_native & (rng.random(people) < rules.dorm_share) & (until > lives.start + 150)
    away = np.minimum(lives.start + rng.integers(0, 300, people), until - 90)
    lives.leave[goes] = np.minimum(lives.leave, away)[goes]
    goes &= lives.leave < until
    lives.dorm[goes] = rng.integers(0, dorms, people)[goes]
    lives.dorm_end[:] = np.where(goes, until, lives.leave)
