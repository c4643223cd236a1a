"""The rows of the product: everyone on the last good file, with the champion's score where there is one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from models.artefact import ModelVersion
from models.features import Features
from models.passport import dated
from models.tables import Scores
from pipelines.features.as_of import Occasion, Universe
from pipelines.lake import Lake, fingerprint
from pipelines.publish.standing import Standing
from pipelines.publish.targets import PublicationConfig
from pipelines.tables.core import Voters

BATCH_ROWS = 122_880


@dataclass(frozen=True)
class ScoredState:
    """One state as it is published.

    Attributes:
        occasion: The election scored, and the as-of day.
        universe: The snapshot that its people were read from.
        version: The champion that scored it.
        receipts: SHA-256 of the accepted files of that snapshot.
        standing: Whether that snapshot is the newest, and why not.
    """

    occasion: Occasion
    universe: Universe
    version: ModelVersion
    receipts: tuple[str, ...]
    standing: Standing

    def rows_from(self, lake: Lake) -> str:
        """Fingerprint of the tables behind its rows."""
        place = {"state": self.occasion.state}
        scores = lake.table(Scores, **place, version_id=self.version.version_id, as_of=self.occasion.as_of)
        voters = lake.table(Voters, **place, snapshot_date=self.universe.snapshot_date)
        features = lake.table(Features, **place, election_id=self.occasion.election.election_id)
        tables = [table.fingerprint for table in (scores, voters, features)]
        return fingerprint(tables, self.version.sha256, self.occasion.as_of, self.universe.cohort)

    def inputs(self, lake: Lake) -> dict[str, object]:
        """What the rows were made from, for the manifest: no instant, no machine."""
        return {
            "rows_from": self.rows_from(lake),
            "as_of": self.occasion.as_of.isoformat(),
            "election_id": self.occasion.election.election_id,
            "snapshot_date": self.universe.snapshot_date.isoformat(),
            "turnout_version_id": self.version.version_id,
            "receipts": list(self.receipts),
        }

    def passport(self) -> dict[str, object]:
        """The champion's passport on the as-of day."""
        return dated(self.version.passport, self.occasion.as_of)


def stream_state(
    lake: Lake, connection: duckdb.DuckDBPyConnection, scored: ScoredState, config: PublicationConfig
) -> Iterator[pa.RecordBatch]:
    """The published rows of a state, sorted by voter_id, in batches.

    Everyone whose registration stands is there; without a score are those who are not at risk in the election
    (registered too late, pending) or of whom nothing is known.
    """
    names = pa.schema([config.schema.field(name) for name in config.columns])
    reader = connection.sql(
        f"SELECT {', '.join(names.names)} FROM ({_rows(lake, scored)}) ORDER BY voter_id"
    ).to_arrow_reader(BATCH_ROWS)
    for batch in reader:
        yield pa.RecordBatch.from_arrays([batch.column(field.name).cast(field.type) for field in names], schema=names)


def _rows(lake: Lake, scored: ScoredState) -> str:
    occasion, universe = scored.occasion, scored.universe
    scores = lake.table(
        Scores, state=occasion.state, version_id=scored.version.version_id, as_of=occasion.as_of
    ).select()
    voters = lake.table(Voters, state=occasion.state, snapshot_date=universe.snapshot_date).select()
    features = lake.table(Features, state=occasion.state, election_id=occasion.election.election_id).select()
    return f"""
    WITH ranked AS (
        SELECT voter_id, probability, is_out_of_fold,
            CASE WHEN probability IS NOT NULL
                THEN ntile(10) OVER (PARTITION BY probability IS NULL ORDER BY probability, voter_id) END AS decile
        FROM ({scores}) SEMI JOIN ({features}) USING (voter_id)
    )
    SELECT v.voter_id, v.county_code, v.precinct_code,
        '{occasion.election.election_id}' AS election_id,
        r.probability AS turnout_probability,
        r.decile AS turnout_decile,
        '{scored.version.version_id}' AS turnout_version_id,
        DATE '{occasion.as_of}' AS as_of,
        DATE '{universe.snapshot_date}' AS snapshot_date,
        {scored.standing.behind_days}::SMALLINT AS behind_days,
        '{universe.cohort}' AS cohort,
        coalesce(r.is_out_of_fold, false) AS is_out_of_fold
    FROM ({voters}) AS v
    LEFT JOIN ranked AS r USING (voter_id)
    WHERE coalesce(v.status_code, 'active') IN ('active', 'inactive', 'pending')"""


def aged(batches: Iterable[pa.RecordBatch], standing: Standing) -> Iterator[pa.RecordBatch]:
    """Rows published before, with today's count of days behind the newest file."""
    name = "behind_days"
    for batch in batches:
        days = pa.array([standing.behind_days] * batch.num_rows, pa.int16())
        place = batch.schema.get_field_index(name)
        yield batch.append_column(name, days) if place < 0 else batch.set_column(place, name, days)
