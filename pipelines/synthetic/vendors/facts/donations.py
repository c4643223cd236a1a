"""Gifts, refunds and memos: more and larger ones of who is generous, most of them of late."""

import numpy as np
import pyarrow as pa
from scipy.special import ndtr

from pipelines.synthetic.columns import joined, padded, worded
from pipelines.synthetic.draws import Floats, Ints
from pipelines.synthetic.vendors.facts.config import DonationFacts
from pipelines.synthetic.vendors.facts.facts import Columns, Facts, Known, at_quantiles, dates, numbers, repeated
from pipelines.synthetic.vendors.source_config import RoleRecords

_MOST_GIFTS = 30
_EMPLOYERS = (
    "SELF",
    "CITY SCHOOLS",
    "COUNTY HOSPITAL",
    "STATE UNIVERSITY",
    "RIVERSIDE FOODS",
    "NORTH MILL",
    "OAK BANK",
)
_OCCUPATIONS = ("TEACHER", "NURSE", "ATTORNEY", "ENGINEER", "SALES", "MANAGER", "CONSULTANT", "ELECTRICIAN")
_NOBODY_S = ("RETIRED", "NOT EMPLOYED")


def draw_donations(rng: np.random.Generator, known: Known, rules: DonationFacts, role: RoleRecords) -> Facts:
    """A row for each gift, on its day; an amount that is mended was ten times as high before."""
    generosity = known.traits.generosity[known.person]
    more = rng.poisson((rules.gifts_mean - 1) * np.exp(0.5 * generosity - 0.125))
    record = repeated((1 + more).clip(1, _MOST_GIFTS))
    ago = rng.exponential(rules.recency_days, record.size).astype(np.int64) % rules.window_days
    kind = np.where(rng.random(record.size) < rules.refund, 1, np.where(rng.random(record.size) < role.memo, 2, 0))
    amount = _amounts(rng, rules, role, generosity[record]) * np.where(kind == 1, -1, 1)
    never = np.zeros(record.size, bool)
    committee = 90_000_000 + rng.integers(0, role.committees, record.size)
    columns = {
        "donation_date": dates(known.day - ago),
        "amount_usd": numbers(amount, never),
        "gift_kind_code": worded(("gift", "refund", "memo"), kind),
        "committee_id": joined([pa.scalar("C"), padded(committee, 8)], ""),
        **_work(rng, rules, known.ages(), record),
    }
    return Facts(record, known.day - ago, columns, {"amount_usd": numbers(10 * amount, never)})


def _amounts(rng: np.random.Generator, rules: DonationFacts, role: RoleRecords, generosity: Floats) -> Floats:
    """Amounts of the usual ones that are told, the higher the more generous."""
    told = {amount: share for amount, share in rules.amounts.items() if amount >= role.least_usd}
    rank = ndtr(0.6 * generosity + 0.8 * rng.standard_normal(generosity.size))
    return np.array(list(told))[at_quantiles(rank, told)]


def _work(rng: np.random.Generator, rules: DonationFacts, ages: Floats, record: Ints) -> Columns:
    """Employer and occupation as people state them, the same in all gifts of a donor."""
    none = rng.random(ages.size)
    idle = np.where(ages >= 65, none < rules.retired, none < rules.not_employed)
    word = np.where(ages >= 65, 0, 1)
    employer = np.where(idle, word, 2 + rng.integers(0, len(_EMPLOYERS), ages.size))
    occupation = np.where(idle, word, 2 + rng.integers(0, len(_OCCUPATIONS), ages.size))
    return {
        "employer": worded((*_NOBODY_S, *_EMPLOYERS), employer[record]),
        "occupation": worded((*_NOBODY_S, *_OCCUPATIONS), occupation[record]),
    }
