"""What can be launched with one button."""

import dagster as dg

from models.wording import counted
from pipelines.defs.io import CONTRACTS, broken_rules, standing_parts
from pipelines.defs.raw import DECIDE, DECIDE_RECORDS
from pipelines.defs.records import OF_VENDORS
from pipelines.defs.resources import Desk, told_in_words
from pipelines.publish.ledger import current_release, verify
from pipelines.upkeep import remove_superseded

_vendors = dg.AssetSelection.assets(*OF_VENDORS)
_states = dg.AssetSelection.all() - _vendors

rescore = dg.define_asset_job(
    "rescore",
    selection=_states,
    description="One state, from what has landed to the published scores; only what changed is rebuilt.",
    tags={"team": "data"},
)

decide = dg.define_asset_job(
    DECIDE,
    selection=_states,
    description="Approves or rejects a held delivery, then runs its state to the published scores. "
    "core_voters shows what is held, and the configuration to paste here.",
    config={"ops": {"raw_receipts": {"config": {"delivery": "", "choice": "approve", "why": ""}}}},
    tags={"team": "data"},
)

take_in_records = dg.define_asset_job(
    "take_in_records",
    selection=_vendors,
    description="One vendor or campaign source, from what has landed to its tables; states link them when they run.",
    tags={"team": "data"},
)

decide_records = dg.define_asset_job(
    DECIDE_RECORDS,
    selection=_vendors,
    description="Approves or rejects a held delivery of a vendor. core_record_rejects shows what is held.",
    config={"ops": {"raw_record_receipts": {"config": {"delivery": "", "choice": "approve", "why": ""}}}},
    tags={"team": "data"},
)

publish = dg.define_asset_job(
    "publish",
    selection=dg.AssetSelection.assets("published_voter_scores").downstream(),
    description="A release of what stands: after a state's run failed, so that readers see how old its rows are.",
    tags={"team": "data"},
)


class UpkeepConfig(dg.Config):
    """What a run of `upkeep` may be told."""

    keep_superseded_days: int = 14


@dg.op
def look_after_data(context: dg.OpExecutionContext, desk: Desk, config: UpkeepConfig) -> None:
    """Check every standing table and the bytes of the release, then remove content superseded long ago.

    Nothing is removed where a check fails, for the older content may be wanted to compare with.
    """
    with told_in_words("upkeep") as told:
        parts = [part for contract in CONTRACTS.values() for part in standing_parts(desk.lake, contract)]
        faults = [f"{rule}: {count:,} rows." for rule, count in broken_rules(desk.lake, parts).items()]
        name = desk.settings.profile.publication
        faults += verify(desk.lake.root, name=name) if current_release(desk.lake.root, name) else []
        if faults:
            raise dg.Failure(f"upkeep: {' '.join(faults)} Nothing was removed.", allow_retries=False)
        removed = remove_superseded(desk.lake.root, config.keep_superseded_days)
        told += [
            counted(len(parts), "partition") + " sound",
            counted(removed.folders, "superseded folder") + " removed",
        ]
        context.log.info(str(told))
        facts = {
            "partitions checked": len(parts),
            "folders removed": removed.folders,
            "bytes removed": removed.byte_count,
        }
        context.add_output_metadata(facts)


@dg.job(description="Checks all that stands, and removes content superseded long ago; nothing is rebuilt.")
def upkeep() -> None:
    """The weekly look after the data."""
    look_after_data()
