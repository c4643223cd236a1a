"""Scores: everyone at risk in the coming election, through the champion."""

import dagster as dg

from models.tables import Scores
from models.wording import counted
from pipelines.defs.feature import model_of
from pipelines.defs.io import contract_check, contract_spec, data_version, metadata_of
from pipelines.defs.partitions import OWNERS, RETRY, by_state
from pipelines.defs.resources import Desk, told_in_words
from pipelines.defs.tables import markdown_table
from pipelines.lake import Table
from pipelines.modelling.occasions import target_occasion
from pipelines.settings import read_settings

_MODELS = [f"model_{name}" for name in read_settings().profile.models]


@dg.asset(
    group_name="score",
    partitions_def=by_state,
    deps=["feature_voters", *_MODELS],
    kinds={"lightgbm", "parquet"},
    owners=OWNERS,
    retry_policy=RETRY,
    check_specs=[contract_spec("score_turnout")],
)
def score_turnout(context: dg.AssetExecutionContext, desk: Desk) -> dg.MaterializeResult:
    """How likely each is to vote: one row per voter, the calibrated chance in the coming election, by the champion.

    The booster is read from its own folder, by hash; the model's own checks refuse a frame that is not its.
    """
    from pipelines.modelling.ledger import VersionLedger
    from pipelines.modelling.scoring import score_state

    state = context.partition_key
    _, source = desk.source_of(state)
    with told_in_words(f"score_turnout {state}") as told:
        model = model_of(desk, state)
        version = VersionLedger(desk.lake, model.name, state).champion()
        occasion = target_occasion(desk.lake, model, desk.calendar, source)
        record = score_state(desk.lake, version, occasion)
        told += [counted(record.row_count, "score"), "rebuilt" if record.is_new else "unchanged"]
        table = desk.lake.table(Scores, state=state, version_id=version.version_id, as_of=occasion.as_of)
        facts = {
            "election": occasion.election.election_id,
            "as of": str(occasion.as_of),
            "model version": version.version_id,
            "rescored now": record.is_new,
            **_summary(desk, table),
        }
        return dg.MaterializeResult(
            metadata=metadata_of(Scores, table, **facts),
            check_results=[contract_check(desk.lake, table, "score_turnout")],
            data_version=data_version(table),
        )


def _summary(desk: Desk, table: Table) -> dict[str, object]:
    """Mean and nulls of the scores, and how many people stand in each tenth of the scale."""
    tenth = "least(floor(probability * 10), 9)::INTEGER"
    with desk.lake.connect() as connection:
        rows = connection.execute(
            f"SELECT {tenth}, count(*), sum(probability) FROM ({table.select()}) GROUP BY 1 ORDER BY 1 NULLS LAST"
        ).fetchall()
    scored = [row for row in rows if row[0] is not None]
    people, total = sum(row[1] for row in scored), sum(row[2] for row in scored)
    bands = [{"score": f"{band / 10:.1f} to {(band + 1) / 10:.1f}", "people": count} for band, count, _ in scored]
    nulls = sum(row[1] for row in rows if row[0] is None)
    mean = {"mean score": round(total / people, 4)} if people else {}
    return {**mean, "without a score": nulls, "people by score": markdown_table(bands)}
