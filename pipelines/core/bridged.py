"""A change of dialect loads by itself only where everything else proves that the text was read as it was meant.

Another delimiter, encoding or rule of quotes than the layout allows is bridged when the file is opened. The rows are
used if every column is there and none is new, if a last good snapshot is at hand to compare with, and if every rule of
plausibility holds; otherwise a person decides.
"""

from collections.abc import Mapping

from models.errors import WalklistError
from pipelines.core.plausibility import Comparison
from pipelines.core.staged import Staged
from pipelines.layouts.changes import RoleChange
from pipelines.layouts.files import Role


def unproven(staged: Staged, compared: Comparison) -> list[str]:
    """Why a delivery whose dialect changed may not load by itself, as sentences; empty where it may."""
    if not staged.dialect:
        return []
    told = " ".join(staged.dialect)
    reasons = []
    if compared.last_good is None:
        reasons.append(f"{told} There is no last good snapshot that would show whether it was read as it was meant.")
    if any(change.renamed or change.added or change.dropped for change in staged.changes.values()):
        reasons.append(f"{told} Its columns changed at the same time, so that a person has to look at it.")
    return reasons


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
