"""When people are born, come of age, arrive, leave and die; families are made in the file next door."""

from dataclasses import dataclass

import numpy as np

from pipelines.synthetic.config import Lives as LivesConfig
from pipelines.synthetic.config import SyntheticConfig
from pipelines.synthetic.draws import NEVER, YEAR, Bools, Ints, day_number, first_event


@dataclass
class Lives:
    """One array position per person; days count from 1970-01-01, NEVER where nothing happens.

    Attributes:
        birth: Day of birth.
        start: Day from which the person is of age and in the state.
        death: Day of death.
        gone: Day of leaving the state.
        twin: The earlier-born twin of the second one, -1 for everyone else.
        is_female: Sex.
        is_native: Whether the person grew up in the state.
        mate: Person whose home a partner joins, -1 for everyone else.
        marry: Day of joining, for both of a couple.
        divorce: Day of parting, for both.
        host: Person in whose home adult life starts, -1 for none.
        is_child: Whether the host is a parent.
        leave: Day of leaving the host's home.
        dorm: Dormitory lived in, -1 for none.
        dorm_end: Day of leaving it; it starts at `leave`, or at `start` without a host.
    """

    birth: Ints
    start: Ints
    death: Ints
    gone: Ints
    twin: Ints
    is_female: Bools
    is_native: Bools
    mate: Ints
    marry: Ints
    divorce: Ints
    host: Ints
    is_child: Bools
    leave: Ints
    dorm: Ints
    dorm_end: Ints

    @property
    def end(self) -> Ints:
        """Day on which the person dies or leaves the state."""
        return np.minimum(self.death, self.gone)

    @property
    def family(self) -> Ints:
        """The person whose family one belongs to: the mate, the parent, or oneself."""
        own = np.arange(self.birth.size)
        return np.where(self.mate >= 0, self.mate, np.where(self.is_child, self.host, own))


def single_lives(config: SyntheticConfig, rng: np.random.Generator, people: int) -> Lives:
    """The lives of `people` persons before any family is made."""
    rules = config.lives
    oldest, youngest = day_number(config.starts_on) - round(96 * YEAR), day_number(config.until) - round(18 * YEAR)
    birth = oldest + (rng.random(people) ** rules.birth_power * (youngest - oldest)).astype(np.int64)
    twin = _twins(rules, rng, people)
    birth = np.where(twin >= 0, birth[twin], birth)
    adult = birth + round(18 * YEAR)
    is_native = rng.random(people) < rules.native_share
    is_native = np.where(twin >= 0, is_native[twin], is_native)
    arrival = adult + (rng.gamma(2.0, rules.arrival_years / 2, people) * YEAR).astype(np.int64)
    start = np.where(is_native, adult, arrival)
    nobody, never = np.full(people, -1), np.full(people, NEVER)
    return Lives(
        birth=birth,
        start=start,
        death=_deaths(rules, rng, birth),
        gone=first_event(rng, start, birth, rules.leaving),
        twin=twin,
        is_female=rng.random(people) < 0.525,
        is_native=is_native,
        mate=nobody.copy(),
        marry=never.copy(),
        divorce=never.copy(),
        host=nobody.copy(),
        is_child=np.zeros(people, bool),
        leave=start.copy(),
        dorm=nobody.copy(),
        dorm_end=start.copy(),
    )


def _twins(rules: LivesConfig, rng: np.random.Generator, people: int) -> Ints:
    """For some people of odd position the one before them, whose twin they are; -1 for all others."""
    own = np.arange(people)
    return np.where((own % 2 == 1) & (rng.random(people) < rules.twin_share), own - 1, -1)


def _deaths(rules: LivesConfig, rng: np.random.Generator, birth: Ints) -> Ints:
    """Days of death after 18 under a hazard that grows exponentially with age (Gompertz)."""
    growth = rules.death_growth
    at_birth = rules.death_at_40 * np.exp(-40 * growth)
    age = np.log(np.exp(18 * growth) + growth / at_birth * rng.standard_exponential(birth.size)) / growth
    return birth + (np.minimum(age, 108) * YEAR).astype(np.int64)


def kept_lives(lives: Lives, rows: Ints) -> Lives:
    """The lives at some positions; who pointed at a person left out points at nobody."""
    position = np.full(lives.birth.size + 1, -1)
    position[rows] = np.arange(rows.size)
    kept = Lives(**{name: values[rows] for name, values in vars(lives).items()})
    kept.mate, kept.host, kept.twin = position[kept.mate], position[kept.host], position[kept.twin]
    kept.is_child &= kept.host >= 0
    return kept
