"""How far a delivery may differ from the last good one before it is held."""

from pydantic import Field

from models.config import Strict

# Largest shares in 24 simulated months of five states are behind each; a limit is several times what life does.
_COLUMNS = {
    "birth_year": 0.005,  # never changes; clerks correct one in a thousand
    "birth_date": 0.005,
    "gender_code": 0.005,
    "race_code": 0.02,  # re-asked at a renewed registration
    "registration_date": 0.03,  # some states write the day of the newest form: movers, 1% a month
    "last_name": 0.01,  # marriages, 0.1% a month
    "first_name": 0.01,
    "middle_name": 0.03,  # initials become names
    "name_suffix": 0.03,
    "address_line": 0.06,  # movers, 1.3% a month at most, and students in August
    "city": 0.06,
    "zip_code": 0.06,
    "county_code": 0.03,  # movers to another county, 0.6% a month
    "party_code": 0.1,  # 0.1% a month; where the party is that of the last primary, 2% after one
    "status_code": 0.15,  # 8% turn inactive when cards come back
}


class Plausibility(Strict):
    """How far a delivery may differ from the last good one before it is held. Shares of the last good's rows.

    What is said by the month is allowed as often as there are months between the two snapshots.
    """

    rejected_share: float = Field(0.001, description="Largest share of refused rows.", ge=0, le=1)
    total_change_share: float = Field(0.2, description="Largest change of the number of voters, either way.", ge=0)
    dropped_share: float = Field(0.1, description="Largest share of voters that are gone, by the month.", ge=0, le=1)
    new_share: float = Field(
        0.1, description="Largest share of voters that are new, by the month; of a young list it may pass 1.", ge=0
    )
    null_change_share: float = Field(0.1, description="Largest rise of a column's share of nulls.", ge=0, le=1)
    stated_loss_share: float = Field(
        0.4, description="Largest loss of a column's stated values, as a share of those before.", ge=0, le=1
    )
    value_loss_share: float = Field(
        0.02, description="Largest share of people whose value of a column is empty now, by the month.", ge=0, le=1
    )
    value_change_share: float = Field(
        0.3, description="Largest share of people on both files whose value of a column differs.", ge=0, le=1
    )
    column_change_shares: dict[str, float] = Field(
        _COLUMNS, description="The same for columns that change less, by the month; columns to shares."
    )
    code_loss_share: float = Field(
        0.5, description="Largest share of the people with one code who have another now or none.", ge=0, le=1
    )
    mix_change_share: float = Field(
        0.1, description="Largest change of the share that one code has, either way.", ge=0, le=1
    )
    new_code_share: float = Field(
        0.01, description="Largest share of voters with a code that nobody had before.", ge=0, le=1
    )
    county_loss_share: float = Field(0.5, description="Largest share of its voters that a county may lose.", ge=0, le=1)
    county_gone_share: float = Field(
        0.1, description="Share of a county's people gone, by the month, that needs five times the state's.", ge=0, le=1
    )
    county_gain_share: float = Field(0.5, description="Largest gain of a county, as a share of its voters.", ge=0)
    new_county_share: float = Field(0.002, description="Largest share of voters in counties not known.", ge=0, le=1)
    vote_loss_share: float = Field(
        0.05, description="Largest share of an election's known votes that are not stated any more.", ge=0, le=1
    )
    vote_gain_share: float = Field(
        0.2, description="Largest gain of an election a year and more ago, as a share of its known votes.", ge=0
    )
    young_vote_share: float = Field(0.01, description="Largest share of new votes of people under 17.", ge=0, le=1)
    fault_share: float = Field(0.01, description="Largest share of a column's texts that do not convert.", ge=0, le=1)
    unnamed_share: float = Field(
        0.3, description="Largest share of votes whose election neither their text nor the calendar tells.", ge=0, le=1
    )
    stale_days: int = Field(
        400, description="Age of the last good beyond which changes are no longer judged, days.", ge=1
    )
