"""A small simulated state with a model that is quick to train, in a data root of its own."""

import datetime as dt
import os
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from pipelines.calendar import ElectionsConfig

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
    edit(folder / "synthetic.yaml", lambda content: content["states"]["NC"].update(small, snapshots=days))
    edit(folder / "models" / "turnout.yaml", _quick_model)
    edit(folder / "profiles" / "demo.yaml", lambda content: content.update(sources=["nc"], vendors=[], workers=1))
    return folder


def few_states(folder: Path, days: dict[str, list[dt.date]], voters: int = 900) -> Path:
    """The quick configurations of some states, each in its own layout, with snapshots as given, under one model."""
    quick_configs(folder, voters)
    edit(folder / "synthetic.yaml", lambda content: _few_voters(content, days, voters))
    edit(folder / "models" / "turnout.yaml", lambda content: content.update(states=list(days)))
    edit(
        folder / "profiles" / "demo.yaml",
        lambda content: content.update(sources=[code.lower() for code in days], vendors=[]),
    )
    loose = {
        "mean_shift": 1.0,
        "null_share_shift": 1.0,
        "rank_correlation": -1.0,
        "row_share": 10.0,
    }  # so few people jump
    edit(folder / "publications" / "voter_scores.yaml", lambda content: content["drift"].update(loose))
    return folder


def _few_voters(content: dict, days: dict[str, list[dt.date]], voters: int) -> None:
    for state, snapshots in days.items():
        content["states"][state].update(voters=voters, precincts_per_county=1, snapshots=snapshots)


def several_states(folder: Path, states: dict[str, str], voters: int = 800) -> Path:
    """The quick configurations with states like North Carolina beside it, by code and name, under one model."""
    quick_configs(folder, voters)
    nc = (folder / "states" / "nc.yaml").read_text(encoding="utf-8")
    for code, name in states.items():
        own = nc.replace("state: NC\n", f"state: {code}\n").replace("name: North Carolina\n", f"name: {name}\n")
        (folder / "states" / f"{code.lower()}.yaml").write_text(own, encoding="utf-8")
    codes = ["NC", *states]
    edit(folder / "synthetic.yaml", lambda content: _copy_electorate(content, list(states)))
    edit(folder / "elections.yaml", lambda content: _copy_elections(content, list(states)))
    edit(folder / "models" / "turnout.yaml", lambda content: content.update(states=codes))
    edit(folder / "profiles" / "demo.yaml", lambda content: content.update(sources=[code.lower() for code in codes]))
    return folder


def new_state(folder: Path, code: str, layout: str, electorate: dict) -> Path:
    """The quick configurations with one state alone, that nobody has heard of: its YAML, its people, its elections."""
    quick_configs(folder)
    (folder / "states" / f"{code.lower()}.yaml").write_text(layout, encoding="utf-8")
    edit(folder / "synthetic.yaml", lambda content: content["states"].update({code: electorate}))
    edit(folder / "elections.yaml", lambda content: _copy_elections(content, [code]))
    edit(folder / "models" / "turnout.yaml", lambda content: content.update(states=[code]))
    edit(folder / "profiles" / "demo.yaml", lambda content: content.update(sources=[code.lower()]))
    return folder


def _copy_electorate(content: dict, states: list[str]) -> None:
    content["states"] |= {state: dict(content["states"]["NC"]) for state in states}


def _copy_elections(content: dict, states: list[str]) -> None:
    listed = ElectionsConfig.model_validate(content).elections
    kept = [found.model_dump() for found in listed if found.state not in states]
    own = [found for found in kept if found["jurisdiction"] == "NC"]
    content["elections"] = kept + [{**found, "jurisdiction": state} for state in states for found in own]


def _quick_model(content: dict) -> None:
    content["booster"].update(max_trees=60, min_child_samples=20, early_stopping_rounds=20)
    content["gates"].update(max_calibration_error=0.5, slope_low=0.01, slope_high=20, bootstrap_repeats=20)
    content["baselines"] = ["constant"]


def edit(file: Path, change: Callable[[dict], object]) -> None:
    """Change what a YAML file says."""
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


@contextmanager
def flow_of_another_profile() -> Iterator[None]:
    """The modules of the flow read the profile when they are loaded: inside they are loaded anew, then as before."""
    import pipelines.defs

    loaded = {name: module for name, module in sys.modules.items() if name.startswith("pipelines.def")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipelines, "defs", pipelines.defs)
        for name in loaded:
            patch.delitem(sys.modules, name)
        try:
            yield
        finally:
            for name in [name for name in sys.modules if name.startswith("pipelines.def")]:
                del sys.modules[name]
            sys.modules.update(loaded)


def rewrite(source: Path, target: Path, change: Callable[[bytes], bytes]) -> None:
    """Write an archive again with another text in it."""
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w") as written:
        for name in archive.namelist():
            written.writestr(name, change(archive.read(name)))


def without_column(text: bytes, column: bytes = b"res_street_address") -> bytes:
    """The text with a column renamed in its header, so that the required one is missing, and one street that moved."""
    return text.replace(b'"' + column + b'"', b'"another_column"', 1).replace(b' ST"', b' AVE"', 1)


def land_again(landing: Path, day: str, number: int, change: Callable[[bytes], bytes] | None = None) -> None:
    """Land the newest delivery of a source once more for a later day, its voters file changed where asked."""
    newest = landing / SNAPSHOTS[-1]
    folder = landing / day
    folder.mkdir(parents=True)
    for file in newest.iterdir():
        is_changed = change is not None and "voter" in file.name
        rewrite(file, folder / file.name, change if is_changed else lambda text: text)
    make_new(folder, number)


def make_new(folder: Path, number: int) -> None:
    """Make a delivery differ from any other, without changing what it says: another comment in each archive."""
    for file in folder.iterdir():
        with zipfile.ZipFile(file, "a") as archive:
            archive.comment = f"delivery {number}".encode()
