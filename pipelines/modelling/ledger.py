"""The append-only ledger of model versions: it decides which version scores; MLflow mirrors it."""

import json
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from models.artefact import ModelVersion, load_version
from models.errors import ArtefactError
from models.ledger import Event, version_event
from models.tables import ModelVersions
from pipelines.lake import Lake


class VersionLedger:
    """The events of all versions of one model in one state.

    Args:
        lake: Data root.
        model: Name of the model.
        state: Two-letter code of the state; another state's ledger is another folder.
    """

    def __init__(self, lake: Lake, model: str, state: str) -> None:
        self.lake, self.model, self.state = lake, model, state
        self.folder = lake.folder(ModelVersions) / model / f"state={state}"

    def events(self) -> list[dict[str, Any]]:
        """Every event, oldest first."""
        return [
            row for file in sorted(self.folder.glob("*.parquet")) for row in pq.ParquetFile(file).read().to_pylist()
        ]

    def append(self, version: ModelVersion, event: Event, decided_by: str, reason: str) -> None:
        """Add an event, in a file that is written once.

        Raises:
            ArtefactError: Another process added an event at the same moment; nothing was lost and nothing written.
        """
        sequence = len(self.events()) + 1
        path = str(version.folder.relative_to(self.lake.root))
        row = version_event(version, event, sequence=sequence, path=path, decided_by=decided_by, reason=reason)
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / f"{sequence:08d}-{os.getpid()}.writing"
        pq.write_table(pa.Table.from_pylist([row], schema=ModelVersions.schema()), draft)
        try:
            (self.folder / f"{sequence:08d}.parquet").hardlink_to(draft)  # fails where the event is there already
        except FileExistsError:
            raise ArtefactError(
                f"{self.model} {self.state}: another process wrote event {sequence}. Run again."
            ) from None
        finally:
            draft.unlink()

    def knows(self, version_id: str, event: Event) -> bool:
        """Whether that happened to a version."""
        return any((row["version_id"], row["event"]) == (version_id, event) for row in self.events())

    def last_verdict(self, version_id: str) -> tuple[str, str] | None:
        """The last promotion or refusal of a version by its gates, with the reason."""
        own = [row for row in self.events() if row["version_id"] == version_id]
        judged = [(row["event"], row["reason"]) for row in own if row["event"] in ("promoted", "refused")]
        return judged[-1] if judged else None

    def was_overruled(self, version_id: str) -> bool:
        """Whether someone went back from a version, once promoted, to another that is still in use."""
        chosen = self._chosen()
        return bool(chosen) and chosen[-1]["event"] == "rolled_back" and self.knows(version_id, "promoted")

    def champion_id(self) -> str | None:
        """The version in use, or nothing before the first promotion."""
        chosen = self._chosen()
        return chosen[-1]["version_id"] if chosen else None

    def champion(self) -> ModelVersion:
        """The version in use, its bytes checked against the ledger before they are read.

        Raises:
            ArtefactError: No version was ever promoted, or its files are missing or changed.
        """
        chosen = self._chosen()
        if not chosen:
            raise ArtefactError(
                f"{self.model} {self.state}: no version has passed its gates, so nothing is scored. "
                "See the newest one's verdict."
            )
        row = chosen[-1]
        return load_version(self.lake.root / row["path"], row["version_id"], row["model_sha256"])

    def _chosen(self) -> list[dict[str, Any]]:
        return [row for row in self.events() if row["event"] in ("promoted", "rolled_back")]


def write_whole(file: Path, content: dict[str, Any]) -> None:
    """Write a JSON file at once: a reader finds all of it or none."""
    draft = file.with_name(f".{file.name}-{os.getpid()}")
    draft.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    draft.replace(file)
