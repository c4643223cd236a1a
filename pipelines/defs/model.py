"""Models: an asset for each YAML of the profile with a version in each state, and the read-out of each experiment."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg
import filelock
from dagster import AssetsDefinition

from models.config import read_config
from models.errors import RegistryError, WalklistError
from models.model_config import ModelConfig, StateModel
from models.wording import counted
from pipelines.core.experiments import Experiment, write_assignments
from pipelines.defs.io import contract_check, contract_spec, data_version, metadata_of
from pipelines.defs.partitions import OWNERS, RETRY, by_state
from pipelines.defs.resources import Desk, told_in_words
from pipelines.defs.tables import markdown_table
from pipelines.defs.version import version_metadata
from pipelines.layouts.source import read_source
from pipelines.modelling.occasions import past_occasions
from pipelines.settings import read_settings
from pipelines.tables.core import Assignments

if TYPE_CHECKING:
    from pipelines.modelling.training import Trained

_settings = read_settings()
_HOW = "Trained on past elections, graded on people that taught it nothing; in use only when it passes its gates."
_GATES = "The newest version was trained, beats every plain model and is calibrated; if not, the one before stays."
_CHAMPION = "A version that passed its gates is in use; without one nothing is scored."


def _read(configs: Path, name: str) -> ModelConfig:
    return read_config(ModelConfig, configs / "models" / f"{name}.yaml")


def _model_asset(name: str) -> AssetsDefinition:
    config = _read(_settings.configs, name)
    deps = ["feature_voters", *(["core_assignments"] if config.population else [])]

    @dg.asset(
        name=f"model_{name}",
        group_name="model",
        partitions_def=by_state,
        deps=deps,
        kinds={"lightgbm", "mlflow"},
        owners=OWNERS,
        retry_policy=RETRY,
        description=f"{_meaning(config)} {_HOW}",
        check_specs=[
            dg.AssetCheckSpec("gates_hold", asset=f"model_{name}", description=_GATES),
            dg.AssetCheckSpec("has_champion", asset=f"model_{name}", blocking=True, description=_CHAMPION),
        ],
    )
    def model(context: dg.AssetExecutionContext, desk: Desk) -> dg.MaterializeResult:
        state = context.partition_key
        with told_in_words(f"model_{name} {state}") as told:
            config = _read(desk.settings.configs, name)
            if state not in config.states:
                told.append("not for this state")
                return _not_for(state)
            here = config.of_state(state, desk.source_of(state)[1].name)
            trained, trouble = _train_or_keep(desk, here)
            if trouble:
                context.log.warning(trouble)
            told.append(_told(trained, trouble))
            return _model_result(context, desk, here, trained, trouble)

    return model


def _meaning(config: ModelConfig) -> str:
    """What the scores mean, in the states of the profile that the model serves."""
    sources = [read_source(_settings.configs, name) for name in _settings.profile.sources]
    served = [source for source in sources if source.state in config.states]
    letters, names = (" or ".join(found) for found in ([s.state for s in served], [s.name for s in served]))
    return config.passport.filled(letters, names).meaning


def _not_for(state: str) -> dg.MaterializeResult:
    """A state that the model does not serve: nothing is trained, nothing is wrong."""
    text = f"The model is not for {state}."
    checks = [
        dg.AssetCheckResult(passed=True, check_name=name, description=text) for name in ("gates_hold", "has_champion")
    ]
    return dg.MaterializeResult(metadata={"verdict": text}, check_results=checks)


def _train_or_keep(desk: Desk, config: StateModel) -> tuple["Trained | None", str]:
    """The version trained; where training is refused the champion, or nothing, and why."""
    from pipelines.modelling.ledger import VersionLedger
    from pipelines.modelling.training import Trained, train

    try:
        name, source = desk.source_of(config.state)
        occasions = past_occasions(desk.lake, config, desk.calendar, source)
        return train(desk.lake, config, occasions, [name], desk.identity), ""
    except WalklistError as error:
        ledger = VersionLedger(desk.lake, config.name, config.state)
        if ledger.champion_id() is None:
            return None, f"Not trained, and no earlier version is in use: {error}"
        return Trained(ledger.champion(), False, True), f"Not trained, the last good version stays in use: {error}"


def _told(trained: "Trained | None", trouble: str) -> str:
    if trained is None:
        return "not trained"
    auc, use = trained.version.report["metrics"]["auc"]["value"], "in use" if trained.is_champion else "refused"
    how = "kept" if trouble else "trained" if trained.is_new else "unchanged"
    return f"{how}, AUC {auc:.3f}, {use}"


def _model_result(
    context: dg.AssetExecutionContext, desk: Desk, config: StateModel, trained: "Trained | None", trouble: str
) -> dg.MaterializeResult:
    from pipelines.modelling.ledger import VersionLedger

    champion = VersionLedger(desk.lake, config.name, config.state).champion_id()
    verdict = trained.version.report["verdict"] if trained else {}
    text, is_passed = trouble or str(verdict["text"]), bool(verdict.get("is_passed")) and not trouble
    checks = [
        dg.AssetCheckResult(
            passed=is_passed, check_name="gates_hold", severity=dg.AssetCheckSeverity.WARN, description=text
        ),
        dg.AssetCheckResult(
            passed=champion is not None,
            check_name="has_champion",
            description=f"{champion} is in use." if champion else text,
        ),
    ]
    if trained is None:
        return dg.MaterializeResult(metadata={"verdict": text, "version in use": "none"}, check_results=checks)
    facts: dict[str, Any] = {
        "verdict": text,
        "version in use": champion or "none",
        "newest version": trained.version.version_id,
    }
    facts |= {"trained now": trained.is_new, **version_metadata(trained.version)}
    return dg.MaterializeResult(
        metadata=facts | _mirror(context, desk, trained),
        check_results=checks,
        data_version=dg.DataVersion(champion or trained.version.version_id),
    )


def _mirror(context: dg.AssetExecutionContext, desk: Desk, trained: "Trained") -> dict[str, str]:
    """Record a new version in MLflow; when MLflow is down that is a warning, for scoring never needs it."""
    from models.registry import log_version, set_alias

    version, uri = trained.version, desk.settings.tracking_uri
    marker = version.folder.parent / f"{version.version_id}.mlflow"
    tags = {"dagster.run_id": context.run.run_id, "dagster.asset": f"model_{version.name}"}
    root = desk.settings.artifact_root
    try:
        with filelock.FileLock(root.parent / ".lock"):  # a database of one writer, and states train at the same time
            if not marker.is_file():
                run_id = log_version(
                    version, tracking_uri=uri, artifact_root=str(root), experiment=version.name, tags=tags
                )
                marker.write_text(f"{run_id}\n", encoding="utf-8")
            set_alias(version, "champion" if trained.is_champion else "challenger", tracking_uri=uri)
        return {"MLflow run": marker.read_text(encoding="utf-8").strip()}
    except RegistryError as error:
        context.log.warning(str(error))
        return {"MLflow run": f"not recorded, the next run tries again: {error}"}


model_assets = [_model_asset(name) for name in _settings.profile.models]


def _readout_asset(name: str) -> AssetsDefinition:
    experiment = read_config(Experiment, _settings.configs / "experiments" / f"{name}.yaml")

    @dg.asset(
        name=f"model_readout_{name}",
        group_name="model",
        deps=["core_assignments", "core_vote_history"],
        partitions_def=by_state,
        kinds={"python"},
        owners=OWNERS,
        description=f"{experiment.title}: effect of every arm, errors clustered by {experiment.unit}.",
    )
    def readout(context: dg.AssetExecutionContext, desk: Desk) -> dg.MaterializeResult:
        from pipelines.modelling.readout import read_out, write_readout

        with told_in_words(f"model_readout_{name} {context.partition_key}") as told:
            effects = read_out(desk.lake, experiment, context.partition_key)
            file = write_readout(desk.lake, experiment, effects)
            told.append(counted(len(effects), "arm"))
            rows = effects.astype(object).where(effects.notna(), "").to_dict(orient="records")
            return dg.MaterializeResult(metadata={"effects": markdown_table(rows), "dagster/uri": str(file)})

    return readout


readout_assets = [_readout_asset(name) for name in _settings.profile.experiments]


def _assignments_asset() -> AssetsDefinition:
    @dg.asset(
        group_name="core",
        partitions_def=by_state,
        deps=["core_voters"],
        kinds={"duckdb", "parquet"},
        owners=OWNERS,
        retry_policy=RETRY,
        check_specs=[contract_spec("core_assignments")],
    )
    def core_assignments(context: dg.AssetExecutionContext, desk: Desk) -> dg.MaterializeResult:
        """Who was drawn for what: one row per person and experiment, with the arm drawn for them, contacted or not."""
        state = context.partition_key
        with told_in_words(f"core_assignments {state}") as told:
            for name in desk.settings.profile.experiments:
                experiment = read_config(Experiment, desk.settings.configs / "experiments" / f"{name}.yaml")
                write_assignments(desk.lake, experiment, desk.sources[experiment.source])
            table = desk.lake.table(Assignments, state=state)
            told.append(counted(table.row_count, "row"))
            return dg.MaterializeResult(
                metadata=metadata_of(Assignments, table),
                check_results=[contract_check(desk.lake, table, "core_assignments")],
                data_version=data_version(table),
            )

    return core_assignments


assignment_assets = [_assignments_asset()] if _settings.profile.experiments else []
