"""How the rows of a simulated vendor are drawn: about whom, with which fields, which facts, and when they change."""

import zlib

import numpy as np
import pyarrow as pa

from pipelines.synthetic.chunk import Chunk
from pipelines.synthetic.columns import either, joined, padded
from pipelines.synthetic.config import SyntheticConfig
from pipelines.synthetic.draws import NEVER, Ints, Purpose
from pipelines.synthetic.vendors.config import COLUMNS, KINDS, RELATIONS, VendorConfig
from pipelines.synthetic.vendors.draws import joined_known
from pipelines.synthetic.vendors.facts.drawing import draw_ballot_facts, draw_facts, is_list, keenness
from pipelines.synthetic.vendors.facts.facts import Columns, Facts, Known
from pipelines.synthetic.vendors.fields import draw_fields
from pipelines.synthetic.vendors.mails import draw_mails, draw_phones
from pipelines.synthetic.vendors.people import VOTER, Subjects, draw_subjects
from pipelines.synthetic.vendors.records import truth_of
from pipelines.synthetic.vendors.rows import People, Rows, Wanted

_MONTH = 30.4
_MENDED_WITHIN = 180
"""How long before the day of drawing a record may be mended or go, days."""
_OTHER_STATES = ("VA", "TN")
_NAME_PARTS = ("first_name", "middle_name", "last_name", "name_suffix")


def draw_rows(config: SyntheticConfig, people: People, wanted: Wanted, span: tuple[int, int]) -> Rows:
    """All rows that a vendor ever has about the people of a chunk.

    Args:
        config: Shares and rates, under `vendors`.
        people: The people.
        wanted: What is drawn.
        span: Number of the first record and of the one behind the last; of ballots, of the chunk's first person and of
            the one behind the last.
    """
    vendors, chunk = config.vendors, people.chunk
    kind = KINDS.index(wanted.rules.kind)
    names = (zlib.crc32(wanted.vendor.encode()), zlib.crc32(wanted.role.encode()))
    rng = chunk.dice.rng(Purpose.VENDOR, kind, *names)
    rules = _rules(vendors.kinds[wanted.rules.kind], wanted)
    if wanted.role == "ballots":
        facts, subjects, numbers = draw_ballot_facts(rng, chunk, vendors.facts.ballots, wanted.rules, wanted.day)
        numbers = span[0] + numbers
    else:
        keen = keenness(vendors.facts, wanted.role, wanted.rules, people.traits, wanted.day, chunk)
        subjects = draw_subjects(rules, rng, people.circle, span[1] - span[0], keen)
        numbers = span[0] + np.arange(span[1] - span[0])
        ago = rng.exponential(_MONTH / vendors.lists.added, numbers.size).astype(np.int64)
        known = Known(chunk, people.traits, wanted.day, subjects.person, subjects.relation, wanted.day - ago)
        facts = draw_facts(rng, known, vendors.facts, wanted.role, wanted.rules)
    return _assembled(config, people, wanted, rng, (rules, facts, subjects, numbers))


def _rules(kind: VendorConfig, wanted: Wanted) -> VendorConfig:
    """The shares of a kind, with the columns that the vendor's files have."""
    gives = [name for name in COLUMNS if name in wanted.columns]
    if wanted.first_name_first and "full_name" in gives:
        gives = list(dict.fromkeys([*gives, *_NAME_PARTS]))
    nobody = kind.nobody if wanted.rules.nobody is None else wanted.rules.nobody
    return kind.model_copy(update={"gives": gives, "nobody": nobody})


def _assembled(
    config: SyntheticConfig,
    people: People,
    wanted: Wanted,
    rng: np.random.Generator,
    drawn: tuple[VendorConfig, Facts, Subjects, Ints],
) -> Rows:
    """Rows of facts with the columns that say who each is about."""
    (rules, facts, subjects, numbers), chunk = drawn, people.chunk
    fields = draw_fields((rules, config.vendors.typos), rng, chunk, wanted.day, (people.circle, subjects))
    who = {**fields.columns, **_places(chunk, subjects), **_names(wanted, fields.columns)}
    others = {
        "phone": draw_phones(rules.phone, rng, chunk.identity, subjects.person),
        "email": draw_mails(rules.email, rng, chunk, subjects.person),
    }
    rates, rows = config.vendors.lists, facts.record.size
    until, mended = (_happens(rng, rate, wanted.day, rows) for rate in (rates.dropped, rates.changed))
    take = pa.array(facts.record)
    earlier = {name: values.take(take) for name, values in others.items() if name in who and is_list(wanted.role)}
    ids = {"source_record_id": _ids(chunk, wanted, numbers, facts)}
    truth = truth_of(ids["source_record_id"], chunk, (people.circle, subjects), fields, facts.record)
    fixed = {**ids, **{name: values.take(take) for name, values in who.items()}}
    return Rows(wanted, facts, fixed, {**earlier, **facts.earlier}, until, mended, truth)


def _happens(rng: np.random.Generator, rate: float, day: int, rows: int) -> Ints:
    """Days of something that happens to so many rows a month, within half a year before a day; else NEVER."""
    ago = rng.integers(0, _MENDED_WITHIN, rows)
    return np.where(rng.random(rows) < rate * _MENDED_WITHIN / _MONTH, day - ago, NEVER)


def _places(chunk: Chunk, subjects: Subjects) -> Columns:
    """State of the address, and the state's own id of a voter."""
    own = chunk.dice.state
    other = next(state for state in _OTHER_STATES if state != own)
    is_elsewhere = subjects.relation == RELATIONS.index("elsewhere")
    here = pa.array([own], pa.string()).take(pa.array(np.zeros(subjects.person.size, np.int64)))
    ids = chunk.identity.voter_id.take(pa.array(subjects.person, mask=subjects.relation != VOTER))
    return {"state": either(is_elsewhere, pa.scalar(other), here), "stated_voter_id": ids}


def _names(wanted: Wanted, columns: Columns) -> Columns:
    """Names in one field as people say them, where the vendor has them so."""
    if not (wanted.first_name_first and "full_name" in columns):
        return {}
    return {"full_name": joined_known([columns[name] for name in _NAME_PARTS], " ")}


def _ids(chunk: Chunk, wanted: Wanted, numbers: Ints, facts: Facts) -> pa.Array:
    """Ids of digits: the vendor's own beginning, four for the state, eight for the record, two for its row."""
    state = "".join(f"{ord(letter) - 64:02d}" for letter in chunk.dice.state)
    starts = np.searchsorted(facts.record, facts.record)  # rows of a record stand together
    rows = np.arange(facts.record.size) - starts
    parts = [pa.scalar(wanted.id_prefix + state), padded(numbers[facts.record], 8), padded(rows, 2)]
    return joined(parts, "")
