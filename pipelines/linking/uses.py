"""What a link may be used for, and how sure it must be for that: the thresholds of the product, in one place."""

import math
from dataclasses import dataclass
from enum import StrEnum

from pipelines.linking.deciding import Rule, where_linked


class Use(StrEnum):
    """What is done with the voter of a record."""

    SUPPRESS = "suppress"
    FEATURE = "feature"
    OUTCOME = "outcome"
    APPEND = "append"


@dataclass(frozen=True)
class Threshold:
    """How sure a link must be for a use.

    Attributes:
        least_q: Calibrated chance that the voter is the person, at least.
        rule: What serves where nothing is calibrated; none where the use is then refused.
        needs_proof: Whether the first names must agree, and the day of birth or the e-mail, whatever the chance. What a
            person decided or a stated id says needs the first names alone.
        is_exclusive: Whether a record that has a voter in two states serves none of them.
        because: Why.
    """

    least_q: float
    rule: Rule | None
    needs_proof: bool
    is_exclusive: bool
    because: str


TEN_TO_ONE = 3.3
"""Bits that the best voter is ahead of the next one."""

NINE_IN_TEN = math.log2(0.9 / 0.1)
"""Match weight of nine in ten by the model's own reckoning, in bits."""

THRESHOLDS = {
    Use.SUPPRESS: Threshold(
        0.5, Rule("suppress", 0.0, 0.0), False, False,
        "Who is left alone by mistake has lost nothing; who is not may have asked for it.",
    ),
    Use.FEATURE: Threshold(
        0.9, Rule("feature", NINE_IN_TEN, TEN_TO_ONE), False, True,
        "One wrong value in ten is as much as a model may learn from; below, the value is missing, not zero.",
    ),
    Use.OUTCOME: Threshold(
        0.95, None, False, True, "An effect shrinks by the share of wrong links, and the rest falls on housemates."
    ),
    Use.APPEND: Threshold(
        0.99, None, True, True, "Somebody will see or use it: a wrong link discloses a person's data to another."
    ),
}  # fmt: skip
"""Source: what wrong links cost in trials on simulated people of known truth (`make accept-linking`)."""


def where_passes(use: Use) -> str:
    """SQL of whether a row of core_links serves a use; never null. Ties and ruled out voters serve none."""
    threshold = THRESHOLDS[use]
    by_rule = f"link_q IS NULL AND {where_linked(threshold.rule)}" if threshold.rule else "false"
    tests = [f"decided_by <> 'auto' OR link_q >= {threshold.least_q} OR {by_rule}"]
    if threshold.needs_proof:
        tests.append("is_name_proven AND (is_person_proven OR decided_by <> 'auto')")
    return f"coalesce(voter_id IS NOT NULL AND {' AND '.join(f'({test})' for test in tests)}, false)"


def where_uncalibrated(use: Use) -> str:
    """SQL of whether a row of core_links is refused to a use only because nothing was reviewed."""
    if THRESHOLDS[use].rule:
        return "false"
    return "(voter_id IS NOT NULL AND decided_by = 'auto' AND link_q IS NULL)"
