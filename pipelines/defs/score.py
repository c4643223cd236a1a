"""Scores: everyone at risk in the coming election, through the champion."""

import dagster as dg

from models.tables import Scores
from pipelines.defs.feature import models_of
from pipelines.defs.io import contract_check, contract_spec, data_version, metadata_of
from pipelines.defs.partitions import OWNERS, RETRY, by_state
from pipelines.defs.resources import Desk, told_in_words
from pipelines.modelling.ledger import VersionLedger
from pipelines.modelling.occasions import target_occasion
from pipelines.modelling.scoring import score_state
from pipelines.settings import read_settings


@dg.asset(
    group_name="score", partitions_def=by_state, deps=["feature_voters", *[f"model_{name}" for name in read_settings().profile.models]],
    kinds={"lightgbm", "parquet"}, owners=OWNERS, retry_policy=RETRY, check_specs=[contract_spec("score_turnout")],
)  # fmt: skip
def score_turnout(context: dg.AssetExecutionContext, desk: Desk) -> dg.MaterializeResult:
    """One row per voter: the calibrated chance of voting in the coming election, by the champion.

    The booster is read from its own folder, by hash; the model's own checks refuse a frame that is not its.
    """
    state = context.partition_key
    _, source = desk.source_of(state)
    with told_in_words(f"score_turnout {state}"):
        model = next(found for found in models_of(desk) if state in found.states)
        version = VersionLedger(desk.lake, model.name).champion()
        occasion = target_occasion(desk.lake, model, desk.calendar, source)
        record = score_state(desk.lake, version, occasion)
        table = desk.lake.table(Scores, state=state, version_id=version.version_id, as_of=occasion.as_of)
        with desk.lake.connect() as connection:
            mean = connection.execute(f"SELECT avg(probability) FROM ({table.select()})").fetchall()[0][0]
        return dg.MaterializeResult(
            metadata=metadata_of(
                Scores, table, version=version.version_id, as_of=str(occasion.as_of), election=occasion.election.election_id,
                mean_probability=round(mean, 4), rescored=record.is_new,
            ),
            check_results=[contract_check(desk.lake, table, "score_turnout")],
            data_version=data_version(table),
        )  # fmt: skip
