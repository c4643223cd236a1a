"""Every break of the catalogue, in the layouts of states of every shape: told, and never a wrong row in silence."""

import functools
import re

import pytest

from pipelines.layouts.source import read_source
from pipelines.settings import CONFIGS
from pipelines.synthetic.breaks import BREAKS
from tests.flow.break_world import DAYS, USUAL_DAYS, BreakWorld

STATES = {
    "nc": "tab, quoted, long history",
    "oh": "comma, four parts, a column for each election",
    "fl": "no header, no quotes, a file for each county",
    "mi": "fixed width, long history whose codes stand in a file",
    "ct": "fixed width with commas, four parts, slots",
    "ny": "no header, free text",
    "pa": "no header, code mapped, a file for each county",
    "de": "tab, slots",
    "ri": "pipe, a title, slots in a file of their own",
    "ut": "UTF-8 with a mark, a column for each election",
    "az": "workbooks",
}
FOREIGN = {"nc": "oh"}


@functools.cache
def world(name):
    return BreakWorld(name)


@functools.cache
def layout_of(name):
    return read_source(CONFIGS, name).layout_on(DAYS.get(name, USUAL_DAYS)[-1])


def cases():
    """Every break in every layout that it fits: in one of them, in turn, among the slow tests."""
    for number, found in enumerate(BREAKS):
        fitting = [name for name in STATES if found.fits(layout_of(name))]
        usual = fitting[number % len(fitting)]
        for name in fitting:
            mark = pytest.mark.slow if name == usual else pytest.mark.accept
            yield pytest.param(name, found, id=f"{name}-{found.name}", marks=mark)


@pytest.mark.parametrize("name", STATES)
def test_a_clean_delivery_loads(name):
    clean = world(name).clean
    assert clean.outcome == "loads", clean.reason
    assert len(clean.known.people) > 1000 and len(clean.known.votes) > 1000


def plain(row):
    """A row with the apostrophes of a typewriter."""
    return tuple(
        value.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'") if isinstance(value, str) else value for value in row
    )


def assert_same_rows(result, clean):
    """What was accepted is what the clean file says, but for rows that were refused and counted."""
    people, votes = result.known.people, result.known.votes
    lost = clean.known.people.keys() - people.keys()
    assert len(lost) <= result.refused and not people.keys() - clean.known.people.keys()
    other = [key for key, row in people.items() if plain(row) != clean.known.people[key]]
    assert not other, f"{len(other)} voters are others"
    missing = {key for key in clean.known.votes.keys() - votes.keys() if key[0] not in lost}
    assert len(missing) <= result.refused and not votes.keys() - clean.known.votes.keys()
    assert not [key for key, row in votes.items() if row != clean.known.votes[key]]


@pytest.mark.parametrize(("name", "found"), list(cases()))
def test_a_break_is_told_and_no_row_is_wrong_in_silence(name, found):
    here = world(name)
    result = here.judge(here.broken(found, 1, world(FOREIGN.get(name, "nc"))))
    assert result.outcome in found.outcomes, f"{result.outcome}: {result.reason}"
    if result.outcome in ("loads", "rows_refused"):
        assert_same_rows(result, here.clean)
    else:
        assert result.known == here.accepted
    assert re.search(found.cause, result.reason), result.reason
