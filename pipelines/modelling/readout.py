"""What the arms of an experiment did to turnout: the difference of means with errors clustered by the drawn unit."""

import json
from pathlib import Path

import pandas as pd

from models.experiment import arm_effects
from pipelines.core.experiments import Experiment
from pipelines.lake import Lake
from pipelines.sql import literal
from pipelines.tables.core import Assignments, VoteHistory


def read_out(lake: Lake, experiment: Experiment, state: str) -> pd.DataFrame:
    """Effect of every arm on turnout in the outcome election, by intention to treat.

    Everyone assigned counts, contacted or not. Someone without a stated outcome is left out; in a study that states
    every outcome nobody is. Of several statements the latest counts.

    Returns:
        One row per arm, as `models.experiment.arm_effects` gives it; shares of people, not percent.
    """
    query = f"""
    WITH voted AS (
        SELECT voter_id, arg_max(is_voted, snapshot_date)::TINYINT AS outcome
        FROM ({lake.table(VoteHistory, state=state).select()})
        WHERE election_id = {literal(experiment.outcome_election)}
        GROUP BY voter_id
    )
    SELECT unit_id, arm_code, outcome
    FROM ({lake.table(Assignments, state=state).select()})
    JOIN voted USING (voter_id)
    WHERE experiment_id = {literal(experiment.name)}
    ORDER BY voter_id"""
    with lake.connect() as connection:
        frame = connection.sql(query).df()
    return arm_effects(frame, experiment.control)


def write_readout(lake: Lake, experiment: Experiment, effects: pd.DataFrame) -> Path:
    """Write the read-out as JSON under `model/readout/`, the same bytes for the same effects."""
    file = lake.root / "model" / "readout" / f"{experiment.name}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    rows = json.loads(str(effects.to_json(orient="records", double_precision=10)))
    content = {
        "experiment": experiment.name,
        "outcome": experiment.outcome_election,
        "control": experiment.control,
        "arms": rows,
    }
    file.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return file
