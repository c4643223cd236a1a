"""What moves people in a campaign: support, engagement and generosity, the same with every vendor."""

from dataclasses import dataclass

import numpy as np

from pipelines.synthetic.chunk import Chunk
from pipelines.synthetic.draws import Floats, Purpose

_OF_LEAN = 0.8
"""Correlation of support with the partisan lean that gives people their party: chosen, most vote with their party."""
_OF_TURNOUT = 0.6
"""Correlation of engagement with the standing propensity to vote: chosen, who votes always also signs up."""
_OF_ENGAGEMENT = 0.5
"""Correlation of generosity with engagement: chosen, most donors are voters, few voters are donors."""


@dataclass(frozen=True)
class Traits:
    """Traits of a chunk's people, standard normal, (people,) each.

    Attributes:
        support: High is for the campaign, which is of the party at the low end of the lean.
        engagement: High takes part: signs up, answers, helps.
        generosity: High gives, and more.
    """

    support: Floats
    engagement: Floats
    generosity: Floats


def draw_traits(chunk: Chunk) -> Traits:
    """The traits of a chunk's people."""
    people = chunk.people
    own = chunk.dice.rng(Purpose.CAMPAIGN).standard_normal((3, people.standing.size))
    spread = people.config.turnout.person_sd
    engagement = _mixed(people.standing / spread if spread else np.zeros_like(people.standing), own[1], _OF_TURNOUT)
    return Traits(
        support=_mixed(-people.found.lean, own[0], _OF_LEAN),
        engagement=engagement,
        generosity=_mixed(engagement, own[2], _OF_ENGAGEMENT),
    )


def _mixed(cause: Floats, own: Floats, correlation: float) -> Floats:
    return correlation * cause + np.sqrt(1 - correlation**2) * own
