"""The tables of a state's snapshots, which stand, are written and are taken out of use as one.

A snapshot is the three tables core_voters, core_vote_history and core_rejects of one day. The voters make it visible.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import duckdb

from models.tables import TableContract
from pipelines.lake import Lake, Record
from pipelines.sql import literal
from pipelines.tables.core import Rejects, VoteHistory, Voters

_TABLES: tuple[type[TableContract], ...] = (Rejects, VoteHistory, Voters)


@dataclass(frozen=True)
class Snapshots:
    """The snapshots of a state.

    Attributes:
        lake: Data root.
        state: Two-letter code.
    """

    lake: Lake
    state: str

    def days(self) -> list[dt.date]:
        """Days of the snapshots in use, oldest first."""
        return [dt.date.fromisoformat(day) for _, day in self.lake.table(Voters, state=self.state).records()]

    def standing(self, day: dt.date, made_from: str) -> dict[str, Record]:
        """The records of a snapshot by table name, where all its tables were made from exactly this; else nothing."""
        place: dict[str, Any] = {"state": self.state, "snapshot_date": day}
        found = {table.table_name: self.lake.current(table, made_from, **place) for table in _TABLES}
        records = {name: record for name, record in found.items() if record}
        return records if len(records) == len(_TABLES) else {}

    def withdraw(self, day: dt.date) -> None:
        """Take a snapshot out of use; its rows stay on disk and can be pointed at again."""
        for table in reversed(_TABLES):
            self.lake.withdraw(table, state=self.state, snapshot_date=day)

    def write(
        self,
        day: dt.date,
        connection: duckdb.DuckDBPyConnection,
        made_from: str,
        people: str,
        votes: str,
        file_ids: Sequence[str],
    ) -> dict[str, Record]:
        """Write a snapshot.

        Args:
            day: Its day.
            connection: Holds the working tables, `refused` among them.
            made_from: Fingerprint of what its rows were made from.
            people: SELECT of the rows of core_voters.
            votes: SELECT of the rows of core_vote_history.
            file_ids: File behind each file_no of the working tables.

        Returns:
            The record of each table, by table name.

        Raises:
            ContractError: The rows break a table's contract; that table and those after it keep what they had.
        """
        queries = (select_rejects(file_ids), votes, people)
        write = partial(
            self.lake.write, connection=connection, made_from=made_from, state=self.state, snapshot_date=day
        )
        return {table.table_name: write(table, query=query) for table, query in zip(_TABLES, queries, strict=True)}


def select_rejects(file_ids: Sequence[str]) -> str:
    """SELECT of refused rows, from the working table `refused`.

    Args:
        file_ids: File behind each file_no.
    """
    numbers = ", ".join(f"({number}, {literal(file_id)})" for number, file_id in enumerate(file_ids))
    return f"""
    SELECT DISTINCT file_id, row_number, rule, column_name
    FROM refused
    JOIN (VALUES {numbers}) AS files(file_no, file_id) USING (file_no)"""
