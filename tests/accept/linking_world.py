"""A simulated state with the records of four vendors, their truth, and how links are graded against it."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from models.config import read_config
from pipelines.calendar import read_calendar
from pipelines.linking.standard.table import standardise
from pipelines.settings import CONFIGS
from pipelines.sql import literal
from pipelines.synthetic.config import SyntheticConfig
from pipelines.synthetic.simulation import Simulation
from pipelines.synthetic.vendors.records import chunk_records

STATE, DAY = "NC", dt.date(2026, 10, 1)
SHARES = {"commercial": 0.55, "donors": 0.15, "subscribers": 0.2, "volunteers": 0.1}
"""Records of each kind of vendor, as shares of all."""


@dataclass(frozen=True)
class World:
    """A state's voters and the records of its vendors, with their truth, as Parquet files.

    Attributes:
        folder: Where they are.
        voters: Voters asked for, count; so many records come, too.
        seed: Seed of the records.
    """

    folder: Path
    voters: int
    seed: int

    def simulation(self) -> Simulation:
        """The people, with the names and rates of `configs/synthetic.yaml`."""
        config = read_config(SyntheticConfig, CONFIGS / "synthetic.yaml")
        state = config.states[STATE].model_copy(update={"voters": self.voters, "snapshots": [DAY]})
        small = config.model_copy(update={"states": {STATE: state}})
        return Simulation(small, STATE, read_calendar(CONFIGS).of_state(STATE))

    def write(self) -> "World":
        """Draw them, chunk by chunk."""
        simulation = self.simulation()
        sizes, done, drawn = simulation.chunk_sizes(), 0, dict.fromkeys(SHARES, 0)
        writers: dict[str, pq.ParquetWriter] = {}
        for chunk, size in zip(simulation.chunks(), sizes, strict=True):
            done += size
            _append(writers, self.folder / "voters.parquet", chunk.voters(DAY))
            for kind, share in SHARES.items():
                until = round(self.voters * share * done / sum(sizes))
                found = chunk_records(simulation.config, chunk, (kind, DAY, self.seed), (drawn[kind], until))
                drawn[kind] = until
                _append(writers, self.folder / "records.parquet", found.records)
                kinds = pa.repeat(pa.scalar(kind), found.truth.num_rows)
                _append(writers, self.folder / "truth.parquet", found.truth.append_column("source", kinds))
        for writer in writers.values():
            writer.close()
        return self

    def load(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Make the tables `voters` and `records` of standard columns, `truth`, `protected` and `linkable`.

        `truth` has no voter for records of people whose registration is removed by the day; `linkable` are the records
        of voters who may be linked.
        """
        file = {name: literal(str(self.folder / f"{name}.parquet")) for name in ("voters", "records", "truth")}
        listed = (
            f"SELECT voter_id AS record_id, * EXCLUDE (voter_id) FROM {file['voters']} WHERE status_code <> 'removed'"
        )
        standardise(connection, listed, "voters")
        standardise(connection, f"SELECT * FROM {file['records']}", "records")
        connection.execute(
            f"""CREATE TABLE truth AS
            SELECT t.* REPLACE (v.record_id AS voter_id)
            FROM {file["truth"]} AS t LEFT JOIN voters AS v ON v.record_id = t.voter_id"""
        )
        connection.execute(f"CREATE TABLE protected AS SELECT voter_id FROM {file['voters']} WHERE is_confidential")
        connection.execute("CREATE TABLE linkable AS FROM truth SEMI JOIN voters ON voter_id = voters.record_id")
        connection.execute("DELETE FROM linkable WHERE voter_id IN (FROM protected)")


def _append(writers: dict[str, pq.ParquetWriter], file: Path, rows: pa.Table) -> None:
    writer = writers.setdefault(file.name, pq.ParquetWriter(file, rows.schema)) if file.name not in writers else None
    (writer or writers[file.name]).write_table(rows)


@dataclass(frozen=True)
class Grade:
    """How right some links are.

    Attributes:
        links: Records that were linked, count.
        right: Of these, to the person, count.
        linkable: Records that could be linked, count.
    """

    links: int
    right: int
    linkable: int

    @property
    def precision(self) -> float:
        """Share of the links that are right."""
        return self.right / max(self.links, 1)

    @property
    def recall(self) -> float:
        """Share of the records of voters that are linked to the right one."""
        return self.right / max(self.linkable, 1)

    def __str__(self) -> str:
        return f"precision {self.precision:.4f}, recall {self.recall:.4f} ({self.links:,} links)"


def grade(connection: duckdb.DuckDBPyConnection, links: str, where: str = "true") -> Grade:
    """The grade of a SELECT of source_record_id and voter_id.

    Args:
        connection: Where a world is loaded.
        links: The links.
        where: SQL of the records that count, over the columns of the truth.
    """
    told = f"({links}) AS links JOIN truth ON truth.record_id = links.source_record_id"
    query = f"SELECT count(*), count(*) FILTER (links.voter_id = truth.voter_id) FROM {told} WHERE {where}"
    found = connection.execute(query).fetchall()[0]
    linkable = connection.execute(f"SELECT count(*) FROM linkable AS truth WHERE {where}").fetchall()[0][0]
    return Grade(*found, linkable)
