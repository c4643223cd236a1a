"""What is known of each record's best voter for the second stage, and which records a person is asked to review."""

import duckdb
import numpy as np
import pandas as pd

from models.link_quality import NUMBERS
from pipelines.sql import identifier, literal

EVIDENCE = ("source_record_id", "source", "voter_id", *NUMBERS, "levels")
"""Columns of what is known of a record's best voter."""

_STRATA = (-np.inf, 0.0, 4.0, 8.0, 14.0, np.inf)
"""Match weights, in bits, between which as many records are reviewed: most doubt is where few records are."""


def select_evidence(best_voters: str, voters: str, records: str) -> str:
    """SELECT of EVIDENCE, a row per record whose best voter is one alone.

    Args:
        best_voters: Table of a row per record with a candidate.
        voters: Table of standard columns of the voters, for how many have one name.
        records: SELECT of source_record_id and source.
    """
    names = f"SELECT first, last, count(*) AS namesake_count FROM {identifier(voters)} GROUP BY first, last"
    return f"""
    SELECT source_record_id, source, voter_id, match_weight, gap_bits, candidate_count, namesake_count, levels
    FROM {identifier(best_voters)}
    JOIN {identifier(voters)} AS voters ON record_id = voter_id
    JOIN ({names}) AS names
        ON names.first IS NOT DISTINCT FROM voters.first AND names.last IS NOT DISTINCT FROM voters.last
    JOIN ({records}) USING (source_record_id)
    ORDER BY source_record_id"""


def draw_for_review(connection: duckdb.DuckDBPyConnection, evidence: str, count: int, seed: int) -> pd.DataFrame:
    """Records to be reviewed: EVIDENCE, and the `chance` that each had of being drawn.

    As many come from each band of match weight, as far as there are; within a band a hash decides, so that the same
    records are drawn whoever asks.

    Args:
        connection: Where the evidence is.
        evidence: SELECT of EVIDENCE.
        count: Records, at most.
        seed: Another one draws others.
    """
    keep_sample(connection, evidence, count, seed, "drawn_for_review")
    return connection.execute("FROM drawn_for_review ORDER BY source_record_id, source").df()


def keep_sample(connection: duckdb.DuckDBPyConnection, evidence: str, count: int, seed: int, table: str) -> None:
    """Make a table of what `draw_for_review` draws; nothing but the sample is ever in memory.

    Args:
        connection: Where the evidence is.
        evidence: SELECT of source, source_record_id, match_weight and any other columns.
        count: Records, at most.
        seed: Another one draws others.
        table: Name of the table to make.
    """
    band = " + ".join(f"(match_weight > {least})::INTEGER" for least in _STRATA[1:-1])
    found = connection.execute(f"SELECT {band} AS band, count(*) FROM ({evidence}) GROUP BY band").fetchall()
    sizes = np.zeros(len(_STRATA) - 1, dtype=np.int64)
    for place, size in found:
        sizes[place] = size
    wanted = _shared_out(sizes, count)
    chances = ", ".join(repr(float(chance)) for chance in wanted / np.maximum(sizes, 1))
    order = f"md5({literal(str(seed))} || ' ' || source || ' ' || source_record_id), source_record_id"
    connection.execute(
        f"""CREATE OR REPLACE TABLE {identifier(table)} AS
        SELECT * EXCLUDE (band), [{chances}][band + 1]::DOUBLE AS chance
        FROM (SELECT *, {band} AS band FROM ({evidence}))
        QUALIFY row_number() OVER (PARTITION BY band ORDER BY {order}) <= {list(map(int, wanted))}[band + 1]"""
    )


def _shared_out(sizes: np.ndarray, count: int) -> np.ndarray:
    """As many from each band, and from the others what a band cannot give."""
    wanted = np.zeros_like(sizes)
    while (left := min(count, int(sizes.sum())) - int(wanted.sum())) > 0:
        open_ = wanted < sizes
        share = max(1, left // int(open_.sum()))
        for at in np.flatnonzero(open_):
            wanted[at] += min(share, sizes[at] - wanted[at], min(count, int(sizes.sum())) - int(wanted.sum()))
    return wanted
