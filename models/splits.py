"""Who fits, who calibrates, who grades: in order of time, or by household where there is one occasion only."""

import datetime as dt
import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.errors import TrainingError


@dataclass(frozen=True)
class Roles:
    """Election days by what their rows do for one model.

    Attributes:
        fit: Days whose rows train the boosters, oldest first.
        calibrate: Day whose rows set the calibration, later than every fitted one.
        grade: Day whose rows judge the result, later still; none for the model in use, whose judge is the future.
    """

    fit: tuple[dt.date, ...]
    calibrate: dt.date
    grade: dt.date | None = None


def production_roles(occasions: pd.DataFrame, kind: str) -> Roles:
    """Roles of the model in use: calibrated on the last past occasion of the target's kind, fitted on all before it.

    Args:
        occasions: election_date and election_kind of the pooled past occasions.
        kind: Kind of the target election.

    Raises:
        TrainingError: No occasion of the kind has an earlier one to fit on.
    """
    return _roles(occasions, _of_kind(occasions, kind), back=1, kind=kind)


def backtest_roles(occasions: pd.DataFrame, kind: str) -> Roles:
    """The same recipe one occasion of the kind earlier, graded on the last one.

    Raises:
        TrainingError: Fewer than two occasions of the kind, or none earlier to fit on.
    """
    days = _of_kind(occasions, kind)
    earlier = _roles(occasions, days, back=2, kind=kind)
    return Roles(earlier.fit, earlier.calibrate, days[-1])


def _of_kind(occasions: pd.DataFrame, kind: str) -> list[dt.date]:
    return sorted(occasions.loc[occasions["election_kind"] == kind, "election_date"])


def _roles(occasions: pd.DataFrame, days: list[dt.date], back: int, kind: str) -> Roles:
    calibrate = days[-back] if len(days) >= back else None
    fit = tuple(sorted({day for day in occasions["election_date"] if calibrate and day < calibrate}))
    if calibrate is None or not fit:
        found = ", ".join(
            f"{day} {of}" for day, of in zip(occasions["election_date"], occasions["election_kind"], strict=True)
        )
        raise TrainingError(
            f"A {kind} model in order of time needs {back} past {kind} occasions and an earlier one to fit on; "
            f"found: {found or 'none'}. Bring older history, or use the scheme in_time for a single occasion."
        )
    return Roles(fit, calibrate)


def household_fold(household_ids: pd.Series | np.ndarray, folds: int, purpose: str = "fold") -> np.ndarray:
    """Fold of each household: the same on every machine, in every run, for whoever lives there.

    The rule is in the text of the artefact too, so that another program can follow it: the first 12 hexadecimal digits
    of SHA-256 of `<purpose>|<household_id>`, as a number, modulo the folds.

    Args:
        household_ids: Household of each row, text.
        folds: Number of folds, count.
        purpose: Keeps one deal independent of another.

    Returns:
        Whole numbers from 0 to `folds` - 1, one per row.
    """
    places, unique = pd.factorize(np.asarray(household_ids, dtype=object))
    prefix = f"{purpose}|".encode()
    dealt = [int(hashlib.sha256(prefix + str(name).encode()).hexdigest()[:12], 16) % folds for name in unique]
    return np.asarray(dealt, dtype=np.int64)[places] if len(places) else np.zeros(0, dtype=np.int64)


def stopping_households(household_ids: pd.Series | np.ndarray, share: float) -> np.ndarray:
    """Whether each row's household is held out to decide when to stop; about `share` of the households."""
    return household_fold(household_ids, 1000, purpose="stopping") < round(1000 * share)
