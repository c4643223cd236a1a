"""The product: what a campaign's tools may read."""

from collections.abc import Iterator
from typing import ClassVar

import pyarrow as pa

from models.tables import Check, TableContract, column

COHORTS = ("snapshot", "reconstructed")
_NO_SCORE = "Not scored: not at risk in this election, or not knowable. Never read it as zero."
_DECILE_BOUNDS = range(1, 10)


class PublishedVoterScores(TableContract):
    """One row per person on the state's last good file, with how likely they are to vote. Key: voter_id.

    Sorted by voter_id within a state, so that one person is found without reading the file. It holds no name, address,
    phone, date of birth, party or race: join core_voters by voter_id where the permitted use allows it.

    Pitfalls: a null score is unknown, not zero; deciles are cut within a state, so do not compare them across states;
    read passport.json beside the data before using a score for a purpose that it does not name.
    """

    table_name = "published_voter_scores"
    contract_version: ClassVar[str] = "1.1"
    counted: ClassVar[tuple[str, ...]] = ("election_id", "turnout_version_id", "cohort")

    state = column(pa.string(), "Two-letter code of the state.", partition=True)
    voter_id = column(pa.string(), "`<STATE>-<the state's own id>`, leading zeros kept.", key=True, kind="identifier")
    county_code = column(
        pa.string(),
        "The state's own code of the county.",
        source="core_voters",
        null_means="The state does not give it.",
    )
    precinct_code = column(
        pa.string(), "The county's own code of the precinct.", source="core_voters", null_means="Not given, or masked."
    )
    election_id = column(pa.string(), "Coming election that the score is about.", source="core_elections")
    turnout_probability = column(
        pa.float32(),
        "Calibrated chance that the person votes in the election.",
        unit="probability",
        source="score_turnout",
        kind="derived",
        at_least=0,
        at_most=1,
        null_means=_NO_SCORE,
    )
    turnout_decile = column(
        pa.int8(),
        "Tenth of the state's scored people by turnout_probability; 10 is the most likely.",
        kind="derived",
        at_least=1,
        at_most=10,
        null_means=_NO_SCORE,
    )
    turnout_version_id = column(
        pa.string(), "Version of the turnout model in use, the hash of its numbers.", kind="derived"
    )
    as_of = column(pa.date32(), "Day the score was made for; nothing learned later is in it.")
    snapshot_date = column(pa.date32(), "Day of the last good file that the person was read from.")
    behind_days = column(
        pa.int16(),
        "Days from snapshot_date to the newest file that the state has sent; 0 when the newest is in use.",
        unit="days",
        at_least=0,
    )
    cohort = column(
        pa.string(),
        "How the person was found: on a file made by the as-of day, or read back from a later one.",
        one_of=COHORTS,
    )
    is_out_of_fold = column(
        pa.bool_(), "Whether the scored election also trained the model, by boosters that never saw the household."
    )

    @classmethod
    def checks(cls) -> Iterator[Check]:
        """The rules that a state's file must keep: those of its columns, and those that tie columns together."""
        yield from super().checks()
        one_null = "count(*) FILTER ((turnout_decile IS NULL) <> (turnout_probability IS NULL))"
        yield Check("turnout_decile", "is null where turnout_probability is, and only there", one_null)
        yield Check("turnout_decile", "follows the order of turnout_probability", _disordered_deciles())
        late = "count(*) FILTER (cohort = 'snapshot' AND snapshot_date > as_of)"
        yield Check("snapshot_date", "is not after as_of in the cohort snapshot", late)


def _disordered_deciles() -> str:
    most, least = "max(turnout_probability) FILTER", "min(turnout_probability) FILTER"
    bounds = [f"{most} (turnout_decile <= {at}) > {least} (turnout_decile > {at})" for at in _DECILE_BOUNDS]
    return " + ".join(f"CASE WHEN {bound} THEN 1 ELSE 0 END" for bound in bounds)
