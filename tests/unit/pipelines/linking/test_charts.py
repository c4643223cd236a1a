"""Splink's charts of a model are pictures that hold no value of a person."""

import datetime as dt
import json

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from pipelines.linking.charts import (
    accuracy_chart,
    match_weights_chart,
    threshold_chart,
    to_html,
    to_svg,
    truth_space,
    waterfall_chart,
)
from pipelines.linking.comparisons import level_names
from pipelines.linking.model import train
from pipelines.linking.standard.table import STANDARD_COLUMNS

LISTS = ("last_parts", "first_forms")
SECRET = "ZYXWVUT"


def people(count, start=0):
    """Standard columns of people who are told apart by name and day of birth."""
    names = [f"{SECRET}{number % 37:02d}" for number in range(start, start + count)]
    rows = {
        "record_id": [f"v{number:05d}" for number in range(count)],
        "first": [f"{name}F{number % 11}" for number, name in enumerate(names)],
        "last": [f"{name}L{number % 23}" for number, name in enumerate(names)],
        "birth_year": [1940 + number % 60 for number in range(count)],
        "birth_date": [dt.date(1940 + number % 60, 1 + number % 12, 1 + number % 28) for number in range(count)],
        "phone": [f"919555{number:04d}" if number % 3 else None for number in range(count)],
        "zip5": [f"{27000 + number % 40}" for number in range(count)],
    }
    rows["last_key"], rows["first_key"] = rows["last"], rows["first"]
    rows["first_forms"], rows["last_parts"] = [[name] for name in rows["first"]], [[name] for name in rows["last"]]
    types = {name: pa.list_(pa.string()) for name in LISTS} | {"birth_date": pa.date32(), "birth_year": pa.int16()}
    columns = {
        name: pa.array(rows.get(name, [None] * count), types.get(name, pa.string())) for name in STANDARD_COLUMNS
    }
    return pa.table(columns)


@pytest.fixture(scope="module")
def model():
    with duckdb.connect() as connection:
        for name in ("voters", "records"):
            connection.register("given", people(1500))
            connection.execute(f"CREATE TABLE {name} AS FROM given")
        return train(connection, "voters", "records", 7)


def values_of(chart):
    """Every text that a chart carries."""
    return json.dumps(chart)


def test_weights_of_every_level_are_drawn(model):
    chart = match_weights_chart(model)
    drawn = {row["comparison_name"] for row in chart["data"]["values"]}
    assert set(model.traits) <= drawn
    assert to_svg(chart).startswith("<svg") and SECRET not in values_of(chart)


def test_a_typical_link_adds_up_to_its_weight(model):
    best = [len(level_names(trait)) - 1 for trait in model.traits]
    chart = waterfall_chart(model, [(best, 21.5)])
    rows = chart["data"]["values"]
    parts = [row["log2_bayes_factor"] for row in rows if row["column_name"] != "Final score"]
    assert sum(parts) == pytest.approx(21.5)
    assert {row["value_l"] for row in rows} == {row["value_r"] for row in rows} == {""}
    assert SECRET not in values_of(chart) and "</html>" in to_html(chart)


def test_rates_count_each_decision_for_those_it_was_drawn_for():
    reviewed = pd.DataFrame(
        {"match_weight": [1.0, 5.0, 5.0, 9.0], "is_same": [False, False, True, True], "chance": [0.5, 1.0, 0.25, 1.0]}
    )
    by_threshold = {row["truth_threshold"]: row for row in truth_space(reviewed)}
    assert (by_threshold[1.0]["precision"], by_threshold[1.0]["recall"]) == (pytest.approx(5 / 8), 1.0)
    assert (by_threshold[5.0]["precision"], by_threshold[5.0]["recall"]) == (pytest.approx(5 / 6), 1.0)
    assert (by_threshold[9.0]["precision"], by_threshold[9.0]["recall"]) == (1.0, pytest.approx(1 / 5))
    assert to_svg(accuracy_chart(reviewed)).startswith("<svg")
    assert "</html>" in to_html(threshold_chart(reviewed))
