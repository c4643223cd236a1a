"""Builds a whole release in the publisher's private folder, and names it by its content."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.publish import manifest
from pipelines.publish.checks import check_release
from pipelines.publish.faults import fault_point
from pipelines.publish.passport import Passports, demand_passports, release_passport
from pipelines.publish.places import seal, write_text
from pipelines.publish.targets import PublicationConfig
from pipelines.publish.writer import Written, write_state


def stage_release(
    staging: Path,
    config: PublicationConfig,
    states: Mapping[str, Iterable[pa.RecordBatch]],
    inputs: dict[str, Any],
    passport: Passports,
    dictionary: str,
) -> Path:
    """The finished release folder, still private, under the name that its content gives it."""
    folder = staging / "release"
    folder.mkdir()
    written = {state: _write(folder, state, batches, config) for state, batches in sorted(states.items())}
    check_release(written, config, staging)
    demand_passports((file.summary.as_json()["counts"] for file in written.values()), passport)
    write_text(folder / "passport.json", manifest.to_json(release_passport(config, passport)))
    write_text(folder / "dictionary.md", dictionary)
    fault_point("publish.staged")
    summaries = {state: file.summary.as_json() for state, file in written.items()}
    return _name(folder, manifest.make_manifest(config, folder, summaries, inputs))


def _write(folder: Path, state: str, batches: Iterable[pa.RecordBatch], config: PublicationConfig) -> Written:
    path = folder / f"state={state}" / f"{config.name}-{manifest.PLACEHOLDER}-0.parquet"
    path.parent.mkdir()
    return write_state(batches, path, config)


def _name(folder: Path, content: dict[str, Any]) -> Path:
    name = manifest.release_id(content)
    for entry in content["files"]:
        path = folder / entry["path"]
        path.rename(path.with_name(path.name.replace(manifest.PLACEHOLDER, name)))
    write_text(folder / manifest.MANIFEST, manifest.to_json(manifest.named(content, name)))
    named = folder.rename(folder.with_name(name))
    seal(named)
    return named
