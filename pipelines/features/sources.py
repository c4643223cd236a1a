"""The linked sources of a state as they were known on the as-of day of an occasion."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.features.as_of import Occasion
from pipelines.features.linked import ROLES, LinkedRecords
from pipelines.lake import Lake
from pipelines.layouts.source import Vendor
from pipelines.linking.handing_out import select_linked, select_weak
from pipelines.linking.reading import newest_records
from pipelines.linking.uses import Use
from pipelines.policy import Policy
from pipelines.tables.campaign import RECORD_TABLES

PURPOSE = "scoring"


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

    def records(self, occasion: Occasion) -> list[LinkedRecords]:
        """The linked records of an occasion's state by role, of all its sources that may serve scoring."""
        return [
            LinkedRecords(role, _together([self._nobody(role), *linked]), _together(weak))
            for role in ROLES
            if (parts := [self._of(name, role, occasion) for name in self.serving(role, occasion.state)])
            for linked, weak in [zip(*parts, strict=True)]
        ]

    def serving(self, role: str, state: str) -> list[str]:
        """Sources whose records of a role may serve scores in a state, of those that have sent any."""
        return [
            name
            for name, vendor in sorted(self.vendors.items())
            if role in vendor.roles
            and state in vendor.states
            and PURPOSE in self.policy.purposes_of(name, vendor, self.on)
            and newest_records(self.lake, role, name).records()
        ]

    def _nobody(self, role: str) -> str:
        """SELECT of no row with every column, so that what all sources withhold is null."""
        nothing = self.lake.table(RECORD_TABLES[role], source="").select()
        return f"SELECT NULL::VARCHAR AS voter_id, NULL::DOUBLE AS link_q, * FROM ({nothing}) WHERE false"

    def _of(self, name: str, role: str, occasion: Occasion) -> tuple[str, str]:
        told = (self.lake, self.policy, name, self.vendors[name], role)
        linked = select_linked(*told, Use.FEATURE, PURPOSE, self.on, [occasion.state], occasion.as_of)
        weak = select_weak(*told, PURPOSE, self.on, [occasion.state], occasion.as_of)
        return linked, f"SELECT DISTINCT voter_id FROM ({weak})"


def _together(queries: Sequence[str]) -> str:
    """SELECT of the rows of several sources; what one of them withholds is null in its rows."""
    return "\nUNION ALL BY NAME\n".join(f"SELECT * FROM ({query})" for query in queries)
