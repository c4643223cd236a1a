"""Splink's own charts of a linkage model, as drawings that hold no value of a person."""

import json
import logging
import math
from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import vl_convert
from splink import DuckDBAPI, Linker
from splink.internals.charts import AccuracyChart, ThresholdSelectionToolChart

from pipelines.linking.model import LinkModel
from pipelines.linking.standard.table import STANDARD_COLUMNS

Chart = dict[str, Any]
"""A drawing in the words of Vega-Lite."""

_TABLES = ("voters", "records")
_STEPS = 60  # thresholds of a curve


def match_weights_chart(model: LinkModel) -> Chart:
    """What each level of agreement adds to the evidence, in bits."""
    with duckdb.connect() as connection:
        return _still(_linker(connection, model).visualisations.match_weights_chart().chart_dict)


def waterfall_chart(model: LinkModel, patterns: Sequence[tuple[Sequence[int], float]]) -> Chart:
    """How the evidence of typical links adds up, trait by trait.

    A pattern is that of many links, so that no person stands behind it. How rare the values are differs among them:
    what the traits leave of the mean weight is shared evenly by the traits that count rarity.

    Args:
        model: The linkage model.
        patterns: Levels of the traits in the model's order, and the mean match weight of the links that have them, in
            bits.
    """
    with duckdb.connect() as connection:
        linker = _linker(connection, model)
        records = [_typical(model, linker, levels, weight) for levels, weight in patterns]
        return linker.visualisations.waterfall_chart(records, remove_sensitive_data=True).chart_dict


def accuracy_chart(reviewed: pd.DataFrame) -> Chart:
    """Precision and recall of reviewed links by the match weight from which they are taken.

    Args:
        reviewed: A row per decision: match_weight, is_same, and `chance` of having been drawn.
    """
    return _still(AccuracyChart(truth_space(reviewed)).chart_dict)


def threshold_chart(reviewed: pd.DataFrame) -> Chart:
    """The same as a tool to choose a threshold with, for a page that answers the mouse."""
    return ThresholdSelectionToolChart(truth_space(reviewed), add_metrics=["f1"]).chart_dict


def _still(chart: Chart) -> Chart:
    """A chart without the words that tell how to click: a picture does not answer."""
    if isinstance(chart.get("title"), dict):
        chart["title"].pop("subtitle", None)
    return chart


def to_svg(chart: Chart) -> str:
    """A chart as a picture."""
    return vl_convert.vegalite_to_svg(json.dumps(chart))


def to_html(chart: Chart) -> str:
    """A chart as a page of its own that needs nothing from elsewhere."""
    return vl_convert.vegalite_to_html(json.dumps(chart), bundle=True)


def truth_space(reviewed: pd.DataFrame) -> list[dict[str, float]]:
    """Counts and rates of reviewed links at each of some thresholds of the match weight.

    Each decision counts for as many records as it was drawn for, by the inverse of its chance. Recall is among the
    records whose best voter is the person: of the others nobody knows how many there are.

    Returns:
        A row per threshold, in the words of Splink's charts.
    """
    weight, same = (1 / reviewed["chance"]).to_numpy(), reviewed["is_same"].to_numpy(dtype=bool)
    score = reviewed["match_weight"].to_numpy(dtype=float)
    steps = np.unique(np.quantile(score, np.linspace(0, 1, _STEPS)).round(3))
    return [_rates(float(step), weight, same, score >= step) for step in steps]


def _rates(threshold: float, weight: np.ndarray, same: np.ndarray, taken: np.ndarray) -> dict[str, float]:
    tp, fp = float(weight[same & taken].sum()), float(weight[~same & taken].sum())
    fn, tn = float(weight[same & ~taken].sum()), float(weight[~same & ~taken].sum())
    precision, recall = tp / max(tp + fp, 1e-12), tp / max(tp + fn, 1e-12)
    f1 = 2 * precision * recall / max(precision + recall, 1e-12)
    counts = {"tp": tp, "fp": fp, "fn": fn, "tn": tn, "p": tp + fn, "n": fp + tn, "row_count": tp + fp + fn + tn}
    rates = {"precision": precision, "recall": recall, "f1": f1, "tp_rate": recall}
    return {
        "truth_threshold": threshold, "match_probability": 1 / (1 + 2**-threshold),
        **{name: round(count) for name, count in counts.items()}, **rates,
    }  # fmt: skip


def _linker(connection: duckdb.DuckDBPyConnection, model: LinkModel) -> Linker:
    """A linker of the model over tables without rows."""
    types = {"birth_date": pa.date32(), "birth_year": pa.int16()}
    lists = ("last_parts", "first_forms")
    fields = [
        (name, pa.list_(pa.string()) if name in lists else types.get(name, pa.string())) for name in STANDARD_COLUMNS
    ]
    api = DuckDBAPI(connection=connection)
    nobody = pa.schema(fields).empty_table()
    for name in _TABLES:
        connection.register(f"{name}_of_nobody", nobody)
        connection.execute(f"CREATE TABLE {name} AS FROM {name}_of_nobody")
    sides = [api.register(name, dataset_display_name=name) for name in _TABLES]
    told = {**model.settings, "retain_intermediate_calculation_columns": True}
    is_within = told["link_type"] == "dedupe_only"
    return Linker(sides[:1] if is_within else sides, told, log_level=logging.ERROR)


def _typical(model: LinkModel, linker: Linker, levels: Sequence[int], weight: float) -> dict[str, Any]:
    """A pair of the levels of a pattern, in the words of Splink."""
    record: dict[str, Any] = {f"gamma_{trait}": level for trait, level in zip(model.traits, levels, strict=True)}
    chance = model.settings["probability_two_random_records_match"]
    left, rare = weight - math.log2(chance / (1 - chance)), []
    for comparison in linker._settings_obj.comparisons:
        level = comparison._get_comparison_level_by_comparison_vector_value(record[comparison._gamma_column_name])
        rare += [comparison._mw_tf_adj_column_name] if level._has_tf_adjustments else []
        left -= level._log2_bayes_factor or 0
    return record | {name: left / len(rare) for name in rare} | {"match_weight": weight}
