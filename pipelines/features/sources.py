"""The linked sources of a state, handed out for features."""

import contextlib
import datetime as dt
import logging
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from models.errors import PolicyError
from pipelines.features.linked import ROLES, LinkedRecords
from pipelines.lake import Lake
from pipelines.layouts.source import Vendor
from pipelines.linking.handing_out import select_linked, select_weak
from pipelines.linking.reading import newest_records
from pipelines.linking.uses import Use
from pipelines.policy import Policy
from pipelines.sql import literal
from pipelines.tables.campaign import RECORD_TABLES

PURPOSE = "scoring"


log = logging.getLogger("walklist")


@dataclass(frozen=True)
class LinkedSources:
    """Where linked facts come from, and what they may be used for.

    Attributes:
        lake: Data root.
        policy: What data may be used for.
        vendors: The sources of the profile by name.
        on: Today, for terms that end.
    """

    lake: Lake
    policy: Policy
    vendors: Mapping[str, Vendor]
    on: dt.date

    @contextlib.contextmanager
    def of_state(self, state: str) -> Generator[list[LinkedRecords]]:
        """The linked records of a state by role, of all its sources that may serve scoring, for as long as a block.

        They are handed out once, for all occasions: what a record says counts from its `known_on`. A vendor's row that
        changed counts from the change on; what it said before is then unknown.
        """
        with self.lake.scratch() as scratch, self.lake.connect() as connection:
            found = {role: names for role in ROLES if (names := self.serving(role, state))}
            yield [self._keep(connection, scratch, role, names, state) for role, names in found.items()]

    def _keep(
        self, connection: duckdb.DuckDBPyConnection, scratch: Path, role: str, names: Sequence[str], state: str
    ) -> LinkedRecords:
        linked, weak = zip(*[self._of(name, role, state) for name in names], strict=True)
        queries = {"linked": _together([self._nobody(role), *linked]), "weak": _together(weak)}
        files = {kind: literal(str(scratch / f"{kind}-{role}.parquet")) for kind in queries}
        for kind, query in queries.items():
            connection.execute(f"COPY ({query}) TO {files[kind]} (FORMAT parquet)")
        return LinkedRecords(role, *(f"FROM read_parquet({files[kind]})" for kind in ("linked", "weak")))

    def serving(self, role: str, state: str) -> list[str]:
        """Sources whose records of a role may serve scores in a state, of those that have sent any."""
        return [
            name
            for name, vendor in sorted(self.vendors.items())
            if role in vendor.roles
            and state in vendor.states
            and self._may_serve(name, vendor)
            and newest_records(self.lake, role, name).records()
        ]

    def _may_serve(self, name: str, vendor: Vendor) -> bool:
        """Whether a source may serve scores; one whose terms cannot be read serves nothing, and harms no state."""
        try:
            return PURPOSE in self.policy.purposes_of(name, vendor, self.on)
        except PolicyError as error:
            log.warning("%s Its columns stay unknown.", error)
            return False

    def _nobody(self, role: str) -> str:
        """SELECT of no row with every column, so that what all sources withhold is null."""
        nothing = self.lake.table(RECORD_TABLES[role], source="").select()
        return f"SELECT NULL::VARCHAR AS voter_id, NULL::DOUBLE AS link_q, * FROM ({nothing}) WHERE false"

    def _of(self, name: str, role: str, state: str) -> tuple[str, str]:
        told = (self.lake, self.policy, name, self.vendors[name], role)
        linked = select_linked(*told, Use.FEATURE, PURPOSE, self.on, [state])
        return linked, select_weak(*told, PURPOSE, self.on, [state])


def _together(queries: Sequence[str]) -> str:
    """SELECT of the rows of several sources; what one of them withholds is null in its rows."""
    return "\nUNION ALL BY NAME\n".join(f"SELECT * FROM ({query})" for query in queries)
