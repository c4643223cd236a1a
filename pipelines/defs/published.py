"""The product: one release of all states, checked, written once, then pointed at."""

from typing import Any

import dagster as dg
from pydantic import Field

from models.config import read_config
from models.wording import counted
from pipelines.defs.alerts import alert_drift
from pipelines.defs.io import metadata_of
from pipelines.defs.partitions import OWNERS, RETRY
from pipelines.defs.release import State, batches_of, inputs_of, passports_of, standings_of, states_to_publish
from pipelines.defs.resources import Desk, told_in_words
from pipelines.defs.tables import markdown_table
from pipelines.dictionary import render_table
from pipelines.publish.targets import PublicationConfig, Release
from pipelines.tables.published import PublishedVoterScores

_FRESH = "Every state is published from its newest file; one that is held or in trouble stands at its last good rows."


_ACCEPT = "Launch published_voter_scores with accept_drift and a reason if that is right."


class PublishConfig(dg.Config):
    """What a person may decide when launching a publication by hand."""

    accept_drift: bool = Field(False, description="Publish although scores moved too far from the release before.")
    reason: str = Field("", description="Why, for the ledger; required with accept_drift.")


@dg.asset(
    group_name="published",
    deps=["score_turnout", "core_voters"],
    kinds={"parquet"},
    owners=OWNERS,
    retry_policy=RETRY,
    check_specs=[dg.AssetCheckSpec("every_state_is_fresh", asset="published_voter_scores", description=_FRESH)],
)
def published_voter_scores(
    context: dg.AssetExecutionContext, desk: Desk, config: PublishConfig
) -> dg.MaterializeResult:
    """The product: one row per voter, in a release with manifest and passport; `current` names it once it is whole.

    A state in trouble keeps its rows of the release before, so that it holds up no other; so does one whose scores
    moved too far. Launch this asset with `accept_drift: true` and a `reason` to publish it all the same.
    """
    from pipelines.publish.drift import DriftError

    publication = read_config(PublicationConfig, _file_of(desk))
    with told_in_words("published_voter_scores") as told:
        states, troubles = states_to_publish(desk, publication)
        try:
            release = _publish(desk, publication, states, config)
        except DriftError as error:
            held = {state: f"{fault} {_ACCEPT}" for state, fault in error.states.items()}
            for state, reason in held.items():
                alert_drift(context.log, desk, state, reason)
            states, troubles = states_to_publish(desk, publication, held)
            release = _publish(desk, publication, states, config)
        told += [counted(len(states), "state"), counted(release.manifest["rows"], "row")]
        told.append(_news(release) if release.is_new else "unchanged")
        for trouble in troubles:
            context.log.warning(trouble)
        return _result(desk, release, states, troubles)


def _publish(desk: Desk, publication: PublicationConfig, states: dict[str, State], config: PublishConfig) -> Release:
    from pipelines.publish.parquet import publish_release

    return publish_release(
        desk.lake.root,
        publication,
        batches_of(desk, publication, states),
        inputs=inputs_of(desk, publication, states),
        passport=passports_of(desk, states),
        dictionary=render_table(PublishedVoterScores),
        standings=standings_of(states),
        accept_drift=config.accept_drift,
        by=desk.identity,
        reason=config.reason,
    )


def _news(release: Release) -> str:
    stood = len(release.manifest["states"]) - len(release.written)
    return f"new release: {len(release.written)} rebuilt, {stood} unchanged"


def _file_of(desk: Desk) -> Any:
    return desk.settings.configs / "publications" / f"{desk.settings.profile.publication}.yaml"


def _result(desk: Desk, release: Release, states: dict[str, State], troubles: list[str]) -> dg.MaterializeResult:
    rows = [_row(state, release) for state in states]
    facts: dict[str, Any] = {
        "release": release.release_id,
        "new release": release.is_new,
        "state files": _news(release).removeprefix("new release: "),
        "states": markdown_table(rows),
    }
    facts |= {"trouble": " ".join(troubles) or "none", "read it with": _recipe(release), **_means(release)}
    columns = metadata_of(PublishedVoterScores, desk.lake.table(PublishedVoterScores), **facts)
    check = dg.AssetCheckResult(
        passed=not troubles,
        check_name="every_state_is_fresh",
        severity=dg.AssetCheckSeverity.WARN,
        description=" ".join(troubles) or None,
    )
    return dg.MaterializeResult(
        metadata=columns | {"dagster/row_count": release.manifest["rows"], "dagster/uri": str(release.folder)},
        check_results=[check],
        data_version=dg.DataVersion(release.release_id),
    )


def _row(state: str, release: Release) -> dict[str, Any]:
    """A state's line: how it stands, rows, scores, and how far the mean moved since the release before."""
    summary = release.manifest["states"][state]
    score = summary["scores"]["turnout_probability"]
    moved = release.drift.get(state, {}).get("scores", {}).get("turnout_probability", {})
    standing = summary["standing"].replace("_", " ")
    row = {
        "state": state,
        "standing": standing,
        "file": summary["snapshot_date"],
        "days behind": summary["behind_days"],
    }
    row |= {"rows": summary["rows"], "no score": score["nulls"], "mean": score["mean"]}
    row |= {"moved by": moved.get("mean_shift", "-"), "order kept": moved.get("rank_correlation", "-")}
    return row | {"as of": release.manifest["inputs"][state]["as_of"]}


def _means(release: Release) -> dict[str, float]:
    """Mean scores by state, which the UI draws over time."""
    scores = {state: found["scores"]["turnout_probability"] for state, found in release.manifest["states"].items()}
    return {f"mean score {state}": score["mean"] for state, score in scores.items() if score["mean"] is not None}


def _recipe(release: Release) -> dg.MetadataValue:
    files = f"'{release.folder}/state=*/*.parquet'"
    query = f"SELECT * FROM read_parquet(\n  {files},\n  hive_partitioning = true)"
    return dg.MetadataValue.md(f"```sql\n-- DuckDB\n{query}\n```")
