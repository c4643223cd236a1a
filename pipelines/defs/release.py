"""What each state contributes to a release: its newest scores, or in trouble its rows of the release before."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from models.errors import WalklistError
from models.features import Features
from models.tables import Scores
from models.wording import counted
from pipelines.defs.feature import model_of
from pipelines.defs.partitions import STATES
from pipelines.defs.resources import Desk
from pipelines.features.as_of import find_universe
from pipelines.lake import Lake
from pipelines.modelling.occasions import target_occasion
from pipelines.publish.integrity import read_manifest
from pipelines.publish.ledger import current_release
from pipelines.publish.passport import Passports
from pipelines.publish.stamp import file_stamp
from pipelines.publish.standing import Standing, standing_of
from pipelines.publish.targets import PublicationConfig
from pipelines.raw.receipts import Delivery, ReceiptLedger
from pipelines.tables.core import Voters

if TYPE_CHECKING:
    import pyarrow as pa

    from pipelines.publish.voter_scores import ScoredState


@dataclass(frozen=True)
class Kept:
    """A state in trouble: its rows, inputs and passport as the current release has them, marked with their age."""

    stated: dict[str, Any]
    told: dict[str, Any]
    standing: Standing

    def inputs(self, lake: Lake) -> dict[str, Any]:
        """What its rows were made from."""
        return self.stated

    def passport(self) -> dict[str, Any]:
        """The passport of the version that scored it."""
        return self.told


State: TypeAlias = "ScoredState | Kept"


def states_to_publish(
    desk: Desk, config: PublicationConfig, held: Mapping[str, str] = MappingProxyType({})
) -> tuple[dict[str, State], list[str]]:
    """The states of a release in order, and a sentence for each one that is not published from its newest file.

    Args:
        desk: The environment.
        config: The publication.
        held: States that keep their rows of the release before, with the reason.
    """
    states: dict[str, State] = {}
    troubles: dict[str, str] = dict(held)
    for state in sorted(set(STATES) - set(held)):
        try:
            states[state] = scored_state(desk, state)
        except WalklistError as error:
            troubles[state] = str(error).replace(f"{desk.lake.root}/", "")
    before = _release_before(desk, config) if troubles else None
    kept = [state for state in troubles if before and state in before.inputs]
    states |= {state: before.kept(desk, state, troubles[state]) for state in kept if before}
    absent = [f"{state}: it is not published: {told}" for state, told in troubles.items() if state not in kept]
    ordered = dict(sorted(states.items()))
    return ordered, absent + [sentence for state, found in ordered.items() if (sentence := _sentence(state, found))]


def _sentence(state: str, found: State) -> str:
    standing = found.standing
    if standing.kind == "fresh":
        return ""
    days = counted(standing.behind_days, "day")
    if standing.kind == "last_good":
        return f"{state}: its last good file of {standing.snapshot_date} is in use, {days} behind: {standing.reason}"
    return f"{state}: its rows of the release before stay, {days} behind: {standing.reason}"


def scored_state(desk: Desk, state: str) -> ScoredState:
    """A state by its champion's newest scores, every file behind them there as its record says.

    Raises:
        WalklistError: It has no scores by the champion, or a table behind them is damaged.
    """
    from pipelines.modelling.ledger import VersionLedger
    from pipelines.publish.voter_scores import ScoredState

    name, source = desk.source_of(state)
    model = model_of(desk, state)
    version = VersionLedger(desk.lake, model.name, state).champion()
    occasion = target_occasion(desk.lake, model, desk.calendar, source)
    place = {"state": state, "version_id": version.version_id, "as_of": occasion.as_of}
    if not desk.lake.table(Scores, **place).records():
        raise WalklistError(f"no scores by version {version.version_id} as of {occasion.as_of} yet.")
    universe = find_universe(desk.lake, occasion)
    deliveries = ReceiptLedger(desk.lake, name).deliveries()
    standing = standing_of(universe.snapshot_date, occasion.election.date, deliveries)
    receipts = _receipts(deliveries, universe.snapshot_date)
    scored = ScoredState(occasion, universe, version, receipts, standing)
    _demand_whole(desk, scored)
    return scored


def _demand_whole(desk: Desk, scored: ScoredState) -> None:
    """Refuse a state whose files are not as their records say, before any row of any state is read."""
    state, day = scored.occasion.state, scored.universe.snapshot_date
    desk.lake.table(Voters, state=state, snapshot_date=day).select()
    desk.lake.table(Features, state=state, election_id=scored.occasion.election.election_id).select()
    place = {"version_id": scored.version.version_id, "as_of": scored.occasion.as_of}
    desk.lake.table(Scores, state=state, **place).select()


def inputs_of(desk: Desk, config: PublicationConfig, states: dict[str, State]) -> dict[str, dict[str, Any]]:
    """What every state's rows were made from, and the fingerprint by which a file that stands is used again."""
    stated = {state: dict(found.inputs(desk.lake)) for state, found in states.items()}
    return {
        state: {**found, "made_from": file_stamp(str(found["rows_from"]), states[state].standing, config)}
        for state, found in stated.items()
    }


