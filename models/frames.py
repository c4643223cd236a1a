"""What a trainer is given: one row per person and past occasion, with the outcome and what was known before it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from models.errors import BrokenRule, TrainingError, broken_contract

BORDER = ("voter_id", "household_id", "election_id", "election_date", "election_kind")
OUTCOME = "outcome"


@dataclass(frozen=True)
class Cohorts:
    """People at risk on past occasions, sorted by day and person whatever the order they came in.

    Attributes:
        frame: One row per (voter_id, election_id): the border columns, `outcome` (0 or 1), and the features, numbers as
            float32 and codes as text, null for unknown.
        receipts: Hashes of the received files behind the rows.
        reconstructed_counts: Per election_id, rows whose undated fields come from a later file; counted from the column
            `cohort` where the frame has it.
        vanished_counts: Per election_id, people who left the file before it could say whether they voted, or, where the
            people come from a later file, voted and are missing from it.
    """

    frame: pd.DataFrame
    receipts: tuple[str, ...] = ()
    reconstructed_counts: Mapping[str, int] = field(default_factory=dict)
    vanished_counts: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what is no cohort, then sort."""
        missing = [name for name in (*BORDER, OUTCOME) if name not in self.frame.columns]
        if missing:
            raise TrainingError(f"The training frame lacks {', '.join(missing)}. Nothing was trained.")
        _demand_rules(self.frame)
        dated = self.frame.assign(election_date=pd.to_datetime(self.frame["election_date"]).dt.date)
        order = dated.sort_values(["election_date", "election_id", "voter_id"], kind="stable").reset_index(drop=True)
        object.__setattr__(self, "frame", order)
        if "cohort" in order and not self.reconstructed_counts:
            rebuilt = order.loc[order["cohort"] == "reconstructed", "election_id"].astype(str)
            object.__setattr__(self, "reconstructed_counts", rebuilt.value_counts(sort=False).to_dict())

    @property
    def window(self) -> tuple[dt.date, dt.date]:
        """Days of the first and the last occasion."""
        return self.frame["election_date"].iloc[0], self.frame["election_date"].iloc[-1]

    def occasions(self) -> pd.DataFrame:
        """One row per election day and kind, oldest first: election_date, election_kind, rows, rate of the outcome."""
        grouped = self.frame.groupby(["election_date", "election_kind"], observed=True, sort=True)[OUTCOME]
        return grouped.agg(rows="size", rate="mean").reset_index()


def _demand_rules(frame: pd.DataFrame) -> None:
    broken = [BrokenRule(name, "is never null", int(frame[name].isna().sum())) for name in (*BORDER, OUTCOME)]
    broken.append(BrokenRule(OUTCOME, "is 0 or 1", int((~frame[OUTCOME].isin([0, 1])).sum())))
    broken.append(
        BrokenRule("voter_id, election_id", "is unique", int(frame.duplicated(["voter_id", "election_id"]).sum()))
    )
    if "as_of" in frame:
        late = pd.to_datetime(frame["as_of"]) >= pd.to_datetime(frame["election_date"])
        broken.append(BrokenRule("as_of", "is before the election", int(late.sum())))
    broken = [fault for fault in broken if fault.count]
    if broken:
        raise TrainingError(str(broken_contract("The training frame", broken)))
    if frame.empty:
        raise TrainingError("The training frame has no rows: no past occasion with a known outcome was found.")
