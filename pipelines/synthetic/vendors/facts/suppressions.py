"""Who must not be contacted: why, since when, and for how long."""

import numpy as np

from pipelines.synthetic.columns import either, worded
from pipelines.synthetic.draws import YEAR
from pipelines.synthetic.vendors.facts.config import SuppressionFacts
from pipelines.synthetic.vendors.facts.facts import Facts, Known, dates, words_of
from pipelines.synthetic.vendors.source_config import RoleRecords


def draw_suppressions(rng: np.random.Generator, known: Known, rules: SuppressionFacts, role: RoleRecords) -> Facts:
    """A row for each record; the dead, and they alone, are told as such where that is a reason of the list.

    A list of the dead alone has no row for a record of the living. A reason that is mended was drawn anew before.
    """
    count, deaths = known.person.size, known.deaths()
    others = {reason: share for reason, share in role.reasons.items() if reason != "deceased"}
    tells_death = len(others) < len(role.reasons)
    is_dead = tells_death & (deaths <= known.day)
    living = others or {"do_not_contact": 1.0}
    reasons = [either(is_dead, worded(["deceased"], np.zeros(count, int)), words_of(rng, living, count)) for _ in "ab"]
    since = np.where(is_dead, np.maximum(deaths, known.day - round(3 * YEAR)), known.since)
    ends = ~is_dead & (rng.random(count) < rules.for_a_time)
    until = since + round(rules.years * YEAR)
    record = np.flatnonzero(is_dead | bool(others))
    rows = {
        "reason_code": reasons[0],
        "suppressed_on": dates(np.where(is_dead, deaths, known.since)),
        "until_date": dates(until, ~ends),
    }
    taken = {name: values.take(record) for name, values in rows.items()}
    return Facts(record, since[record], taken, {"reason_code": reasons[1].take(record)})
