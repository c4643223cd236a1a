"""Which records a person is asked about: a sample drawn by chance, and those of whom the model is not sure."""

import datetime as dt
from collections.abc import Mapping

import duckdb

from pipelines.lake import Lake
from pipelines.layouts.source import Vendor
from pipelines.linking.quality import keep_sample
from pipelines.linking.reading import newest_voters
from pipelines.linking.reviews import ReviewLedger
from pipelines.policy import Policy
from pipelines.sql import literal
from pipelines.tables.links import Links

GREY = (0.5, 0.99)
"""Calibrated chances between which a person may tell what the model cannot: from the loosest use to the strictest."""

SEED = 20261103


def keep_drawn(
    connection: duckdb.DuckDBPyConnection, lake: Lake, state: str, sources: Mapping[str, Vendor], model_sha256: str,
    sample: int, grey: int,
) -> None:  # fmt: skip
    """Make the table `drawn`: source, role, source_record_id, voter_id, record_hash, levels, chance (null for grey).

    The sample is drawn from every record with one best voter, so that it teaches about all; pairs of it that were
    decided as drawn by chance are left out afterwards. The grey ones are those that nobody decided yet.

    Args:
        connection: Where it is made.
        lake: Data root.
        state: Two-letter code.
        sources: Sources that may be shown, by name.
        model_sha256: The linkage model whose links are reviewed.
        sample: Records drawn by chance, count, those decided earlier among them.
        grey: Records of whom the model is not sure, count at most.
    """
    ReviewLedger(lake, state).keep(connection, "newest_decisions")
    people = _select_population(lake, state, sources, model_sha256)
    connection.execute(f"CREATE OR REPLACE TABLE population AS {people}")
    evidence = "SELECT source || ' ' || role AS source, source AS of_source, * EXCLUDE (source) FROM population"
    keep_sample(connection, evidence, sample, SEED, "by_chance")
    connection.execute(f"CREATE OR REPLACE TABLE drawn AS {_select_drawn(grey)}")


def may_be_shown(
    policy: Policy, vendors: Mapping[str, Vendor], state: str, on: dt.date
) -> tuple[dict[str, Vendor], tuple[str, ...]]:
    """The sources of a state that serve any purpose today, and the names of those that serve none any more."""
    covering = {name: vendor for name, vendor in sorted(vendors.items()) if state in vendor.states}
    shown = {name: vendor for name, vendor in covering.items() if policy.purposes_of(name, vendor, on)}
    return shown, tuple(name for name in covering if name not in shown)


def _select_population(lake: Lake, state: str, sources: Mapping[str, Vendor], model_sha256: str) -> str:
    """SELECT of the records with one best voter who may be shown."""
    links = [lake.table(Links, state=state, source=name).select() for name in sources]
    every = "\n    UNION ALL ".join(links or [lake.table(Links, state="none").select()])
    protected = f"SELECT voter_id FROM ({newest_voters(lake, state).select()}) WHERE is_confidential"
    return f"""
    SELECT source, role, source_record_id, best_voter_id AS voter_id, record_hash, levels, match_weight, best_q
    FROM ({every})
    WHERE found_by = 'auto' AND best_voter_id IS NOT NULL AND model_sha256 = {literal(model_sha256)}
        AND best_voter_id NOT IN ({protected}) AND NOT (decided_by = 'review' AND voter_id IS NULL)"""


def _select_drawn(grey: int) -> str:
    columns = "source, role, source_record_id, voter_id, record_hash, levels"
    pair = "source, role, source_record_id, voter_id"
    least, most = GREY
    return f"""
    SELECT {columns}, chance
    FROM (SELECT * REPLACE (of_source AS source) FROM by_chance)
    ANTI JOIN (SELECT {pair} FROM newest_decisions WHERE chance IS NOT NULL) USING ({pair})
    UNION ALL (
        SELECT {columns}, NULL AS chance
        FROM population
        ANTI JOIN newest_decisions USING ({pair})
        ANTI JOIN (SELECT * REPLACE (of_source AS source) FROM by_chance) USING ({pair})
        WHERE best_q >= {least} AND best_q < {most}
        ORDER BY md5(concat_ws(' ', {literal(str(SEED))}, {pair})), {pair}
        LIMIT {grey}
    )"""
