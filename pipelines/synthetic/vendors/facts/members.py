"""Members of lists: subscribers who come and leave, volunteers and the shifts that they work."""

import numpy as np
import pyarrow as pa

from pipelines.synthetic.draws import NEVER, YEAR, Ints
from pipelines.synthetic.vendors.facts.config import SubscriberFacts, VolunteerFacts
from pipelines.synthetic.vendors.facts.facts import Columns, Facts, Known, dates, repeated, word_lists, words_of

_MOST_SHIFTS = 24


def draw_subscribers(rng: np.random.Generator, known: Known, rules: SubscriberFacts) -> Facts:
    """A row for each record, from the day of signing up; who leaves stays on the list as one who left."""
    count = known.person.size
    hazard = -np.log1p(-min(rules.left, 0.999)) / YEAR
    stays = rng.standard_exponential(count) / hazard if hazard else np.full(count, float(NEVER))
    left = np.minimum(known.since + 1 + stays, NEVER).astype(np.int64)
    columns = {"subscribed_on": dates(known.since), "signup_source": words_of(rng, rules.signup_sources, count)}
    return Facts(repeated(np.ones(count, int)), known.since, columns, on=lambda day: _standing(left, day))


def _standing(left: Ints, day: int) -> Columns:
    return {"unsubscribed_on": dates(left, left > day), "is_active": pa.array(left > day)}


def draw_volunteers(rng: np.random.Generator, known: Known, rules: VolunteerFacts) -> Facts:
    """A row for each record, from the day of signing up; the shifts of a file are those worked by its day."""
    count, months = known.person.size, (known.day - known.since) / 30.4
    rate = rules.shifts_a_month * np.exp(0.7 * known.traits.engagement[known.person] - 0.245)
    worked = rng.poisson(rate * months).clip(0, _MOST_SHIFTS)
    ago = rng.random((count, _MOST_SHIFTS)) * (known.day - known.since)[:, None]
    shifts = np.where(np.arange(_MOST_SHIFTS) < worked[:, None], known.day - ago.astype(np.int64), NEVER)
    columns = {"signed_up_on": dates(known.since), "roles": word_lists(rng, rules.roles, np.zeros(count, bool))}
    return Facts(repeated(np.ones(count, int)), known.since, columns, on=lambda day: _shifts(shifts, day))


def _shifts(shifts: Ints, day: int) -> Columns:
    """Shifts worked by a day, and the last of them."""
    past = np.where(shifts <= day, shifts, -1)
    last = past.max(axis=1)
    return {
        "shift_count": pa.array((past >= 0).sum(axis=1), pa.int16()),
        "last_shift_on": dates(last, last < 0),
    }
