"""What `configs/synthetic.yaml` says about names."""

from typing import Literal

from pydantic import Field, model_validator

from models.config import Strict

SYSTEMS = ("western", "spanish", "arabic", "indonesian", "single", "vietnamese", "chinese")
"""Naming systems, in the order of their positions.

western: given, middle and family name. spanish: two surnames, the father's and the mother's. arabic: transliterated,
hence written in several ways. indonesian: two words, none of the family. single: one name. vietnamese and chinese:
the family name is written first at home, so that vendors take it for the given name.
"""


class NamesConfig(Strict):
    """Where names come from, and how many families use which naming system."""

    lists: Literal["census", "short"] = Field(
        description="Lists of western names: those of the census of 1990 with their shares, or 300 names."
    )
    special_first_share: float = Field(
        description="Western first names with accents, hyphens or apostrophes, out of `words.py` (share)", ge=0, le=1
    )
    special_last_share: float = Field(
        description="Western last names with accents, hyphens or apostrophes, out of `words.py` (share)", ge=0, le=1
    )
    families: dict[Literal[SYSTEMS], float] = Field(  # ty: ignore
        description="Families by naming system; the rest is western (shares)"
    )
    same_system_share: float = Field(description="Couples of one naming system (share)", ge=0, le=1)

    @model_validator(mode="after")
    def _shares_leave_room(self) -> "NamesConfig":
        shares = self.families.values()
        if sum(shares) > 1 or min(shares, default=0.0) < 0 or "western" in self.families:
            raise ValueError(
                "families: the shares of the other systems are at least 0 and sum to 1 at most; western is the rest."
            )
        return self
