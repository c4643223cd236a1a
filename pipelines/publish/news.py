"""What happened since yesterday: arrivals, verdicts, scores and ages, gathered from the records that the flow keeps."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from models.errors import PublicationError
from pipelines.calendar import ElectionsConfig
from pipelines.lake import Lake
from pipelines.layouts.source import Source, Vendor
from pipelines.publish.integrity import read_manifest
from pipelines.publish.journal import StateOutcome, read_outcomes
from pipelines.publish.ledger import current_release, read_ledger
from pipelines.publish.places import Place
from pipelines.raw.receipts import Delivery, ReceiptLedger

SINCE_HOURS = 24

_LATE = 2  # times the usual days between files, beyond which a list is late


@dataclass(frozen=True)
class Arrival:
    """A delivery of which something arrived since yesterday.

    Attributes:
        snapshot_date: Day its files were made.
        files: Files that arrived, count.
        verdict: Where it stands: accepted, held, received (not judged yet) or rejected.
        reason: Why, in words.
    """

    snapshot_date: dt.date
    files: int
    verdict: str
    reason: str


@dataclass(frozen=True)
class Change:
    """How a state's published rows differ from those of yesterday; null where nothing can be compared.

    Attributes:
        is_rescored: Whether its scores are new; false when they stood.
        rows: Rows more or less.
        mean: Shift of the mean score, in probability.
        new: People who were not there.
        gone: People who are no longer there.
    """

    is_rescored: bool
    rows: int | None = None
    mean: float | None = None
    new: int | None = None
    gone: int | None = None


@dataclass(frozen=True)
class StateNews:
    """One state on the morning page.

    Attributes:
        state: Two-letter code.
        name: Its name.
        told: What the manifest in use says of it; empty where it is not published.
        inputs: What its rows were made from.
        quality: How good its model version is, in a sentence.
        change: What changed since yesterday.
        arrivals: What arrived since yesterday.
        outcome: How its last run ended, where that is known.
        election: Name and day of the next election of the state, or of the one scored when it is over.
    """

    state: str
    name: str
    told: dict[str, Any]
    inputs: dict[str, Any]
    quality: str
    change: Change
    arrivals: tuple[Arrival, ...]
    outcome: StateOutcome | None
    election: tuple[str, dt.date] | None


@dataclass(frozen=True)
class ListNews:
    """One vendor or campaign source on the morning page.

    Attributes:
        name: Its name for people.
        in_use: Day of the delivery in use; none before the first one.
        is_late: Whether that is older than twice its usual days between files.
        verdict: Where its newest delivery stands; empty where nothing has come.
        reason: Why, in words.
    """

    name: str
    in_use: dt.date | None
    is_late: bool
    verdict: str
    reason: str


@dataclass(frozen=True)
class Morning:
    """All that the morning page says.

    Attributes:
        written_at: The present moment, in the profile's time zone.
        release: The release in use; empty before the first one.
        is_new: Whether it became current since yesterday.
        states: The states, in order.
        lists: Vendors and campaign sources, in order.
    """

    written_at: dt.datetime
    release: str
    is_new: bool
    states: tuple[StateNews, ...]
    lists: tuple[ListNews, ...] = ()


def gather(
    lake: Lake,
    publication: str,
    sources: Mapping[str, Source],
    calendar: ElectionsConfig,
    now: dt.datetime,
    vendors: Mapping[str, Vendor] = MappingProxyType({}),
) -> Morning:
    """What there is to say in the morning.

    Args:
        lake: The data root.
        publication: Name of the publication.
        sources: The sources of the profile, by name.
        calendar: The calendar of elections.
        now: The present moment, in the time zone in which the page is read.
        vendors: Vendors and campaign sources of the profile, by name.
    """
    release, since = current_release(lake.root, publication), now - dt.timedelta(hours=SINCE_HOURS)
    switches = [row for row in read_ledger(lake.root, publication) if dt.datetime.fromisoformat(row["at"]) >= since]
    known = _Releases(Place(lake.root, publication), release, switches)
    outcomes = read_outcomes(lake.root)
    states = [
        StateNews(
            source.state, source.name, known.told(source.state), known.inputs(source.state),
            known.quality(source.state), known.change(source.state), _arrivals(lake, name, since),
            outcomes.get(source.state), _election(calendar, source.state, known.inputs(source.state), now.date()),
        )
        for name, source in sources.items()
    ]  # fmt: skip
    lists = tuple(_list_news(lake, name, vendors[name], now.date()) for name in sorted(vendors))
    return Morning(now, release or "", bool(switches), tuple(sorted(states, key=lambda found: found.state)), lists)


def _list_news(lake: Lake, name: str, vendor: Vendor, today: dt.date) -> ListNews:
    deliveries = ReceiptLedger(lake, name).deliveries()
    accepted = [found.snapshot_date for found in deliveries if found.verdict == "accepted"]
    in_use, newest = accepted[-1] if accepted else None, deliveries[-1] if deliveries else None
    is_late = in_use is not None and (today - in_use).days > _LATE * vendor.refresh_days
    verdict, reason = (newest.verdict, newest.events[0]["reason"] or "") if newest else ("", "")
    return ListNews(vendor.name, in_use, is_late, verdict, reason)


@dataclass(frozen=True)
class _Releases:
    """The release in use, the one of yesterday, and the switches between them."""

    place: Place
    release: str | None
    switches: list[dict[str, Any]]

    def _manifest(self, release: str | None) -> dict[str, Any]:
        try:
            return read_manifest(self.place.releases / release) if release else {}
        except PublicationError:
            return {}

    def _of(self, release: str | None, part: str, state: str) -> dict[str, Any]:
        found = self._manifest(release).get(part, {}).get(state, {})
        return found if isinstance(found, dict) else {}

    def told(self, state: str) -> dict[str, Any]:
        return self._of(self.release, "states", state)

    def inputs(self, state: str) -> dict[str, Any]:
        return self._of(self.release, "inputs", state)

    def quality(self, state: str) -> str:
        """The sentence of the passport of the version that scored a state."""
        passport = self.place.releases / str(self.release) / "passport.json"
        if not passport.is_file():
            return ""
        versions = json.loads(passport.read_text(encoding="utf-8"))["models"].get("turnout", {})
        return versions.get(self.inputs(state).get("turnout_version_id"), {}).get("quality_statement", "")

    def change(self, state: str) -> Change:
        """Yesterday's rows against those in use; people new and gone are summed over the releases between."""
        yesterday = self.switches[0]["before"] if self.switches else self.release
        old, new = self._of(yesterday, "states", state), self.told(state)
        was, now = self._of(yesterday, "inputs", state), self.inputs(state)
        is_rescored = bool(now) and was.get("rows_from") != now.get("rows_from")
        if not old or not new:
            return Change(is_rescored)
        means = [told["scores"]["turnout_probability"]["mean"] for told in (old, new)]
        is_same = was.get("election_id") == now.get("election_id") and None not in means
        mean = round(means[1] - means[0], 6) if is_same else None
        turnover = [self._turnover(row, state) for row in self.switches]
        known = [found for found in turnover if found]
        counts = [sum(column) for column in zip(*known, strict=True)] if len(known) == len(turnover) else [None, None]
        new_people, gone = counts or (0, 0)
        return Change(is_rescored, new["rows"] - old["rows"], mean, new_people, gone)

    def _turnover(self, row: dict[str, Any], state: str) -> tuple[int, int] | None:
        """People new and gone at one switch; nothing where the drift was not judged."""
        file = self.place.drift / f"{row['release']}-after-{row['before']}.json"
        found = json.loads(file.read_text(encoding="utf-8")).get(state, {}) if file.is_file() else {}
        return (found["new_count"], found["gone_count"]) if "new_count" in found else None


def _arrivals(lake: Lake, source: str, since: dt.datetime) -> tuple[Arrival, ...]:
    ledger = ReceiptLedger(lake, source)
    events = [event for event in ledger.newest().values() if event["received_at"] >= since]
    days = sorted({event["snapshot_date"] for event in events})
    whole = {found.snapshot_date: found for found in ledger.deliveries()}
    return tuple(_arrival(day, [event for event in events if event["snapshot_date"] == day], whole) for day in days)


def _arrival(day: dt.date, events: list[dict[str, Any]], whole: Mapping[dt.date, Delivery]) -> Arrival:
    verdict = whole[day].verdict if day in whole else events[0]["verdict"]
    told = whole[day].events if day in whole else events
    return Arrival(day, len(events), verdict, told[0]["reason"] or "")


def _election(
    calendar: ElectionsConfig, state: str, inputs: dict[str, Any], today: dt.date
) -> tuple[str, dt.date] | None:
    coming = [found for found in calendar.of_state(state) if found.date >= today]
    scored = [found for found in calendar.elections if found.election_id == inputs.get("election_id")]
    chosen = [*coming, *scored]
    return (chosen[0].name or chosen[0].type, chosen[0].date) if chosen else None
