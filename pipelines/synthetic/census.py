"""What one chunk adds to each moment of the electorate: counts above and below a line."""

import datetime as dt
from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa

from pipelines.calendar import Election
from pipelines.synthetic.chunk import Chunk
from pipelines.synthetic.columns import count_within
from pipelines.synthetic.draws import YEAR, Bools, day_number

Ratio = tuple[str, float, float]
"""Name of a moment, and what a chunk adds to its numerator and to its denominator."""


def ratios(chunk: Chunk) -> Iterator[Ratio]:
    """Every moment that is a ratio of counts; the chunks of a state are added up."""
    parts: tuple[Callable[[Chunk], Iterator[Ratio]], ...] = (
        _turnout,
        _file,
        _history,
        _households,
        _changes,
        _registration,
    )
    for part in parts:
        yield from part(chunk)


def _stated(chunk: Chunk) -> Iterator[tuple[int, Election]]:
    for nth, election in enumerate(chunk.votes.elections):
        if election.date >= chunk.state.history_since:
            yield nth, election


def _turnout(chunk: Chunk) -> Iterator[Ratio]:
    for nth, election in _stated(chunk):
        eligible = chunk.votes.eligible[:, nth].sum()
        yield f"turnout_{election.kind}", chunk.votes.voted[:, nth].sum(), eligible


def _last(chunk: Chunk) -> dt.date:
    return max(chunk.state.snapshots)


def _file(chunk: Chunk) -> Iterator[Ratio]:
    voters = chunk.voters(_last(chunk))
    removed = _equals(voters, "status_code", "removed")
    yield "removed_share", removed.sum(), removed.size
    on_file = voters.filter(pa.array(~removed))
    yield "inactive_share", _equals(on_file, "status_code", "inactive").sum(), on_file.num_rows
    no_party = _equals(on_file, "party_code", "none").sum() + on_file["party_code"].null_count
    yield "no_party_share", no_party, on_file.num_rows
    yield "missing_phone_share", on_file["phone"].null_count, on_file.num_rows
    yield "masked_registration_share", on_file["registration_date"].null_count, on_file.num_rows
    yield "confidential_share", on_file["is_confidential"].to_numpy().sum(), on_file.num_rows
    yield "masked_birth_share", on_file["birth_year"].null_count, on_file.num_rows
    age = _last(chunk).year - on_file["birth_year"].drop_null().to_numpy().astype(float)
    yield "mean_age", age.sum(), age.size
    yield "under_30_share", (age < 30).sum(), age.size


def _history(chunk: Chunk) -> Iterator[Ratio]:
    rows, listed = chunk.history(_last(chunk)), chunk.voters(_last(chunk))["voter_id"]
    is_voted = rows["is_voted"].to_numpy()
    by_post = _equals(rows, "method_code", "mail") | _equals(rows, "method_code", "provisional")
    yield "uncounted_share", (by_post & ~is_voted).sum(), (by_post & is_voted).sum()
    absent = ~is_voted & ~by_post
    yield "stated_absence_share", absent.sum(), is_voted.size
    yield "orphan_row_share", rows.num_rows - count_within(rows["voter_id"], listed), rows.num_rows


def _equals(table: pa.Table, column: str, value: str) -> Bools:
    return table[column].to_numpy(zero_copy_only=False) == value


def _on_file(chunk: Chunk, day: int) -> Bools:
    return (chunk.people.found.registered <= day) & (chunk.people.found.removed > day)


def _households(chunk: Chunk) -> Iterator[Ratio]:
    day = day_number(_last(chunk))
    dwelling = chunk.people.homes.dwelling_at(day)[_on_file(chunk, day)]
    sizes = np.bincount(dwelling[dwelling < chunk.people.homes.dwellings])
    sizes = sizes[sizes > 0]
    yield "household_size", sizes.sum(), sizes.size
    yield "one_person_home_share", (sizes == 1).sum(), sizes.size
    yield "dormitory_share", (dwelling >= chunk.people.homes.dwellings).sum(), dwelling.size
    yield "voters_drawn_share", dwelling.size, chunk.drawn_for


def _changes(chunk: Chunk) -> Iterator[Ratio]:
    day = day_number(_last(chunk))
    before, lives, found = day - 365, chunk.people.homes.lives, chunk.people.found
    was, stays = _on_file(chunk, before), _on_file(chunk, before) & _on_file(chunk, day)
    moved = chunk.people.homes.dwelling_at(before) != chunk.people.homes.dwelling_at(day)
    yield "moves_per_year", (moved & stays).sum(), stays.sum()
    yield "deaths_per_year", (was & (lives.death > before) & (lives.death <= day)).sum(), was.sum()
    first = day_number(min(chunk.state.snapshots))
    people_years = np.mean([_on_file(chunk, first).sum(), _on_file(chunk, day).sum()]) * (day - first) / YEAR
    left = (found.removed > first) & (found.removed <= day) & (found.registered < found.removed)
    yield "removals_per_year", left.sum(), people_years
    yield "purges_per_year", (left & found.purged).sum(), people_years
    new = (found.registered > first) & (found.registered <= day)
    yield "registrations_per_year", new.sum(), people_years


def _registration(chunk: Chunk) -> Iterator[Ratio]:
    registered = chunk.people.found.registered
    for _, election in _stated(chunk):
        if election.kind == "presidential":
            deadline = day_number(election.deadline(chunk.state.registration_deadline_days))
            year = (registered > deadline - 365) & (registered <= day_number(election.date))
            yield "late_registration_share", (year & (registered > deadline - 30)).sum(), year.sum()
            yield "after_deadline_share", (year & (registered > deadline)).sum(), year.sum()
    stated = [nth for nth, _ in _stated(chunk)]
    on_file = _on_file(chunk, day_number(_last(chunk)))
    yield "never_voted_share", (on_file & ~chunk.votes.voted[:, stated].any(axis=1)).sum(), on_file.sum()
