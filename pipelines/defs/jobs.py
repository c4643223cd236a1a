"""What can be launched with one button."""

import dagster as dg

rescore = dg.define_asset_job(
    "rescore",
    selection=dg.AssetSelection.all(),
    description="One state, from what has landed to the published scores; only what changed is rebuilt.",
    tags={"team": "data"},
)
