"""The product: one release of all states, checked, written once, then pointed at."""

import contextlib

import dagster as dg

from models.config import read_config
from models.tables import Scores
from pipelines.defs.feature import models_of
from pipelines.defs.io import metadata_of
from pipelines.defs.partitions import OWNERS, RETRY
from pipelines.defs.resources import Desk, told_in_words
from pipelines.defs.tables import markdown_table
from pipelines.dictionary import render_dictionary
from pipelines.features.as_of import find_universe
from pipelines.modelling.ledger import VersionLedger
from pipelines.modelling.occasions import target_occasion
from pipelines.publish.parquet import publish_release
from pipelines.publish.targets import PublicationConfig
from pipelines.publish.voter_scores import ScoredState, stream_state
from pipelines.raw.receipts import ReceiptLedger
from pipelines.tables.published import PublishedVoterScores


def scored_states(desk: Desk) -> dict[str, ScoredState]:
    """Every state that the champions have scored, in order."""
    found = {}
    for model in models_of(desk):
        version = VersionLedger(desk.lake, model.name).champion()
        for state in model.states:
            name, source = desk.source_of(state)
            occasion = target_occasion(desk.lake, model, desk.calendar, source)
            if not desk.lake.table(Scores, state=state, version_id=version.version_id, as_of=occasion.as_of).records():
                continue
            universe = find_universe(desk.lake, occasion)
            delivery = next(
                each
                for each in ReceiptLedger(desk.lake, name).deliveries()
                if each.snapshot_date == universe.snapshot_date
            )
            found[state] = ScoredState(
                occasion, universe, version, tuple(event["file_id"] for event in delivery.events)
            )
    return dict(sorted(found.items()))


@dg.asset(
    group_name="published",
    deps=["score_turnout", "core_voters"],
    kinds={"parquet"},
    owners=OWNERS,
    retry_policy=RETRY,
    pool="publishing",
)
def published_voter_scores(context: dg.AssetExecutionContext, desk: Desk) -> dg.MaterializeResult:
    """One row per voter, the product: a release with manifest and passport; `current` names it once it is whole."""
    config = read_config(
        PublicationConfig, desk.settings.configs / "publications" / f"{desk.settings.profile.publication}.yaml"
    )
    with told_in_words("published_voter_scores"), contextlib.ExitStack() as stack:
        states = scored_states(desk)
        batches = {
            state: stream_state(desk.lake, stack.enter_context(desk.lake.connect()), scored, config)
            for state, scored in states.items()
        }
        release = publish_release(
            desk.lake.root, config, batches,
            inputs={state: scored.inputs() for state, scored in states.items()},
            passport={"turnout": {scored.version.version_id: scored.passport() for scored in states.values()}},
            dictionary=render_dictionary(), by=desk.identity,
        )  # fmt: skip
        rows = [
            {
                "state": state,
                "rows": _rows(release.manifest, state),
                "snapshot": str(scored.universe.snapshot_date),
                "as of": str(scored.occasion.as_of),
            }
            for state, scored in states.items()
        ]
        columns = metadata_of(PublishedVoterScores, desk.lake.table(PublishedVoterScores))
        return dg.MaterializeResult(
            metadata=columns | {
                "dagster/row_count": sum(row["rows"] for row in rows), "dagster/uri": str(release.folder), "release": release.release_id,
                "is_new": release.is_new, "states": markdown_table(rows),
            },
            data_version=dg.DataVersion(release.release_id),
        )  # fmt: skip


def _rows(manifest: dict, state: str) -> int:
    return sum(file["rows"] for file in manifest["files"] if f"state={state}/" in file["path"])
