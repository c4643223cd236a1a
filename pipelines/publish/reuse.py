"""What of the current release may be used again: a state's file whose stamp and bytes are as they were.

A file that stands is linked under the new release's name, not written again, so that one state's news costs one state's
work. Both names lead to the same bytes on the disk; a copy is made where the disk knows no links.
"""

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import PublicationError
from pipelines.publish import integrity, ledger, manifest
from pipelines.publish.places import Place
from pipelines.publish.summary import SUMMED
from pipelines.publish.targets import PublicationConfig, Release


@dataclass(frozen=True)
class StandingFile:
    """A state's file of the current release, its bytes compared with the manifest.

    Attributes:
        release: Name of the release it stands in.
        path: The file.
        entry: Its line in the manifest.
        summary: What its rows add up to.
    """

    release: str
    path: Path
    entry: dict[str, Any]
    summary: dict[str, Any]

    def link_to(self, path: Path) -> None:
        """Give the file a second name, or copy it where the disk has no links."""
        try:
            os.link(self.path, path)
        except OSError:
            shutil.copyfile(self.path, path)


def standing_files(place: Place, states: Iterable[str], inputs: dict[str, Any]) -> dict[str, StandingFile]:
    """The files of the current release that would be written again with the same bytes, by state."""
    release = ledger.current_release(place.root, place.name)
    folder = place.releases / (release or "")
    try:
        known = integrity.read_manifest(folder) if release else None
    except PublicationError:
        return {}
    if known is None or release is None:
        return {}
    same = [
        state for state in states if _stamp(inputs, state) and _stamp(inputs, state) == _stamp(known["inputs"], state)
    ]
    found = {state: _file_of(known, state) for state in same}
    return {
        state: StandingFile(release, folder / entry["path"], entry, _summary(known["states"][state]))
        for state, entry in found.items()
        if not integrity.file_faults(folder, [entry])
    }


def unchanged_release(
    place: Place,
    config: PublicationConfig,
    summaries: dict[str, Any],
    content: dict[str, Any],
    texts: dict[str, str],
    standing: dict[str, StandingFile],
) -> Release | None:
    """The current release, when publishing again would give it as it is; nothing is written to find that out.

    Args:
        place: The publication's folder.
        config: The publication.
        summaries: What the manifest says of every state.
        content: Inputs of every state, as the manifest holds them.
        texts: Text of every file beside the data, by its name.
        standing: The files of all its states, which may be used again.
    """
    release = next(iter(standing.values())).release
    entries = [manifest.renamed(file.entry, release, manifest.PLACEHOLDER) for file in standing.values()]
    entries += [manifest.text_entry(name, text) for name, text in texts.items()]
    wanted = manifest.make_manifest(config, sorted(entries, key=lambda entry: entry["path"]), summaries, content)
    folder = place.releases / release
    small = [entry for entry in manifest.named(wanted, release)["files"] if entry["path"] in texts]
    if manifest.release_id(wanted) != release or integrity.file_faults(folder, small) or integrity.strangers(folder):
        return None
    return Release(release, folder, False, integrity.read_manifest(folder))


def _stamp(inputs: dict[str, Any], state: str) -> str | None:
    stated = inputs.get(state)
    return stated.get("made_from") if isinstance(stated, dict) else None


def _file_of(known: dict[str, Any], state: str) -> dict[str, Any]:
    return next(entry for entry in known["files"] if entry["path"].startswith(f"state={state}/"))


def _summary(told: dict[str, Any]) -> dict[str, Any]:
    return {name: told[name] for name in SUMMED}
