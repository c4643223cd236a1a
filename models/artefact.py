"""A model version as a folder of numbers, named by the hash of what decides its scores.

`booster-<k>.txt`, `calibrator.json`, `features.json`, `passport.json`, `report.json`, and `model.json`, which lists the
SHA-256 of each. A file is read only after its hash is checked; nothing in the folder can run code.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm as lgb

from models.calibrate import Calibrator
from models.errors import ArtefactError
from models.lgbm import read_booster
from models.matrix import FeatureSpec
from models.propensity import FittedPropensity

INDEX = "model.json"
REPORT = "report.json"
FOLD_RULE = "first 12 hexadecimal digits of SHA-256 of 'fold|<household_id>', as a number, modulo folds"


@dataclass(frozen=True)
class ModelVersion:
    """A version read back and checked, ready to score.

    Attributes:
        version_id: First 16 hexadecimal digits of the hash of boosters, calibrator, features and passport.
        folder: Where it lies.
        sha256: Hash of `model.json`; the ledger keeps it.
        index: Content of `model.json`.
        boosters: The boosters, in the order of their folds.
        calibrator: The calibration.
        spec: The features of the matrix.
        passport: What a score means.
        report: How good it is.
    """

    version_id: str
    folder: Path
    sha256: str
    index: dict[str, Any]
    boosters: tuple[lgb.Booster, ...]
    calibrator: Calibrator
    spec: FeatureSpec
    passport: dict[str, Any]
    report: dict[str, Any]

    @property
    def name(self) -> str:
        """Name of the model."""
        return str(self.index["model"])

    @property
    def state(self) -> str:
        """Two-letter code of the state that it was trained on and scores."""
        return str(self.index["state"])

    @property
    def folds(self) -> int:
        """Folds of households, each with its booster; 1 where one booster scores all."""
        return len(self.boosters)


def save_version(root: Path, fitted: FittedPropensity) -> ModelVersion:
    """Write a version once, whole or not at all, and read it back.

    The same numbers again leave the folder as it is, with the report of the first time.

    Args:
        root: Folder of the model's versions in the state; the version's own folder is made below it.
        fitted: What training gave.

    Raises:
        ArtefactError: A folder of that name holds other bytes.
    """
    files = _deciding_files(fitted)
    version_id = _version_id(files)
    folder = root / version_id
    if not folder.exists():
        _write(folder, {**files, REPORT: _json(fitted.report)}, version_id, fitted)
    return load_version(folder, version_id, _sha256(_read(folder / INDEX)))


def load_version(folder: Path, version_id: str, expected_sha256: str) -> ModelVersion:
    """The version in a folder, every byte checked before any is understood.

    Args:
        folder: The version's folder.
        version_id: The version it must be.
        expected_sha256: Hash of its `model.json`, as the ledger recorded it.

    Raises:
        ArtefactError: A file is missing, or its bytes are not those recorded.
    """
    listed = _read(folder / INDEX)
    if _sha256(listed) != expected_sha256:
        raise ArtefactError(f"{folder / INDEX}: not the bytes that the ledger recorded. {_RESTORE}")
    index = json.loads(listed)
    contents = {name: _checked(folder / name, sha256) for name, sha256 in index["files"].items()}
    deciding = {name: content for name, content in contents.items() if name != REPORT}
    if not version_id == index["version_id"] == _version_id(deciding):
        raise ArtefactError(f"{folder}: holds another version than {version_id}. {_RESTORE}")
    return ModelVersion(
        version_id,
        folder,
        expected_sha256,
        index,
        tuple(read_booster(contents[_booster_name(place)].decode()) for place in range(index["boosters"])),
        Calibrator.from_json(json.loads(contents["calibrator.json"])),
        FeatureSpec.from_json(json.loads(contents["features.json"])),
        json.loads(contents["passport.json"]),
        json.loads(contents[REPORT]),
    )


_RESTORE = "Nothing was scored. Restore the folder from a copy, or train again."


def _deciding_files(fitted: FittedPropensity) -> dict[str, bytes]:
    boosters = {_booster_name(place): text.encode() for place, text in enumerate(fitted.boosters)}
    stated = {
        "calibrator.json": _json(fitted.calibrator.to_json()),
        "features.json": _json(fitted.spec.to_json()),
        "passport.json": _json(fitted.passport),
    }
    return {**boosters, **stated}


def _version_id(files: Mapping[str, bytes]) -> str:
    lines = [f"{_sha256(content)}  {name}\n" for name, content in sorted(files.items())]
    return _sha256("".join(lines).encode())[:16]


def _index(files: Mapping[str, bytes], version_id: str, fitted: FittedPropensity) -> dict[str, Any]:
    return {
        "version_id": version_id,
        "model": fitted.config.name,
        "family": fitted.config.family,
        "purpose": fitted.config.passport.meaning,
        "target_election": fitted.config.target_election,
        "state": fitted.config.state,
        "scheme": fitted.config.split.scheme,
        "boosters": len(fitted.boosters),
        "fold_rule": FOLD_RULE if len(fitted.boosters) > 1 else "one booster scores all",
        "training_window": [day.isoformat() for day in fitted.window],
        "features_sha256": fitted.spec.sha256,
        "files": {name: _sha256(content) for name, content in sorted(files.items())},
    }


def _write(folder: Path, files: Mapping[str, bytes], version_id: str, fitted: FittedPropensity) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{version_id}-", dir=folder.parent))
    try:
        for name, content in {**files, INDEX: _json(_index(files, version_id, fitted))}.items():
            (draft / name).write_bytes(content)
        draft.chmod(0o755)
        draft.rename(folder)
    except OSError:
        if not folder.exists():  # otherwise another process wrote the same version first
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _checked(path: Path, sha256: str) -> bytes:
    content = _read(path)
    if _sha256(content) != sha256:
        raise ArtefactError(f"{path}: its bytes are not those recorded in {INDEX}. {_RESTORE}")
    return content


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise ArtefactError(f"{path}: missing from the model's folder. {_RESTORE}")
    return path.read_bytes()


def _json(content: Any) -> bytes:
    return (json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _booster_name(place: int) -> str:
    return f"booster-{place}.txt"
