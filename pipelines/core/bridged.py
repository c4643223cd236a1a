"""A change of dialect loads by itself only where everything else proves that the text was read as it was meant.

Another delimiter, encoding or rule of quotes than the layout allows is bridged when the file is opened. The rows are
used if every column is there and none is new, if a last good snapshot is at hand to compare with, and if every rule of
plausibility holds; otherwise a person decides.
"""

from collections.abc import Mapping

import duckdb

from models.errors import WalklistError
from pipelines.core.plausibility.comparison import Comparison
from pipelines.core.plausibility.judging import is_comparable
from pipelines.core.staged import Staged
from pipelines.lake import Table
from pipelines.layouts.dated.changes import RoleChange
from pipelines.layouts.files import Role
from pipelines.layouts.limits import Plausibility

_NAMES = ("last_name", "first_name", "middle_name", "city")
_SAME_SHARE = 0.9  # a marriage or a move changes few of them between two files; another encoding changes all


def unproven(
    connection: duckdb.DuckDBPyConnection, staged: Staged, compared: Comparison, limits: Plausibility
) -> list[str]:
    """Why a delivery whose dialect changed may not load by itself, as sentences; empty where it may.

    Args:
        connection: Holds `told_voters`.
        staged: What reading found.
        compared: The last good snapshot, if any.
        limits: The source's limits; they say how old a snapshot may be to be compared with.
    """
    if not staged.dialect:
        return []
    told = " ".join(staged.dialect)
    if compared.last_good is None or not is_comparable(compared, limits):
        return [f"{told} There is no last good snapshot of late that would show whether it was read as it was meant."]
    reasons = []
    if any(change.renamed or change.added or change.dropped for change in staged.changes.values()):
        reasons.append(f"{told} Its columns changed at the same time, so that a person has to look at it.")
    if staged.encodings_bridged:
        reasons += _misread(connection, compared.last_good, told)
    return reasons


def _misread(connection: duckdb.DuckDBPyConnection, last_good: Table, told: str) -> list[str]:
    """Whether names with letters beyond ASCII are those of the last good snapshot: of one encoding they are."""
    old, new = (f"concat_ws(' ', {', '.join(f'{side}.{name}' for name in _NAMES)})" for side in ("old", "new"))
    people, same = connection.execute(
        f"""SELECT count(*), count(*) FILTER ({old} = {new})
        FROM ({last_good.select()}) AS old
        JOIN told_voters AS new USING (voter_id)
        WHERE regexp_matches({old}, '[^\x00-\x7f]')"""
    ).fetchall()[0]
    if people and same >= _SAME_SHARE * people:
        return []
    if not people:
        return [f"{told} No voter's name had letters beyond ASCII before, so nothing shows whether it is read right."]
    return [f"{told} Of {people:,} voters whose name has letters beyond ASCII {same:,} have the name of before."]


def cures(changes: Mapping[Role, RoleChange]) -> dict[Role, RoleChange]:
    """Of the changes of a delivery that was read those that would read it otherwise; a new column alone would not."""
    return {role: change for role, change in changes.items() if change.renamed or change.set}


def changes_of(error: WalklistError, staged: Staged) -> Mapping[Role, RoleChange]:
    """What a dated layout entry would have to say so that a refused delivery is read, by role; nothing where none can.

    Args:
        error: Why it was refused; knows the role and the change where an entry would help.
        staged: What was found by then.
    """
    change, role = getattr(error, "change", None), getattr(error, "role", None)
    if not change or not role:
        return {}
    return {**staged.changes, role: RoleChange.model_validate(change)}
