"""A plan of breaks: every kind once, clean months clean, and what must stand behind a whole file does."""

import pytest

from pipelines.layouts.source import read_source
from pipelines.settings import CONFIGS
from pipelines.synthetic.breaks import BREAKS
from tests.accept.replay_plan import CLEAN, LASTING, MONTHS, REJECTED, Planner

STATES = ("NC", "OH", "PA", "RI", "NY")


@pytest.fixture(scope="module")
def layouts():
    sources = {state: read_source(CONFIGS, state.lower()) for state in STATES}
    return {(state, nth): sources[state].layout_on(day) for state in STATES for nth, day in enumerate(MONTHS)}


@pytest.fixture(scope="module", params=[1, 20261103])
def plan(request, layouts):
    return Planner(layouts, CLEAN, request.param).plan(BREAKS, 60)


def test_every_kind_that_fits_a_state_is_planned(plan, layouts):
    fitting = {kind.name for kind in BREAKS if any(kind.fits(layout) for layout in layouts.values())}
    assert {found.name for found in plan} == fitting and len(plan) >= 60


def test_a_break_fits_the_layout_of_its_place_and_no_place_has_two(plan, layouts):
    assert all(found.kind.fits(layouts[found.state, found.month]) for found in plan)
    assert len({(found.state, found.month) for found in plan}) == len(plan)


def test_the_first_months_are_clean_and_what_is_sent_again_was_whole(plan):
    broken = {(found.state, found.month) for found in plan}
    assert min(found.month for found in plan) >= CLEAN
    again = [found for found in plan if "before" in found.kind.needs]
    assert again and not any((found.state, found.month - 1) in broken for found in again)


def test_one_state_renames_a_column_for_good_and_some_files_are_rejected(plan):
    lasting = [found for found in plan if found.decision == "approve" or found.is_mended]
    assert {found.name for found in lasting} == {LASTING} and len({found.state for found in lasting}) == 1
    assert [found.month for found in lasting] == [21, 22, 23]
    assert [found.outcomes for found in lasting] == [{"held"}, {"loads"}, {"loads"}]
    rejected = [found for found in plan if found.decision == "reject"]
    assert len(rejected) == REJECTED and all(found.outcomes == {"held"} for found in rejected)


def test_an_equal_seed_gives_an_equal_plan(layouts):
    first, second, other = (Planner(layouts, CLEAN, seed).plan(BREAKS, 60) for seed in (1, 1, 2))
    assert first == second != other
