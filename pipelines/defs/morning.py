"""The page that everybody reads in the morning, written at the end of every run."""

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg

from pipelines.defs.partitions import OWNERS
from pipelines.defs.resources import Desk, told_in_words
from pipelines.publish.journal import StateOutcome, record_outcome
from pipelines.publish.morning import morning_page
from pipelines.publish.news import Morning, gather
from pipelines.publish.places import replace_text
from pipelines.publish.sentences import headline, markdown


@dg.asset(group_name="published", deps=["published_voter_scores"], kinds={"html"}, owners=OWNERS)
def published_morning(context: dg.AssetExecutionContext, desk: Desk) -> dg.MaterializeResult:
    """The morning page: what arrived, what was held and why, what changed, and how old every state is."""
    with told_in_words("published_morning") as told:
        state = context.run.tags.get("dagster/partition")
        if state:
            record_outcome(desk.lake.root, StateOutcome(state, True))
        morning = write_page(desk)
        told.append(headline(morning))
        page = page_of(desk)
        return dg.MaterializeResult(
            metadata={"morning": dg.MetadataValue.md(markdown(morning)), "dagster/uri": str(page)}
        )


def page_of(desk: Desk) -> Path:
    """Where the page is."""
    return desk.lake.root / "published" / "morning.html"


def write_page(desk: Desk) -> Morning:
    """Write the page at once, as things stand now, and give what it says."""
    profile, now = desk.settings.profile, dt.datetime.now(ZoneInfo(desk.settings.profile.time_zone))
    sources = desk.sources
    morning = gather(desk.lake, profile.publication, sources, desk.calendar, now, desk.vendors)
    page = page_of(desk)
    page.parent.mkdir(parents=True, exist_ok=True)
    with desk.lake.scratch() as scratch:
        replace_text(page, morning_page(morning), scratch)
    return morning
