"""The data root: Parquet tables written once, read lazily, and pointed at.

A table lives in `<root>/<layer>/<noun>/<partition>=<value>/.../<fingerprint>/part-0.parquet`. The fingerprint is the
hash of everything the rows were made from; a partition's `current` names the fingerprint in use and is replaced last
and at once, so that a reader sees the old rows or the new ones, never half of them. `record.json` beside a file says
how many rows and bytes it has; a file that does not match its record is refused.
"""

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Generator, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from models.errors import BrokenRule, ContractError, WalklistError, broken_contract
from models.tables import TableContract
from pipelines.connections import connect
from pipelines.sql import identifier, literal

ROOT_VERSION = "1"
PART = "part-0.parquet"
_STAGING = ".writing-"


def fingerprint(*parts: Any) -> str:
    """Hash of what a table is made from, 16 hex digits; the same parts give the same hash on every machine."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:16]


def code_version(*names: str) -> str:
    """Hash of the program text in files and folders of the checkout: a table is new when its code changed."""
    here = Path(__file__).resolve().parent.parent
    files = sorted(
        file for name in names for file in ([here / name] if name.endswith(".py") else (here / name).rglob("*.py"))
    )
    return fingerprint([(str(file.relative_to(here)), file.read_text(encoding="utf-8")) for file in files])


@dataclass(frozen=True)
class Record:
    """What is known about one partition of a table.

    Attributes:
        fingerprint: Hash of what the rows were made from.
        row_count: Rows.
        byte_count: Size of the file in bytes.
        is_new: Whether this call wrote it; false when it stood already.
    """

    fingerprint: str
    row_count: int
    byte_count: int
    is_new: bool = False


@dataclass(frozen=True)
class Table:
    """A lazy handle on the current rows of a table: nothing is read until SQL asks for it.

    Attributes:
        contract: Class of the table.
        folder: Folder of the table.
        chosen: Partition values that narrow it.
    """

    contract: type[TableContract]
    folder: Path
    chosen: tuple[tuple[str, str], ...] = ()

    def records(self) -> dict[tuple[str, ...], Record]:
        """The record of every current partition, by partition values, in order."""
        return {values: _record(folder) for values, folder in self._current()}

    @property
    def row_count(self) -> int:
        """Rows in all current partitions."""
        return sum(record.row_count for record in self.records().values())

    @property
    def fingerprint(self) -> str:
        """Hash over the fingerprints of all current partitions."""
        return fingerprint([[list(values), record.fingerprint] for values, record in self.records().items()])

    def select(self) -> str:
        """A SELECT of every column, partitions first, over the current partitions; typed also when there are none."""
        names = self.contract.partitions()
        parts = [self._part(dict(zip(names, values, strict=True)), folder) for values, folder in self._current()]
        return "\nUNION ALL ".join(parts) if parts else self._empty()

    def _current(self) -> Iterator[tuple[tuple[str, ...], Path]]:
        pattern = "/".join(f"{name}={dict(self.chosen).get(name, '*')}" for name in self.contract.partitions())
        for pointer in sorted(self.folder.glob(f"{pattern}/current" if pattern else "current")):
            values = tuple(part.split("=", 1)[1] for part in pointer.parent.relative_to(self.folder).parts)
            yield values, pointer.parent / pointer.read_text(encoding="utf-8").strip()

    def _part(self, values: dict[str, str], folder: Path) -> str:
        record, file = _record(folder), folder / PART
        if not _is_whole(file, record):
            raise WalklistError(
                f"{file}: not the {record.byte_count:,} bytes that its record states. Materialize it again."
            )
        columns = self.contract.columns()
        fixed = [
            f"{literal(value)}::{_sql_type(columns[name].type)} AS {identifier(name)}" for name, value in values.items()
        ]
        stored = [identifier(field.name) for field in self.contract.schema()]
        return f"SELECT {', '.join(fixed + stored)} FROM read_parquet({literal(str(file))}, hive_partitioning = false)"

    def _empty(self) -> str:
        nulls = [f"NULL::{_sql_type(found.type)} AS {identifier(found.name)}" for found in _ordered(self.contract)]
        return f"SELECT {', '.join(nulls)} WHERE false"


@dataclass(frozen=True)
class Lake:
    """A data root and how much of the machine its SQL may use.

    Attributes:
        root: Folder of all data.
        memory_limit: Memory of one SQL connection before it spills, as DuckDB writes it.
        threads: Threads of one SQL connection.
        written: Folders of the partitions that this handle wrote, so that a run checks its own work and no more.
    """

    root: Path
    memory_limit: str = "1GB"
    threads: int = 2
    written: set[Path] = field(default_factory=set, compare=False, repr=False)

    def prepare(self) -> None:
        """Create the root, or refuse one of another version.

        Raises:
            WalklistError: The root was written by another version of the program.
        """
        marker = self.root / "VERSION"
        if marker.is_file() and marker.read_text(encoding="utf-8").strip() != ROOT_VERSION:
            found = marker.read_text(encoding="utf-8").strip()
            raise WalklistError(
                f"{self.root}: data of version {found}, this program writes {ROOT_VERSION}. "
                "Move the folder away, keep its landing/, and run `walklist run` again."
            )
        self.root.mkdir(parents=True, exist_ok=True)
        marker.write_text(f"{ROOT_VERSION}\n", encoding="utf-8")

    def folder(self, contract: type[TableContract]) -> Path:
        """Folder of a table."""
        layer, noun = contract.table_name.split("_", 1)
        return self.root / layer / noun

    def table(self, contract: type[TableContract], **partition: Any) -> Table:
        """A lazy handle on a table, or on the partitions of it that are named."""
        chosen = tuple((name, str(value)) for name, value in partition.items())
        return Table(contract, self.folder(contract), chosen)

    @contextlib.contextmanager
    def connect(self, memory_share: float = 1) -> Generator[duckdb.DuckDBPyConnection]:
        """A SQL connection whose temporary tables go to disk beyond the memory limit, and vanish with it.

        Args:
            memory_share: Share of the memory limit that it may use, above 0 and at most 1.
        """
        with self.scratch() as scratch, connect(self.memory_limit, self.threads, scratch, memory_share) as connection:
            yield connection

    @contextlib.contextmanager
    def scratch(self) -> Generator[Path]:
        """A folder under the data root that vanishes with the block."""
        (self.root / "tmp").mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.root / "tmp") as folder:
            yield Path(folder)

    def current(self, contract: type[TableContract], made_from: str, **partition: Any) -> Record | None:
        """The record of a partition if it was made from exactly this and its file is whole, else nothing."""
        home = self._home(contract, partition)
        stamp = _stamp(contract, made_from)
        try:
            is_current = (home / "current").read_text(encoding="utf-8").strip() == stamp
            record = _record(home / stamp) if is_current else None
        except (OSError, WalklistError):
            return None
        return record if record and record.fingerprint == stamp and _is_whole(home / stamp / PART, record) else None

    def _home(self, contract: type[TableContract], partition: dict[str, Any]) -> Path:
        return self.folder(contract).joinpath(*(f"{name}={partition[name]}" for name in contract.partitions()))

    def withdraw(self, contract: type[TableContract], **partition: Any) -> None:
        """Take a partition out of use; its rows stay on disk and can be pointed at again."""
        (self._home(contract, partition) / "current").unlink(missing_ok=True)

    def write(
        self,
        contract: type[TableContract],
        connection: duckdb.DuckDBPyConnection,
        query: str,
        made_from: str,
        **partition: Any,
    ) -> Record:
        """Write the rows of a query as one partition, sorted by the key, check them, and point at them.

        Args:
            contract: Class of the table; its columns are taken from the query by name and cast.
            connection: Where the query runs.
            query: SELECT that gives the rows, in any order.
            made_from: Fingerprint of what the rows were made from.
            partition: Value of every partition column.

        Returns:
            The record; `is_new` is false when the partition already stood.

        Raises:
            ContractError: The rows break the table's contract; the partition keeps what it had.
        """
        standing = self.current(contract, made_from, **partition)
        if standing:
            return standing
        home = self._home(contract, partition)
        home.mkdir(parents=True, exist_ok=True)
        for left in home.glob(f"{_STAGING}*"):  # of a run that was killed; a root has one writer
            shutil.rmtree(left, ignore_errors=True)
        stamp = _stamp(contract, made_from)
        staging = Path(tempfile.mkdtemp(dir=home, prefix=_STAGING))
        try:
            record = _write_part(contract, connection, query, stamp, staging)
            shutil.rmtree(home / stamp, ignore_errors=True)
            staging.replace(home / stamp)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        point(home / "current", stamp)
        self.written.add(home)
        return record

    def has_written(self, contract: type[TableContract], **partition: Any) -> bool:
        """Whether this handle wrote a partition, rather than finding it as it should be."""
        return self._home(contract, partition) in self.written


def point(pointer: Path, name: str) -> None:
    """Replace a pointer file at once; a reader sees the old name or the new one."""
    temporary = pointer.with_name(f".{pointer.name}-{os.getpid()}")
    temporary.write_text(f"{name}\n", encoding="utf-8")
    _flush(temporary)
    temporary.replace(pointer)
    _flush(pointer.parent)


def _flush(path: Path) -> None:
    """Make a file or folder safe on disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _is_whole(file: Path, record: Record) -> bool:
    return file.is_file() and file.stat().st_size == record.byte_count


