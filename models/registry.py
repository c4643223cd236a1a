"""The record of models in MLflow: what was trained, how good it was, which version is in use.

A record, not a source: scoring reads the version's folder and the ledger, and goes on when MLflow is down. No pickle is
written and none is read.
"""

import logging
import os
import socket
import sqlite3
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlparse

import pandas as pd

from models.artefact import ModelVersion
from models.errors import RegistryError
from models.notes import run_note
from models.plots import plots_of, to_png, to_svg

Alias = Literal["champion", "challenger"]
PATIENCE_SECONDS = 5
_QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": str(PATIENCE_SECONDS),
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
}
_TABLES = ("baselines", "slices", "calibration", "lift", "importance", "roles", "training", "verdict")


def prepare_database(uri: str) -> None:
    """Make or upgrade the schema of a SQLite record, once, before anything runs in parallel.

    Args:
        uri: `sqlite:///<file>`; another kind of record looks after its own schema.

    Raises:
        RegistryError: The file cannot be made.
    """
    path = _sqlite_path(uri)
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with _guarded(uri, demand=False):
        from mlflow.store.db.utils import _initialize_tables, create_sqlalchemy_engine

        engine = create_sqlalchemy_engine(uri)
        _initialize_tables(engine)
        engine.dispose()
        with sqlite3.connect(path) as database:
            database.execute("PRAGMA journal_mode=WAL")


def log_version(
    version: ModelVersion,
    *,
    tracking_uri: str,
    artifact_root: str,
    experiment: str,
    tags: Mapping[str, str] | None = None,
) -> str:
    """Record a version: parameters, window, receipts, metrics, tables, pictures, passport, the boosters' texts.

    Args:
        version: The version, saved and checked.
        tracking_uri: Where MLflow keeps its record.
        artifact_root: Folder or URI below which a new experiment keeps its files.
        experiment: Name of the experiment; made when it is new.
        tags: Tags of the run, such as the id of the flow's run.

    Returns:
        The id of the run.

    Raises:
        RegistryError: MLflow is down or refuses, within ten seconds of asking; turn it into a warning.
    """
    with _guarded(tracking_uri):
        from mlflow import MlflowClient

        client = MlflowClient(tracking_uri)
        run = client.create_run(
            _experiment_id(client, experiment, artifact_root),
            run_name=f"{version.name} {version.state} {version.version_id}",
        )
        try:
            _describe(client, run.info.run_id, version, tags or {})
            _attach(client, run.info.run_id, version)
            _register(client, run.info.run_id, str(run.info.artifact_uri), version)
            client.set_terminated(run.info.run_id, "FINISHED")
        except BaseException:
            client.set_terminated(run.info.run_id, "FAILED")
            raise
        return run.info.run_id


def registered_name(version: ModelVersion) -> str:
    """Name under which MLflow registers a version, one for each state: `turnout_nc`."""
    return f"{version.name}_{version.state.lower()}"


def set_alias(version: ModelVersion, alias: Alias, *, tracking_uri: str) -> None:
    """Point an alias of a registered model at a version; the ledger decides, this mirrors it.

    Raises:
        RegistryError: MLflow is down, or the version was never recorded.
    """
    with _guarded(tracking_uri):
        from mlflow import MlflowClient

        client, name = MlflowClient(tracking_uri), registered_name(version)
        found = client.search_model_versions(f"name = '{name}'")
        numbered = [int(each.version) for each in found if each.tags.get("version_id") == version.version_id]
        if not numbered:
            raise RegistryError(
                f"MLflow holds no version {version.version_id} of {name}. Record it, then set the alias."
            )
        number, standing = str(max(numbered)), client.get_registered_model(name).aliases
        if str(standing.get(alias)) != number:
            client.set_registered_model_alias(name, alias, number)


def _describe(client: Any, run_id: str, version: ModelVersion, tags: Mapping[str, str]) -> None:
    from mlflow.entities import Metric, Param, RunTag

    report, now = version.report, int(pd.Timestamp.now("UTC").timestamp() * 1000)
    noted = {**tags, "version_id": version.version_id, "mlflow.note.content": run_note(version)}
    noted |= {"gates": "passed" if report["verdict"]["is_passed"] else "refused", "features": version.spec.sha256}
    client.log_batch(
        run_id,
        metrics=[Metric(name, value, now, 0) for name, value in _metrics(report).items()],
        params=[Param(name, value) for name, value in _params(version).items()],
        tags=[RunTag(name, value) for name, value in noted.items()],
    )
    client.log_inputs(run_id, [_dataset(version)])


def _params(version: ModelVersion) -> dict[str, str]:
    taken = ("state", "target_election", "scheme", "family", "boosters", "fold_rule")
    training = version.report["training"]
    stated = {name: str(version.index[name]) for name in taken}
    window = {name: training[name] for name in ("window_start", "window_end")}
    settings = {name: str(value) for name, value in version.report["settings"].items()}
    return {
        **settings,
        **stated,
        **window,
        "training_rows": str(training["rows"]),
        "features": str(len(version.spec.names)),
    }


