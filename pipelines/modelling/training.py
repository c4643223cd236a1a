"""From the features of past occasions to a version of a model, and the verdict whether it may score."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from models.artefact import ModelVersion, load_version, save_version
from models.errors import TrainingError
from models.features import Features
from models.frames import Cohorts
from models.model_config import ModelConfig
from models.propensity import fit_propensity
from models.tables import ModelVersions
from pipelines.features.as_of import Occasion
from pipelines.features.outcomes import count_labels, select_outcomes
from pipelines.lake import Lake, code_version, fingerprint
from pipelines.modelling.ledger import VersionLedger
from pipelines.raw.receipts import ReceiptLedger
from pipelines.sql import literal
from pipelines.tables.core import Assignments, VoteHistory


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
    lake: Lake, model: ModelConfig, occasions: Sequence[Occasion], sources: Sequence[str], decided_by: str
) -> Trained:
    """Train a model on past occasions, unless nothing it learns from has changed, and promote it if its gates hold.

    Args:
        lake: Data root; feature_voters of the occasions must stand.
        model: The model.
        occasions: Past occasions, of all states.
        sources: Sources whose receipts stand behind them.
        decided_by: Identity of the environment, for the ledger.

    Raises:
        TrainingError: There is too little to learn from.
    """
    ledger, stamp = VersionLedger(lake, model.name), _made_from(lake, model, occasions)
    known = lake.root / "model" / model.name / f"{stamp}.version"
    if known.is_file():
        version_id, sha256 = known.read_text(encoding="utf-8").split()
        version = load_version(known.parent / version_id, version_id, sha256)
        return Trained(version, False, ledger.champion_id() == version.version_id)
    version = save_version(known.parent, fit_propensity(read_cohorts(lake, model, occasions, sources), model))
    _record(ledger, version, decided_by)
    known.write_text(f"{version.version_id} {version.sha256}\n", encoding="utf-8")
    return Trained(version, True, ledger.champion_id() == version.version_id)


def _record(ledger: VersionLedger, version: ModelVersion, decided_by: str) -> None:
    if ledger.knows(version.version_id, "trained"):
        return
    verdict = version.report["verdict"]
    ledger.append(version, "trained", decided_by, "The data, the configuration or the program behind it changed.")
    ledger.append(version, "promoted" if verdict["is_passed"] else "refused", "gates", verdict["text"])


def read_cohorts(lake: Lake, model: ModelConfig, occasions: Sequence[Occasion], sources: Sequence[str]) -> Cohorts:
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
            vanished[occasion.election.election_id] = count_labels(connection, outcomes).vanished_count
            query = f"SELECT * FROM ({_with_arms(lake, model, outcomes)}) WHERE outcome IS NOT NULL ORDER BY voter_id"
            frames.append(connection.sql(query).df())
    if not frames:
        raise TrainingError(
            f"{model.name}: no past occasion of the kinds {', '.join(model.pool_kinds)} has people and a posted history."
        )
    return Cohorts(pd.concat(frames, ignore_index=True), receipts=_receipts(lake, sources), vanished_counts=vanished)


def _with_arms(lake: Lake, model: ModelConfig, outcomes: str) -> str:
    if model.population is None:
        return outcomes
    arms = f"SELECT voter_id, arm_code FROM ({lake.table(Assignments).select()}) WHERE experiment_id = {literal(model.population.experiment)}"
    return f"SELECT o.*, a.arm_code FROM ({outcomes}) AS o LEFT JOIN ({arms}) AS a USING (voter_id)"


def _receipts(lake: Lake, sources: Sequence[str]) -> tuple[str, ...]:
    deliveries = [
        delivery
        for name in sources
        for delivery in ReceiptLedger(lake, name).deliveries()
        if delivery.verdict == "accepted"
    ]
    return tuple(sorted(event["file_id"] for delivery in deliveries for event in delivery.events))


def _made_from(lake: Lake, model: ModelConfig, occasions: Sequence[Occasion]) -> str:
    """Fingerprint of what a version learns from: features and outcomes of its occasions, its configuration, the program."""
    learned = []
    for occasion in occasions:
        place = {"state": occasion.state, "election_id": occasion.election.election_id}
        learned.append(
            [occasion.election.election_id, lake.table(Features, **place).fingerprint, _history_of(lake, occasion)]
        )
    arms = lake.table(Assignments).fingerprint if model.population else None
    return fingerprint(
        learned,
        arms,
        model.model_dump(mode="json"),
        code_version("models", "pipelines/modelling"),
        str(ModelVersions.schema()),
    )


def _history_of(lake: Lake, occasion: Occasion) -> list[str]:
    """Fingerprints of the history partitions that state the occasion's outcome."""
    table = lake.table(VoteHistory, state=occasion.state)
    query = f"SELECT DISTINCT CAST(snapshot_date AS VARCHAR) FROM ({table.select()}) WHERE election_id = {literal(occasion.election.election_id)}"
    with lake.connect() as connection:
        stating = {row[0] for row in connection.execute(query).fetchall()}
    return [record.fingerprint for key, record in table.records().items() if key[1] in stating]
