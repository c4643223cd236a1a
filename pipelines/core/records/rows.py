"""The rows of a campaign table: what a delivery tells, what stays of before, and since when each row could be known."""

import datetime as dt

from pipelines.core.records.staging import KEY, told_columns
from pipelines.lake import Table
from pipelines.sql import identifier
from pipelines.tables.campaign import EVENT_DATES, RECORD_TABLES, Records

_SETTLED = {
    "volunteers": "CASE WHEN coalesce(shift_count, 0) = 0 OR last_shift_on IS NOT NULL "
    "THEN greatest(signed_up_on, last_shift_on) END",
    "subscribers": "CASE WHEN is_active IS FALSE THEN unsubscribed_on ELSE subscribed_on END",
}
"""SQL of the last day of the facts of a row, where that is later than the event itself; null where it is not told."""


def select_rows(role: str, day: dt.date, last_good: Table | None, is_additional: bool, lag_days: int) -> str:
    """SELECT of the rows of a role's table; needs the view `told_<role>`.

    A row whose facts stood before is known since then, also where another address or spelling says who it is about: who
    that is, is told by today's files anyway. A new or changed one is known since the delivery. What the first delivery
    tells of events in the past was known, by assumption, so many days after each event.

    Args:
        role: The role.
        day: Day of the delivery.
        last_good: The role's table in the last good delivery, if any.
        is_additional: Whether its rows stay where the delivery does not tell of them.
        lag_days: Usual days from an event to the file that tells of it.
    """
    names = [KEY, *told_columns(role)]
    listed = ", ".join(map(identifier, names))
    since, is_assumed = _since(role, day, is_first=last_good is None, lag_days=lag_days)
    if last_good is None:
        return f"SELECT {listed}, {since} AS known_on, {is_assumed} AS is_known_on_assumed FROM told_{role}"
    facts = [name for name in names if name not in Records.schema().names] or names[1:]
    same = f"hash({', '.join(f'{{0}}.{identifier(name)}' for name in facts)})"
    told = f"""
    SELECT {", ".join(f"new.{identifier(name)}" for name in names)},
        CASE WHEN {same.format("old")} = {same.format("new")} THEN old.known_on ELSE {since} END AS known_on,
        CASE WHEN {same.format("old")} = {same.format("new")} THEN old.is_known_on_assumed ELSE {is_assumed} END
            AS is_known_on_assumed
    FROM told_{role} AS new
    LEFT JOIN ({last_good.select()}) AS old USING ({KEY})"""
    if not is_additional:
        return told
    kept = ", ".join(map(identifier, RECORD_TABLES[role].schema().names))
    stays = f"SELECT {kept} FROM ({last_good.select()}) ANTI JOIN told_{role} USING ({KEY})"
    return f"{told}\nUNION ALL BY NAME\n{stays}"


def _since(role: str, day: dt.date, is_first: bool, lag_days: int) -> tuple[str, str]:
    """SQL of the day since when a row that was not there before is known, and of whether that is assumed."""
    delivered = f"DATE '{day}'"
    event = _SETTLED.get(role, EVENT_DATES.get(role))
    if not is_first or event is None:
        return delivered, "false"
    assumed = f"CAST({event} + INTERVAL {lag_days} DAY AS DATE)"
    return f"coalesce(least({assumed}, {delivered}), {delivered})", f"coalesce({assumed} < {delivered}, false)"
