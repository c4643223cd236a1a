"""A version is its bytes: named by them, checked before they are read, written once."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from models import artefact
from models.artefact import load_version, save_version
from models.calibrate import Calibrator
from models.errors import ArtefactError


@pytest.fixture
def copied(version, tmp_path: Path) -> Path:
    return Path(shutil.copytree(version.folder, tmp_path / version.version_id))


def test_the_same_numbers_have_the_same_name_and_bytes(version, fitted, tmp_path: Path) -> None:
    again = save_version(tmp_path, fitted)
    assert (again.version_id, again.sha256) == (version.version_id, version.sha256)


def test_saving_again_leaves_the_folder_as_it_is(version, fitted) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in version.folder.iterdir()}
    save_version(version.folder.parent, fitted)
    assert {path.name: path.stat().st_mtime_ns for path in version.folder.iterdir()} == before
    assert [path.name for path in version.folder.parent.iterdir()] == [version.version_id]


def test_what_decides_a_score_decides_the_name(version, fitted, tmp_path: Path) -> None:
    shifted = replace(fitted, calibrator=Calibrator(1.0, 0.123))
    reread = replace(fitted, passport={**fitted.passport, "reading": "otherwise"})
    graded = replace(fitted, report={**fitted.report, "level_shift": 9.0})
    names = [
        save_version(tmp_path / str(place), each).version_id for place, each in enumerate((shifted, reread, graded))
    ]
    assert names[0] != version.version_id != names[1]
    assert names[2] == version.version_id


@pytest.mark.parametrize("name", ["booster-0.txt", "calibrator.json", "features.json", "passport.json", "report.json"])
def test_a_flipped_byte_is_refused_before_it_is_read(
    name: str, version, copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = bytearray((copied / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copied / name).write_bytes(content)
    monkeypatch.setattr(artefact, "read_booster", lambda text: pytest.fail("a booster was read before the check"))
    with pytest.raises(ArtefactError, match=rf"{name}: its bytes are not those recorded"):
        load_version(copied, version.version_id, version.sha256)


def test_an_index_that_the_ledger_does_not_know_is_refused(version, copied: Path) -> None:
    index = json.loads((copied / "model.json").read_text())
    (copied / "model.json").write_text(json.dumps({**index, "purpose": "another"}))
    with pytest.raises(ArtefactError, match="not the bytes that the ledger recorded"):
        load_version(copied, version.version_id, version.sha256)


def test_a_missing_file_is_named(version, copied: Path) -> None:
    (copied / "calibrator.json").unlink()
    with pytest.raises(ArtefactError, match=r"calibrator\.json: missing"):
        load_version(copied, version.version_id, version.sha256)


def test_another_version_in_the_folder_is_refused(version) -> None:
    with pytest.raises(ArtefactError, match="holds another version than"):
        load_version(version.folder, "0" * 16, version.sha256)


def test_the_folder_is_text_and_json_only(version) -> None:
    assert {path.suffix for path in version.folder.iterdir()} == {".txt", ".json"}
    assert version.index["target_election"] == "NC-2026-11-03-general"
