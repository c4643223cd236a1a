"""Records of a vendor about the people of a simulated state, with the truth of each."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipelines.synthetic.chunk import Chunk
from pipelines.synthetic.columns import joined, padded, worded
from pipelines.synthetic.config import SyntheticConfig
from pipelines.synthetic.draws import Dice, Ints, Purpose, day_number
from pipelines.synthetic.names.config import SYSTEMS
from pipelines.synthetic.simulation import Simulation
from pipelines.synthetic.vendors.config import KINDS, RELATIONS
from pipelines.synthetic.vendors.fields import Fields, draw_fields
from pipelines.synthetic.vendors.people import VOTER, Circle, Subjects, circle_of, draw_subjects, namesakes, twins

RECORDS = pa.schema(
    [
        pa.field("record_id", pa.string(), False),
        pa.field("source", pa.string(), False),
        ("first_name", pa.string()),
        ("middle_name", pa.string()),
        ("last_name", pa.string()),
        ("name_suffix", pa.string()),
        ("full_name", pa.string()),
        ("birth_date", pa.date32()),
        ("birth_year", pa.int16()),
        ("gender_code", pa.string()),
        ("address_line", pa.string()),
        ("city", pa.string()),
        ("zip_code", pa.string()),
        ("phone", pa.string()),
        ("email", pa.string()),
    ]
)
"""One row per record. What the kind of vendor does not give is null; `full_name` is `LAST, FIRST MIDDLE SUFFIX`."""
TRUTH = pa.schema(
    [
        pa.field("record_id", pa.string(), False),
        pa.field("voter_id", pa.string()),
        pa.field("naming_system", pa.string(), False),
        pa.field("relation", pa.string()),
        *(
            pa.field(name, pa.bool_(), False)
            for name in (
                "is_with_voter", "has_voter_surname", "is_namesake", "is_twin", "is_nickname", "is_mover",
                "is_married_name", "is_other_form", "is_typo",
            )
        ),
    ]
)  # fmt: skip
"""One row per record. `voter_id` is null for people who are not on the file, `relation` for those who are.

`is_with_voter`: a voter, not the person, lives in the person's home of the day; `has_voter_surname`: one of the same
last name. `is_namesake`: father and son of one name. `is_twin`: of two who live together.
"""


@dataclass(frozen=True)
class VendorRecords:
    """Records and their truth, row by row.

    Attributes:
        records: The schema RECORDS.
        truth: The schema TRUTH.
    """

    records: pa.Table
    truth: pa.Table


def vendor_records(simulation: Simulation, kind: str, day: dt.date, count: int, seed: int) -> VendorRecords:
    """Records that a vendor of one kind has on a day.

    Args:
        simulation: A state. It is drawn chunk by chunk, which takes longer than its records do.
        kind: `commercial`, `donors`, `subscribers` or `volunteers`.
        day: Day of the voter file that the records are to be linked with.
        count: Records, at least 1. Within a chunk nobody stands twice before everybody of the same relation has
            stood once.
        seed: Seed of the records, a number; the people are those of the simulation whatever it is.

    Returns:
        Records in no order of people, the same bytes for the same arguments.

    Raises:
        KeyError: There is no such kind.
    """
    found = list(vendor_batches(simulation, kind, day, count, seed))
    return VendorRecords(
        pa.concat_tables(each.records for each in found), pa.concat_tables(each.truth for each in found)
    )


def vendor_batches(simulation: Simulation, kind: str, day: dt.date, count: int, seed: int) -> Iterator[VendorRecords]:
    """The same records chunk by chunk: one chunk is in memory at a time."""
    sizes = np.cumsum([0, *simulation.chunk_sizes()])
    edges = count * sizes // sizes[-1]
    for chunk, opens, until in zip(simulation.chunks(), edges, edges[1:], strict=False):
        if until > opens:
            yield chunk_records(simulation.config, chunk, (kind, day, seed), (int(opens), int(until)))


def chunk_records(
    config: SyntheticConfig, chunk: Chunk, what: tuple[str, dt.date, int], span: tuple[int, int]
) -> VendorRecords:
    """Records about the people of one chunk, for who holds it anyway.

    Args:
        config: Shares, under `vendors`.
        chunk: The people.
        what: Kind of vendor, day of the voter file, seed.
        span: Numbers of the first record and of the one behind the last.
    """
    (kind, date, seed), (opens, until) = what, span
    rules, day = config.vendors.kinds[kind], day_number(date)
    rng = Dice(seed, chunk.dice.state, chunk.dice.stream).rng(Purpose.VENDOR, KINDS.index(kind))
    circle = circle_of(chunk, day)
    subjects = draw_subjects(rules, rng, circle, until - opens)
    fields = draw_fields((rules, config.vendors.typos), rng, chunk, day, (circle, subjects))
    ids = joined([pa.scalar(kind), padded(opens + np.arange(until - opens), 9)], "-")
    return VendorRecords(_records(ids, kind, fields), truth_of(ids, chunk, (circle, subjects), fields))


def _records(ids: pa.Array, kind: str, fields: Fields) -> pa.Table:
    columns = {"record_id": ids, "source": pa.array([kind]).take(pa.array(np.zeros(len(ids), int))), **fields.columns}
    empty = {field.name: pa.nulls(len(ids), field.type) for field in RECORDS if field.name not in columns}
    return pa.table({name: {**columns, **empty}[name] for name in RECORDS.names}, schema=RECORDS)


def truth_of(
    ids: pa.Array, chunk: Chunk, found: tuple[Circle, Subjects], fields: Fields, record: Ints | None = None
) -> pa.Table:
    """The truth of rows: the schema TRUTH.

    Args:
        ids: Id of each row.
        chunk: The people.
        found: How they stand to the voter file, and who the records are about.
        fields: Fields of the records, with what was done to them.
        record: Position of the record that each row is of; nothing where each record is a row.
    """
    (circle, subjects), own = found, chunk.identity
    row = np.arange(subjects.person.size) if record is None else record
    person, relation = subjects.person[row], subjects.relation[row]
    columns = {
        "record_id": ids,
        "voter_id": own.voter_id.take(pa.array(person, mask=relation != VOTER)),
        "naming_system": worded(SYSTEMS, own.naming.system[person]),
        "relation": worded(RELATIONS, relation),
        "is_with_voter": circle.lives_with_voter[person],
        "has_voter_surname": circle.shares_surname[person],
        "is_namesake": namesakes(chunk)[person],
        "is_twin": twins(chunk, circle)[person],
        **{name: flags[row] for name, flags in fields.flags.items()},
    }
    return pa.table({name: pa.array(columns[name]) for name in TRUTH.names}, schema=TRUTH)
