"""Contact attempts and surveys: what came of them, and what people say of their support."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.synthetic.columns import blanked, either, joined, text, worded
from pipelines.synthetic.draws import Bools, Ints, picked
from pipelines.synthetic.vendors.config import RELATIONS
from pipelines.synthetic.vendors.facts.config import AttemptFacts, FactsConfig, SupportFacts
from pipelines.synthetic.vendors.facts.facts import Facts, Known, dates, numbers, repeated, words_by, words_of
from pipelines.synthetic.vendors.source_config import RoleRecords

_GONE = tuple(RELATIONS.index(name) for name in ("departed", "former", "elsewhere"))
_OTHERS = RELATIONS.index("minor")


def draw_attempts(rng: np.random.Generator, known: Known, rules: FactsConfig, role: RoleRecords) -> Facts:
    """A row for each attempt, on its day; a response that is mended was unknown before."""
    own, count = rules.contact_attempts, known.person.size
    tries = np.array(list(own.attempts))[picked(rng, {str(n): p for n, p in own.attempts.items()}, count)]
    record = repeated(tries)
    day = known.day - rng.integers(0, own.days, record.size)
    channel = picked(rng, role.channels, record.size)
    response = _responses(rng, known, own, (record, day, worded(list(role.channels), channel)))
    is_reached = (
        pc.call_function("equal", [response, pa.scalar("reached")]).fill_null(False).to_numpy(zero_copy_only=False)
    )
    is_asked = is_reached & (rng.random(record.size) < own.asked)
    columns = {
        "attempted_on": dates(day),
        "channel_code": worded(list(role.channels), channel),
        "response_code": response,
        "support_code": blanked(_answers(rng, known, rules.support, record), ~is_asked),
        "campaign_name": words_of(rng, own.programmes, record.size),
    }
    unknown = either(np.asarray(response.is_valid()), pa.scalar("unknown"), response)
    return Facts(record, day, columns, {"response_code": unknown})


def _responses(
    rng: np.random.Generator, known: Known, rules: AttemptFacts, of: tuple[Ints, Ints, pa.Array]
) -> pa.Array:
    """What came of attempts: by channel, and what is found out about people who are not there."""
    record, day, channels = of
    found = pa.nulls(record.size, pa.string())
    for channel, shares in rules.responses.items():
        words = words_of(rng, shares, record.size)
        is_it = pc.call_function("equal", [channels, pa.scalar(channel)]).to_numpy(zero_copy_only=False)
        silent = pc.call_function("equal", [words, pa.scalar("none")]).to_numpy(zero_copy_only=False)
        found = either(is_it, blanked(words, silent), found)
    finds = rng.random(record.size) < rules.found_out
    relation = known.relation[record]
    for word, where in (
        ("wrong_person", relation == _OTHERS),
        ("moved", np.isin(relation, _GONE)),
        ("deceased", known.deaths()[record] <= day),
    ):
        found = either(finds & where, pa.scalar(word), found)
    return found


def draw_surveys(rng: np.random.Generator, known: Known, rules: FactsConfig) -> Facts:
    """A row for each record, on the day of the answer; an answer that is mended was another one before."""
    own, count = rules.surveys, known.person.size
    record = repeated(np.ones(count, int))
    ago = rng.integers(0, own.days, count)
    wave = own.waves - ago * own.waves // own.days
    columns = {
        "answered_on": dates(known.day - ago),
        "survey_name": joined([pa.scalar("wave"), text(wave)], " "),
        "support_code": _answers(rng, known, rules.support, record),
        "issue_code": words_of(rng, own.issues, count),
        "weight": numbers(np.round(np.exp(own.weight_sd * rng.standard_normal(count)), 3), _none(count)),
    }
    earlier = {"issue_code": words_of(rng, own.issues, count)}
    return Facts(record, known.day - ago, columns, earlier)


def _answers(rng: np.random.Generator, known: Known, rules: SupportFacts, record: Ints) -> pa.Array:
    """What people say: what they think, and some noise; a few do not say."""
    thought = known.traits.support[known.person[record]]
    said = (thought + rules.noise_sd * rng.standard_normal(record.size)) / np.hypot(1, rules.noise_sd)
    silent = rng.random(record.size) < rules.refused
    return either(silent, pa.scalar("refused"), words_by(said, rules.answers))


def _none(count: int) -> Bools:
    return np.zeros(count, bool)
