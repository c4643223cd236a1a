"""core_people of a state, written."""

from collections.abc import Sequence

import duckdb

from pipelines.lake import Lake, Record, Table, code_version, fingerprint
from pipelines.linking.model import LinkModel
from pipelines.linking.people.spells import select_people
from pipelines.linking.people.steps import StepWriter
from pipelines.tables.core import VoterChanges
from pipelines.tables.people import People, PersonSteps


def write_people(
    lake: Lake,
    connection: duckdb.DuckDBPyConnection,
    state: str,
    others: Sequence[str] = (),
    model: LinkModel | None = None,
) -> Record:
    """Write core_people of a state, after the steps of the snapshots that are not decided yet.

    It reads core_voters and core_voter_changes of the state and, with a model, of the other states: never their
    core_people. So the states may be computed in any order, and what one lacks is found at its next run.

    Args:
        lake: Data root.
        connection: Where the comparison runs.
        state: Two-letter code of the state.
        others: Other states, whose people may have come here.
        model: What agreement between rows of two states weighs; without one nobody is looked for in other states. A
            model that is learned anew decides all snapshots anew.

    Raises:
        WalklistError: The changes of a snapshot are missing.
        LinkError: The model would look at more pairs than its budget allows.
    """
    StepWriter(lake, connection, state, others, model).write()
    steps, changes = (lake.table(table, state=state) for table in (PersonSteps, VoterChanges))
    stamp = fingerprint(steps.fingerprint, changes.fingerprint, code_version("pipelines/linking/people/spells.py"))
    return lake.write(People, connection, select_people(steps, changes), stamp, state=state)


def count_spells(connection: duckdb.DuckDBPyConnection, people: Table) -> dict[str, int]:
    """Spells of core_people by why the number stands for the person, the most frequent first."""
    counted = f"SELECT basis_code, count(*) AS spells FROM ({people.select()}) GROUP BY 1 ORDER BY spells DESC, 1"
    return dict(connection.execute(counted).fetchall())
