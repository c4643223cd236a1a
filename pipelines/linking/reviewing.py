"""Asks people about links, and takes in what they decide: a sheet out, the sheet with decisions back in."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from models.errors import LinkError
from pipelines.lake import Lake
from pipelines.layouts.source import Vendor
from pipelines.linking.answers import Taken, take_in
from pipelines.linking.artefacts import kept_model
from pipelines.linking.drawing import keep_drawn, may_be_shown
from pipelines.linking.reading import newest_voters
from pipelines.linking.reviewed import LEAST_DECISIONS
from pipelines.linking.sheet import csv_bytes, keep_sheet, parquet_bytes, write_private
from pipelines.policy import Policy
from pipelines.sql import literal, literals

SAMPLED = LEAST_DECISIONS + 100
"""Records drawn by chance, count: as many as calibrate links, and some more, for not every one can be decided."""

GREY_ROWS = 200
"""Records of a sheet of whom the model is not sure, count at most: an afternoon's work."""


@dataclass(frozen=True)
class Queue:
    """A sheet to be decided on.

    Attributes:
        file: The CSV; none where nothing is to be asked.
        rows: Pairs in it, count.
        drawn: Of these, records that were drawn by chance.
        left_out: Sources whose records may not be shown any more.
    """

    file: Path | None
    rows: int
    drawn: int
    left_out: tuple[str, ...]


def write_queue(
    lake: Lake,
    state: str,
    vendors: Mapping[str, Vendor],
    policy: Policy,
    identity: str,
    on: dt.date,
    sample: int = SAMPLED,
    grey: int = GREY_ROWS,
) -> Queue:
    """Write the sheet of a state: the sample that calibrates links, and the links of which the model is not sure.

    It stands in `<root>/review/links/<state>/<hash>.csv`, for its owner's eyes only. Fill in `decision` with same,
    other or unsure; a blank one is not decided. The same questions give the same file, and one that is there stays.

    Args:
        lake: Data root.
        state: Two-letter code.
        vendors: Sources by name; those that do not cover the state play no part.
        policy: Who may review, and which sources may still be used.
        identity: Who asks, from the environment.
        on: Today.
        sample: Records drawn by chance, count; those decided earlier count.
        grey: Records of whom the model is not sure, count at most.

    Raises:
        PolicyError: Whoever asks may not review links.
        LinkError: No linkage model stands in the state, so nothing is linked yet.
    """
    policy.demand_may(identity, "review_links")
    model = kept_model(lake, state)
    if model is None:
        raise LinkError(f"{state}: no linkage model stands, so there is nothing to review. Link its records first.")
    shown, left_out = may_be_shown(policy, vendors, state, on)
    withdraw_sheets(lake, state, shown)
    with lake.connect() as connection:
        keep_drawn(connection, lake, state, shown, model.sha256, sample, grey)
        name = keep_sheet(connection, lake, state, model)
        rows, drawn = connection.execute("SELECT count(*), count(chance) FROM sheet_key").fetchall()[0]
        if not rows:
            return Queue(None, 0, 0, left_out)
        file = queue_folder(lake, state) / f"{name}.csv"
        key = connection.sql("FROM sheet_key ORDER BY pair_id").to_arrow_table()
        write_private(file.with_suffix(".parquet"), parquet_bytes(key))
        write_private(file, csv_bytes(connection.sql("FROM sheet ORDER BY pair_id").to_arrow_table()))
    return Queue(file, rows, drawn, left_out)


def read_decisions(lake: Lake, state: str, file: Path, policy: Policy, identity: str, now: dt.datetime) -> Taken:
    """Take in the decisions of a sheet, all of them or none; what was taken in before is not taken again.

    Args:
        lake: Data root.
        state: Two-letter code.
        file: The sheet, under any name, with commas, semicolons or tabs.
        policy: Who may review.
        identity: Who decided, from the environment.
        now: When it is read.

    Raises:
        PolicyError: Whoever hands it in may not review links.
        LinkError: A decision is none, a row is not of a sheet of the state, or ids were changed: by row number.
    """
    policy.demand_may(identity, "review_links")
    return take_in(lake, state, file, queue_folder(lake, state), identity, now)


def withdraw_sheets(lake: Lake, state: str, shown: Iterable[str]) -> int:
    """Take away the sheets with a row that may be shown no longer; how many they were.

    Their keys stay, which hold ids only, so that a copy that was filled in can still be handed in.

    Args:
        lake: Data root.
        state: Two-letter code.
        shown: Sources whose records may be shown today.
    """
    hidden = f"SELECT voter_id FROM ({newest_voters(lake, state).select()}) WHERE is_confidential"
    withdrawn = 0
    with lake.connect() as connection:
        for key in sorted(queue_folder(lake, state).glob("*.parquet")):
            told = f"read_parquet({literal(str(key))})"
            test = f"voter_id IN ({hidden}) OR source NOT IN ({literals(shown)})"
            if connection.execute(f"SELECT count(*) FROM {told} WHERE {test}").fetchall()[0][0]:
                key.with_suffix(".csv").unlink(missing_ok=True)
                withdrawn += 1
    return withdrawn


def queue_folder(lake: Lake, state: str) -> Path:
    """Where the sheets of a state are."""
    return lake.root / "review" / "links" / state
