"""Publishes a release of Parquet files: staged in private, checked, named by its content, switched to in one step."""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from models.errors import PublicationError
from pipelines.publish import integrity, ledger
from pipelines.publish.drift import DriftError, drift_between, drift_faults
from pipelines.publish.faults import fault_point
from pipelines.publish.manifest import to_json
from pipelines.publish.passport import Passports
from pipelines.publish.places import Place, make_folder, publishing, replace_text, seal, sync
from pipelines.publish.reuse import StandingFile, standing_files, unchanged_release
from pipelines.publish.staging import Contents, stage_release
from pipelines.publish.standing import Standing
from pipelines.publish.targets import PublicationConfig, Release

_STATE = re.compile(r"[A-Z]{2}")


def publish_release(
    root: Path,
    config: PublicationConfig,
    states: Mapping[str, Iterable[pa.RecordBatch]],
    *,
    inputs: dict[str, Any],
    passport: Passports,
    dictionary: str,
    standings: Mapping[str, Standing] | None = None,
    accept_drift: bool = False,
    by: str = "rules",
    reason: str = "",
    wait_seconds: float = 600,
) -> Release:
    """Publish all states as one release and make it current, or refuse and leave the one before in use.

    The same rows, inputs, passport and dictionary give the same bytes and name, whatever the batches' sizes. When that
    release is current already and whole, nothing is written; when its files were damaged, they are put right.
    A state whose inputs name the same `made_from` as in the current release is not read: its file is used again, once
    its sha256 is the one published.

    Args:
        root: The data root; the release goes to `<root>/published/<config.name>/releases/<id>/`.
        config: The publication.
        states: By two-letter code, batches with the published columns, sorted by voter_id; read once, one at a time.
        inputs: What the rows were made from (receipts, model versions, as_of by state): JSON without any instant. Under
            `made_from` the fingerprint of all that a state's file follows from; without it the file is always written.
        passport: Every version's passport, by the start of its columns and version id; see `release_passport`.
        dictionary: Text of dictionary.md.
        standings: How every state stands, for the manifest.
        accept_drift: Publish although scores moved too far from the release before.
        by: Who published, for the ledger.
        reason: Why, for the ledger; required with `accept_drift`.
        wait_seconds: How long to wait for another publisher.

    Raises:
        DriftError: Scores of some states moved too far. The pointer is as it was.
        PublicationError: The contract is broken, a passport is incomplete, the disk is full, or
            another publisher is at work. The pointer is as it was.
    """
    place = Place(root, config.name)
    _demand_sense(config, states, accept_drift, reason)
    try:
        with publishing(place, wait_seconds) as staging:
            ledger.mend_ledger(place)
            contents = Contents(config, states, inputs, standings or {}, passport, dictionary)
            standing = standing_files(place, states, inputs)
            unchanged = _unchanged(place, contents, standing)
            if unchanged:
                return unchanged
            staged = stage_release(staging, contents, standing)
            release = _switch(place, staged, config, staging, accept_drift=accept_drift, by=by, reason=reason)
            release = replace(release, written=tuple(state for state in sorted(states) if state not in standing))
            fault_point("publish.before_prune")
            ledger.prune(place, config.keep_releases, staging)
            return release
    except OSError as error:
        cause = os.strerror(error.errno) if error.errno else "a file could not be written"
        raise PublicationError(
            f"{config.name}: publishing stopped: {cause}. "
            "Readers still see a whole release; mend the disk and publish again."
        ) from None


def _unchanged(place: Place, contents: Contents, standing: dict[str, StandingFile]) -> Release | None:
    if not standing or set(standing) != set(contents.states):
        return None
    told = contents.told({state: file.summary for state, file in standing.items()})
    return unchanged_release(place, contents.config, told, contents.inputs, contents.texts(), standing)


def _demand_sense(config: PublicationConfig, states: Iterable[str], accept_drift: bool, reason: str) -> None:
    odd = [state for state in states if not _STATE.fullmatch(state)]
    if odd:
        raise PublicationError(f"{config.name}: {len(odd)} states are not named by two capital letters.")
    if accept_drift and not reason:
        raise PublicationError(f"{config.name}: accepting drift needs a reason for the ledger.")


def _switch(
    place: Place, staged: Path, config: PublicationConfig, staging: Path, *, accept_drift: bool, by: str, reason: str
) -> Release:
    before = ledger.current_release(place.root, place.name)
    name, folder, content = staged.name, place.releases / staged.name, integrity.read_manifest(staged)
    if name == before:
        _keep_or_mend(staged, folder)
        return Release(name, folder, False, content)
    drift = _judge_drift(place, before, staged, config, staging, accept_drift)
    fault_point("publish.before_rename")
    _keep_or_mend(staged, folder)
    fault_point("publish.before_pointer")
    ledger.switch(place, name, staging, event="published", by=by, reason=reason)
    fault_point("publish.after_pointer")
    return Release(name, folder, True, content, drift)


def _judge_drift(
    place: Place, before: str | None, staged: Path, config: PublicationConfig, staging: Path, accepted: bool
) -> dict[str, Any]:
    """Differences from the release before, written beside the releases; too much of them is refused."""
    if before is None or integrity.release_faults(place.releases / before):
        return {}
    drift = drift_between(place.releases / before, staged, config, staging)
    faults = drift_faults(drift, config.drift)
    if faults and not accepted:
        told = " ".join(faults.values())
        raise DriftError(
            f"{config.name} is held, release {before} stays in use: {told} Accept it with a reason if it is right.",
            faults,
        )
    make_folder(place.drift)
    replace_text(place.drift / f"{staged.name}-after-{before}.json", to_json(drift), staging)
    return drift


def _keep_or_mend(staged: Path, folder: Path) -> None:
    """Move the staged release to its place; where it is there already, put right only what is damaged."""
    if not folder.exists():
        staged.rename(folder)
        fault_point("publish.after_rename")
        sync(folder.parent)
        return
    if not integrity.release_faults(folder):
        return
    for path in sorted(path for path in staged.rglob("*") if path.is_file()):
        make_folder((folder / path.relative_to(staged)).parent)
        path.replace(folder / path.relative_to(staged))
    for stranger in integrity.strangers(folder):
        (folder / stranger).unlink()
    seal(folder)
