"""Who is who: records of vendors and campaign tools linked to the state's voters, and people above their numbers."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
import duckdb
from pydantic import Field

from models.errors import LinkError
from models.wording import counted
from pipelines.defs.io import contract_check, contract_spec, data_version, metadata_of, written
from pipelines.defs.partitions import OWNERS, RETRY, by_state
from pipelines.defs.resources import Desk, log, told_in_words
from pipelines.defs.tables import SHOWN_AT_ONCE, markdown_table, picture
from pipelines.lake import Record, Table
from pipelines.layouts.source import Vendor
from pipelines.linking.handing_out import why_not
from pipelines.linking.reading import newest_records, newest_voters
from pipelines.linking.ready import ready_voters
from pipelines.linking.reviews import ReviewLedger
from pipelines.linking.uses import Use
from pipelines.publish.places import replace_text
from pipelines.tables.campaign import RECORD_TABLES
from pipelines.tables.links import Links
from pipelines.tables.people import People

if TYPE_CHECKING:  # Splink and pandas take seconds to load: only a run that links needs them
    from pipelines.linking.alarms import Kept
    from pipelines.linking.model import LinkModel
    from pipelines.linking.report import Pictures

Place = tuple[str, str]
"""Source and role of records."""


class LinkConfig(dg.Config):
    """What a person may ask of the linkage."""

    retrain: bool = Field(
        False, description="Learn the linkage model and the second stage anew; else those in use weigh the links."
    )


_RECORDS = [
    dg.AssetDep(table.table_name, partition_mapping=dg.AllPartitionMapping()) for table in RECORD_TABLES.values()
]


@dg.asset(
    group_name="core",
    partitions_def=by_state,
    kinds={"splink", "parquet"},
    owners=OWNERS,
    retry_policy=RETRY,
    tags={"pii": "true"},
    deps=_RECORDS,
    check_specs=[
        contract_spec("core_links"),
        dg.AssetCheckSpec(
            "no_group_is_left_behind",
            asset="core_links",
            description="Link rate and reviewed precision stand within 3 points of the run before, and of everybody's.",
        ),
    ],
)
def core_links(
    context: dg.AssetExecutionContext, desk: Desk, config: LinkConfig, core_voters: Table
) -> dg.MaterializeResult:
    """Which voter a record of a source belongs to, and how surely: one row per record that was looked at.

    Only new and changed records are compared while voters and linkage model stand. Links are handed out by use and
    purpose alone; see `pipelines/README.md`, Who is who.
    """
    from pipelines.linking.alarms import keep_coverage
    from pipelines.linking.artefacts import kept_model
    from pipelines.linking.drawing import may_be_shown
    from pipelines.linking.reviewed import LEAST_DECISIONS, count_decisions
    from pipelines.linking.reviewing import withdraw_sheets

    state = context.partition_key
    with told_in_words(f"core_links {state}") as told:
        vendors = _vendors_of(desk, state)
        before = kept_model(desk.lake, state)
        model = _model(desk, state, vendors, config.retrain) if vendors else None
        is_same = before is not None and model is not None and before.sha256 == model.sha256
        is_taught = is_same and count_decisions(desk.lake, state) >= LEAST_DECISIONS  # by what this model linked
        records = _write(desk, state, vendors, model, config.retrain and is_taught)
        shown, _ = may_be_shown(desk.policy, desk.vendors, state, dt.datetime.now(dt.UTC).date())
        withdraw_sheets(desk.lake, state, shown)
        kept = {place: keep_coverage(desk.lake, state, *place, model) for place in records}
        table = desk.lake.table(Links, state=state)
        told += [counted(len(records), "list"), counted(table.row_count, "record"), written(records.values())]
        return dg.MaterializeResult(
            metadata=metadata_of(Links, table, **_told(desk, state, kept, model, records)),
            check_results=[contract_check(desk.lake, table, "core_links"), _alarm(kept)],
            data_version=data_version(table),
        )


def _vendors_of(desk: Desk, state: str) -> dict[str, Vendor]:
    """The sources of a state that have sent something."""
    return {
        name: vendor
        for name, vendor in desk.vendors.items()
        if state in vendor.states and any(newest_records(desk.lake, role, name).records() for role in vendor.roles)
    }


def _model(desk: Desk, state: str, vendors: Mapping[str, Vendor], retrain: bool) -> "LinkModel | None":
    """The linkage model; none where nothing teaches one, so that only stated ids are followed."""
    from pipelines.linking.artefacts import kept_model, model_of

    if retrain:
        desk.policy.demand_may(desk.identity, "train_links")
    try:
        return model_of(desk.lake, state, vendors, retrain)
    except LinkError as error:
        if kept_model(desk.lake, state):
            raise  # a new one was asked for and cannot be learned: what stands stays in use
        log.warning("%-26s %s Stated ids alone are followed.", f"core_links {state}", error)
        return None


def _write(
    desk: Desk, state: str, vendors: Mapping[str, Vendor], model: "LinkModel | None", retrain: bool
) -> dict[Place, Record]:
    from pipelines.linking.artefacts import quality_of
    from pipelines.linking.links import compare_together, write_links

    quality = quality_of(desk.lake, state, model, retrain) if model else None
    voters, reviews = newest_voters(desk.lake, state), ReviewLedger(desk.lake, state)
    lists = [
        (name, role)
        for name, vendor in vendors.items()
        for role in vendor.roles
        if newest_records(desk.lake, role, name).records()
    ]
    with ready_voters(desk.lake, voters) as ready:
        compare_together(desk.lake, state, lists, model, ready)
        return {
            (name, role): write_links(
                desk.lake, state, name, vendors[name], role, voters, model, quality, reviews, ready
            )
            for name, role in lists
        }


def _told(
    desk: Desk, state: str, kept: "Mapping[Place, Kept]", model: "LinkModel | None", records: Mapping[Place, Record]
) -> dict[str, Any]:
    from pipelines.linking.report import coverage_rows, draw, group_rows, report_page

    coverage = {place: found.coverage for place, found in kept.items()}
    refused = [why_not(desk.lake, *place, Use.OUTCOME) for place in kept]
    facts: dict[str, Any] = {
        "coverage": markdown_table(coverage_rows(coverage), at_most=SHOWN_AT_ONCE),
        "coverage by group": markdown_table(group_rows(coverage)),
        "linkage model": model.sha256[:16] if model else "none: nothing teaches one",
        "not calibrated": " ".join(filter(None, refused)) or "nothing",
        "lists": written(records.values()),
    }
    pictures = draw(desk.lake, state, model) if model and kept else None
    page = _write_page(desk, state, report_page(state, coverage, pictures), pictures)
    facts["report"] = dg.MetadataValue.path(str(page))
    return facts | (_pictures(pictures) if pictures else {})


def _write_page(desk: Desk, state: str, text: str, pictures: "Pictures | None") -> Path:
    """Write the report, and beside it the page to choose thresholds with."""
    folder = desk.lake.root / "model" / "link" / state
    folder.mkdir(parents=True, exist_ok=True)
    pages = {"report.html": text, "thresholds.html": pictures.threshold_page if pictures else ""}
    with desk.lake.scratch() as scratch:
        for name, content in pages.items():
            if content:
                replace_text(folder / name, content, scratch)
    return folder / "report.html"


def _pictures(pictures: "Pictures") -> dict[str, dg.MetadataValue]:
    drawn = {
        "match weights": pictures.weights, "a typical link": pictures.waterfall, "reviewed links": pictures.accuracy,
    }  # fmt: skip
    return {title: picture(svg, title) for title, svg in drawn.items() if svg}


def _alarm(kept: "Mapping[Place, Kept]") -> dg.AssetCheckResult:
    alarms = [sentence for found in kept.values() for sentence in found.alarms]
    return dg.AssetCheckResult(
        passed=not alarms,
        check_name="no_group_is_left_behind",
        asset_key="core_links",
        severity=dg.AssetCheckSeverity.WARN,
        description=" ".join(alarms) or None,
    )


class ReviewConfig(dg.Config):
    """A sheet of links for people, or the sheet with their decisions."""

    state: str = Field(description="Two letters of the state.")
    decisions: str = Field("", description="Path of a sheet with decisions; without one a new sheet is written.")


@dg.op
def review_sheet(context: dg.OpExecutionContext, desk: Desk, config: ReviewConfig) -> None:
    """Write a sheet of links to be decided on, or take in the decisions of one."""
    from pipelines.linking.reviewing import read_decisions, write_queue

    now = dt.datetime.now(dt.UTC)
    with told_in_words(f"review_links {config.state}") as told:
        if config.decisions:
            taken = read_decisions(desk.lake, config.state, Path(config.decisions), desk.policy, desk.identity, now)
            told += [f"{count:,} {word}" for word, count in sorted(taken.decisions.items())]
            told.append(f"{taken.known:,} known, {taken.blank:,} blank")
        else:
            queue = write_queue(desk.lake, config.state, desk.vendors, desk.policy, desk.identity, now.date())
            told.append(
                f"{counted(queue.rows, 'pair')} to decide on in {queue.file}" if queue.file else "nothing to ask"
            )
        context.log.info(str(told))


@dg.job(description="Writes a sheet of doubtful links for a person, or takes in the decisions of one.")
def review_links() -> None:
    """The review of links by people."""
    review_sheet()


class PeopleConfig(dg.Config):
    """What a person may ask of the following of people."""

    learn_movers: bool = Field(
        False,
        description="Learn anew what agreement weighs between who left the other states and who came; without any such "
        "model nobody is followed over a state's border.",
    )


@dg.asset(
    group_name="core",
    partitions_def=by_state,
    kinds={"splink", "parquet"},
    owners=OWNERS,
    retry_policy=RETRY,
    tags={"pii": "true"},
    deps=["core_voters"],
    check_specs=[contract_spec("core_people")],
)
def core_people(
    context: dg.AssetExecutionContext, desk: Desk, config: PeopleConfig, core_voter_changes: Table
) -> dg.MaterializeResult:
    """Whom a voter number stands for, and since when: people who keep, change, share or reuse numbers, and who move.

    Each snapshot is decided once and stands. Persons over all states are read through `select_persons`.
    """
    from pipelines.linking.people.writing import count_spells, write_people

    state = context.partition_key
    with told_in_words(f"core_people {state}") as told, desk.lake.connect() as connection:
        others = sorted(source.state for source in desk.sources.values() if source.state != state)
        model = _movers_model(desk, connection, state, others, config.learn_movers)
        record = write_people(desk.lake, connection, state, others if model else (), model)
        table = desk.lake.table(People, state=state)
        told += [counted(table.row_count, "spell"), written([record])]
        rows = [{"basis": basis, "spells": count} for basis, count in count_spells(connection, table).items()]
        facts = {"spells": markdown_table(rows), "followed from": ", ".join(others) if model else "no other state"}
        return dg.MaterializeResult(
            metadata=metadata_of(People, table, **facts),
            check_results=[contract_check(desk.lake, table, "core_people")],
            data_version=data_version(table),
        )


def _movers_model(
    desk: Desk, connection: duckdb.DuckDBPyConnection, state: str, others: list[str], is_asked: bool
) -> "LinkModel | None":
    """The model for people who move here, learned when a person asks for it."""
    from pipelines.linking.artefacts import SEED, keep_model, kept_model
    from pipelines.linking.people.teaching import learn_movers

    name = f"{state}-movers"
    if not others or not is_asked:
        return kept_model(desk.lake, name) if others else None
    desk.policy.demand_may(desk.identity, "train_links")
    return keep_model(desk.lake, name, learn_movers(desk.lake, connection, state, others, SEED))
