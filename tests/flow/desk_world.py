"""A small simulated state with a model that is quick to train, in a data root of its own."""

import datetime as dt
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

CHECKOUT = Path(__file__).resolve().parents[2]
SNAPSHOTS = [
    "2014-10-01",
    "2016-10-01",
    "2018-10-01",
    "2020-10-01",
    "2022-10-01",
    "2024-10-01",
    "2025-01-15",
    "2026-10-01",
]
TARGET = "NC-2026-11-03-general"


def quick_configs(folder: Path, voters: int = 1500) -> Path:
    """The configurations of the checkout with few voters, few snapshots, a small booster and gates that let it pass."""
    shutil.copytree(CHECKOUT / "configs", folder)
    small = {"voters": voters, "counties": 4, "precincts_per_county": 3}
    days = [dt.date.fromisoformat(day) for day in SNAPSHOTS]
    _edit(folder / "synthetic.yaml", lambda content: content["states"]["NC"].update(small, snapshots=days))
    _edit(folder / "models" / "turnout.yaml", _quick_model)
    return folder


def _quick_model(content: dict) -> None:
    content["booster"].update(max_trees=60, min_child_samples=20, early_stopping_rounds=20)
    content["gates"].update(max_calibration_error=0.5, slope_low=0.01, slope_high=20, bootstrap_repeats=20)
    content["baselines"] = ["constant"]


def _edit(file: Path, change) -> None:
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    change(content)
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


@contextmanager
def at_desk(root: Path, configs: Path, **variables: str) -> Iterator[None]:
    """Everything inside works on that data root with those configurations."""
    from pipelines import settings

    kept = dict(os.environ)
    patch = pytest.MonkeyPatch()
    patch.setattr(settings, "CONFIGS", configs)
    os.environ.pop("MLFLOW_TRACKING_URI", None)
    own = {
        "WALKLIST_PROFILE": "demo",
        "WALKLIST_DATA": str(root),
        "WALKLIST_CONFIGS": str(configs),
        "OMP_WAIT_POLICY": "passive",
    }
    os.environ.update({**own, "WALKLIST_USER": "tester", **variables})
    try:
        yield
    finally:
        patch.undo()
        os.environ.clear()
        os.environ.update(kept)


def rewrite(source: Path, target: Path, change: Callable[[bytes], bytes]) -> None:
    """Write an archive again with another text in it."""
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w") as written:
        for name in archive.namelist():
            written.writestr(name, change(archive.read(name)))


def without_column(text: bytes, column: bytes = b"res_street_address") -> bytes:
    """The text with a column renamed in its header, so that the required one is missing."""
    return text.replace(b'"' + column + b'"', b'"another_column"', 1)


def make_new(folder: Path, number: int) -> None:
    """Make a delivery differ from any other, without changing what it says: another comment in each archive."""
    for file in folder.iterdir():
        with zipfile.ZipFile(file, "a") as archive:
            archive.comment = f"delivery {number}".encode()
