"""Ballots before the day of the coming election, as its true votes have them: asked for, sent, returned, counted.

A person's method is that of the simulated history, so that the ballots of the feed are the votes that are posted after
the election.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipelines.calendar import Election
from pipelines.synthetic.chunk import Chunk
from pipelines.synthetic.columns import worded
from pipelines.synthetic.draws import NEVER, Bools, Ints, day_number
from pipelines.synthetic.vendors.facts.config import BallotFacts
from pipelines.synthetic.vendors.facts.facts import Columns, Facts, dates

EVENTS = ("requested", "sent", "returned", "rejected", "cured", "accepted", "voted_in_person")
_METHODS = ("early", "mail", "provisional", "other")


@dataclass(frozen=True)
class Ballots:
    """Ballots of a chunk's people before the day of an election.

    Attributes:
        person: Whose ballot it is, (ballots,).
        method: How it is cast, as a position in early, mail, provisional, other.
        days: Day of each event in the order of EVENTS, NEVER for what does not happen, (ballots, events).
        election: Day of the election.
    """

    person: Ints
    method: Ints
    days: Ints
    election: int


def coming_election(chunk: Chunk, day: int) -> Election | None:
    """The first simulated election after a day."""
    return min(
        (found for found in chunk.votes.elections if day_number(found.date) > day),
        key=lambda found: found.date,
        default=None,
    )


def draw_ballots(
    rng: np.random.Generator, chunk: Chunk, election: Election, rules: BallotFacts, part: float
) -> Ballots:
    """Ballots of an election that are cast early or by mail, and those mailed that never come back.

    Args:
        rng: Stream of draws.
        chunk: The people and their votes.
        election: The election.
        rules: Rates.
        part: Share of the ballots that the feed has.
    """
    person, method, is_voted = _cast(chunk, election)
    nth = chunk.votes.position(election.election_id)
    is_mail = method == _METHODS.index("mail")
    kept = np.flatnonzero(chunk.votes.eligible[:, nth] & ~chunk.votes.voted[:, nth])
    kept = np.setdiff1d(kept, person)
    lost = rng.permutation(kept)[: round(is_mail.sum() * rules.unreturned / max(1 - rules.unreturned, 1e-9))]
    person = np.concatenate([person, lost])
    method = np.concatenate([method, np.full(lost.size, _METHODS.index("mail"))])
    comes_back = np.concatenate([np.ones(is_voted.size, bool), np.zeros(lost.size, bool)])
    counts = np.concatenate([is_voted, np.zeros(lost.size, bool)])
    day = day_number(election.date)
    days = _days(rng, rules, day, (method, comes_back, counts))
    has = rng.random(person.size) < part
    return Ballots(person[has], method[has], days[has], day)


def _cast(chunk: Chunk, election: Election) -> tuple[Ints, Ints, Bools]:
    """Person, method and whether it counts of the ballots of an election that do not wait for its day."""
    stated, names = chunk.statements, list(chunk.state.marginals.methods)
    place = {name: at for at, name in enumerate(_METHODS)}
    known = np.array([place.get(name, -1) for name in names] + [-1])
    nth = chunk.votes.position(election.election_id)
    rows = np.flatnonzero((stated.election == nth) & (known[stated.method] >= 0))
    rows = rows[np.unique(stated.person[rows], return_index=True)[1]]  # the counted one of two, which stands first
    return stated.person[rows], known[stated.method[rows]], stated.is_voted[rows]


def _days(rng: np.random.Generator, rules: BallotFacts, day: int, of: tuple[Ints, Bools, Bools]) -> Ints:
    """The days of the events of ballots."""
    method, comes_back, counts = of
    count, is_mail = method.size, method == _METHODS.index("mail")
    opens = day - rules.mailing_opens
    asked = (opens + rules.request_days * rng.normal(0.5, 1, count)).astype(np.int64).clip(day - 90, day - 9)
    sent = np.maximum(asked + rng.integers(1, 3, count), opens)
    back = np.minimum(sent + 2 + rng.gamma(2, rules.return_days / 2, count).astype(np.int64), day)
    checked = back + rng.integers(1, 3, count)
    in_person = day - rng.integers(1, rules.early_opens + 1, count)
    is_refused = comes_back & (~counts | (rng.random(count) < rules.cured))
    found = np.full((count, len(EVENTS)), NEVER)
    found[:, 0] = np.where(is_mail, asked, NEVER)
    found[:, 1] = np.where(is_mail, sent, NEVER)
    found[:, 2] = np.where(is_mail & comes_back, back, NEVER)
    found[:, 3] = np.where(is_mail & is_refused, checked, NEVER)
    found[:, 4] = np.where(is_mail & is_refused & counts, checked + 3, NEVER)
    found[:, 5] = np.where(is_mail & comes_back & ~is_refused, checked, NEVER)
    found[:, 6] = np.where(~is_mail & counts, in_person, NEVER)
    return found


def facts_of_ballots(ballots: Ballots, is_by_event: bool) -> Facts:
    """A row for each event on its day, or for each ballot with the newest event of a file's day."""
    fixed = {
        "election_date": dates(np.full(ballots.person.size, ballots.election)),
        "method_code": worded(_METHODS, ballots.method),
    }
    if not is_by_event:
        everything = np.arange(ballots.person.size)
        return Facts(everything, ballots.days.min(axis=1), fixed, on=lambda day: _newest(ballots.days, day))
    record, event = np.nonzero(ballots.days < NEVER)
    days = ballots.days[record, event]
    told = {"ballot_status_code": worded(EVENTS, event), "ballot_date": dates(days)}
    return Facts(record, days, {**{name: values.take(pa.array(record)) for name, values in fixed.items()}, **told})


def _newest(days: Ints, day: int) -> Columns:
    """Status of each ballot on a day, and since when it has it; of events of one day the later in order."""
    past = np.where(days <= day, days, -1)
    event = days.shape[1] - 1 - past[:, ::-1].argmax(axis=1)
    since = past.max(axis=1)
    return {
        "ballot_status_code": worded(EVENTS, np.where(since < 0, -1, event)),
        "ballot_date": dates(since, since < 0),
    }
