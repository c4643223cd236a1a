"""What happens in a replay: six states of six shapes of history, 24 months, and which file breaks when and how."""

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.layouts.source import Layout, read_source
from pipelines.synthetic.breaks import BREAKS, Break
from tests.flow import desk_world as world

SHAPES = {
    "NC": "long file",
    "OH": "wide columns",
    "PA": "code mapped",
    "RI": "relative slots",
    "NY": "free text",
    "MI": "fixed width, long",
}
"""The states of the replay, and how each one's history stands in its files."""

ARCHIVE = [dt.date(year, 10, 1) for year in range(2016, 2025, 2)]
"""Files from before the replay, one before each general election that teaches: two midterms are needed."""

MONTHS = [dt.date(2024 + (10 + nth) // 12, (10 + nth) % 12 + 1, 1) for nth in range(24)]
"""Days of the monthly files: November 2024 to October 2026, a month before the election that is scored."""

LASTING = "column_renamed"
"""The break that stays once it came: the state has renamed a column."""

REJECTED = 3  # deliveries that a person rejects: enough to see that nothing follows for the others

CLEAN = 4  # months: the files of these state the general of 2024 bit by bit, and models are trained on it
COUNTIES = {"PA": 6, "RI": 6, "NY": 6, "MI": 6}
"""Counties of a state, where a county would else have a dozen voters, or files of its own; Ohio's parts need all."""


Place = tuple[str, int]
"""A state and a month, from 0."""


@dataclass(frozen=True)
class Planned:
    """A break that is planned.

    Attributes:
        state: Whose file breaks.
        month: Which month's, from 0.
        name: Name of the break.
        seed: Seed of what it leaves to chance.
        decision: What a person decides when the file is held: `approve`, `reject`, or nothing.
        is_mended: Whether an entry that a person approved before reads the file by now.
    """

    state: str
    month: int
    name: str
    seed: int
    decision: str = ""
    is_mended: bool = False

    @property
    def kind(self) -> Break:
        """The break, from the catalogue."""
        return next(found for found in BREAKS if found.name == self.name)

    @property
    def outcomes(self) -> frozenset[str]:
        """What may become of the delivery."""
        return frozenset({"loads"}) if self.is_mended or self.kind.is_harmless else frozenset(self.kind.outcomes)


def write_configs(folder: Path, states: Sequence[str], days: Sequence[dt.date], voters: int) -> None:
    """Configurations of the states with few voters and a model that is quick to train.

    Without what is measured over a precinct: a refused row would move the score of each of its neighbours by a hair, so
    that nothing could be told from a wrong one. Michigan stays with its files of fixed width, which ended in 2020.
    """
    world.few_states(folder, {state: list(days) for state in states}, voters)
    world.edit(folder / "synthetic.yaml", lambda content: _few_counties(content["states"]))
    world.edit(folder / "models" / "turnout.yaml", _leave_out_precincts)
    world.edit(folder / "states" / "mi.yaml", lambda content: content.update(layouts=content["layouts"][:1]))


def _few_counties(states: dict[str, dict]) -> None:
    for state, count in COUNTIES.items():
        codes = states[state].get("county_codes", [])[:count]
        states[state].update(counties=count, county_codes=codes)


def _leave_out_precincts(content: dict) -> None:
    content["features"] = [name for name in content["features"] if not name.startswith("precinct_")]


def layouts_of(configs: Path, states: Sequence[str], months: Sequence[dt.date]) -> dict[tuple[str, int], Layout]:
    """The layout of every state and month."""
    sources = {state: read_source(configs, state.lower()) for state in states}
    found = {(state, nth): sources[state].layout_on(day) for state in states for nth, day in enumerate(months)}
    return {place: layout for place, layout in found.items() if layout}


@dataclass
class Planner:
    """Spreads breaks over months and states.

    A break that takes from the delivery of the month before stands behind one that is whole: else the bytes that it
    sends again would be news.

    Args:
        layouts: Layout of every state and month.
        clean: Months at the start in which nothing breaks.
        seed: Seed of the plan.
    """

    layouts: Mapping[Place, Layout]
    clean: int
    seed: int

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.planned: dict[Place, Planned] = {}
        self.whole: set[Place] = set()

    def plan(self, kinds: Sequence[Break], count: int) -> list[Planned]:
        """Each kind that fits somewhere once, then any until there are `count`."""
        self._rename_for_good(kinds)
        rare = sorted(kinds, key=lambda kind: sum(kind.fits(layout) for layout in self.layouts.values()))
        for kind in rare:
            self._place(kind)
        for _ in range(4 * count):
            if len(self.planned) < count:
                self._place(self.dice.choice(kinds))
        self._reject()
        return sorted(self.planned.values(), key=lambda found: (found.month, found.state))

    def _rename_for_good(self, kinds: Sequence[Break]) -> None:
        """In its last three months a state has renamed a column; a person approves the entry that is proposed."""
        kind = next((kind for kind in kinds if kind.name == LASTING), None)
        last = max(month for _, month in self.layouts)
        states = sorted({state for state, _ in self.layouts})
        state = next((state for state in states if kind and kind.fits(self.layouts[state, last])), None)
        if state is None or last - 2 < self.clean:
            return
        for month in (last - 2, last - 1, last):
            decision = "approve" if month == last - 2 else ""
            self.planned[state, month] = Planned(state, month, LASTING, self.seed, decision, not decision)

    def _place(self, kind: Break) -> None:
        """Plan a break where it fits, in a month with few others and a state with few others."""
        free = [place for place in self.layouts if self._is_free(place, kind)]
        if not free:
            return
        fewest = min(map(self._neighbours, free))
        state, month = self.dice.choice([place for place in free if self._neighbours(place) == fewest])
        self.planned[state, month] = Planned(state, month, kind.name, self.seed + len(self.planned))
        if "before" in kind.needs:
            self.whole.add((state, month - 1))

    def _is_free(self, place: Place, kind: Break) -> bool:
        state, month = place
        is_free = month >= self.clean and place not in self.planned and place not in self.whole
        is_behind = "before" not in kind.needs or (state, month - 1) not in self.planned
        return is_free and is_behind and kind.fits(self.layouts[place])

    def _neighbours(self, place: Place) -> tuple[int, int]:
        """Breaks of the same month, and of the same state."""
        months = sum(month == place[1] for _, month in self.planned)
        return months, sum(state == place[0] for state, _ in self.planned)

    def _reject(self) -> None:
        """Of those that can only be held a person rejects some."""
        held = [
            place for place, found in sorted(self.planned.items()) if found.outcomes == {"held"} and not found.decision
        ]
        for place in self.dice.sample(held, k=min(REJECTED, len(held))):
            self.planned[place] = replace(self.planned[place], decision="reject")
