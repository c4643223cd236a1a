"""The vocabulary of configs/publications, what a kind of target must do, and what it gives back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import pyarrow as pa
from pydantic import Field, field_validator

from models.config import Strict
from models.tables import TableContract
from pipelines.tables.published import PublishedVoterScores

TABLES: dict[str, type[PublishedVoterScores]] = {PublishedVoterScores.table_name: PublishedVoterScores}


class DriftTolerance(Strict):
    """How far a state's scores may move from one release to the next before a person has to look."""

    mean_shift: float = Field(gt=0, le=1, description="Largest change of a state's mean score, in probability.")
    null_share_shift: float = Field(gt=0, le=1, description="Largest change of the share without a score, in [0, 1].")
    rank_correlation: float = Field(
        ge=-1, le=1, description="Smallest Spearman correlation of old and new scores over the voters in both."
    )
    row_share: float = Field(gt=0, description="Largest change of a state's rows, as a share of the rows before.")
    common_count: int = Field(
        default=1000, ge=2, description="Voters in both releases below which the correlation is told and not judged."
    )


class ParquetTarget(Strict):
    """A folder of immutable releases of Parquet files."""

    kind: Literal["parquet"] = Field(description="Which kind of target this is.")
    row_group_rows: int = Field(default=122_880, ge=1, description="Rows that are compressed and read together.")
    compression_level: int = Field(default=3, ge=1, le=19, description="Level of zstd.")


AnyTarget = ParquetTarget
"""The kinds that a YAML may name under `target:`; the second kind makes this a union told apart by `kind`."""


class PublicationConfig(Strict):
    """One publication: which columns of which table, about whom, kept how long, and how far it may drift."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="Name of the publication and of its folder.")
    table: Literal["published_voter_scores"] = Field(description="Table contract that the release keeps.")
    population: str = Field(min_length=1, description="Whom the rows are about, in a sentence for the passport.")
    columns: tuple[str, ...] = Field(min_length=1, description="Columns to publish, in this order; the key is one.")
    keep_releases: int = Field(default=6, ge=1, description="Newest releases kept for roll-back, the current included.")
    drift: DriftTolerance = Field(description="How far scores may move from the release before.")
    target: AnyTarget = Field(description="Kind of the target and its settings.")

    @property
    def contract(self) -> type[PublishedVoterScores]:
        """The table class."""
        return TABLES[self.table]

    @property
    def schema(self) -> pa.Schema:
        """Arrow schema of a published file."""
        return pa.schema([self.contract.schema().field(name) for name in self.columns])

    @field_validator("columns")
    @classmethod
    def _known_and_once(cls, columns: tuple[str, ...]) -> tuple[str, ...]:
        known = PublishedVoterScores.schema().names
        unknown = sorted(set(columns) - set(known))
        missing = sorted({*PublishedVoterScores.key(), *PublishedVoterScores.counted} - set(columns))
        if unknown or missing or len(set(columns)) < len(columns):
            raise ValueError(
                f"expected columns of published_voter_scores, each once; unknown: {', '.join(unknown) or 'none'}; "
                f"required and absent: {', '.join(missing) or 'none'}"
            )
        return columns


@dataclass(frozen=True)
class Release:
    """What publishing gave.

    Attributes:
        release_id: Name of the release: the start of the hash of its content.
        folder: Where it is.
        is_new: False when the same release was current already, so that nothing was written.
        manifest: Content of manifest.json: files, rows, hashes, inputs, summaries per state; no person's value.
        drift: Differences from the release before, by state; empty for a first release and for one not new.
        written: States whose rows were written now; the files of the others stood and were used again.
    """

    release_id: str
    folder: Path
    is_new: bool
    manifest: dict[str, Any] = field(repr=False)
    drift: dict[str, Any] = field(default_factory=dict, repr=False)
    written: tuple[str, ...] = ()


class Target(Protocol):
    """What a kind of target must do: take the states' rows to the outside, whole or not at all."""

    def __call__(
        self,
        root: Path,
        config: PublicationConfig,
        states: Mapping[str, Iterable[pa.RecordBatch]],
        *,
        inputs: dict[str, Any],
        passport: dict[str, dict[str, dict[str, Any]]],
        dictionary: str,
    ) -> Release:
        """Publish the rows, or raise PublicationError and leave what was published before."""
        ...


def score_columns(contract: type[TableContract], names: Iterable[str]) -> list[str]:
    """Names of the columns that hold a score: the fractional numbers."""
    return [name for name in names if pa.types.is_floating(contract.columns()[name].type)]
