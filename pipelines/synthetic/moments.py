"""The moments of a simulated electorate, measured chunk by chunk and held against their pins."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from models.errors import ConfigError
from pipelines.calendar import Election
from pipelines.synthetic.census import ratios
from pipelines.synthetic.chunk import Chunk
from pipelines.synthetic.draws import Floats
from pipelines.synthetic.places import election_shock
from pipelines.synthetic.simulation import Simulation

_BINS = 4000


@dataclass(frozen=True)
class Moment:
    """One measured moment.

    Attributes:
        name: Its name.
        found: What was measured.
        low: Least accepted value.
        high: Greatest accepted value.
        source: Where the range comes from.
    """

    name: str
    found: float
    low: float
    high: float
    source: str

    @property
    def is_within(self) -> bool:
        """Whether the measured value lies in its range."""
        return self.low <= self.found <= self.high


def moments(simulation: Simulation) -> list[Moment]:
    """Every moment pinned for the state, in the order of the pins; one chunk is in memory at a time.

    Raises:
        ConfigError: A pin names no moment.
    """
    measured, pins = measure(simulation), simulation.config.pins_of(simulation.name)
    unknown = sorted({pin.name for pin in pins} - set(measured))
    if unknown:
        known = ", ".join(sorted(measured))
        raise ConfigError(f"configs/synthetic.yaml, pins: no such moment: {', '.join(unknown)}. Known are {known}.")
    return [Moment(pin.name, measured[pin.name], pin.low, pin.high, pin.source) for pin in pins]


def measure(simulation: Simulation) -> dict[str, float]:
    """All moments by name."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    by_chance = np.zeros((2, _BINS))
    for chunk in simulation.chunks():
        for name, above, below in ratios(chunk):
            sums[name][0] += above
            sums[name][1] += below
        by_chance += _by_chance(chunk, simulation.elections[-1])
    found = {name: above / below if below else float("nan") for name, (above, below) in sums.items()}
    shocks = [election_shock(simulation.config, simulation.shared, election) for election in simulation.elections]
    return {**found, "oracle_auc": _auc(by_chance), "shock_sd": float(np.std(shocks, ddof=1))}


def _by_chance(chunk: Chunk, election: Election) -> Floats:
    """Eligible people by true probability, abstainers and voters apart, (2, bins)."""
    nth = chunk.votes.position(election.election_id)
    eligible, voted = chunk.votes.eligible[:, nth], chunk.votes.voted[:, nth]
    bins = (chunk.votes.probability[:, nth] * _BINS).astype(np.int64).clip(0, _BINS - 1)
    return np.stack([np.bincount(bins[eligible & (voted == side)], minlength=_BINS) for side in (False, True)]).astype(
        float
    )


def _auc(by_chance: Floats) -> float:
    """Area under the curve of the true probability, 0.5 for a useless one; people of one bin count as tied."""
    stayed, voted = by_chance
    below = np.cumsum(stayed) - stayed
    return float((voted * (below + stayed / 2)).sum() / (voted.sum() * stayed.sum()))
