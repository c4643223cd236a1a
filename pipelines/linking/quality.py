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
    order = f"md5({literal(str(seed))} || ' ' || source || ' ' || source_record_id)"
    frame = connection.execute(f"SELECT *, {order} AS place FROM ({evidence}) ORDER BY place, source_record_id").df()
    band = pd.cut(frame["match_weight"], list(_STRATA), labels=False).to_numpy()
    sizes = np.bincount(band, minlength=len(_STRATA) - 1)
    wanted = _shared_out(sizes, count)
    rank = frame.groupby(band).cumcount().to_numpy()
    drawn = rank < wanted[band]
    chance = wanted[band] / sizes[band]
    return frame.assign(chance=chance)[drawn].drop(columns="place").sort_values("source_record_id", ignore_index=True)


def _shared_out(sizes: np.ndarray, count: int) -> np.ndarray:
    """As many from each band, and from the others what a band cannot give."""
    wanted = np.zeros_like(sizes)
    while (left := min(count, int(sizes.sum())) - int(wanted.sum())) > 0:
        open_ = wanted < sizes
        share = max(1, left // int(open_.sum()))
        for at in np.flatnonzero(open_):
            wanted[at] += min(share, sizes[at] - wanted[at], min(count, int(sizes.sum())) - int(wanted.sum()))
    return wanted
