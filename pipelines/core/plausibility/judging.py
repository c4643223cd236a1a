"""The reasons to hold a delivery, subject by subject."""

import duckdb

from pipelines.core.plausibility.columns import judge_columns
from pipelines.core.plausibility.comparison import Comparison, prepare
from pipelines.core.plausibility.counties import judge_counties
from pipelines.core.plausibility.mix import judge_mix
from pipelines.core.plausibility.people import judge_people, judge_sameness
from pipelines.core.plausibility.reading import Told, judge_content, judge_reading
from pipelines.core.plausibility.votes import judge_votes
from pipelines.core.staged import Staged
from pipelines.layouts.limits import Plausibility


def find_implausible(
    connection: duckdb.DuckDBPyConnection, staged: Staged, compared: Comparison, limits: Plausibility
) -> list[str]:
    """The reasons to hold a delivery, as sentences of counts and columns; empty when there is none.

    Votes are compared where nothing else is wrong: of a broken voters file they say nothing new.

    Args:
        connection: Holds `told_voters`.
        staged: What reading found.
        compared: The last good snapshot, if any, and the votes known and stated.
        limits: The source's limits.
    """
    reasons, told = judge_reading(staged, limits), Told.of(connection)
    if not told.rows:
        return [*reasons, "No voter could be read."]
    reasons += judge_content(connection, staged, told)
    if not is_comparable(compared, limits):
        return reasons
    prepare(connection, compared)
    reasons += judge_people(connection, told, compared, limits)
    reasons += judge_columns(connection, told, compared, limits)
    reasons += judge_mix(connection, told, limits)
    reasons += judge_counties(connection, told, compared, limits)
    if not reasons:
        reasons += judge_votes(connection, compared, limits)
    return reasons or judge_sameness(connection, told, compared)


def is_comparable(compared: Comparison, limits: Plausibility) -> bool:
    """Whether there is a last good snapshot that is not too old to be compared with."""
    if compared.last_good is None or compared.last_date is None:
        return False
    return abs((compared.snapshot_date - compared.last_date).days) <= limits.stale_days
