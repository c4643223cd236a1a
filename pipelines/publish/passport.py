"""The passport beside the data: what each published column means, for whom, until when, and for which uses."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from models.errors import PublicationError
from models.tables import Column
from pipelines.publish.targets import PublicationConfig

REQUIRED = ("population", "reading", "as_of", "valid_until", "allowed_uses", "refused_uses")
Passports = dict[str, dict[str, dict[str, Any]]]
"""The passport of every model version: by the name its columns start with (`turnout`), then by version id."""


def release_passport(config: PublicationConfig, models: Passports) -> dict[str, Any]:
    """The contract's meanings and the models' passports as one, by published column.

    A column belongs to the model whose name it starts with (`turnout_decile` to `turnout`). States may have versions
    of their own: what they say of a column is told one after the other, the earliest end counts, a use is allowed where
    every version allows it and refused where one refuses it. The other columns, and the release as a whole, may be used
    for what all models allow. Each version's own passport stands under `models`.

    Args:
        config: The publication.
        models: By the start of the column names and version id, passports with at least the keys of `REQUIRED`.

    Raises:
        PublicationError: A passport lacks a key, or a score has no passport.
    """
    _demand_complete(config, models)
    columns = config.contract.columns()
    every = [known for versions in models.values() for known in versions.values()]
    return {
        "publication": config.name,
        "population": config.population,
        **_uses(every),
        "columns": {name: _entry(columns[name], config, models, every) for name in config.columns},
        "models": models,
    }


def demand_passports(counts: Iterable[dict[str, dict[str, int]]], models: Passports) -> None:
    """Refuse rows whose score was made by a version without a passport.

    Args:
        counts: By state, the counted values; `<model>_version_id` holds rows by version.
        models: The passports given.

    Raises:
        PublicationError: It names the versions.
    """
    used = {
        (name, version) for counted in counts for name in models for version in counted.get(f"{name}_version_id", {})
    }
    bare = sorted(f"{name} {version}" for name, version in used if version not in models[name])
    if bare:
        raise PublicationError(
            f"{len(bare)} versions that scored have no passport: {', '.join(bare)}. Nothing was published."
        )


def _demand_complete(config: PublicationConfig, models: Passports) -> None:
    known = [(f"{name} {version}", told) for name, versions in models.items() for version, told in versions.items()]
    faults = [f"{name} lacks {key}" for name, told in sorted(known) for key in REQUIRED if key not in told]
    derived = [name for name in config.columns if config.contract.columns()[name].kind == "derived"]
    faults += [f"{name} has none" for name in derived if not _versions_of(name, models)]
    if faults:
        raise PublicationError(f"{config.name}: passports are incomplete: {'; '.join(faults)}. Nothing was published.")


def _versions_of(column: str, models: Passports) -> list[dict[str, Any]]:
    owner = max((name for name in models if column.startswith(f"{name}_")), key=len, default="")
    return [known for _, known in sorted(models.get(owner, {}).items())]


def _uses(versions: list[dict[str, Any]]) -> dict[str, list[str]]:
    refused = {use: None for known in versions for use in known["refused_uses"]}
    allowed = [use for use in versions[0]["allowed_uses"] if all(use in known["allowed_uses"] for known in versions)]
    return {"allowed_uses": [use for use in allowed if use not in refused], "refused_uses": list(refused)}


def _entry(found: Column, config: PublicationConfig, models: Passports, every: list[dict[str, Any]]) -> dict[str, Any]:
    versions = _versions_of(found.name, models)
    ends = sorted(str(known["valid_until"]) for known in versions if known["valid_until"])
    return {
        "meaning": found.meaning,
        "unit": found.unit or None,
        "population": _told(versions, "population") or config.population,
        "reading": _told(versions, "reading") if pa.types.is_floating(found.type) else None,
        "as_of": _told(versions, "as_of"),
        "valid_until": ends[0] if ends else None,
        "null_means": found.null_means or None,
        **_uses(versions or every),
    }


def _told(versions: list[dict[str, Any]], key: str) -> str | None:
    """What the versions say, each sentence once."""
    return " ".join(dict.fromkeys(str(known[key]) for known in versions if known[key])) or None
