"""Files of records as typed working tables, `staged_<role>`, with every refused row and every fault counted.

The view `told_<role>` shows the columns of the role's table, but for known_on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.core import refusing
from pipelines.core.opened import OpenedLook, Text, open_roles
from pipelines.core.readings import Occasion
from pipelines.core.staged import ReadText, Staged
from pipelines.core.staging import by_dialect, count_refused, unmeant
from pipelines.core.text_stager import TextStager
from pipelines.layouts.files import FileLayout
from pipelines.layouts.reading.typed import select_typed
from pipelines.layouts.source import Layout, Vendor
from pipelines.raw.receipts import Delivery
from pipelines.sql import identifier, literal
from pipelines.tables.campaign import RECORD_TABLES

KEY = "source_record_id"
NOT_IN_FILES = ("known_on", "is_known_on_assumed")
"""Columns of a campaign table that no file tells."""

WHO = (
    "stated_voter_id", "full_name", "first_name", "last_name", "address_line", "phone", "email",
)  # fmt: skip
"""Columns that say who a record is about; one of them must be told."""


@dataclass(frozen=True)
class RecordDelivery:
    """A delivery of records and what is needed to read it.

    Attributes:
        delivery: The delivery.
        layout: Layout of its day.
        vendor: Its source.
    """

    delivery: Delivery
    layout: Layout
    vendor: Vendor


def stage_records(
    connection: duckdb.DuckDBPyConnection, root: Path, received: RecordDelivery, scratch: Path, staged: Staged
) -> None:
    """Read every file of a delivery of records into the working tables.

    Args:
        connection: Where the working tables are made.
        root: Data root, where the received bytes are kept.
        received: The delivery.
        scratch: Folder for unpacked copies.
        staged: Where it is noted what was found; what was found until an error too.

    Raises:
        LayoutError: A file cannot be opened, or does not fit its layout.
    """
    layout, delivery = received.layout, received.delivery
    opened = open_roles(root, delivery, layout, scratch, staged)
    connection.execute(refusing.TABLES)
    for role in layout.files:
        _create(connection, role)
    staged.differences += unmeant(root, layout, delivery)
    for look in opened:
        _stage_texts(connection, look, staged, received)
    for role in layout.files:
        looks = [found.look for found in opened if found.role == role]
        staged.folded_count += refusing.refuse_records(connection, staged_table(role), told_columns(role), WHO)
        connection.execute(f"CREATE VIEW told_{role} AS {_select_told(role)}")
        staged.required |= {f"{role}.{name}" for look in looks for name, c in look.records.items() if c.is_required}
    count_refused(connection, staged)


def staged_table(role: str) -> str:
    """Working table of a role."""
    return f"staged_{role}"


def told_columns(role: str) -> list[str]:
    """Columns of a role's table that its files tell, the key aside."""
    return [name for name in RECORD_TABLES[role].schema().names if name not in (KEY, *NOT_IN_FILES)]


def _create(connection: duckdb.DuckDBPyConnection, role: str) -> None:
    schema = RECORD_TABLES[role].schema()
    kept = [field for field in schema if field.name not in NOT_IN_FILES]
    connection.register("empty_records", schema.empty_table().select([field.name for field in kept]))
    bits = "0::BIGINT AS fault_bits, 0::BIGINT AS masked_bits, 0 AS file_no"
    connection.execute(f"CREATE TABLE {staged_table(role)} AS SELECT *, {bits} FROM empty_records")
    connection.unregister("empty_records")


def _stage_texts(
    connection: duckdb.DuckDBPyConnection, opened: OpenedLook, staged: Staged, received: RecordDelivery
) -> None:
    for file_id, _ in opened.texts:
        staged.files.setdefault(file_id, {"row_count": 0, "line_count": None})
    for alike in by_dialect(opened.texts):
        stager = RecordStager(connection, staged, opened.look, alike, received, opened.role)
        stager.stage()
        read = [ReadText(opened.role, opened.number, opened.look, text) for _, text in alike]
        staged.read.update(enumerate(read, stager.first))


