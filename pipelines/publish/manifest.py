"""The manifest: what a release consists of, by size and sha256, and the release's name made from it.

The name is the start of the sha256 of the manifest with a placeholder for the name itself, so that equal content has
an equal name and a changed manifest no longer fits its folder. No clock, machine name or process number is in it.
"""

import hashlib
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from models.errors import PublicationError
from models.tables import Column
from pipelines.publish.targets import PublicationConfig

FORMAT_VERSION = 1
MANIFEST = "manifest.json"
PLACEHOLDER = "{release}"
_ID_LENGTH = 16


def to_json(content: Any) -> str:
    """Canonical JSON: sorted keys, days as ISO text; an instant is refused, because a rerun would differ by it."""
    try:
        return json.dumps(content, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False, default=_day) + "\n"
    except (TypeError, ValueError):
        raise PublicationError(
            "inputs or passport hold something other than text, whole or finite numbers, yes or no, days, lists and "
            "mappings. An instant does not belong there: the same input must give the same bytes."
        ) from None


def _day(value: Any) -> str:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    raise TypeError


def sha256_of(path: Path) -> str:
    """Hex sha256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def make_manifest(
    config: PublicationConfig, files: list[dict[str, Any]], summaries: dict[str, dict[str, Any]], inputs: dict[str, Any]
) -> dict[str, Any]:
    """The manifest of a release whose file names hold the placeholder."""
    columns = config.contract.columns()
    return {
        "format_version": FORMAT_VERSION,
        "publication": config.name,
        "table": config.table,
        "contract_version": config.contract.contract_version,
        "population": config.population,
        "schema": [_described(columns[name]) for name in config.columns],
        "partitions": list(config.contract.partitions()),
        "sorted_by": list(config.contract.key()),
        "rows": sum(summary["rows"] for summary in summaries.values()),
        "states": summaries,
        "files": files,
        "inputs": inputs,
    }


def _described(found: Column) -> dict[str, Any]:
    described = {"name": found.name, "type": str(found.type), "nullable": found.nullable, "meaning": found.meaning}
    told = {"unit": found.unit, "null_means": found.null_means, "at_least": found.at_least, "at_most": found.at_most}
    return {**described, **{key: value for key, value in told.items() if value not in ("", None)}}


def entries_of(folder: Path, summaries: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """The manifest's line of every file in a staged folder, in order of their paths."""
    return [_entry(path, folder, summaries) for path in sorted(folder.rglob("*")) if path.is_file()]


def text_entry(name: str, text: str) -> dict[str, Any]:
    """The manifest's line of a text file that is not written yet."""
    content = text.encode()
    return {"path": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _entry(path: Path, folder: Path, summaries: dict[str, dict[str, Any]]) -> dict[str, Any]:
    entry = {"path": path.relative_to(folder).as_posix(), "bytes": path.stat().st_size, "sha256": sha256_of(path)}
    state = path.parent.name.removeprefix("state=")
    return {**entry, "rows": summaries[state]["rows"]} if state in summaries else entry


def release_id(manifest: dict[str, Any]) -> str:
    """Name of the release that a manifest, with the placeholder or with the name, describes."""
    own = manifest.get("release", PLACEHOLDER)
    anonymous = {**manifest, "files": [renamed(entry, own, PLACEHOLDER) for entry in manifest["files"]]}
    anonymous.pop("release", None)
    return hashlib.sha256(to_json(anonymous).encode()).hexdigest()[:_ID_LENGTH]


def named(manifest: dict[str, Any], name: str) -> dict[str, Any]:
    """The manifest with the release's name in place of the placeholder."""
    return {**manifest, "release": name, "files": [renamed(entry, PLACEHOLDER, name) for entry in manifest["files"]]}


def renamed(entry: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    """A file's line with another name in its path."""
    return {**entry, "path": entry["path"].replace(old, new)}