def _metrics(report: dict[str, Any]) -> dict[str, float]:
    rows = {**report["metrics"], "calibration_error_tied": report["metrics_tied"]["calibration_error"]}
    rows |= {f"gain_over_{name}": _turned(row["difference"]) for name, row in report["baselines"].items()}
    spread = {f"{place}{name}{end}": row[key] for name, row in rows.items() for place, end, key in _ENDS}
    chance = {"calibration_error_by_chance": report["chance_calibration_error"]}
    return {**spread, **chance, "gates_passed": float(report["verdict"]["is_passed"])}


_EXPERIMENT = {
    "mlflow.experimentKind": "custom_model_development",  # the interface then opens on runs, not on chat traces
    "mlflow.note.content": "Every version trained, one run each: what it learned from, how good it is, its gates. "
    "The alias `champion` of the registered model marks the version that scores.",
}
_ADVICE = "Scores do not need it; record the version again later."
_ENDS = (("", "", "value"), ("interval_95/", "_low", "low"), ("interval_95/", "_high", "high"))


def _turned(difference: dict[str, float]) -> dict[str, float]:
    return {"value": -difference["value"], "low": -difference["high"], "high": -difference["low"]}


def _dataset(version: ModelVersion) -> Any:
    import json

    from mlflow.entities import Dataset, DatasetInput, InputTag

    training = version.report["training"]
    source = json.dumps({"receipts": len(training["receipts"]), "rows": training["rows"]})
    named = Dataset(f"{registered_name(version)}_cohorts", _digest(training["receipts"]), "local", source)
    return DatasetInput(named, [InputTag("mlflow.data.context", "training")])


def _digest(receipts: list[str]) -> str:
    import hashlib

    return hashlib.sha256("\n".join(receipts).encode()).hexdigest()[:16]


def _attach(client: Any, run_id: str, version: ModelVersion) -> None:
    client.log_artifacts(run_id, str(version.folder), "model")
    with tempfile.TemporaryDirectory() as draft:
        for name, chart in plots_of(version.report).items():
            (Path(draft) / f"{name}.svg").write_text(to_svg(chart), encoding="utf-8")
            (Path(draft) / f"{name}.png").write_bytes(to_png(chart))
        client.log_artifacts(run_id, draft, "plots")
    for name in _TABLES:
        client.log_dict(run_id, version.report[name], f"tables/{name}.json")


def _register(client: Any, run_id: str, artifact_uri: str, version: ModelVersion) -> None:
    from mlflow.exceptions import MlflowException

    name = registered_name(version)
    try:
        client.create_registered_model(name, description=str(version.index["purpose"]))
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    labels = {"version_id": version.version_id, "target_election": str(version.index["target_election"])}
    client.create_model_version(
        name, f"{artifact_uri}/model", run_id, tags=labels, description=version.passport["quality_statement"]
    )


def _experiment_id(client: Any, name: str, artifact_root: str) -> str:
    from mlflow.exceptions import MlflowException

    if found := client.get_experiment_by_name(name):
        return found.experiment_id
    try:
        return client.create_experiment(name, artifact_location=artifact_root, tags=_EXPERIMENT)
    except MlflowException:  # another process was first
        if found := client.get_experiment_by_name(name):
            return found.experiment_id
        raise


@contextmanager
def _guarded(uri: str, demand: bool = True) -> Generator[None]:
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    for name in ("alembic", "mlflow.store.db.utils", "mlflow.store.model_registry.abstract_store"):
        logging.getLogger(name).setLevel(logging.WARNING)
    if demand:
        _demand_reachable(uri)
    try:
        yield
    except RegistryError:
        raise
    except Exception as error:
        raise RegistryError(f"MLflow did not take the record ({type(error).__name__}). {_ADVICE}") from None


def _demand_reachable(uri: str) -> None:
    path, parsed = _sqlite_path(uri), urlparse(uri)
    try:
        if path is not None:
            _demand_writable(path)
        elif parsed.scheme.startswith("http"):
            port = parsed.port or (443 if parsed.scheme == "https" else 80)
            socket.create_connection((parsed.hostname or "", port), timeout=PATIENCE_SECONDS).close()
    except (OSError, sqlite3.Error) as error:
        raise RegistryError(f"MLflow cannot be reached ({type(error).__name__}). {_ADVICE}") from None


def _demand_writable(path: Path) -> None:
    if not path.is_file():
        raise RegistryError(f"MLflow's database is not there. `walklist prepare` makes it. {_ADVICE}")
    database = sqlite3.connect(path, timeout=PATIENCE_SECONDS)
    try:
        database.execute("BEGIN IMMEDIATE")
        database.rollback()
    finally:
        database.close()


def _sqlite_path(uri: str) -> Path | None:
    return Path(uri.removeprefix("sqlite:///")) if uri.startswith("sqlite:///") else None