class RecordStager(TextStager):
    """Texts with a row per record, into `staged_<role>`.

    Args:
        connection: Holds the working tables.
        staged: What reading finds is added here.
        layout: Layout of the texts.
        texts: Texts that share headers and delimiter, each with the file_id it belongs to.
        received: The delivery.
        role: What the texts tell of.
    """

    key = KEY

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        staged: Staged,
        layout: FileLayout,
        texts: Sequence[Text],
        received: RecordDelivery,
        role: str,
    ) -> None:
        super().__init__(connection, staged, layout, texts, Occasion("", received.delivery.snapshot_date))
        self.table = staged_table(role)
        self.states = received.vendor.states
        told = RECORD_TABLES[role].columns()
        bounds = {name: told[name].at_least for name, column in layout.records.items() if not column.year}
        self.least = {name: bound for name, bound in bounds.items() if bound is not None}

    def _read(self, relation: str, first: int) -> None:
        carried = [f"CAST({first} + file_index AS INTEGER) AS file_no", f"{self._row_id()} AS row_id"]
        typed = select_typed(self.layout.column_layouts(), self.positions, relation, carried, self.day, self.least)
        given = {name for name, column in self.layout.records.items() if self.positions.texts(column)}
        fixed = {name: literal(text) for name, text in self.layout.always.items() if name not in given}
        told = [identifier(name) for name in given if name not in (KEY, "stated_voter_id", "state")]
        told += ["upper(state) AS state"] if "state" in given else []
        told += [f"{text} AS {identifier(name)}" for name, text in fixed.items()]
        told += [f"{self._key(given)} AS {KEY}", *self._stated(given, fixed)]
        columns = ", ".join([*told, "fault_bits", "masked_bits", "file_no"])
        self.connection.execute(f"INSERT INTO {self.table} BY NAME SELECT {columns} FROM ({typed})")

    def _key(self, given: set[str]) -> str:
        """SQL of the key: the source's own, or the hash of the row; of a row that repeats the header one refused."""
        own = KEY if KEY in given else "row_id"
        return f"CASE WHEN row_id = {literal(refusing.HEADER)} THEN row_id ELSE {own} END"

    def _stated(self, given: set[str], fixed: dict[str, str]) -> list[str]:
        """SQL of the voter's id with the state before it, where the file states one."""
        if "stated_voter_id" not in given:
            return []
        only = literal(self.states[0]) if len(self.states) == 1 else "NULL"
        state = f"coalesce(upper(state), {only})" if "state" in given else fixed.get("state", only)
        return [f"{state} || '-' || stated_voter_id AS stated_voter_id"]

    def _row_id(self) -> str:
        """SQL of the hash of a row's texts; of a row that repeats the names of its columns the sign for that."""
        texts = ", ".join(f"coalesce(c{place}, '')" for place, _ in enumerate(self.positions.headers))
        read = [place for header in self.layout.read_headers() if (place := self.positions.of(header)) is not None]
        names = [f"upper(trim(c{place})) = {literal(self.positions.headers[place].upper())}" for place in read]
        hashed = f"md5(concat_ws(chr(31), {texts}))"
        return f"CASE WHEN {' AND '.join(names)} THEN {literal(refusing.HEADER)} ELSE {hashed} END"

    def _count_faults(self, rows: dict[int, int]) -> None:
        self._count_of_rows(self.layout.column_layouts(), rows, self.least)


def _select_told(role: str) -> str:
    """SELECT of the columns of a role's table that a file tells; the year of birth is the date's where none is told."""
    names = ", ".join(identifier(name) for name in [KEY, *told_columns(role)])
    year = "coalesce(birth_year, CAST(year(birth_date) AS SMALLINT)) AS birth_year"
    return f"SELECT * REPLACE ({year}) FROM (SELECT {names} FROM {staged_table(role)})"
