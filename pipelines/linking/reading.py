"""What is linked to what: the newest voters of a state, the newest records of a source, and who they say they are."""

import datetime as dt
from collections.abc import Iterable

from pipelines.lake import Lake, Table
from pipelines.linking.standard.table import FIELDS
from pipelines.sql import literal
from pipelines.tables.campaign import EVENT_DATES, RECORD_TABLES
from pipelines.tables.core import Voters

IDENTITY = tuple(name for name in FIELDS if name != "record_id")
"""Columns in which a record says who it is."""

_NOBODY = "none"  # a partition that is never there: its table has no rows
_UNIT, _ABSENT = "chr(31)", "chr(30)"  # signs of ASCII that separate; no field has them


def newest_voters(lake: Lake, state: str) -> Table:
    """The newest snapshot of a state's voters; without rows where there is none."""
    days = [day for _, day in lake.table(Voters, state=state).records()]
    return lake.table(Voters, state=state, snapshot_date=max(days, default=_NOBODY))


def newest_records(lake: Lake, role: str, source: str, by: dt.date | None = None) -> Table:
    """The newest accepted delivery of a source's records of one role; without rows where there is none.

    Args:
        lake: Data root.
        role: Their role.
        source: Name of the source.
        by: Day by which a delivery of a role without days of its own was made; none: up to now. A role of events
            keeps its whole past in its newest delivery, with the day that each row could be known.
    """
    days = [day for _, day in lake.table(RECORD_TABLES[role], source=source).records()]
    known = [day for day in days if by is None or role in EVENT_DATES or day <= by.isoformat()]
    return lake.table(RECORD_TABLES[role], source=source, snapshot_date=max(known, default=_NOBODY))


def of_state(state: str) -> str:
    """SQL of whether a record may be a voter's of a state: its address is there, or it tells no state.

    A record without a state that states the id of another state's voter is looked at there.
    """
    elsewhere = f"stated_voter_id IS NOT NULL AND NOT starts_with(stated_voter_id, {literal(f'{state}-')})"
    return f"coalesce(state = {literal(state)}, NOT ({elsewhere}))"


def record_hash() -> str:
    """SQL of the hash of what a record says of who it is."""
    told = (f"coalesce(CAST({name} AS VARCHAR), {_ABSENT})" for name in (*IDENTITY, "state", "stated_voter_id"))
    return f"md5(concat_ws({_UNIT}, {', '.join(told)}))"


def select_people(voters: Table, where: str) -> str:
    """SELECT of raw fields of voters, to be standardised.

    Args:
        voters: core_voters.
        where: SQL of which.
    """
    fields = _known(voters.contract.columns())
    return f"SELECT voter_id AS record_id, {fields} FROM ({voters.select()}) WHERE {where}"


def select_records(records: str) -> str:
    """SELECT of raw fields of records, to be standardised.

    Args:
        records: Table of them.
    """
    return f"SELECT source_record_id AS record_id, {_known(IDENTITY)} FROM {records}"


def _known(columns: Iterable[str]) -> str:
    return ", ".join(name for name in IDENTITY if name in set(columns))


LINKABLE = "NOT is_confidential AND status_code IS DISTINCT FROM 'removed'"
"""SQL of the voters that records are compared with: registered, and not kept from the public."""
