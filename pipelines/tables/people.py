"""Who is the same person over snapshots, voter numbers and states."""

import pyarrow as pa

from models.tables import TableContract, column

STEPS = (
    "first_seen", "same_number", "reused_number", "changed_number", "merged", "split", "moved_state",
)  # fmt: skip
"""Why a number stands for whom it stands for; see `People`."""

_WEIGHT = "Evidence for the two records being one person, base-2 logarithm of the odds."
_GAP = "Evidence beyond that of the next candidate on either side."
_RULE = "A rule decided, or there is no earlier number."


class People(TableContract):
    """One row per spell in which a voter number stands for one person. Key: voter_id and from_date.

    Why the number stands for that person, `basis_code`:

    - `first_seen`: no person is known to have had another number before.
    - `same_number`: the number is back on the file after an absence, with the same facts.
    - `reused_number`: first name, last name and birth all contradict what the number stood for: another person.
    - `changed_number`: who had another number in the state, which is off the roll, has this new one.
    - `merged`: the number went off the roll while the person's other number stays on it, so it means that person.
    - `split`: the state took a merging back: both numbers are on the roll, and this one means whom it meant before.
    - `moved_state`: who left the roll of another state is new in this one.

    `person_id` tells the people of one state apart. It is made from the person's first number and first day there, as
    they are known on `from_date`, and never changes after. What joins persons is the row itself: two persons are one
    where a number moved here from another state or was merged. `pipelines/linking/people/persons.py` follows that over
    all states, as of any day: read persons through it. So the states can be computed in any order.

    Pitfalls: a number means its person also after it left the file. Where the day of birth is kept secret or missing, a
    reused number may go unnoticed. A person of two spells may have had two numbers at once.
    """

    table_name = "core_people"
    state = column(pa.string(), "Two-letter code of the state.", partition=True)
    voter_id = column(pa.string(), "`<STATE>-<the state's own id>`.", key=True, kind="identifier")
    from_date = column(pa.date32(), "Day of the first snapshot of the spell.", key=True)
    until_date = column(
        pa.date32(),
        "Day of the last snapshot of the spell with the number on the file.",
        null_means="It is on the newest file, or left it when it was merged and has not come back.",
    )
    ended_on = column(
        pa.date32(),
        "Day of the snapshot that shows the spell to be over: without the number, or with another person under it.",
        null_means="It lasts.",
    )
    person_id = column(
        pa.string(),
        "Hash of the first number and day of the person in the state, as known on from_date.",
        kind="identifier",
    )
    basis_code = column(pa.string(), "Why the number stands for this person.", one_of=STEPS)
    known_on = column(
        pa.date32(),
        "Day of the snapshot from which the basis is known: later than from_date where another state tells late that "
        "the person left it.",
    )
    earlier_voter_id = column(
        pa.string(),
        "Number that tells the person: the one before, the one merged into, or the same one where it is back.",
        kind="identifier",
        null_means="The person is a new one.",
    )
    earlier_seen_on = column(
        pa.date32(), "Day of a snapshot on which that number stood for the person.", null_means="The person is new."
    )
    evidence = column(
        pa.string(),
        "Columns that agree, or of a reused number those that contradict; names of columns, never values.",
        kind="derived",
        null_means="The number alone tells.",
    )
    match_weight = column(pa.float64(), _WEIGHT, unit="bits", kind="derived", null_means=_RULE)
    gap_bits = column(pa.float64(), _GAP, unit="bits", at_least=0, kind="derived", null_means=_RULE)


class PersonSteps(TableContract):
    """One row per number and snapshot that tells whom the number stands for from then on. Key: voter_id and step_code.

    `core_people` is read out of these rows. Each snapshot is decided once, from what was known on its day, and stands:
    later snapshots add rows and change none. A number whose person had another one has two rows of a day, `first_seen`
    and what links it; one that is found later to have moved here from another state has the second row at that
    snapshot. Codes and columns are those of core_people.
    """

    table_name = "core_person_steps"
    state = column(pa.string(), "Two-letter code of the state.", partition=True)
    snapshot_date = column(pa.date32(), "Day of the file that shows it.", partition=True)
    voter_id = column(pa.string(), "`<STATE>-<the state's own id>`.", key=True, kind="identifier")
    step_code = column(pa.string(), "What is told.", key=True, one_of=STEPS)
    earlier_voter_id = column(
        pa.string(), "Number that tells the person.", kind="identifier", null_means="The person is a new one."
    )
    earlier_seen_on = column(
        pa.date32(),
        "Day of a snapshot on which that number stood for the person; of a reused number, for the one before.",
        null_means="No earlier snapshot plays a part.",
    )
    evidence = column(
        pa.string(), "Columns that agree or contradict.", kind="derived", null_means="The number alone tells."
    )
    match_weight = column(pa.float64(), _WEIGHT, unit="bits", kind="derived", null_means=_RULE)
    gap_bits = column(pa.float64(), _GAP, unit="bits", at_least=0, kind="derived", null_means=_RULE)
