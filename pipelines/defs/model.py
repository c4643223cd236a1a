"""Models: an asset for each YAML of the profile, and the read-out of each experiment."""

import dagster as dg
from dagster import AssetsDefinition

from models.artefact import ModelVersion
from models.config import read_config
from models.errors import RegistryError
from models.model_config import ModelConfig
from pipelines.core.experiments import Experiment, write_assignments
from pipelines.defs.io import contract_check, contract_spec, data_version, metadata_of
from pipelines.defs.partitions import OWNERS, RETRY, by_state
from pipelines.defs.resources import Desk, told_in_words
from pipelines.defs.tables import markdown_table, picture
from pipelines.modelling.occasions import past_occasions
from pipelines.modelling.readout import read_out, write_readout
from pipelines.modelling.training import Trained, train
from pipelines.settings import read_settings
from pipelines.tables.core import Assignments

_settings = read_settings()


def _model_asset(name: str) -> AssetsDefinition:
    config = read_config(ModelConfig, _settings.configs / "models" / f"{name}.yaml")
    deps = ["feature_voters", *(["core_assignments"] if config.population else [])]

    @dg.asset(
        name=f"model_{name}", group_name="model", deps=deps, kinds={"lightgbm", "mlflow"}, owners=OWNERS, retry_policy=RETRY, pool="training",
        description=f"{config.passport.meaning} Trained on past occasions, graded on a later one, champion only through its gates.",
        check_specs=[
            dg.AssetCheckSpec("gates_hold", asset=f"model_{name}", description="The newest version beats every baseline and is calibrated."),
            dg.AssetCheckSpec("has_champion", asset=f"model_{name}", blocking=True, description="A version that passed its gates is in use."),
        ],
    )  # fmt: skip
    def model(context: dg.AssetExecutionContext, desk: Desk) -> dg.MaterializeResult:
        with told_in_words(f"model_{name}"):
            names = [desk.source_of(state)[0] for state in config.states]
            occasions = [
                occasion
                for found in names
                for occasion in past_occasions(desk.lake, config, desk.calendar, desk.sources[found])
            ]
            trained = train(desk.lake, config, occasions, names, desk.identity)
            return _model_result(context, desk, name, trained)

    return model


def _model_result(context: dg.AssetExecutionContext, desk: Desk, name: str, trained: Trained) -> dg.MaterializeResult:
    from models.plots import plots_of, to_svg
    from pipelines.modelling.ledger import VersionLedger

    version, verdict = trained.version, trained.version.report["verdict"]
    metrics = {key: found["value"] for key, found in version.report["metrics"].items()}
    champion = VersionLedger(desk.lake, name).champion_id()
    pictures = {title: picture(to_svg(chart), title) for title, chart in plots_of(version.report).items()}
    return dg.MaterializeResult(
        metadata={
            "version": version.version_id, "champion": champion or "none", "trained_now": trained.is_new, "verdict": verdict["text"],
            "gates": markdown_table(_plain(verdict["gates"])), **metrics, **pictures,
            **_mirror(context, desk, name, version, trained),
        },
        check_results=[
            dg.AssetCheckResult(passed=verdict["is_passed"], check_name="gates_hold", severity=dg.AssetCheckSeverity.WARN, description=verdict["text"]),
            dg.AssetCheckResult(passed=champion is not None, check_name="has_champion"),
        ],
        data_version=dg.DataVersion(version.version_id),
    )  # fmt: skip


def _plain(gates: list[dict[str, object]]) -> list[dict[str, object]]:
    return [{key: str(value) for key, value in gate.items()} for gate in gates]


def _mirror(
    context: dg.AssetExecutionContext, desk: Desk, name: str, version: ModelVersion, trained: Trained
) -> dict[str, str]:
    """Record a new version in MLflow; when MLflow is down that is a warning, for scoring never needs it."""
    from models.registry import log_version, set_alias

    marker = version.folder.parent / f"{version.version_id}.mlflow"
    try:
        if not marker.is_file():
            run_id = log_version(
                version, tracking_uri=desk.settings.tracking_uri, artifact_root=str(desk.settings.artifact_root), experiment=name,
                tags={"dagster.run_id": context.run.run_id, "dagster.asset": f"model_{name}"},
            )  # fmt: skip
            marker.write_text(f"{run_id}\n", encoding="utf-8")
        set_alias(
            name,
            "champion" if trained.is_champion else "challenger",
            version.version_id,
            tracking_uri=desk.settings.tracking_uri,
        )
        return {"mlflow/run_id": marker.read_text(encoding="utf-8").strip()}
    except RegistryError as error:
        context.log.warning(str(error))
        return {"mlflow": "not recorded: MLflow is down; recorded at the next run"}


model_assets = [_model_asset(name) for name in _settings.profile.models]


def _readout_asset(name: str) -> AssetsDefinition:
    experiment = read_config(Experiment, _settings.configs / "experiments" / f"{name}.yaml")

    @dg.asset(
        name=f"model_readout_{name}", group_name="model", deps=["core_assignments", "core_vote_history"], partitions_def=by_state,
        kinds={"python"}, owners=OWNERS, description=f"{experiment.title}: effect of every arm, errors clustered by {experiment.unit}.",
    )  # fmt: skip
    def readout(context: dg.AssetExecutionContext, desk: Desk) -> dg.MaterializeResult:
        with told_in_words(f"model_readout_{name}"):
            effects = read_out(desk.lake, experiment, context.partition_key)
            file = write_readout(desk.lake, experiment, effects)
            rows = effects.astype(object).where(effects.notna(), "").to_dict(orient="records")
            return dg.MaterializeResult(metadata={"effects": markdown_table(rows), "dagster/uri": str(file)})

    return readout


readout_assets = [_readout_asset(name) for name in _settings.profile.experiments]


def _assignments_asset() -> AssetsDefinition:
    @dg.asset(
        group_name="core", partitions_def=by_state, deps=["core_voters"], kinds={"duckdb", "parquet"}, owners=OWNERS, retry_policy=RETRY,
        check_specs=[contract_spec("core_assignments")],
    )  # fmt: skip
    def core_assignments(context: dg.AssetExecutionContext, desk: Desk) -> dg.MaterializeResult:
        """One row per person and experiment: the arm drawn for them, contacted or not."""
        state = context.partition_key
        with told_in_words(f"core_assignments {state}"):
            for name in desk.settings.profile.experiments:
                experiment = read_config(Experiment, desk.settings.configs / "experiments" / f"{name}.yaml")
                write_assignments(desk.lake, experiment, desk.sources[experiment.source])
            table = desk.lake.table(Assignments, state=state)
            return dg.MaterializeResult(
                metadata=metadata_of(Assignments, table),
                check_results=[contract_check(desk.lake, table, "core_assignments")],
                data_version=data_version(table),
            )

    return core_assignments


assignment_assets = [_assignments_asset()] if _settings.profile.experiments else []