def find_broken(
    connection: duckdb.DuckDBPyConnection, contract: type[TableContract], relation: str
) -> list[BrokenRule]:
    """The rules of a contract that a stored relation breaks, with the number of rows of each.

    Rows are stored in the order of the key: one that does not come after the row before it is misplaced or repeated.
    """
    checks = list(contract.checks())
    counts = connection.execute(f"SELECT {', '.join(check.violation for check in checks)} FROM {relation}").fetchall()[
        0
    ]
    broken = [BrokenRule(check.column, check.rule, count) for check, count in zip(checks, counts, strict=True) if count]
    if contract.key():
        extra = int(connection.execute(_select_misplaced(contract.key(), relation)).fetchall()[0][0])
        rule = "is unique and in order"
        broken += [BrokenRule(", ".join(contract.key()), rule, extra)] if extra else []
    return broken


def _select_misplaced(key: Sequence[str], relation: str) -> str:
    """SQL of the number of rows whose key is not greater than that of the row before; one pass, no hash table."""
    names = [identifier(name) for name in key]
    before = [identifier(f"{name} before") for name in key]
    is_after = "false"
    for name, last in reversed(list(zip(names, before, strict=True))):
        is_after = f"({name} > {last} OR ({name} = {last} AND {is_after}))"
    lags = ", ".join(f"lag({name}) OVER () AS {last}" for name, last in zip(names, before, strict=True))
    return f"""
    SELECT count(*) FILTER ({before[0]} IS NOT NULL AND NOT {is_after})
    FROM (SELECT {", ".join(names)}, {lags} FROM {relation})"""


