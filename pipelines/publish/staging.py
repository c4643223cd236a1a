"""Builds a whole release in the publisher's private folder, and names it by its content."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.publish import manifest
from pipelines.publish.checks import check_release
from pipelines.publish.faults import fault_point
from pipelines.publish.passport import Passports, demand_passports, release_passport
from pipelines.publish.places import seal, write_text
from pipelines.publish.reuse import StandingFile
from pipelines.publish.standing import Standing
from pipelines.publish.targets import PublicationConfig
from pipelines.publish.writer import Written, write_state


@dataclass(frozen=True)
class Contents:
    """All that a release is made of.

    Attributes:
        config: The publication.
        states: Rows of every state, by two-letter code.
        inputs: What the rows were made from.
        standings: How every state stands; empty where nobody says.
        passport: Every version's passport.
        dictionary: Text of dictionary.md.
    """

    config: PublicationConfig
    states: Mapping[str, Iterable[pa.RecordBatch]]
    inputs: dict[str, Any]
    standings: Mapping[str, Standing]
    passport: Passports
    dictionary: str

    def texts(self) -> dict[str, str]:
        """The files beside the data, by name."""
        passport = manifest.to_json(release_passport(self.config, self.passport))
        return {"passport.json": passport, "dictionary.md": self.dictionary}

    def told(self, summaries: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        """What the manifest says of every state: what its rows add up to, and how it stands."""
        standings = {state: standing.as_json() for state, standing in self.standings.items()}
        return {state: {**summary, **standings.get(state, {})} for state, summary in sorted(summaries.items())}


def stage_release(staging: Path, contents: Contents, standing: Mapping[str, StandingFile]) -> Path:
    """The finished release folder, still private, under the name that its content gives it.

    Args:
        staging: The publisher's private folder.
        contents: What the release is made of; the rows of a state that stands are not read.
        standing: The files of the current release that are used again, by state.
    """
    config, folder = contents.config, staging / "release"
    folder.mkdir()
    fresh = {state: batches for state, batches in sorted(contents.states.items()) if state not in standing}
    written = {state: _write(folder, state, batches, config) for state, batches in fresh.items()}
    if written or not standing:
        check_release(written, config, staging)
    for state, file in standing.items():
        file.link_to(_path(folder, state, config))
    summaries = {state: file.summary for state, file in standing.items()}
    summaries |= {state: file.summary.as_json() for state, file in written.items()}
    demand_passports((summary["counts"] for summary in summaries.values()), contents.passport)
    for name, text in contents.texts().items():
        write_text(folder / name, text)
    fault_point("publish.staged")
    entries = manifest.entries_of(folder, summaries)
    return _name(folder, manifest.make_manifest(config, entries, contents.told(summaries), contents.inputs))


def _write(folder: Path, state: str, batches: Iterable[pa.RecordBatch], config: PublicationConfig) -> Written:
    return write_state(batches, _path(folder, state, config), config)


def _path(folder: Path, state: str, config: PublicationConfig) -> Path:
    path = folder / f"state={state}" / f"{config.name}-{manifest.PLACEHOLDER}-0.parquet"
    path.parent.mkdir()
    return path


def _name(folder: Path, content: dict[str, Any]) -> Path:
    name = manifest.release_id(content)
    for entry in content["files"]:
        path = folder / entry["path"]
        path.rename(path.with_name(path.name.replace(manifest.PLACEHOLDER, name)))
    write_text(folder / manifest.MANIFEST, manifest.to_json(manifest.named(content, name)))
    named = folder.rename(folder.with_name(name))
    seal(named)
    return named
