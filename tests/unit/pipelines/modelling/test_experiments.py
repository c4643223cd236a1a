"""Arms come from the source's own file through YAML, whole or not at all; the read-out is a difference of means."""

import datetime as dt
import hashlib
import os
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from models.config import read_config
from models.errors import DeliveryError
from pipelines.core.delivery import Admission
from pipelines.core.experiments import Experiment, write_assignments
from pipelines.lake import Lake
from pipelines.layouts.source import read_source
from pipelines.modelling.readout import read_out, write_readout
from pipelines.raw.landing import receive
from pipelines.settings import CONFIGS
from pipelines.tables.core import Assignments

NAME, DAY = "michigan_2006", dt.date(2006, 8, 8)
ARMS = ["Control", "Civic Duty", "Hawthorne", "Self", "Neighbors"]
FILE = Path(os.environ.get("WALKLIST_SHARED", "")) / "data/ggl2008_social_pressure/ggl_dev60.parquet"


@pytest.fixture(scope="module")
def study():
    return read_source(CONFIGS, NAME)


@pytest.fixture(scope="module")
def experiment() -> Experiment:
    return read_config(Experiment, CONFIGS / "experiments" / f"{NAME}.yaml")


def people(count: int = 400, seed: int = 5) -> dict[str, list]:
    """Two at a home; the home is drawn for an arm, and the letters raise turnout."""
    draws = np.random.default_rng(seed)
    home = np.arange(count) // 2
    arm = draws.integers(0, 5, count)[home]
    voted = draws.random(count) < 0.3 + 0.05 * arm
    votes = {name: draws.integers(0, 2, count).tolist() for name in ("g2000", "g2002", "p2000", "p2002", "p2004")}
    return {
        "person_id": [f"{number:06d}" for number in range(count)],
        "hh_id": [f"{number:05d}" for number in home],
        "cluster": ["1"] * count,
        "hh_size": [2] * count,
        "numberofnames": [21] * count,
        "treatment": [ARMS[each] for each in arm],
        "sex": ["female", "male"] * (count // 2),
        "yob": draws.integers(1920, 1985, count).tolist(),
        **votes,
        "g2004": [1] * count,
        "voted": voted.astype(int).tolist(),
    }


def accepted(study, root: Path, file: Path | None = None, rows: dict[str, list] | None = None) -> Lake:
    lake, folder = Lake(root / "data", threads=2), root / "landing" / NAME / DAY.isoformat()
    lake.prepare()
    folder.mkdir(parents=True)
    landed = folder / (file.name if file else "study.parquet")
    if file:
        shutil.copy(file, landed)
    else:
        pq.write_table(pa.table(rows or people()), landed)
    digits = hashlib.sha256(landed.read_bytes()).hexdigest()
    (folder / f"{landed.name}.sha256").write_text(f"{digits}  {landed.name}\n")
    now = dt.datetime.now(dt.UTC)
    receive(lake, root / "landing", NAME, study, now)
    [judged] = Admission(lake, NAME, study).admit_all(now)
    assert judged.verdict == "accepted", judged.reason
    return lake


@pytest.fixture(scope="module")
def kept(study, tmp_path_factory) -> Lake:
    return accepted(study, tmp_path_factory.mktemp("study"))


@pytest.fixture
def lake(kept: Lake, tmp_path: Path) -> Lake:
    shutil.copytree(kept.root, tmp_path / "data")
    return Lake(tmp_path / "data", threads=2)


def test_everyone_has_the_arm_of_the_file(lake, study, experiment) -> None:
    record = write_assignments(lake, experiment, study)
    assert record is not None
    assert record.row_count == 400
    with lake.connect() as connection:
        query = f"SELECT voter_id, unit_id, arm_code FROM ({lake.table(Assignments).select()}) ORDER BY voter_id"
        rows = connection.execute(query).fetchall()
    told, words = people(), {"Control": "control", "Civic Duty": "civic_duty", "Hawthorne": "hawthorne"}
    words |= {"Self": "self", "Neighbors": "neighbors"}
    assert rows == [
        (f"MI-{person}", home, words[arm])
        for person, home, arm in zip(told["person_id"], told["hh_id"], told["treatment"], strict=True)
    ]


def test_a_second_run_writes_nothing(lake, study, experiment) -> None:
    first, second = (write_assignments(lake, experiment, study) for _ in range(2))
    assert first and second
    assert (first.is_new, second.is_new, second.fingerprint) == (True, False, first.fingerprint)


def test_before_any_delivery_there_are_no_arms(study, experiment, tmp_path) -> None:
    lake = Lake(tmp_path)
    lake.prepare()
    assert write_assignments(lake, experiment, study) is None


def changed(experiment: Experiment, **changes) -> Experiment:
    return Experiment.model_validate({**experiment.model_dump(mode="json", by_alias=True), **changes})


def columns(experiment: Experiment, **changes) -> Experiment:
    known = experiment.model_dump(mode="json", by_alias=True)["columns"]
    return changed(experiment, columns={name: {**found, **changes.get(name, {})} for name, found in known.items()})


def test_people_without_an_arm_that_the_yaml_names_are_refused(lake, study, experiment) -> None:
    known = people()["treatment"]
    fewer = columns(experiment, arm_code={"code": {"Control": "control", "Self": "self"}})
    unnamed = sum(arm not in ("Control", "Self") for arm in known)
    with pytest.raises(DeliveryError, match=f"{unnamed} people have no arm that the YAML names"):
        write_assignments(lake, fewer, study)
    short = {name: did for name, did in experiment.arms.items() if name != "neighbors"}
    with pytest.raises(DeliveryError, match=f"{known.count('Neighbors')} people have no arm that the YAML names"):
        write_assignments(lake, changed(experiment, arms=short), study)
    assert not lake.table(Assignments).records()


def test_a_unit_in_two_arms_is_refused(lake, study, experiment) -> None:
    """The birth year is no unit of the draw: people of one year stand in several arms."""
    with pytest.raises(DeliveryError, match="units stand in two arms"):
        write_assignments(lake, columns(experiment, unit_id={"from": ["yob"]}), study)


def test_a_file_without_the_arm_is_refused_in_words(lake, study, experiment) -> None:
    with pytest.raises(DeliveryError, match="the file has no column for arm_code"):
        write_assignments(lake, columns(experiment, arm_code={"from": ["letter"]}), study)


def test_a_refusal_leaves_the_arms_of_before(lake, study, experiment) -> None:
    before = write_assignments(lake, experiment, study)
    with pytest.raises(DeliveryError):
        write_assignments(lake, columns(experiment, unit_id={"from": ["yob"]}), study)
    [record] = lake.table(Assignments).records().values()
    assert before and record.fingerprint == before.fingerprint


def test_the_read_out_is_a_plain_difference_of_means(lake, study, experiment) -> None:
    write_assignments(lake, experiment, study)
    effects = read_out(lake, experiment, "MI").set_index("arm_code")
    told = people()
    means = {
        arm: np.mean([vote for vote, each in zip(told["voted"], told["treatment"], strict=True) if each == arm])
        for arm in ARMS
    }
    for arm in ARMS[1:]:
        code = arm.lower().replace(" ", "_")
        assert effects.loc[code, "effect"] == pytest.approx(means[arm] - means["Control"], abs=1e-12)
        assert effects.loc[code, "people"] == told["treatment"].count(arm)


def test_the_read_out_is_written_the_same_twice(lake, study, experiment) -> None:
    write_assignments(lake, experiment, study)
    effects = read_out(lake, experiment, "MI")
    first = write_readout(lake, experiment, effects).read_bytes()
    assert write_readout(lake, experiment, read_out(lake, experiment, "MI")).read_bytes() == first


@pytest.mark.slow
@pytest.mark.skipif(not FILE.is_file(), reason="WALKLIST_SHARED does not lead to the public file of the study")
def test_the_published_effects_come_out_of_the_real_file(study, experiment, tmp_path) -> None:
    """The effects of the 60% part, as its README gives them."""
    lake = accepted(study, tmp_path, FILE)
    record = write_assignments(lake, experiment, study)
    assert record and record.row_count == 206_500
    effects = read_out(lake, experiment, "MI").set_index("arm_code")
    expected = {"civic_duty": 0.0165, "hawthorne": 0.0286, "self": 0.0482, "neighbors": 0.0827}
    for arm, effect in expected.items():
        assert effects.loc[arm, "effect"] == pytest.approx(effect, abs=0.0005), arm
    assert all(effects.loc[arm, "low"] > 0 for arm in expected)