def standings_of(states: dict[str, State]) -> dict[str, Standing]:
    """How every state stands in the release."""
    return {state: found.standing for state, found in states.items()}


def batches_of(desk: Desk, config: PublicationConfig, states: dict[str, State]) -> dict[str, Iterator[pa.RecordBatch]]:
    """The rows of every state, read when they are asked for, on a connection that lives as long as they do."""
    return {state: _batches(desk, config, state, found) for state, found in states.items()}


def passports_of(desk: Desk, states: dict[str, State]) -> Passports:
    """The passport of every version that scored, by the start of its columns."""
    versions = {state: str(found.inputs(desk.lake)["turnout_version_id"]) for state, found in states.items()}
    return {"turnout": {versions[state]: dict(found.passport()) for state, found in states.items()}}


def _batches(desk: Desk, config: PublicationConfig, state: str, found: State) -> Iterator[pa.RecordBatch]:
    from pipelines.publish.reader import state_batches
    from pipelines.publish.voter_scores import aged, stream_state

    if isinstance(found, Kept):
        yield from aged(state_batches(desk.lake.root, state, config.name), found.standing)
        return
    with desk.lake.connect() as connection:
        yield from stream_state(desk.lake, connection, found, config)


def _receipts(deliveries: list[Delivery], day: object) -> tuple[str, ...]:
    used = [found for found in deliveries if found.snapshot_date == day]
    return tuple(event["file_id"] for found in used for event in found.events)


@dataclass(frozen=True)
class _ReleaseBefore:
    """The current release, from which a state in trouble keeps its rows."""

    manifest: dict[str, Any]
    versions: dict[str, dict[str, Any]]

    @property
    def inputs(self) -> dict[str, dict[str, Any]]:
        """What each state's rows were made from."""
        return self.manifest["inputs"]

    def kept(self, desk: Desk, state: str, trouble: str) -> Kept:
        """A state as it stands there, and by how many days it is behind by now."""
        name, _ = desk.source_of(state)
        stated = self.inputs[state]
        own = next(entry for entry in self.manifest["files"] if entry["path"].startswith(f"state={state}/"))
        snapshot = dt.date.fromisoformat(stated["snapshot_date"])
        days = {found.election_id: found.date for found in desk.calendar.elections}
        election = days.get(stated["election_id"], dt.date.max)
        standing = standing_of(snapshot, election, ReceiptLedger(desk.lake, name).deliveries(), trouble)
        told = self.versions[stated["turnout_version_id"]]
        return Kept({"rows_from": own["sha256"], **stated}, told, standing)


def _release_before(desk: Desk, config: PublicationConfig) -> _ReleaseBefore | None:
    from pipelines.publish.reader import release_folder

    if current_release(desk.lake.root, config.name) is None:
        return None
    folder = release_folder(desk.lake.root, config.name)
    versions = json.loads((folder / "passport.json").read_text(encoding="utf-8"))["models"]["turnout"]
    return _ReleaseBefore(read_manifest(folder), versions)
