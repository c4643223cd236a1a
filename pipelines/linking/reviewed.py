"""Records that people reviewed, beside the best voter that the comparisons gave them: to calibrate and grade."""

import duckdb

from pipelines.lake import Lake
from pipelines.linking.reviews import ReviewLedger
from pipelines.sql import literal
from pipelines.tables.links import Links

LEAST_DECISIONS = 300
"""Records drawn by chance that were decided, from which on links are calibrated: precision .989 in trials."""


def count_decisions(lake: Lake, state: str) -> int:
    """Records of a state that were drawn by chance and decided, whatever model they are compared by now."""
    with lake.connect() as connection:
        ReviewLedger(lake, state).keep(connection, "newest_decisions")
        return connection.execute(f"SELECT count(*) FROM ({_BY_CHANCE})").fetchall()[0][0]


def keep_reviewed(
    connection: duckdb.DuckDBPyConnection, lake: Lake, state: str, model_sha256: str, **place: str
) -> None:
    """Make the table `reviewed`: the rows of core_links of a state whose best voter is known to be right or wrong.

    Columns: those of core_links, is_right, chance. Of records that were drawn by chance and compared by the model.

    Args:
        connection: Where it is made.
        lake: Data root.
        state: Two-letter code.
        model_sha256: The model.
        place: `source` and `role`, where only theirs are wanted.
    """
    ReviewLedger(lake, state).keep(connection, "newest_decisions")
    links = f"({lake.table(Links, state=state, **place).select()})"
    connection.execute(
        f"""CREATE OR REPLACE TABLE reviewed AS
        SELECT l.*, CASE WHEN same IS NOT NULL THEN best_voter_id = same ELSE false END AS is_right, chance
        FROM {links} AS l
        JOIN ({_BY_CHANCE}) AS d USING (source, role, source_record_id)
        WHERE found_by = 'auto' AND model_sha256 = {literal(model_sha256)} AND best_voter_id IS NOT NULL
            AND (same IS NOT NULL OR list_contains(others, best_voter_id))
        ORDER BY source, role, source_record_id"""
    )


_BY_CHANCE = """
    SELECT source, role, source_record_id, max(chance) AS chance,
        arg_max(voter_id, sequence) FILTER (decision_code = 'same') AS same,
        list(voter_id) FILTER (decision_code = 'other') AS others
    FROM newest_decisions
    WHERE decision_code <> 'unsure'
    GROUP BY source, role, source_record_id
    HAVING max(chance) IS NOT NULL"""
"""SELECT of the records that were drawn by chance: who people said they are, and who not."""
