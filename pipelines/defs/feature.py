"""What was known about a voter on the as-of day of every election that a model learns from or scores."""

import datetime as dt
from typing import Any

import dagster as dg

from models.config import read_config
from models.errors import ConfigError
from models.features import LINKED, Features, feature_names
from models.model_config import ModelConfig, StateModel
from models.wording import counted
from pipelines.defs.io import contract_check, contract_spec, data_version, metadata_of, written
from pipelines.defs.partitions import OWNERS, RETRY, by_state
from pipelines.defs.resources import Desk, told_in_words
from pipelines.defs.tables import SHOWN_AT_ONCE, markdown_table
from pipelines.features.as_of import Occasion
from pipelines.features.assemble import build_features
from pipelines.features.linked import ROLES
from pipelines.features.sources import LinkedSources
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
    core_links: Table,
) -> dg.MaterializeResult:
    """What was known: one row per voter and election, as all stood on the as-of day; nothing learned later is in it."""
    state = context.partition_key
    with told_in_words(f"feature_voters {state}") as told:
        occasions = occasions_of(desk, state)
        with linked_sources(desk).of_state(state) as groups:
            records = {
                name: build_features(desk.lake, occasion, groups) for name, occasion in sorted(occasions.items())
            }
        table = desk.lake.table(Features, state=state)
        told += [counted(len(records), "election"), counted(table.row_count, "row"), written(records.values())]
        rows = [
            {"election": name, "voters": record.row_count, "rebuilt": record.is_new}
            for name, record in reversed(records.items())
        ]
        facts = {"features": len(feature_names()), "elections": written(records.values())}
        facts |= _filled(desk, state, max(occasions.values(), key=lambda found: found.election.date))
        return dg.MaterializeResult(
            metadata=metadata_of(Features, table, **facts, rows=markdown_table(rows, at_most=SHOWN_AT_ONCE)),
            check_results=[contract_check(desk.lake, table, "feature_voters")],
            data_version=data_version(table),
        )


def linked_sources(desk: Desk) -> LinkedSources:
    """The linked sources of the profile, as their terms stand today."""
    return LinkedSources(desk.lake, desk.policy, desk.vendors, dt.datetime.now(dt.UTC).date())


def _filled(desk: Desk, state: str, occasion: Occasion) -> dict[str, Any]:
    """Share of the voters of an occasion with a value in each linked column; nothing where no source serves scores."""
    sources = linked_sources(desk)
    if not any(sources.serving(role, state) for role in ROLES):
        return {}
    table = desk.lake.table(Features, state=state, election_id=occasion.election.election_id)
    counts = ", ".join(f"count({name}) / greatest(count(*), 1)" for name in LINKED)
    with desk.lake.connect() as connection:
        shares = connection.execute(f"SELECT {counts} FROM ({table.select()})").fetchall()[0]
    rows = [{"column": name, "voters with a value": f"{share:.1%}"} for name, share in zip(LINKED, shares, strict=True)]
    return {f"linked columns, {occasion.election.election_id}": markdown_table(rows)}
