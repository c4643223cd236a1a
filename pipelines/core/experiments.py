"""Field experiments as data: who was drawn for which arm, read from the source's own file by the layout vocabulary."""

import datetime as dt
from typing import Any

import duckdb
from pydantic import Field, model_validator

from models.config import Strict
from models.errors import DeliveryError
from pipelines.lake import Lake, Record, code_version, fingerprint
from pipelines.layouts.columns import ColumnLayout
from pipelines.layouts.reading.positions import Positions
from pipelines.layouts.reading.typed import select_typed
from pipelines.layouts.source import Source
from pipelines.raw.readers import open_file
from pipelines.raw.receipts import ReceiptLedger, kept_file
from pipelines.sql import literal, literals
from pipelines.tables.core import Assignments


class Experiment(Strict):
    """A randomised field experiment whose assignment stands in the voters file of a source."""

    name: str = Field(description="Name of the experiment, that of its file.")
    source: str = Field(description="Source that holds it: a file in configs/states or configs/studies.")
    title: str = Field(description="What was tried, in a line.")
    citation: str = Field(description="Where it is published.")
    unit: str = Field(description="What was drawn: household or person.", pattern="^(household|person)$")
    control: str = Field(description="Arm that was left alone.")
    arms: dict[str, str] = Field(description="Every arm and what it did.", min_length=2)
    assigned_on: dt.date = Field(description="Day from which the arms could act.")
    outcome_election: str = Field(description="election_id whose turnout is the outcome.")
    columns: dict[str, ColumnLayout] = Field(description="voter_id, unit_id and arm_code to their place in the file.")

    @model_validator(mode="after")
    def _complete(self) -> "Experiment":
        if set(self.columns) != {"voter_id", "unit_id", "arm_code"}:
            raise ValueError("columns must name voter_id, unit_id and arm_code")
        if self.control not in self.arms:
            raise ValueError("the control arm is not one of the arms")
        return self


def write_assignments(lake: Lake, experiment: Experiment, source: Source) -> Record | None:
    """Write core_assignments of an experiment from the newest accepted delivery of its source.

    Returns:
        The record, or nothing while the source has no accepted delivery.

    Raises:
        DeliveryError: The file lacks a column of the assignment, or people stand without a unit or an arm that the YAML
            names, or a unit stands in two arms; what was written before stays.
    """
    accepted = [found for found in ReceiptLedger(lake, experiment.source).deliveries() if found.verdict == "accepted"]
    if not accepted:
        return None
    layout = source.layout_on(accepted[-1].snapshot_date)
    if layout is None:
        raise _refusal(experiment, [f"no layout of {experiment.source} is valid on {accepted[-1].snapshot_date}"])
    file = layout.files["voters"]
    place: dict[str, Any] = {"state": source.state, "experiment_id": experiment.name}
    settings = [found.model_dump(mode="json", by_alias=True) for found in (experiment, file.format)]
    stamp = fingerprint(accepted[-1].delivery_id, settings, code_version("pipelines/core/experiments.py"))
    standing = lake.current(Assignments, stamp, **place)
    if standing:
        return standing
    with lake.connect() as connection, lake.scratch() as scratch:
        for event in accepted[-1].fitting(file):
            kept = kept_file(lake.root, event["file_id"])
            for text in open_file(kept, event["file_name"], file, scratch):
                _take_in(connection, experiment, Positions(text.headers), text.relation)
        _demand_arms(connection, experiment)
        query = f"""
        SELECT {literal(experiment.name)} AS experiment_id, {literal(source.state + "-")} || voter_id AS voter_id,
            unit_id, arm_code, DATE '{experiment.assigned_on}' AS assigned_on
        FROM assigned"""
        return lake.write(Assignments, connection, query, stamp, **place)


def _take_in(
    connection: duckdb.DuckDBPyConnection, experiment: Experiment, positions: Positions, relation: str
) -> None:
    missing = [name for name, column in experiment.columns.items() if not positions.texts(column)]
    if missing:
        raise _refusal(experiment, [f"the file has no column for {', '.join(missing)}"])
    typed = select_typed(experiment.columns, positions, relation)
    connection.execute(f"CREATE TABLE IF NOT EXISTS assigned AS {typed} LIMIT 0; INSERT INTO assigned {typed}")


def _demand_arms(connection: duckdb.DuckDBPyConnection, experiment: Experiment) -> None:
    counts = f"""
    SELECT count(*) FILTER (arm_code IS NULL OR arm_code NOT IN ({literals(experiment.arms)})),
        count(*) FILTER (unit_id IS NULL)
    FROM assigned"""
    no_arm, no_unit = connection.execute(counts).fetchall()[0]
    split = "SELECT count(*) FROM (SELECT unit_id FROM assigned GROUP BY unit_id HAVING count(DISTINCT arm_code) > 1)"
    torn = connection.execute(split).fetchall()[0][0]
    faults = {
        "people have no arm that the YAML names": no_arm,
        "people have no unit": no_unit,
        "units stand in two arms": torn,
    }
    found = [f"{count:,} {what}" for what, count in faults.items() if count]
    if found:
        raise _refusal(experiment, found)


def _refusal(experiment: Experiment, faults: list[str]) -> DeliveryError:
    return DeliveryError(f"configs/experiments/{experiment.name}.yaml: {'; '.join(faults)}. Nothing was written.")
