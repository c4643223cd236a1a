"""What each state contributes to a release: its newest scores, or in trouble its rows of the release before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from models.errors import WalklistError
from models.features import Features
from models.tables import Scores
from pipelines.defs.feature import model_of
from pipelines.defs.partitions import STATES
from pipelines.defs.resources import Desk
from pipelines.features.as_of import find_universe
from pipelines.modelling.occasions import target_occasion
from pipelines.publish.integrity import read_manifest
from pipelines.publish.ledger import current_release
from pipelines.publish.passport import Passports
from pipelines.publish.targets import PublicationConfig
from pipelines.raw.receipts import ReceiptLedger
from pipelines.tables.core import Voters

if TYPE_CHECKING:
    import pyarrow as pa

    from pipelines.publish.voter_scores import ScoredState


@dataclass(frozen=True)
class Kept:
    """A state in trouble: its rows, inputs and passport as the current release has them."""

    stated: dict[str, Any]
    told: dict[str, Any]

    def inputs(self) -> dict[str, Any]:
        """What its rows were made from."""
        return self.stated

    def passport(self) -> dict[str, Any]:
        """The passport of the version that scored it."""
        return self.told


State: TypeAlias = "ScoredState | Kept"


def states_to_publish(desk: Desk, config: PublicationConfig) -> tuple[dict[str, State], list[str]]:
    """The states of a release in order, and a sentence for each one that is not published from its newest scores."""
    states: dict[str, State] = {}
    troubles: list[str] = []
    kept = _kept(desk, config)
    for state in sorted(STATES):
        try:
            states[state] = scored_state(desk, state)
        except WalklistError as error:
            what = "its rows of the release before stay" if state in kept else "it is not published"
            troubles.append(f"{state}: {what}: {error}")
            states |= {state: kept[state]} if state in kept else {}
    return states, troubles


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
    scored = ScoredState(occasion, universe, version, _receipts(desk, name, universe.snapshot_date))
    _demand_whole(desk, scored)
    return scored


def _demand_whole(desk: Desk, scored: ScoredState) -> None:
    """Refuse a state whose files are not as their records say, before any row of any state is read."""
    state, day = scored.occasion.state, scored.universe.snapshot_date
    desk.lake.table(Voters, state=state, snapshot_date=day).select()
    desk.lake.table(Features, state=state, election_id=scored.occasion.election.election_id).select()
    place = {"version_id": scored.version.version_id, "as_of": scored.occasion.as_of}
    desk.lake.table(Scores, state=state, **place).select()


def batches_of(desk: Desk, config: PublicationConfig, states: dict[str, State]) -> dict[str, Iterator[pa.RecordBatch]]:
    """The rows of every state, read when they are asked for, on a connection that lives as long as they do."""
    return {state: _batches(desk, config, state, found) for state, found in states.items()}


def passports_of(states: dict[str, State]) -> Passports:
    """The passport of every version that scored, by the start of its columns."""
    return {"turnout": {str(found.inputs()["turnout_version_id"]): dict(found.passport()) for found in states.values()}}


def _batches(desk: Desk, config: PublicationConfig, state: str, found: State) -> Iterator[pa.RecordBatch]:
    from pipelines.publish.reader import state_batches
    from pipelines.publish.voter_scores import stream_state

    if isinstance(found, Kept):
        yield from state_batches(desk.lake.root, state, config.name)
        return
    with desk.lake.connect() as connection:
        yield from stream_state(desk.lake, connection, found, config)


def _receipts(desk: Desk, name: str, day: object) -> tuple[str, ...]:
    deliveries = [found for found in ReceiptLedger(desk.lake, name).deliveries() if found.snapshot_date == day]
    return tuple(event["file_id"] for found in deliveries for event in found.events)


def _kept(desk: Desk, config: PublicationConfig) -> dict[str, Kept]:
    """Every state of the current release as it stands there."""
    from pipelines.publish.reader import release_folder

    if current_release(desk.lake.root, config.name) is None:
        return {}
    folder = release_folder(desk.lake.root, config.name)
    versions = json.loads((folder / "passport.json").read_text(encoding="utf-8"))["models"]["turnout"]
    inputs = read_manifest(folder)["inputs"]
    return {state: Kept(stated, versions[stated["turnout_version_id"]]) for state, stated in inputs.items()}
