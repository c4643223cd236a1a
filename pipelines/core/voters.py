"""The voters of a state as they stood on any past day."""

import dataclasses
import datetime as dt

from pipelines.lake import Table


def select_voters_as_of(voters: Table, as_of: dt.date) -> str:
    """SELECT of one row per voter as the state's files told it on a day; no row before the first snapshot.

    It is the newest accepted snapshot made on or before the day, of every state for itself. Later files play no part,
    and only that snapshot is read.

    Args:
        voters: core_voters, of one state or of all.
        as_of: The day.
    """
    newest = {}
    for state, day in sorted(voters.records()):
        if day <= as_of.isoformat():
            newest[state] = day
    parts = [
        dataclasses.replace(voters, chosen=(("state", state), ("snapshot_date", day))) for state, day in newest.items()
    ]
    nobody = dataclasses.replace(voters, chosen=(("snapshot_date", "none"),))
    return "\nUNION ALL ".join(part.select() for part in parts or [nobody])
