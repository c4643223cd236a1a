"""Typed, keyed rows: what a delivery says once it is accepted, and what follows from it."""

import datetime as dt
import inspect
from collections.abc import Iterator

import dagster as dg

from models.tables import TableContract
from models.wording import counted
from pipelines.core.changes import count_changes, write_changes
from pipelines.core.delivery import Admission, Judgement
from pipelines.core.elections import calendar_table, select_elections
from pipelines.core.households import select_households
from pipelines.defs.alerts import alert_held
from pipelines.defs.held import held_metadata
from pipelines.defs.io import contract_check, contract_spec, data_version, metadata_of, written
from pipelines.defs.partitions import OWNERS, RETRY, by_state
from pipelines.defs.resources import Desk, log, told_in_words
from pipelines.defs.tables import SHOWN_AT_ONCE, delivery_metadata, markdown_table
from pipelines.lake import Table, code_version, fingerprint
from pipelines.raw.receipts import ReceiptLedger
from pipelines.tables.core import Elections, Households, Rejects, VoteHistory, VoterChanges, Voters

_DELIVERED: dict[type[TableContract], str] = {
    Voters: """Who is registered: one row per person on the state's file, by snapshot; typed, keyed, masked dates null.

    Here each delivery is accepted, or held with its reason while the last good one stays in use.""",
    VoteHistory: """Who voted when: one row per stated vote, in the delivery that first states it.

    `known_on` is the day it could be known.""",
    Rejects: """What could not be read: one row per refused row of a received file, by file, line and rule.

    Never its content, which waits in the protected quarantine folder.""",
}
_ACCEPTED = "The newest delivery is in use; while it is held or waits for a file, the last good one is."


def _spec(table: type[TableContract], meaning: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        table.table_name,
        description=inspect.cleandoc(meaning),
        group_name="core",
        kinds={"duckdb", "parquet"},
        owners=OWNERS,
        deps=["raw_receipts"],
        partitions_def=by_state,
        tags={"pii": "true"},
    )


@dg.multi_asset(
    specs=[_spec(table, meaning) for table, meaning in _DELIVERED.items()],
    check_specs=[
        *[contract_spec(table.table_name) for table in _DELIVERED],
        dg.AssetCheckSpec("newest_delivery_accepted", asset="core_voters", description=_ACCEPTED),
    ],
    retry_policy=RETRY,
)
def core_delivery(context: dg.AssetExecutionContext, desk: Desk) -> Iterator[dg.MaterializeResult]:
    """Judge every delivery of the state as a whole, and write the accepted ones."""
    state = context.partition_key
    name, source = desk.source_of(state)
    with told_in_words(f"core_voters {state}") as told:
        judged = Admission(desk.lake, name, source, desk.calendar.of_state(state)).admit_all(dt.datetime.now(dt.UTC))
        for judgement in judged:
            alert_held(context.log, desk, state, judgement)
        told += _counts(desk, state, judged)
        if judged and judged[-1].verdict != "accepted":
            log.warning("%-26s %s", f"core_voters {state}", judged[-1].reason)
        for table in _DELIVERED:
            yield _result(desk, table, state, judged)


def _counts(desk: Desk, state: str, judged: list[Judgement]) -> list[str]:
    voters = desk.lake.table(Voters, state=state)
    refused = desk.lake.table(Rejects, state=state).row_count
    unused = [judgement.verdict for judgement in judged if judgement.verdict != "accepted"]
    counts = [counted(len(voters.records()), "snapshot"), counted(voters.row_count, "row")]
    counts += [f"{refused:,} refused"] if refused else []
    return counts + [f"{unused.count(verdict)} {verdict}" for verdict in sorted(set(unused))]


def _result(desk: Desk, table: type[TableContract], state: str, judged: list[Judgement]) -> dg.MaterializeResult:
    handle = desk.lake.table(table, state=state)
    checks = [contract_check(desk.lake, handle, table.table_name)]
    more: dict[str, object] = {}
    if table is Voters:
        name, _ = desk.source_of(state)
        deliveries = ReceiptLedger(desk.lake, name).deliveries()
        more |= delivery_metadata(deliveries) | held_metadata(desk.lake, state, deliveries)
        checks.append(_newest_accepted(judged))
    more["snapshots"] = written(found.records[table.table_name] for found in judged if found.records)
    return dg.MaterializeResult(
        asset_key=table.table_name,
        metadata=metadata_of(table, handle, **more),
        check_results=checks,
        data_version=data_version(handle),
    )


