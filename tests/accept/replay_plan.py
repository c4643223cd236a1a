"""What happens in a replay: six states of six shapes of history, 24 months, and which file breaks when and how."""

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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

ARCHIVE = [dt.date(year, 10, 1) for year in range(2014, 2025, 2)]
"""Files from before the replay, one before each general election that teaches."""

MONTHS = [dt.date(2024 + (10 + nth) // 12, (10 + nth) % 12 + 1, 1) for nth in range(24)]
"""Days of the monthly files: November 2024 to October 2026, a month before the election that is scored."""

CLEAN = 4  # months: the files of these state the general of 2024 bit by bit, and models are trained on it
COUNTIES = {"PA": 6, "RI": 6, "NY": 6, "MI": 6}
"""Counties of a state, where a county would else have a dozen voters, or files of its own; Ohio's parts need all."""


@dataclass(frozen=True)
class Planned:
    """A break that is planned.

    Attributes:
        state: Whose file breaks.
        month: Which month's, from 0.
        name: Name of the break.
        seed: Seed of what it leaves to chance.
    """

    state: str
    month: int
    name: str
    seed: int

    @property
    def kind(self) -> Break:
        """The break, from the catalogue."""
        return next(found for found in BREAKS if found.name == self.name)


def write_configs(folder: Path, states: Sequence[str], months: Sequence[dt.date], voters: int) -> Path:
    """Configurations of the states with few voters and a model that is quick to train.

    Without what is measured over a precinct: a refused row would move the score of each of its neighbours by a hair, so
    that nothing could be told from a wrong one. Michigan stays with its files of fixed width, which ended in 2020.
    """
    world.few_states(folder, {state: [*ARCHIVE, *months] for state in states}, voters)
    world.edit(folder / "synthetic.yaml", lambda content: _few_counties(content["states"]))
    world.edit(folder / "models" / "turnout.yaml", _leave_out_precincts)
    world.edit(folder / "states" / "mi.yaml", lambda content: content.update(layouts=content["layouts"][:1]))
    return folder


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


def plan_breaks(layouts: Mapping[tuple[str, int], Layout], kinds: Sequence[Break], count: int, seed: int,
                clean: int = CLEAN) -> list[Planned]:  # fmt: skip
    """Breaks over months and states: each kind that fits somewhere once, the harmless ones once more, then any.

    A break that takes from the delivery of the month before stands behind one that is whole: else the bytes that it
    sends again would be news.

    Args:
        layouts: Layout of every state and month.
        kinds: The breaks to plan.
        count: Breaks to plan at least; all kinds are planned also where they are more.
        seed: Seed of the plan.
        clean: Months at the start in which nothing breaks.
    """
    dice, planned = random.Random(seed), dict[tuple[str, int], Break]()
    whole: set[tuple[str, int]] = set()
    harmless = [kind for kind in kinds if kind.is_harmless]
    needy = sorted(kinds, key=lambda kind: "before" not in kind.needs)
    wanted = [*needy, *harmless]
    wanted += dice.choices(kinds, k=max(0, count - len(wanted)))
    for kind in wanted:
        free = [place for place, layout in layouts.items() if place[1] >= clean and place not in planned
                and place not in whole and kind.fits(layout) and _is_behind_a_whole_one(kind, place, planned)]  # fmt: skip
        if not free:
            continue
        fewest = min(_load(place, planned) for place in free)
        place = dice.choice([place for place in free if _load(place, planned) == fewest])
        planned[place] = kind
        whole |= {(place[0], place[1] - 1)} if "before" in kind.needs else set()
    return [
        Planned(state, month, kind.name, seed + nth)
        for nth, ((state, month), kind) in enumerate(sorted(planned.items(), key=lambda found: found[0][::-1]))
    ]


def _is_behind_a_whole_one(kind: Break, place: tuple[str, int], planned: Mapping[tuple[str, int], Break]) -> bool:
    return "before" not in kind.needs or (place[0], place[1] - 1) not in planned


def _load(place: tuple[str, int], planned: Mapping[tuple[str, int], Break]) -> tuple[int, int]:
    """Breaks of the same kind of trouble around a place: those of its month, and those of its state."""
    return (sum(month == place[1] for _, month in planned), sum(state == place[0] for state, _ in planned))
