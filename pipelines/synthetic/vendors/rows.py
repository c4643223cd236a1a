"""The rows that a simulated vendor has about the people of a chunk, as they stand on any day, with their truth.

All is drawn once, as of one day; a file of an earlier day shows the rows that are there by then, as they were. So the
deliveries of a vendor agree with each other, whichever of them are written.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipelines.layouts.files import Role
from pipelines.synthetic.chunk import Chunk
from pipelines.synthetic.columns import blanked, either
from pipelines.synthetic.draws import NEVER, Bools, Ints
from pipelines.synthetic.vendors.facts.facts import Columns, Facts
from pipelines.synthetic.vendors.people import Circle
from pipelines.synthetic.vendors.source_config import RoleRecords
from pipelines.synthetic.vendors.traits import Traits
from pipelines.tables.campaign import RECORD_TABLES

_WHO = {"stated_voter_id", "full_name", "first_name", "last_name", "address_line", "phone", "email"}
"""Columns of which one at least must say who a row is about."""


@dataclass(frozen=True)
class Wanted:
    """What is drawn.

    Attributes:
        vendor: Name of the vendor, which gives it streams of its own.
        role: Campaign table.
        rules: What is simulated of it.
        columns: Columns of the table that the vendor's files have.
        day: Day as of which all is drawn.
        first_name_first: Whether one field for a name holds it as people say it.
        id_prefix: What opens every id.
    """

    vendor: str
    role: Role
    rules: RoleRecords
    columns: frozenset[str]
    day: int
    first_name_first: bool = False
    id_prefix: str = ""


@dataclass(frozen=True)
class People:
    """The people of a chunk as vendors may know them.

    Attributes:
        chunk: The people.
        circle: How they stand to the voter file of the day.
        traits: What moves them.
    """

    chunk: Chunk
    circle: Circle
    traits: Traits


@dataclass(frozen=True)
class Rows:
    """Rows of a campaign table about the people of a chunk.

    Attributes:
        wanted: What they are.
        facts: What they tell beside who they are about.
        fixed: Columns that never change: ids, names, places.
        earlier: Of columns that are mended, what stood there before.
        until: Day from which a row is gone, (rows,).
        mended: Day from which a row stands as in the end, (rows,).
        truth: Who each row is about.
    """

    wanted: Wanted
    facts: Facts
    fixed: Columns
    earlier: Columns
    until: Ints
    mended: Ints
    truth: pa.Table

    def on(self, day: int, after: int | None = None) -> tuple[pa.Table, pa.Table]:
        """The rows of a file of a day and their truth.

        Args:
            day: Day of the file.
            after: Day of the file before it, where the file holds only what is new.
        """
        columns = {**self.fixed, **self.facts.columns, **self.facts.on(day)}
        was = (self.mended > day) & (self.mended < NEVER)
        earlier = {name: values for name, values in self.earlier.items() if name in columns}
        columns |= {name: either(was, values, columns[name]) for name, values in earlier.items()}
        if "phone_type_code" in columns and "phone" in columns:
            columns["phone_type_code"] = blanked(columns["phone_type_code"], _absent(columns["phone"]))
        is_there = (self.facts.since <= day) & (self.until > day) & self._says_who(columns)
        if after is not None:
            is_there &= self.facts.since > after
        schema = RECORD_TABLES[self.wanted.role].schema()
        told = {field.name: columns[field.name].cast(field.type) for field in schema if field.name in columns}
        kept = pa.array(is_there)
        return pa.table(told).filter(kept), self.truth.filter(kept)

    def _says_who(self, columns: Columns) -> Bools:
        """Whether a row says anything of a person, in the columns that the files have."""
        who = [columns[name] for name in sorted(_WHO & self.wanted.columns & set(columns))]
        return ~np.logical_and.reduce([_absent(values) for values in who])


def _absent(values: pa.Array) -> Bools:
    return np.asarray(values.is_null())
