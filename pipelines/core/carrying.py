"""A snapshot is the whole state: people of counties that a delivery does not hold keep their last good rows."""

import datetime as dt

import duckdb

from pipelines.lake import Table
from pipelines.sql import identifier
from pipelines.tables.core import Voters


def select_snapshot(snapshot_date: dt.date, last_good: Table | None = None) -> str:
    """SELECT of core_voters for a snapshot; needs the working table `told_voters`.

    A delivered row goes before a carried one, so that who moved into a delivered county stands once. Who was in a
    delivered county and is not in its file now is gone. Of people without a county nothing was delivered: they stay.

    Args:
        snapshot_date: Day of the delivery.
        last_good: For a delivery of some counties only, the accepted snapshot before it.
    """
    delivered = f"SELECT * REPLACE (DATE '{snapshot_date}' AS stated_on) FROM told_voters"
    return f"{delivered} UNION ALL BY NAME {_select_carried(last_good)}" if last_good else delivered


def describe_carried(connection: duckdb.DuckDBPyConnection, last_good: Table, last_date: dt.date) -> str:
    """A sentence that says how many counties came, and how many people of how many others keep their rows."""
    counted = f"""
    SELECT (SELECT count(DISTINCT county_code) FROM told_voters), count(DISTINCT county_code), count(*)
    FROM ({_select_carried(last_good)})"""
    came, others, people = connection.execute(counted).fetchall()[0]
    kept = f"{people:,} people of {others} others keep their rows of {last_date}"
    return f"Some counties only: {came} came; {kept}."


def _select_carried(last_good: Table) -> str:
    names = ", ".join(identifier(name) for name in Voters.schema().names)
    return f"""
    SELECT {names}
    FROM ({last_good.select()})
    ANTI JOIN (SELECT county_code FROM told_voters) AS counties USING (county_code)
    ANTI JOIN (SELECT voter_id FROM told_voters) AS people USING (voter_id)"""
