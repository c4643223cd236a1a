"""What all people of a state share: counties, precincts and their effects, dormitories, shocks and posting days."""

from dataclasses import dataclass

import numpy as np

from pipelines.calendar import Election
from pipelines.synthetic import words
from pipelines.synthetic.config import StateConfig, SyntheticConfig
from pipelines.synthetic.draws import Bools, Dice, Floats, Ints, Purpose


@dataclass(frozen=True)
class Places:
    """The precincts of a state, one array position each, counties ascending.

    Attributes:
        county_edges: Cumulative shares of the counties' homes, (counties,).
        county: County of each precinct, from 0, (precincts,).
        effect: Turnout effect of each precinct in logits, (precincts,).
        lean: Partisan lean of each precinct, standard normal, (precincts,).
        is_city: Whether the precinct lies in a municipality, (precincts,).
        zip_code: ZIP of each precinct as a number, (precincts,).
        name: Name of each precinct, once in its county and in no order of the codes, (precincts,).
        congressional: District of the US House from 1, (precincts,).
        dorm_precinct: Precinct of each dormitory, (dorms,).
    """

    county_edges: Floats
    county: Ints
    effect: Floats
    lean: Floats
    is_city: Bools
    zip_code: Ints
    name: list[str]
    congressional: Ints
    dorm_precinct: Ints


def draw_places(config: SyntheticConfig, state: StateConfig, dice: Dice) -> Places:
    """The places of a state, the same for all its chunks."""
    rng = dice.rng(Purpose.PLACES)
    precincts = state.counties * state.precincts_per_county
    county = np.repeat(np.arange(state.counties), state.precincts_per_county)
    return Places(
        county_edges=_county_edges(rng, state.counties),
        county=county,
        effect=rng.normal(0, config.turnout.precinct_sd, precincts),
        lean=rng.normal(0, 1, precincts),
        is_city=rng.random(precincts) < 0.55,
        zip_code=_zip_codes(state, county),
        name=_names(state, dice),
        congressional=1 + county * state.congressional_districts // state.counties,
        dorm_precinct=rng.integers(0, precincts, dorm_count(config, state)),
    )


def _county_edges(rng: np.random.Generator, counties: int) -> Floats:
    weights = rng.permutation(1.0 / np.arange(1, counties + 1) ** 0.8)
    return np.cumsum(weights / weights.sum())


def _zip_codes(state: StateConfig, county: Ints) -> Ints:
    each = max(1, (state.zip_last - state.zip_first + 1) // state.counties)
    precinct = np.arange(county.size) % state.precincts_per_county
    return np.minimum(state.zip_first + county * each + precinct % each, state.zip_last)


def _names(state: StateConfig, dice: Dice) -> list[str]:
    """A word and a number for each precinct; the numbers of a county differ, so that no two names are one."""
    rng, each = dice.rng(Purpose.PRECINCT_NAMES), state.precincts_per_county
    numbers = [number for _ in range(state.counties) for number in 1 + rng.permutation(each)]
    streets = rng.choice(words.STREETS, len(numbers))
    return [f"{street} {number}" for street, number in zip(streets, numbers, strict=True)]


def dorm_count(config: SyntheticConfig, state: StateConfig) -> int:
    """Dormitories of a state, at least one."""
    residents = 0.04 * state.voters * config.lives.dorm_share
    return max(1, round(residents / config.lives.dorm_residents))


def election_shock(config: SyntheticConfig, dice: Dice, election: Election) -> float:
    """What moved everyone's turnout in one election, in logits."""
    rng = dice.rng(Purpose.SHOCK, election.date.toordinal(), *election.type.encode())
    return float(rng.normal(0, config.turnout.shock_sd))


def posting_days(config: SyntheticConfig, state: StateConfig, dice: Dice, election: Election) -> Ints:
    """Days after the election when each county's history is in the file, (counties,)."""
    least, most = config.posting_days
    rng = dice.rng(Purpose.POSTING, election.date.toordinal(), *election.type.encode())
    return rng.integers(least, most + 1, state.counties)


def is_absence_stated(state: StateConfig, dice: Dice) -> Bools:
    """Whether each county's history says who did not vote, (counties,)."""
    return dice.rng(Purpose.ABSENCE).random(state.counties) < state.absence_counties_share
