"""What was known about a voter on the as-of day of every election that a model learns from or scores."""

import dagster as dg

from models.config import read_config
from models.errors import ConfigError
from models.features import Features, feature_names
from models.model_config import ModelConfig, StateModel
from models.wording import counted
from pipelines.defs.io import contract_check, contract_spec, data_version, metadata_of, written
from pipelines.defs.partitions import OWNERS, RETRY, by_state
from pipelines.defs.resources import Desk, told_in_words
from pipelines.defs.tables import SHOWN_AT_ONCE, markdown_table
from pipelines.features.as_of import Occasion
from pipelines.features.assemble import build_features
from pipelines.lake import Table
from pipelines.modelling.occasions import past_occasions, target_occasion


def models_of(desk: Desk) -> list[ModelConfig]:
    """The models of the profile."""
    return [
        read_config(ModelConfig, desk.settings.configs / "models" / f"{name}.yaml")
        for name in desk.settings.profile.models
    ]


def model_of(desk: Desk, state: str) -> StateModel:
    """The model that scores a state, as it stands there.

    Raises:
        ConfigError: No model of the profile is for that state.
    """
    for model in models_of(desk):
        if state in model.states:
            return model.of_state(state, desk.source_of(state)[1].name)
    raise ConfigError(f"configs/models: no model of the profile {desk.profile} is for {state}. Name it under `states`.")


def occasions_of(desk: Desk, state: str) -> dict[str, Occasion]:
    """Every occasion that a model of the profile learns from or scores in a state, by election."""
    _, source = desk.source_of(state)
    found = [
        occasion
        for model in models_of(desk)
        if state in model.states
        for occasion in [
            *past_occasions(desk.lake, model, desk.calendar, source),
            target_occasion(desk.lake, model, desk.calendar, source),
        ]
    ]
    return {occasion.election.election_id: occasion for occasion in found}


@dg.asset(
    group_name="feature",
    partitions_def=by_state,
    kinds={"duckdb", "parquet"},
    owners=OWNERS,
    retry_policy=RETRY,
    tags={"pii": "true"},
    check_specs=[contract_spec("feature_voters")],
)
def feature_voters(
    context: dg.AssetExecutionContext,
    desk: Desk,
    core_voters: Table,
    core_vote_history: Table,
    core_elections: Table,
    core_households: Table,
) -> dg.MaterializeResult:
    """What was known: one row per voter and election, as all stood on the as-of day; nothing learned later is in it."""
    state = context.partition_key
    with told_in_words(f"feature_voters {state}") as told:
        records = {
            name: build_features(desk.lake, occasion) for name, occasion in sorted(occasions_of(desk, state).items())
        }
        table = desk.lake.table(Features, state=state)
        told += [counted(len(records), "election"), counted(table.row_count, "row"), written(records.values())]
        rows = [
            {"election": name, "voters": record.row_count, "rebuilt": record.is_new}
            for name, record in reversed(records.items())
        ]
        facts = {"features": len(feature_names()), "elections": written(records.values())}
        return dg.MaterializeResult(
            metadata=metadata_of(Features, table, **facts, rows=markdown_table(rows, at_most=SHOWN_AT_ONCE)),
            check_results=[contract_check(desk.lake, table, "feature_voters")],
            data_version=data_version(table),
        )