def _newest_accepted(judged: list[Judgement]) -> dg.AssetCheckResult:
    newest = judged[-1] if judged else None
    is_used = newest is not None and newest.verdict == "accepted"
    return dg.AssetCheckResult(
        passed=is_used,
        check_name="newest_delivery_accepted",
        asset_key="core_voters",
        severity=dg.AssetCheckSeverity.WARN,
        description=newest.reason if newest else "Nothing has landed yet.",
    )


@dg.asset(
    group_name="core",
    partitions_def=by_state,
    kinds={"duckdb", "parquet"},
    owners=OWNERS,
    retry_policy=RETRY,
    check_specs=[contract_spec("core_elections")],
)
def core_elections(context: dg.AssetExecutionContext, desk: Desk, core_vote_history: Table) -> dg.MaterializeResult:
    """Which elections there are: one row per election that the calendar names or a history states."""
    state = context.partition_key
    _, source = desk.source_of(state)
    with told_in_words(f"core_elections {state}") as told, desk.lake.connect() as connection:
        calendar = calendar_table(desk.calendar.of_state(state))
        connection.register("calendar", calendar)
        query = select_elections(core_vote_history, source.registration_closes_days)
        stamp = fingerprint(
            core_vote_history.fingerprint,
            calendar.to_pylist(),
            source.registration_closes_days,
            code_version("pipelines/core/elections.py"),
        )
        desk.lake.write(Elections, connection, query, stamp, state=state)
        table = desk.lake.table(Elections, state=state)
        summary = connection.execute(
            f"SELECT election_id, election_kind, vote_count FROM ({table.select()}) ORDER BY election_date DESC"
        )
        rows = [dict(zip(("election", "kind", "stated votes"), row, strict=True)) for row in summary.fetchall()]
        told.append(counted(len(rows), "election"))
        return dg.MaterializeResult(
            metadata=metadata_of(Elections, table, elections=markdown_table(rows, at_most=SHOWN_AT_ONCE)),
            check_results=[contract_check(desk.lake, table, "core_elections")],
            data_version=data_version(table),
        )


@dg.asset(
    group_name="core",
    partitions_def=by_state,
    kinds={"duckdb", "parquet"},
    owners=OWNERS,
    retry_policy=RETRY,
    tags={"pii": "true"},
    check_specs=[contract_spec("core_households")],
)
def core_households(context: dg.AssetExecutionContext, desk: Desk, core_voters: Table) -> dg.MaterializeResult:
    """Who lives together: one row per voter and snapshot with the home they share; dormitories are no homes."""
    state = context.partition_key
    _, source = desk.source_of(state)
    records = {}
    with told_in_words(f"core_households {state}") as told, desk.lake.connect() as connection:
        for (_, day), record in core_voters.records().items():
            voters = desk.lake.table(Voters, state=state, snapshot_date=day)
            stamp = fingerprint(record.fingerprint, source.largest_home, code_version("pipelines/core/households.py"))
            records[day] = desk.lake.write(
                Households, connection, select_households(voters, source), stamp, state=state, snapshot_date=day
            )
        table = desk.lake.table(Households, state=state)
        told += [counted(len(records), "snapshot"), counted(table.row_count, "row"), written(records.values())]
        return dg.MaterializeResult(
            metadata=metadata_of(Households, table, snapshots=written(records.values())),
            check_results=[contract_check(desk.lake, table, "core_households")],
            data_version=data_version(table),
        )


@dg.asset(
    group_name="core",
    partitions_def=by_state,
    kinds={"duckdb", "parquet"},
    owners=OWNERS,
    retry_policy=RETRY,
    tags={"pii": "true"},
    check_specs=[contract_spec("core_voter_changes")],
)
def core_voter_changes(context: dg.AssetExecutionContext, desk: Desk, core_voters: Table) -> dg.MaterializeResult:
    """What changed about whom: one row per voter and change, each snapshot against the one before it, by meaning.

    Who was added, came back, was dropped or purged; who moved, changed name, party, status or precinct. Another
    spelling, a masked value or a new code for the same precinct is no change. No name or address is in it.
    """
    state = context.partition_key
    with told_in_words(f"core_voter_changes {state}") as told, desk.lake.connect() as connection:
        records = write_changes(desk.lake, connection, core_voters, state)
        table = desk.lake.table(VoterChanges, state=state)
        told += [counted(len(records), "comparison"), counted(table.row_count, "change"), written(records.values())]
        counts = markdown_table(count_changes(connection, table), at_most=SHOWN_AT_ONCE)
        return dg.MaterializeResult(
            metadata=metadata_of(VoterChanges, table, changes=counts, snapshots=written(records.values())),
            check_results=[contract_check(desk.lake, table, "core_voter_changes")],
            data_version=data_version(table),
        )
