"""The voters of a state, ready to be compared with: standardised once for the records of all sources."""

import contextlib
from collections.abc import Generator

import duckdb

from pipelines.lake import Lake, Table
from pipelines.linking.prepare import VOTERS, prepare_voters
from pipelines.linking.reading import select_people
from pipelines.linking.standard.table import standardise


class ReadyVoters:
    """Voters that are prepared when they are first needed.

    Args:
        connection: Where they are prepared; whatever is compared with them is done there.
        voters: core_voters, a snapshot of the state.

    Attributes:
        compared_lists: Source and role of the lists whose new records were compared together, in `found_together`; each
            by its number there.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, voters: Table) -> None:
        self.connection = connection
        self.voters = voters
        self.compared_lists: dict[tuple[str, str], int] = {}
        self._count: int | None = None

    def prepare(self) -> bool:
        """Make the tables of `prepare_voters`, unless they are there; whether there is anybody to compare with.

        Who was removed from the roll is left out before anything is counted, who is kept from the public afterwards.
        """
        if self._count is None:
            on_roll = select_people(self.voters, "status_code IS DISTINCT FROM 'removed'")
            standardise(self.connection, on_roll, "all_voters")
            protected = f"SELECT voter_id FROM ({self.voters.select()}) WHERE is_confidential"
            prepare_voters(self.connection, "all_voters", protected)
            self.connection.execute("DROP TABLE all_voters")
            self._count = self.connection.execute(f"SELECT count(*) FROM {VOTERS}").fetchall()[0][0]
        return self._count > 0


@contextlib.contextmanager
def ready_voters(lake: Lake, voters: Table) -> Generator[ReadyVoters]:
    """Voters to be compared with, for as long as the block lasts.

    Args:
        lake: Data root.
        voters: core_voters, the newest snapshot of the state.
    """
    with lake.connect() as connection:
        yield ReadyVoters(connection, voters)
