"""The calibrated chance of every best voter, from what is stored about it: nothing is compared again."""

import duckdb
import pyarrow as pa

from models.link_quality import NUMBERS, LinkQuality
from pipelines.linking.model import LinkModel
from pipelines.sql import literal

BATCH = 200_000
"""Records that are weighed at once: the memory follows them, not the source."""

_DIGITS = 6  # of a chance: what a batch is made of moves the seventeenth


def keep_chances(
    connection: duckdb.DuckDBPyConnection, source: str, model: LinkModel | None, quality: LinkQuality | None
) -> None:
    """Make the table `chances`: source_record_id, best_q, a row per record whose best voter can be calibrated.

    Args:
        connection: Holds `compared`.
        source: Name of the source.
        model: The model that its levels are of.
        quality: The second stage; without one nothing is calibrated.
    """
    connection.execute("CREATE OR REPLACE TABLE chances (source_record_id VARCHAR, best_q DOUBLE)")
    if model is None or quality is None:
        return
    connection.execute(
        f"""CREATE OR REPLACE TABLE evidence AS
        SELECT row_number() OVER (ORDER BY source_record_id) AS place, source_record_id, {literal(source)} AS source,
            {", ".join(NUMBERS)}, levels
        FROM compared
        WHERE found_by = 'auto' AND best_voter_id IS NOT NULL"""
    )
    count = connection.execute("SELECT count(*) FROM evidence").fetchall()[0][0]
    for start in range(0, count, BATCH):
        chosen = f"FROM evidence WHERE place > {start} AND place <= {start + BATCH} ORDER BY place"
        frame = connection.execute(chosen).df()
        chance = pa.array(quality.predict(frame, model.traits).round(_DIGITS), pa.float64())
        told = pa.table({"source_record_id": pa.array(frame["source_record_id"], pa.string()), "best_q": chance})
        connection.register("chances_of_batch", told)
        connection.execute("INSERT INTO chances FROM chances_of_batch")
        connection.unregister("chances_of_batch")
