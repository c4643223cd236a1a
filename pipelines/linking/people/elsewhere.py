"""Who left the roll of another state, and who stands on it: what a state may know of its neighbours on a day."""

from dataclasses import dataclass

import duckdb

from pipelines.lake import Lake, Table
from pipelines.linking.people.facts import FACTS, ON_ROLL, keep, select_facts
from pipelines.sql import literal
from pipelines.tables.core import VoterChanges, Voters


@dataclass(frozen=True)
class Elsewhere:
    """Another state, as its files tell it.

    Attributes:
        lake: Data root.
        state: Its two-letter code.
    """

    lake: Lake
    state: str

    @property
    def departures(self) -> str:
        """Working table of its departures: a row per number and day, with facts."""
        return f"people_left_{self.state.lower()}"

    @property
    def arrivals(self) -> str:
        """Working table of who is new in it."""
        return f"people_come_{self.state.lower()}"

    def keep_departures(self, connection: duckdb.DuckDBPyConnection) -> int:
        """Make the table `departures` of all its files: voter_id, seen_on, left_on, back_on (or null), FACTS.

        Left out are people whose address is kept from the public by the last file with them on the roll, or by the one
        that shows them removed.
        """
        gone = f"SELECT * FROM ({self._changes()}) WHERE change_code IN ('dropped', 'purged')"
        days = connection.execute(f"SELECT DISTINCT previous_snapshot_date FROM ({gone}) ORDER BY 1").fetchall()
        parts = [
            select_facts(self._voters(str(day)), f"FROM ({gone}) WHERE previous_snapshot_date = DATE '{day}'")
            for (day,) in days
        ] or [select_facts(self._voters("none"), gone)]
        left = connection.execute(f"SELECT DISTINCT snapshot_date FROM ({gone}) ORDER BY 1").fetchall()
        hidden = " UNION ALL ".join(
            f"SELECT voter_id, snapshot_date FROM ({self._voters(str(day)).select()}) WHERE is_confidential"
            for (day,) in left or [("none",)]
        )
        back = f"SELECT voter_id, snapshot_date AS back_on FROM ({self._changes()}) WHERE change_code = 'came_back'"
        return keep(
            connection,
            self.departures,
            f"""
    SELECT voter_id, seen_on, any_value(gone.snapshot_date) AS left_on, min(back_on) AS back_on,
        {", ".join(f"any_value({name}) AS {name}" for name in FACTS)}
    FROM ({" UNION ALL ".join(parts)}) AS facts
    JOIN ({gone}) AS gone USING (voter_id)
    ANTI JOIN ({hidden}) AS hidden ON hidden.voter_id = facts.voter_id AND hidden.snapshot_date = gone.snapshot_date
    LEFT JOIN ({back}) AS back ON back.voter_id = facts.voter_id AND back_on > gone.snapshot_date
    WHERE seen_on = previous_snapshot_date AND NOT is_confidential
    GROUP BY voter_id, seen_on""",
        )

    def keep_arrivals(self, connection: duckdb.DuckDBPyConnection) -> int:
        """Make the table `arrivals` of all its files: voter_id, seen_on and FACTS of who is new on the roll."""
        new = f"SELECT * FROM ({self._changes()}) WHERE change_code = 'added'"
        days = connection.execute(f"SELECT DISTINCT snapshot_date FROM ({new}) ORDER BY 1").fetchall()
        parts = [
            select_facts(self._voters(str(day)), f"FROM ({new}) WHERE snapshot_date = DATE '{day}'") for (day,) in days
        ] or [select_facts(self._voters("none"), new)]
        return keep(connection, self.arrivals, f"FROM ({' UNION ALL '.join(parts)}) WHERE NOT is_confidential")

    def select_left(self, day: str) -> str:
        """SELECT of `departures` as they are known on a day: who left by then and is not back."""
        date = f"DATE {literal(day)}"
        return f"FROM {self.departures} WHERE left_on <= {date} AND coalesce(back_on > {date}, true)"

    def select_roll(self, day: str) -> str:
        """SELECT of the public registrations of its newest file of a day or before; no row where there is none."""
        made = [found for (_, found) in self.lake.table(Voters, state=self.state).records() if found <= day]
        newest = self._voters(made[-1] if made else "none").select()
        return f"SELECT * FROM ({newest}) WHERE {ON_ROLL} AND NOT is_confidential"

    def _voters(self, day: str) -> Table:
        return self.lake.table(Voters, state=self.state, snapshot_date=day)

    def _changes(self) -> str:
        """SELECT of the changes whose two files stand; another run may have taken one away since they were told."""
        days = ", ".join(f"DATE {literal(day)}" for (_, day) in self.lake.table(Voters, state=self.state).records())
        changes = self.lake.table(VoterChanges, state=self.state).select()
        return f"SELECT * FROM ({changes}) WHERE previous_snapshot_date IN ({days or 'NULL'})"
