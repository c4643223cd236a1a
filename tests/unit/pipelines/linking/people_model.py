"""A linkage model made by hand: what agreement weighs is plain to see."""

from typing import Any

from pipelines.linking.comparisons import comparisons
from pipelines.linking.model import LinkModel
from pipelines.linking.people.weighing import SHARED

_COLUMNS = ("first", "last", "middle_initial", "suffix", "birth_year", "gender", "phone")
_BY_CHANCE = {
    "first_name": 0.004, "last_name": 0.001, "middle_initial": 0.07, "suffix": 0.4, "birth": 0.0001, "gender": 0.5,
    "phone": 0.0003,
}  # fmt: skip
"""Share of pairs of two people whose trait agrees fully."""


def made_model(share: float = 1e-4) -> LinkModel:
    """A model: full agreement in nine of ten pairs of one person, each weaker level ten times likelier by chance.

    Args:
        share: Of all pairs, those of one person.
    """
    settings = {
        "link_type": "link_only", "sql_dialect": "duckdb", "unique_id_column_name": "record_id",
        "comparisons": [_weighed(found) for found in comparisons(_COLUMNS)],
        "blocking_rules_to_generate_predictions": [], "retain_matching_columns": True,
        "retain_intermediate_calculation_columns": False, "linker_uid": "walklist",
        "probability_two_random_records_match": share,
    }  # fmt: skip
    return LinkModel(settings, SHARED)


def _weighed(comparison: dict[str, Any]) -> dict[str, Any]:
    told = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
    chance = _BY_CHANCE[comparison["output_column_name"]]
    for place, level in enumerate(told):
        level["m_probability"] = 0.9 if place == 0 else 0.1 / len(told)
        level["u_probability"] = min(chance * 10**place, 0.9)
    told[-1] |= {"m_probability": 0.02, "u_probability": 0.95}
    return comparison
