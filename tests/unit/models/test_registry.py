"""The record in MLflow is complete, holds no pickle and no person, and its absence is only a warning."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from models import registry
from models.errors import RegistryError


@pytest.fixture(scope="module")
def uri(tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    registry.prepare_database(f"sqlite:///{path}")
    return f"sqlite:///{path}"


@pytest.fixture(scope="module")
def run_id(uri: str, version, tmp_path_factory) -> str:
    root = str(tmp_path_factory.mktemp("artifacts"))
    return registry.log_version(version, tracking_uri=uri, artifact_root=root, experiment="turnout", tags={"flow": "7"})


def client(uri: str):
    from mlflow import MlflowClient

    return MlflowClient(uri)


@pytest.mark.slow
def test_a_run_says_what_a_newcomer_asks(uri: str, run_id: str, version) -> None:
    run = client(uri).get_run(run_id)
    note = run.data.tags["mlflow.note.content"]
    assert run.info.status == "FINISHED"
    assert "The chance to vote." in note and version.report["verdict"]["text"] in note
    assert run.data.tags["version_id"] == version.version_id and run.data.tags["flow"] == "7"
    assert run.data.params["learning_rate"] == "0.03" and run.data.params["window_start"] == "2014-11-05"
    assert run.data.metrics["interval_95/auc_low"] < run.data.metrics["auc"] < run.data.metrics["interval_95/auc_high"]
    assert run.inputs.dataset_inputs[0].dataset.name == "turnout_nc_cohorts"


@pytest.mark.slow
def test_files_are_texts_tables_and_pictures_without_a_pickle_or_a_person(uri: str, run_id: str) -> None:
    folder = Path(client(uri).get_run(run_id).info.artifact_uri)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == {".txt", ".json", ".svg", ".png"}
    assert {"booster-0.txt", "passport.json", "calibration.svg", "lift.png", "slices.json"} <= {
        path.name for path in files
    }
    assert not [path.name for path in files if path.suffix != ".png" and "NC-0" in path.read_text(encoding="utf-8")]


@pytest.mark.slow
def test_an_alias_points_at_the_version(uri: str, run_id: str, version) -> None:
    registry.set_alias(version, "champion", tracking_uri=uri)
    found = client(uri).get_model_version_by_alias("turnout_nc", "champion")
    assert (found.run_id, found.tags["version_id"]) == (run_id, version.version_id)
    with pytest.raises(RegistryError, match="holds no version 0000"):
        registry.set_alias(replace(version, version_id="0000"), "champion", tracking_uri=uri)


@pytest.mark.parametrize("uri", ["http://127.0.0.1:9", "sqlite:////nowhere/mlflow.db"])
def test_an_absent_record_is_a_named_error_and_soon(uri: str, version) -> None:
    begun = time.monotonic()
    with pytest.raises(RegistryError, match="Scores do not need it"):
        registry.log_version(version, tracking_uri=uri, artifact_root="unused", experiment="turnout")
    assert time.monotonic() - begun < 10
