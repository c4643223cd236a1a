"""From the features of past occasions to a version of a model, and the verdict whether it may score."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import filelock
import pandas as pd

from models.artefact import ModelVersion, load_version, save_version
from models.errors import TrainingError
from models.features import Features
from models.frames import Cohorts
from models.model_config import StateModel
from models.propensity import fit_propensity
from models.tables import ModelVersions
from pipelines.features.as_of import Occasion
from pipelines.features.outcomes import count_labels, labels_made_from, select_outcomes
from pipelines.lake import Lake, code_version, fingerprint
from pipelines.modelling.ledger import VersionLedger, write_whole
from pipelines.raw.receipts import ReceiptLedger
from pipelines.sql import literal
from pipelines.tables.core import Assignments


@dataclass(frozen=True)
class Trained:
    """What a training run gave.

    Attributes:
        version: The version.
        is_new: Whether it was trained now; false when nothing it learns from had changed.
        is_champion: Whether it is the version in use.
    """

    version: ModelVersion
    is_new: bool
    is_champion: bool


def train(
    lake: Lake, model: StateModel, occasions: Sequence[Occasion], sources: Sequence[str], decided_by: str
) -> Trained:
    """Train a model on past occasions, unless nothing it learns from has changed, and promote it if its gates hold.

    The verdict is of this configuration: the same numbers under other gates are the same version, judged anew.

    Args:
        lake: Data root; feature_voters of the occasions must stand.
        model: The model in the state.
        occasions: Past occasions of the state.
        sources: Sources whose receipts stand behind them.
        decided_by: Identity of the environment, for the ledger.

    Raises:
        TrainingError: There is too little to learn from; the ledger, and so the version in use, stays as it is.
    """
    ledger, stamp = VersionLedger(lake, model.name, model.state), _made_from(lake, model, occasions)
    told = lake.root / "model" / model.name / f"state={model.state}" / f"{stamp}.json"
    told.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(told.parent / ".lock"):  # two runs of a state train once; a dead run holds nothing
        is_new = not told.is_file()
        if is_new:
            fitted = fit_propensity(read_cohorts(lake, model, occasions, sources), model)
            version = save_version(told.parent, fitted)
            write_whole(told, {"version_id": version.version_id, "sha256": version.sha256, "report": fitted.report})
        version = _told_version(told)
        _record(ledger, version, decided_by)
    return Trained(version, is_new, ledger.champion_id() == version.version_id)


def _told_version(told: Path) -> ModelVersion:
    """The version that a training run gave, with the report of that run."""
    content = json.loads(told.read_text(encoding="utf-8"))
    version = load_version(told.parent / content["version_id"], content["version_id"], content["sha256"])
    return replace(version, report=content["report"])


def _record(ledger: VersionLedger, version: ModelVersion, decided_by: str) -> None:
    """Write down that a version was trained and what its gates say, once; a version in use is never dethroned here."""
    if not ledger.knows(version.version_id, "trained"):
        ledger.append(version, "trained", decided_by, "The data, the configuration or the program behind it changed.")
    verdict = version.report["verdict"]
    if not verdict["is_passed"]:
        if ledger.last_verdict(version.version_id) != ("refused", verdict["text"]):
            ledger.append(version, "refused", "gates", verdict["text"])
    elif ledger.champion_id() != version.version_id and not ledger.was_overruled(version.version_id):
        ledger.append(version, "promoted", "gates", verdict["text"])


def read_cohorts(lake: Lake, model: StateModel, occasions: Sequence[Occasion], sources: Sequence[str]) -> Cohorts:
    """The people at risk on past occasions, with features and known outcomes, in memory.

    Raises:
        TrainingError: No occasion has a posted history.
    """
    frames, vanished = [], {}
    with lake.connect() as connection:
        for occasion in occasions:
            outcomes = select_outcomes(lake, occasion)
            if outcomes is None:
                continue
            connection.execute(f"CREATE OR REPLACE TABLE labelled AS {outcomes}")
            labels = count_labels(connection, lake, occasion, "FROM labelled")
            vanished[occasion.election.election_id] = labels.vanished_count
            rows = _with_arms(lake, model, "FROM labelled WHERE outcome IS NOT NULL")
            known = f"SELECT * EXCLUDE (is_posted) FROM ({rows}) ORDER BY voter_id"
            frames.append(connection.sql(known).df())
    if not frames:
        kinds = ", ".join(model.pool_kinds)
        raise TrainingError(
            f"{model.name} {model.state}: no past occasion of the kinds {kinds} has people and a posted history."
        )
    return Cohorts(pd.concat(frames, ignore_index=True), receipts=_receipts(lake, sources), vanished_counts=vanished)


def _with_arms(lake: Lake, model: StateModel, outcomes: str) -> str:
    if model.population is None:
        return outcomes
    arms = f"""
    SELECT voter_id, arm_code
    FROM ({lake.table(Assignments, state=model.state).select()})
    WHERE experiment_id = {literal(model.population.experiment)}"""
    return f"SELECT o.*, a.arm_code FROM ({outcomes}) AS o LEFT JOIN ({arms}) AS a USING (voter_id)"


def _receipts(lake: Lake, sources: Sequence[str]) -> tuple[str, ...]:
    deliveries = [
        delivery
        for name in sources
        for delivery in ReceiptLedger(lake, name).deliveries()
        if delivery.verdict == "accepted"
    ]
    return tuple(sorted(event["file_id"] for delivery in deliveries for event in delivery.events))


def _made_from(lake: Lake, model: StateModel, occasions: Sequence[Occasion]) -> str:
    """Fingerprint of what a version learns from: features and outcomes of its occasions, configuration and program."""
    learned = []
    for occasion in occasions:
        place = {"state": occasion.state, "election_id": occasion.election.election_id}
        features = lake.table(Features, **place).fingerprint
        learned.append([occasion.election.election_id, features, labels_made_from(lake, occasion)])
    arms = lake.table(Assignments, state=model.state).fingerprint if model.population else None
    return fingerprint(
        learned,
        arms,
        model.model_dump(mode="json"),
        code_version("models", "pipelines/modelling"),
        str(ModelVersions.schema()),
    )