def _stamp(contract: type[TableContract], made_from: str) -> str:
    """The fingerprint of rows together with the contract they are kept under: a new column makes a new table."""
    return fingerprint(made_from, str(contract.schema()), [(check.column, check.rule) for check in contract.checks()])


def _write_part(
    contract: type[TableContract],
    connection: duckdb.DuckDBPyConnection,
    query: str,
    made_from: str,
    folder: Path,
) -> Record:
    file = folder / PART
    found = {name: type_ for name, type_, *_ in connection.execute(f"DESCRIBE {query}").fetchall()}
    casts = [_cast(field.name, _sql_type(field.type), found[field.name]) for field in contract.schema()]
    key = ", ".join(identifier(name) for name in contract.key())
    rows = f"(SELECT * FROM ({query}) ORDER BY {key})" if key else f"({query})"  # sorted as numbers, where words are
    copy = f"COPY (SELECT {', '.join(casts)} FROM {rows}) TO {literal(str(file))}"
    try:
        connection.execute(f"{copy} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)")
    except (duckdb.ConversionException, duckdb.OutOfRangeException, duckdb.InvalidInputException):
        raise ContractError(
            f"{contract.table_name}: a column holds what its type cannot; nothing was written."
        ) from None
    relation = f"read_parquet({literal(str(file))}, hive_partitioning = false)"
    broken = find_broken(connection, contract, relation)
    if broken:
        raise broken_contract(contract.table_name, broken)
    rows = connection.execute(f"SELECT count(*) FROM {relation}").fetchall()[0][0]
    record = Record(made_from, rows, file.stat().st_size, is_new=True)
    written = {name: value for name, value in asdict(record).items() if name != "is_new"}
    (folder / "record.json").write_text(json.dumps(written, sort_keys=True) + "\n", encoding="utf-8")
    for path in (file, folder / "record.json", folder):
        _flush(path)
    return record


def _cast(name: str, wanted: str, found: str) -> str:
    """SQL of a column as its type; the words of an ENUM are written as text, without being compared again."""
    is_word = wanted == "VARCHAR" and found.startswith("ENUM(")
    return identifier(name) if is_word else f"CAST({identifier(name)} AS {wanted}) AS {identifier(name)}"


def _record(folder: Path) -> Record:
    try:
        return Record(**json.loads((folder / "record.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        raise WalklistError(f"{folder}: its record is missing or broken. Materialize the table again.") from None


def _ordered(contract: type[TableContract]) -> list[Any]:
    columns = contract.columns()
    first = [columns[name] for name in contract.partitions()]
    return first + [found for found in columns.values() if not found.partition]


def _sql_type(type_: pa.DataType) -> str:
    if pa.types.is_list(type_):
        return f"{_sql_type(type_.value_type)}[]"
    if pa.types.is_timestamp(type_):
        return "TIMESTAMPTZ"
    return _SQL_TYPES[str(type_)]


_SQL_TYPES = {
    "string": "VARCHAR", "bool": "BOOLEAN", "date32[day]": "DATE", "int8": "TINYINT", "int16": "SMALLINT",
    "int32": "INTEGER", "int64": "BIGINT", "float": "FLOAT", "double": "DOUBLE",
}  # fmt: skip
