"""How far a delivery may differ from the last good one before it is held."""

from pydantic import Field

from models.config import Strict


class Plausibility(Strict):
    """How far a delivery may differ from the last good one before it is held. Shares of the last good's rows."""

    rejected_share: float = Field(0.001, description="Largest share of refused rows.", ge=0, le=1)
    total_change_share: float = Field(0.2, description="Largest change of the number of voters, either way.", ge=0)
    dropped_share: float = Field(0.2, description="Largest share of voters that are gone.", ge=0, le=1)
    null_change_share: float = Field(0.1, description="Largest rise of a column's share of nulls.", ge=0, le=1)
    stated_loss_share: float = Field(
        0.4, description="Largest loss of a column's stated values, as a share of those before.", ge=0, le=1
    )
    value_change_share: float = Field(
        0.3, description="Largest share of people on both files whose value of a column differs.", ge=0, le=1
    )
    county_loss_share: float = Field(0.5, description="Largest share of its voters that a county may lose.", ge=0, le=1)
    fault_share: float = Field(0.01, description="Largest share of a column's texts that do not convert.", ge=0, le=1)
    unnamed_share: float = Field(
        0.3, description="Largest share of votes whose election neither their text nor the calendar tells.", ge=0, le=1
    )
    stale_days: int = Field(
        400, description="Age of the last good beyond which changes are no longer judged, days.", ge=1
    )
