"""One state's rows into one Parquet file: the same bytes for the same rows, however they were batched."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from models.errors import BrokenRule, PublicationError
from pipelines.publish.faults import fault_point
from pipelines.publish.summary import StateSummary
from pipelines.publish.targets import PublicationConfig

_TEXTS = (pa.string(), pa.large_string(), pa.string_view())


@dataclass(frozen=True)
class Written:
    """A state's file as it was written.

    Attributes:
        path: The file.
        summary: What its rows add up to.
        broken: Broken rules that are seen only while rows stream by: their order, and nulls that no file can hold.
    """

    path: Path
    summary: StateSummary
    broken: list[BrokenRule]


def write_state(batches: Iterable[pa.RecordBatch], path: Path, config: PublicationConfig) -> Written:
    """Write a state's file in row groups of one size, holding no more than one of them.

    Args:
        batches: Rows with at least the published columns, sorted by voter_id as UTF-8 bytes.
        path: File to write.
        config: Columns, row group and compression.

    Raises:
        PublicationError: A batch lacks a column or has it in another type.
    """
    names = list(config.columns)
    summary = StateSummary(config.contract, names, config.contract.counted)
    order, nulls = _Order(config.contract.key()[0]), _Nulls(config.schema)
    with pq.ParquetWriter(path, config.schema, **_settings(config)) as writer:
        for rows in row_groups(batches, config.schema, config.target.row_group_rows):
            fault_point("publish.row_group")
            order.add(rows)
            summary.add(rows)
            if nulls.add(rows):
                writer.write_table(rows, row_group_size=config.target.row_group_rows)
    return Written(path, summary, [*order.broken(), *nulls.broken()])


def row_groups(batches: Iterable[pa.RecordBatch], schema: pa.Schema, size: int) -> Iterator[pa.Table]:
    """The rows again, in contiguous tables of `size` rows; the last may be shorter."""
    held: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        held.append(_as_published(batch, schema))
        count += batch.num_rows
        while count >= size:
            rows = pa.Table.from_batches(held, schema)
            yield rows.slice(0, size).combine_chunks()
            held, count = rows.slice(size).to_batches(), count - size
    if count:
        yield pa.Table.from_batches(held, schema).combine_chunks()


def _as_published(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    given = {field.name: field.type for field in batch.schema}
    faults = [
        f"{field.name} is {given.get(field.name, 'missing')}, expected {field.type}"
        for field in schema
        if not _fits(given.get(field.name), field.type)
    ]
    if faults:
        raise PublicationError(f"{len(faults)} columns do not fit the published schema: {'; '.join(faults)}.")
    return pa.RecordBatch.from_arrays([batch.column(field.name).cast(field.type) for field in schema], schema=schema)


def _fits(given: pa.DataType | None, wanted: pa.DataType) -> bool:
    """Whether the type is the published one; all Arrow kinds of text are alike."""
    return given == wanted or (given in _TEXTS and wanted in _TEXTS)


def _settings(config: PublicationConfig) -> dict:
    """Ids repeat nowhere and scores seldom, so only the other columns get a dictionary."""
    columns = config.contract.columns()
    plain = {
        name
        for name in config.columns
        if columns[name].kind == "identifier" or pa.types.is_floating(columns[name].type)
    }
    key = [pq.SortingColumn(config.columns.index(name)) for name in config.contract.key()]
    return {
        "compression": "zstd",
        "compression_level": config.target.compression_level,
        "use_dictionary": [name for name in config.columns if name not in plain],
        "write_page_index": True,
        "write_page_checksum": True,
        "sorting_columns": key,
    }


class _Order:
    """Counts the rows whose key does not come after the key before it: unsorted, or there twice."""

    def __init__(self, key: str):
        self.key = key
        self.last: pa.Scalar | None = None
        self.misplaced = 0

    def add(self, rows: pa.Table) -> None:
        keys = rows[self.key].combine_chunks()
        before = keys.slice(0, len(keys) - 1)
        if self.last is not None:
            self.misplaced += int(not pc.call_function("less", [self.last, keys[0]]).as_py())
        ascending = pc.call_function("less", [before, keys.slice(1)])
        self.misplaced += len(ascending) - ascending.true_count - ascending.null_count
        self.last = keys[-1]

    def broken(self) -> list[BrokenRule]:
        rule = "is sorted and there once"
        return [BrokenRule(self.key, rule, self.misplaced)] if self.misplaced else []


class _Nulls:
    """Counts nulls where there may be none, since Parquet itself refuses to write such a row group."""

    def __init__(self, schema: pa.Schema):
        self.counts = {field.name: 0 for field in schema if not field.nullable}

    def add(self, rows: pa.Table) -> bool:
        """Count some more rows; true where they may be written."""
        found = {name: rows[name].null_count for name in self.counts}
        self.counts = {name: count + found[name] for name, count in self.counts.items()}
        return not any(found.values())

    def broken(self) -> list[BrokenRule]:
        return [BrokenRule(name, "is never null", count) for name, count in self.counts.items() if count]
