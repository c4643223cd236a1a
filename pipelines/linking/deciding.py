"""Which voter a record belongs to, if any: the best one, where it is clearly better than the next.

A household is not a person: surname, address and landline agree for everybody at home. So a pair whose first names
disagree is no candidate unless the day of birth or the e-mail agrees, and a record whose best two voters are close is
left unlinked. Nothing follows from other records: no chains, no one-to-one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.linking.comparisons import level_names
from pipelines.sql import identifier


@dataclass(frozen=True)
class Rule:
    """When the best voter of a record is its link.

    Attributes:
        version: Name of the rule, written beside every link.
        least_weight: Match weight of the best pair, at least, in bits.
        least_gap: Bits that it is above the next voter, at least: 3.3 bits are ten to one.
    """

    version: str
    least_weight: float
    least_gap: float


def select_candidates(pairs: str, traits: Sequence[str]) -> str:
    """SELECT of the pairs that may be one person: those whose first names do not contradict it.

    Args:
        pairs: Table of scored pairs.
        traits: Traits that were compared, in the order of their levels.
    """
    best = [(trait, len(level_names(trait)) - 1) for trait in ("birth", "email") if trait in traits]
    proofs = [f"gamma_{trait} = {level}" for trait, level in best]
    tests = ["gamma_first_name <> 0", *proofs] if "first_name" in traits else ["true"]
    levels = ", ".join(f"gamma_{trait}" for trait in traits)
    return f"""
    SELECT record_id_r AS source_record_id, record_id_l AS voter_id, match_weight,
        CAST([{levels}] AS TINYINT[]) AS levels
    FROM {identifier(pairs)}
    WHERE {" OR ".join(tests)}"""


def select_links(candidates: str, floor: float) -> str:
    """SELECT of a row per record with a candidate: its best voter, and how clearly it is the best.

    Columns: source_record_id, voter_id (null where two are equally good), match_weight, gap_bits (to the next voter, or
    to the floor), candidate_count, levels (of each trait in order).

    Args:
        candidates: SELECT of candidates.
        floor: Match weight of the weakest pair that was kept, in bits.
    """
    best = "arg_max({voter_id: voter_id, levels: levels}, match_weight)"
    return f"""
    SELECT source_record_id,
        CASE WHEN gap_bits > 0 THEN best.voter_id END AS voter_id,
        match_weight, gap_bits, candidate_count,
        CASE WHEN gap_bits > 0 THEN best.levels END AS levels
    FROM (
        SELECT source_record_id, {best} AS best, max(match_weight) AS match_weight,
            max(match_weight) - coalesce(max(match_weight, 2)[2], {floor}) AS gap_bits,
            count(*) AS candidate_count
        FROM ({candidates})
        GROUP BY source_record_id
    )"""


def where_linked(rule: Rule) -> str:
    """SQL of whether the best voter of a record is its link by a rule."""
    return f"voter_id IS NOT NULL AND match_weight >= {rule.least_weight} AND gap_bits >= {rule.least_gap}"
