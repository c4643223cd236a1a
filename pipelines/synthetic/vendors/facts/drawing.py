"""The facts of every campaign table, by its name."""

import numpy as np

from pipelines.synthetic.chunk import Chunk
from pipelines.synthetic.draws import Floats, Ints
from pipelines.synthetic.vendors.facts.attempts import draw_attempts, draw_surveys
from pipelines.synthetic.vendors.facts.ballots import coming_election, draw_ballots, facts_of_ballots
from pipelines.synthetic.vendors.facts.config import BallotFacts, FactsConfig
from pipelines.synthetic.vendors.facts.consumers import draw_consumers
from pipelines.synthetic.vendors.facts.donations import draw_donations
from pipelines.synthetic.vendors.facts.facts import Facts, Known
from pipelines.synthetic.vendors.facts.members import draw_subscribers, draw_volunteers
from pipelines.synthetic.vendors.facts.suppressions import draw_suppressions
from pipelines.synthetic.vendors.people import VOTER, Subjects
from pipelines.synthetic.vendors.source_config import RoleRecords
from pipelines.synthetic.vendors.traits import Traits

_SURELY = 30.0
"""Logits by which the dead stand before the living on a list of the dead."""


def is_list(role: str) -> bool:
    """Whether a table is a list of people, whose phones and e-mails are mended, and not one of events."""
    return role in ("consumers", "subscribers", "volunteers")


def keenness(rules: FactsConfig, role: str, own: RoleRecords, traits: Traits, day: int, chunk: Chunk) -> Floats | None:
    """How much likelier than others each person is to be known, in logits, (people,); nothing for all alike."""
    if role == "donations":
        return rules.donations.pull * traits.generosity
    if role == "subscribers":
        return rules.subscribers.pull * (traits.engagement + traits.support) / np.sqrt(2)
    if role == "volunteers":
        return rules.volunteers.pull * (traits.engagement + traits.support) / np.sqrt(2)
    if role == "suppressions" and set(own.reasons) == {"deceased"}:
        return np.where(chunk.people.homes.lives.death <= day, _SURELY, 0.0)
    return None


def draw_facts(rng: np.random.Generator, known: Known, rules: FactsConfig, role: str, own: RoleRecords) -> Facts:
    """Rows of a campaign table about known people; ballots, which choose their people, are another matter.

    Raises:
        KeyError: There is no such table.
    """
    draws = {
        "consumers": lambda: draw_consumers(rng, known, rules.consumers),
        "donations": lambda: draw_donations(rng, known, rules.donations, own),
        "subscribers": lambda: draw_subscribers(rng, known, rules.subscribers),
        "volunteers": lambda: draw_volunteers(rng, known, rules.volunteers),
        "contact_attempts": lambda: draw_attempts(rng, known, rules, own),
        "surveys": lambda: draw_surveys(rng, known, rules),
        "suppressions": lambda: draw_suppressions(rng, known, rules.suppressions, own),
    }
    return draws[role]()


def draw_ballot_facts(
    rng: np.random.Generator, chunk: Chunk, rules: BallotFacts, own: RoleRecords, day: int
) -> tuple[Facts, Subjects, Ints]:
    """Ballots of the election that comes after a day: facts, whose they are, and the position of each one's person."""
    election = coming_election(chunk, day)
    if election is None:
        none = np.zeros(0, np.int64)
        return Facts(none, none, {}), Subjects(none, none), none
    ballots = draw_ballots(rng, chunk, election, rules, own.per_voter)
    subjects = Subjects(ballots.person, np.full(ballots.person.size, VOTER))
    return facts_of_ballots(ballots, own.is_by_event), subjects, ballots.person
