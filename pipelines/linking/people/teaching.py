"""The linkage model for people who move between states, learned from who left and who came."""

from collections.abc import Sequence
from dataclasses import replace

import duckdb

from pipelines.lake import Lake
from pipelines.linking.model import LinkModel, train
from pipelines.linking.people.elsewhere import Elsewhere
from pipelines.linking.people.facts import FACTS, keep_standard
from pipelines.linking.people.weighing import COME, GONE, SHARED, prepare_sides
from pipelines.linking.prepare import RECORDS, VOTERS, prepare_voters


def learn_movers(
    lake: Lake, connection: duckdb.DuckDBPyConnection, state: str, others: Sequence[str], seed: int
) -> LinkModel:
    """Learn, without labels, what agreement weighs between who left other states and who is new in a state.

    Learn it rarely and keep it: `write_people` decides all snapshots anew when the model is another one. Addresses are
    left out, for who moves has another one.

    Args:
        lake: Data root.
        connection: Where the tables are made.
        state: Two-letter code of the state that people come to.
        others: The states that they leave.
        seed: Seed of the random pairs.

    Raises:
        LinkError: Too few people came or left, or nothing that both sides tell teaches a trait.
    """
    gone = [Elsewhere(lake, other) for other in sorted(others)]
    for elsewhere in gone:
        elsewhere.keep_departures(connection)
    here = Elsewhere(lake, state)
    here.keep_arrivals(connection)
    columns = ", ".join(("voter_id", "seen_on", *FACTS))
    told = " UNION ALL ".join(f"SELECT {columns} FROM {elsewhere.departures}" for elsewhere in gone)
    keep_standard(connection, told, GONE)
    keep_standard(connection, f"SELECT {columns} FROM {here.arrivals}", COME)
    prepare_voters(connection, GONE, "SELECT NULL::VARCHAR AS voter_id WHERE false")
    prepare_sides(connection)
    return replace(train(connection, VOTERS, RECORDS, seed), rules=SHARED)
