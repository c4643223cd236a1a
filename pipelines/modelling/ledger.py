"""The append-only ledger of model versions: it decides which version scores; MLflow mirrors it."""

from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from models.artefact import ModelVersion, load_version
from models.errors import ArtefactError
from models.ledger import Event, version_event
from models.tables import ModelVersions
from pipelines.lake import Lake


class VersionLedger:
    """The events of all versions of one model.

    Args:
        lake: Data root.
        model: Name of the model.
    """

    def __init__(self, lake: Lake, model: str) -> None:
        self.lake, self.model = lake, model
        self.folder = lake.folder(ModelVersions) / model

    def events(self) -> list[dict[str, Any]]:
        """Every event, oldest first."""
        return [
            row for file in sorted(self.folder.glob("*.parquet")) for row in pq.ParquetFile(file).read().to_pylist()
        ]

    def append(self, version: ModelVersion, event: Event, decided_by: str, reason: str) -> None:
        """Add an event, in a file that is written once."""
        sequence = len(self.events()) + 1
        path = str(version.folder.relative_to(self.lake.root))
        row = version_event(version, event, sequence=sequence, path=path, decided_by=decided_by, reason=reason)
        self.folder.mkdir(parents=True, exist_ok=True)
        file = self.folder / f"{sequence:08d}-{event}.parquet"
        pq.write_table(pa.Table.from_pylist([row], schema=ModelVersions.schema()), file.with_suffix(".writing"))
        file.with_suffix(".writing").replace(file)

    def knows(self, version_id: str, event: Event) -> bool:
        """Whether that happened to a version."""
        return any((row["version_id"], row["event"]) == (version_id, event) for row in self.events())

    def champion_id(self) -> str | None:
        """The version in use, or nothing before the first promotion."""
        chosen = [row["version_id"] for row in self.events() if row["event"] in ("promoted", "rolled_back")]
        return chosen[-1] if chosen else None

    def champion(self) -> ModelVersion:
        """The version in use, its bytes checked against the ledger before they are read.

        Raises:
            ArtefactError: No version was ever promoted, or its files are missing or changed.
        """
        chosen = [row for row in self.events() if row["event"] in ("promoted", "rolled_back")]
        if not chosen:
            raise ArtefactError(
                f"{self.model}: no version has passed its gates, so nothing is scored. See the verdict of the latest one."
            )
        row = chosen[-1]
        return load_version(self.lake.root / row["path"], row["version_id"], row["model_sha256"])
