"""Which vendors are simulated: the days of their deliveries, and the records of each of their campaign tables."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from models.config import Strict
from pipelines.synthetic.vendors.shares import share, shares_of
from pipelines.tables.campaign import CHANNELS, RECORD_TABLES, SUPPRESSION_REASONS


class ListRates(Strict):
    """How lists change, by the month."""

    added: float = Field(description="Records that are new (share of the list, by the month)", gt=0, le=1)
    dropped: float = share("Records that are gone, by the month")
    changed: float = share("Records with a phone, an e-mail or a fact mended, by the month")


class RoleRecords(Strict):
    """The records that a vendor has for one campaign table."""

    kind: str = Field(description="Kind of vendor by which names, addresses and errors are drawn.")
    per_voter: float = Field(
        description="People known, for each voter on the file; of ballots the share of those cast early or by mail "
        "that the feed has (ratio)",
        gt=0,
    )
    nobody: float | None = share("Records of people who are not on the file, where other than the kind's", default=None)
    channels: Annotated[dict[Literal[CHANNELS], float], AfterValidator(shares_of)] = Field(  # ty: ignore
        {"canvass": 1.0}, description="Of contact attempts, by which ways (shares)"
    )
    reasons: Annotated[dict[Literal[SUPPRESSION_REASONS], float], AfterValidator(shares_of)] = Field(  # ty: ignore
        {"do_not_contact": 1.0},
        description="Of suppressions, why (shares); the dead are always told as such where deceased is among them, and "
        "the living never",
    )
    least_usd: float = Field(0, description="Of donations, least amount that is told (USD)", ge=0)
    memo: float = share("Of donations, rows that repeat another one's amount", default=0.0)
    committees: int = Field(1, description="Of donations, committees that receive them (count)", ge=1, le=99)
    is_by_event: bool = Field(False, description="Of ballots, whether each event has a row, not each ballot.")


class SourceConfig(Strict):
    """One simulated vendor."""

    roles: dict[Literal[tuple(RECORD_TABLES)], RoleRecords] = Field(  # ty: ignore
        description="Its records by campaign table", min_length=1
    )
    states: list[str] = Field([], description="States whose people it knows, of those that its YAML covers; none: all.")
    days: list[dt.date] = Field([], description="Days of its deliveries, where other than the usual (dates)")
    first_name_first: bool = Field(False, description="Whether one field for a name holds it as people say it.")
    id_prefix: str = Field("", description="Digits or letters that open every id of a record.")

    @model_validator(mode="after")
    def _in_order(self) -> "SourceConfig":
        if self.days != sorted(set(self.days)):
            raise ValueError("days must stand oldest first, each once")
        return self
