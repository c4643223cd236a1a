"""Commercial files: income, home, schooling, interests."""

import numpy as np
import pyarrow as pa
from scipy.special import ndtr

from pipelines.synthetic.columns import blanked
from pipelines.synthetic.draws import YEAR, Floats
from pipelines.synthetic.vendors.facts.config import ConsumerFacts
from pipelines.synthetic.vendors.facts.facts import (
    Columns,
    Facts,
    Known,
    numbers,
    repeated,
    word_lists,
    words_by,
    words_of,
)

_OF_WEALTH = 0.6
"""Correlation of income, ownership and schooling with what a home is worth to a vendor: chosen."""


def draw_consumers(rng: np.random.Generator, known: Known, rules: ConsumerFacts) -> Facts:
    """A row for each record, since it is on the list; incomes are modelled anew where a record is mended."""
    count = known.person.size
    wealth = 0.5 * known.traits.generosity[known.person] + np.sqrt(0.75) * rng.standard_normal(count)
    incomes = [_incomes(rng, rules, wealth) for _ in range(2)]
    owns = ndtr(_near(rng, wealth)) > 1 - rules.home_owner
    unknown = rng.random(count) < rules.owner_missing
    value = rules.home_value_median_usd * np.exp(rules.home_value_sd * _near(rng, wealth))
    gone = {name: rng.random(count) < share for name, share in _missing(rules).items()}
    columns = {
        "income_usd": numbers(incomes[0], gone["income"]),
        "is_home_owner": pa.array(owns, mask=unknown),
        "home_value_usd": numbers(np.round(value, -3), unknown | ~owns),
        "children_count": pa.array(rng.poisson(rules.children_mean, count).clip(0, 9), pa.int16(), mask=gone["kids"]),
        "education_code": blanked(words_by(-_near(rng, wealth), rules.education), gone["education"]),
        "interests": word_lists(rng, rules.interests, gone["interests"]),
        "phone_type_code": words_of(rng, rules.phone_types, count),
    }
    earlier = {"income_usd": numbers(incomes[1], gone["income"])}
    return Facts(repeated(np.ones(count, int)), known.since, columns, earlier, lambda day: _years(known, gone, day))


def _missing(rules: ConsumerFacts) -> dict[str, float]:
    return {
        "income": rules.income_missing,
        "kids": rules.children_missing,
        "education": rules.education_missing,
        "interests": rules.interests_missing,
        "residence": rules.residence_missing,
    }


def _incomes(rng: np.random.Generator, rules: ConsumerFacts, wealth: Floats) -> Floats:
    return np.round(rules.income_median_usd * np.exp(rules.income_sd * _near(rng, wealth)), -3)


def _near(rng: np.random.Generator, wealth: Floats) -> Floats:
    """Standard normal values that go with wealth."""
    return _OF_WEALTH * wealth + np.sqrt(1 - _OF_WEALTH**2) * rng.standard_normal(wealth.size)


def _years(known: Known, gone: dict[str, np.ndarray], day: int) -> Columns:
    """Whole years at the address on a day, as the simulated moves have it."""
    _, _, moved = known.chunk.people.homes.at(day)
    years = np.floor(((day - moved[known.person]) / YEAR).clip(0))
    return {"residence_years": numbers(years, gone["residence"])}
