"""People who are new in a state and left the roll of another one."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb

from pipelines.lake import Lake
from pipelines.linking.model import LinkModel
from pipelines.linking.people.elsewhere import Elsewhere
from pipelines.linking.people.facts import FACTS, fact_id, keep, keep_standard, select_facts, without_placeholders
from pipelines.linking.people.keys import KEYS, select_namesakes
from pipelines.linking.people.leaving import select_roll
from pipelines.linking.people.snapshot import STEPS_NOW, Snapshot
from pipelines.linking.people.weighing import COME, GONE, learn_frequencies, select_weighed, weigh

LATE_DAYS = 730
"""Days after coming here in which the departure from another state may be told.

States learn late that somebody left: a card is sent, and who does not answer stays until two federal elections have
passed (National Voter Registration Act, 52 U.S.C. 20507(d)).
"""

_ARRIVED, _LEFT, _PAIRS, _MOVES = "people_movers", "people_movers_left", "people_movers_pairs", "people_moves"
_NEW = "('first_seen', 'reused_number')"


@dataclass
class Movers:
    """Looks for the new people of a state among those who left the roll of other states.

    Attributes:
        lake: Data root.
        connection: Where the comparison runs.
        others: The other states.
        model: What agreement weighs; none where nobody is looked for.
    """

    lake: Lake
    connection: duckdb.DuckDBPyConnection
    others: Sequence[str]
    model: LinkModel | None
    _elsewhere: list[Elsewhere] = field(default_factory=list)

    def note_moved(self, snapshot: Snapshot) -> None:
        """Add to STEPS_NOW the steps `moved_state` of a snapshot.

        Looked for are people who are new on the roll and were not found under another number of the state: those of
        this snapshot among all who left another state's roll by its day, and those of LATE_DAYS before among whom other
        states tell since the last snapshot. The model weighs the pairs; a pair is taken where each is clearly the
        other's best, where enough agrees (`weighing.MAY_BE_ONE`), and where nobody else on either state's roll has
        such a name and birth. Of several states the one that was left last is taken. On the first file nobody is new.

        Raises:
            LinkError: The model would look at more pairs than its budget allows.
        """
        if not (self.model and self.others and snapshot.before):
            return
        if not keep(self.connection, _ARRIVED, _select_arrived(snapshot)):
            return
        self._prepare(snapshot)
        moves = []
        for elsewhere in self._elsewhere:
            keep(self.connection, _LEFT, elsewhere.select_left(snapshot.day))
            if keep(self.connection, _PAIRS, _select_pairs(snapshot)):
                moves.append(self._weigh(snapshot, elsewhere, self.model))
        if moves:
            told = " UNION ALL ".join(f"FROM {table}" for table in moves)
            self.connection.execute(f"INSERT INTO {STEPS_NOW} BY NAME {_select_last_left(told)}")

    def _prepare(self, snapshot: Snapshot) -> None:
        """Read once who left the other states, and how common names are here."""
        if not self._elsewhere:
            self._elsewhere = [Elsewhere(self.lake, state) for state in sorted(self.others)]
            for elsewhere in self._elsewhere:
                elsewhere.keep_departures(self.connection)
            learn_frequencies(self.connection, snapshot.voters(snapshot.earlier[0]))

    def _weigh(self, snapshot: Snapshot, elsewhere: Elsewhere, model: LinkModel) -> str:
        """Name of a working table of the moves from one state."""
        columns = ", ".join(("voter_id", "seen_on", *FACTS))
        gone = f"(SELECT earlier_voter_id AS voter_id, earlier_seen_on AS seen_on FROM {_PAIRS})"
        keep_standard(
            self.connection, f"SELECT {columns} FROM {_LEFT} SEMI JOIN {gone} USING (voter_id, seen_on)", GONE
        )
        keep_standard(self.connection, f"SELECT {columns} FROM {_ARRIVED} SEMI JOIN {_PAIRS} USING (voter_id)", COME)
        weigh(self.connection, model)
        table = f"{_MOVES}_{elsewhere.state.lower()}"
        keep(self.connection, table, _select_moves(snapshot, elsewhere))
        return table


def _select_arrived(snapshot: Snapshot) -> str:
    """SELECT of the facts of those who are new here and of whom no earlier number is known, with `arrived_on`."""
    since = max(snapshot.days_earlier(LATE_DAYS), dt.date.fromisoformat(snapshot.earlier[0]) + dt.timedelta(days=1))
    facts = select_facts(snapshot.voters(snapshot.day), "FROM unlinked")
    return f"""
    WITH steps AS (
        SELECT voter_id, step_code, snapshot_date FROM ({snapshot.steps_before(since)})
        UNION ALL
        SELECT voter_id, step_code, {snapshot.date} FROM {STEPS_NOW}
    ), unlinked AS (
        SELECT voter_id, max(snapshot_date) FILTER (step_code IN {_NEW}) AS arrived_on
        FROM steps
        GROUP BY voter_id
        HAVING arrived_on > coalesce(max(snapshot_date) FILTER (step_code NOT IN {_NEW}), DATE '0001-01-01')
    )
    SELECT {without_placeholders(snapshot.voters(snapshot.day))}
    FROM ({facts})
    JOIN unlinked USING (voter_id)
    WHERE is_on_roll AND NOT is_confidential"""


def _select_pairs(snapshot: Snapshot) -> str:
    """SELECT of the pairs that share a key and of which this snapshot tells the later half."""
    found = f"SELECT earlier_voter_id, earlier_seen_on FROM ({snapshot.steps_before()}) WHERE step_code = 'moved_state'"
    shared = "\nUNION\n".join(
        f"""SELECT l.voter_id AS earlier_voter_id, l.seen_on AS earlier_seen_on, r.voter_id
        FROM {_LEFT} AS l JOIN {_ARRIVED} AS r ON {key}
        WHERE arrived_on = {snapshot.date} OR left_on > {snapshot.date_before}"""
        for key in KEYS
    )
    return f"SELECT * FROM ({shared}) ANTI JOIN ({found}) USING (earlier_voter_id, earlier_seen_on)"


def _select_moves(snapshot: Snapshot, elsewhere: Elsewhere) -> str:
    """SELECT of the pairs that are one person: the one is new here, and left the other state."""
    pairs = f"""
    SELECT voter_id, earlier_voter_id, earlier_seen_on, evidence, match_weight, gap_bits
    FROM {_PAIRS}
    JOIN ({select_weighed()}) AS weighed
        ON gone_id = {fact_id("earlier_voter_id", "earlier_seen_on")}
        AND come_id = {fact_id("voter_id", snapshot.date)}"""
    here = f"FROM {_ARRIVED} SEMI JOIN weighed USING (voter_id)"
    left = "SELECT earlier_voter_id AS voter_id, earlier_seen_on AS seen_on FROM weighed"
    there = f"FROM {_LEFT} SEMI JOIN ({left}) USING (voter_id, seen_on)"
    return f"""
    WITH weighed AS MATERIALIZED ({pairs})
    SELECT * FROM weighed
    WHERE voter_id NOT IN ({select_namesakes(here, select_roll(snapshot))})
        AND earlier_voter_id NOT IN ({select_namesakes(there, elsewhere.select_roll(snapshot.day))})"""


def _select_last_left(moves: str) -> str:
    """SELECT of the steps of the moves, from the state that was left last; from none if that cannot be told."""
    return f"""
    SELECT *, 'moved_state' AS step_code
    FROM ({moves})
    QUALIFY row_number() OVER (PARTITION BY voter_id ORDER BY earlier_seen_on DESC) = 1
        AND count(*) OVER (PARTITION BY voter_id, earlier_seen_on) = 1"""
