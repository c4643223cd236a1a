"""What `configs/synthetic.yaml` says: the states to simulate, the rates of life, the truth model and the pins."""

import datetime as dt
from typing import Any, Literal

from pydantic import Field, model_validator

from models.config import Strict
from pipelines.calendar import ElectionKind
from pipelines.synthetic.names.config import NamesConfig
from pipelines.synthetic.vendors.config import ContactsConfig, VendorsConfig
from pipelines.tables.core import PARTIES, Voters


def _share(text: str) -> float:
    return Field(description=f"{text} (share, 0 to 1)", ge=0, le=1)


def _no_share(text: str) -> float:
    """A share that is zero unless it is given."""
    return Field(0.0, description=f"{text} (share, 0 to 1)", ge=0, le=1)


def _rates(text: str) -> dict[int, float]:
    return Field(description=f"{text} (events a year, by the age from which each holds)")


class Pin(Strict):
    """Range in which a moment of the simulated electorate must lie."""

    name: str = Field(description="Name of the moment.")
    low: float = Field(description="Least accepted value, in the moment's unit.")
    high: float = Field(description="Greatest accepted value, in the moment's unit.")
    source: str = Field(description="Where the range comes from, or that it was chosen.")
    states: list[str] = Field([], description="States it holds for, by their two letters; empty for all.")


class Marginals(Strict):
    """Shares of codes and of missing values on the file."""

    parties: dict[Literal[PARTIES], float] = Field(description="Parties of registration (shares)")  # ty: ignore
    races: dict[str, float] = Field(description="Race in the state's own code (shares)")
    methods: dict[str, float] = Field(description="How ballots are cast (shares)")
    missing_phone: float = _share("No phone on the file")
    missing_middle: float = _share("No middle name on the file")
    missing_gender: float = _share("Gender undesignated")
    suffix: float = _share("Suffixes beyond those of namesakes")
    confidential: float = _share("Address kept from the public")
    masked_registration: float = _share("Registration date masked")
    masked_birth: float = _no_share("Date and year of birth masked")


class StateConfig(Strict):
    """One simulated state."""

    voters: int = Field(
        10_000,
        description="People on the file, removed ones aside, at the end (count, met within a few percent)",
        ge=100,
    )
    chunk_households: int = Field(10_000, description="Homes simulated at once; memory grows with it (count)", ge=200)
    counties: int = Field(
        description="Counties, coded 1 to this number unless codes are given, then as many (count)", ge=1, le=999
    )
    county_digits: int = Field(1, description="Least digits of the numbers that code them (count)", ge=1, le=3)
    county_codes: list[str] = Field([], description="Their codes, in order, where these are not numbers.")
    precincts_per_county: int = Field(3, description="Precincts of each county (count)", ge=1, le=999)
    precinct_digits: int = Field(2, description="Least digits of a precinct's number (count)", ge=1, le=12)
    precinct_has_county: bool = Field(False, description="Whether a precinct's code opens with its county's.")
    congressional_districts: int = Field(1, description="Districts of the US House (count)", ge=1)
    id_prefix: str = Field("", description="Text that opens every one of the state's own ids.")
    id_letters: int = Field(2, description="Letters that follow (count)", ge=0, le=2)
    id_digits: int = Field(6, description="Digits that follow (count)", ge=4, le=18)
    id_first: int = Field(0, description="Number of the first id, where numbers do not open at 0 (number)", ge=0)
    id_suffix: Literal["none", "county"] = Field(
        "none", description="What ends an id: nothing, or a dash and the number of the first county in two digits."
    )
    zip_first: int = Field(description="Lowest ZIP (number of five digits)", ge=501, le=99950)
    zip_last: int = Field(description="Highest ZIP (number of five digits)", ge=501, le=99950)
    area_codes: list[str] = Field(description="Area codes of telephones (three digits)", min_length=1)
    registration_deadline_days: int = Field(description="Usual last day to register before an election (days)", ge=0)
    history_since: dt.date = Field(
        dt.date(2012, 1, 1), description="First election day that the history file states (date)"
    )
    history_years: int = Field(12, description="How far back a history file reaches (years)", ge=1)
    removed_years: int = Field(0, description="How long removed people stay in the file (years)", ge=0)
    removed_listed_share: float = _no_share("Removed people who stay in the file that long; the rest vanish at once")
    orphan_share: float = _no_share("Other removed people whose ballots stay in the history file")
    has_inactive: bool = Field(True, description="Whether the file tells the inactive from the active.")
    party_rule: Literal["registration", "last_primary", "none"] = Field(
        "registration", description="Party on the file: of registration, of the last primary ballot posted, or none."
    )
    confidential_hides: list[Literal[tuple(Voters.schema().names)]] = Field(  # ty: ignore
        ["address_line", "city", "zip_code", "phone"], description="Columns left empty for people with a kept address."
    )
    uncounted_share: float = _no_share("Uncounted ballots by mail or provisional, against the counted ones")
    absence_counties_share: float = _no_share("Counties that state who did not vote")
    marginals: Marginals = Field(description="Shares of codes and missing values that differ from the general ones.")
    snapshots: list[dt.date] = Field(
        [dt.date(2026, 10, 1)], description="Days whose files are written (dates)", min_length=1
    )

    @model_validator(mode="before")
    @classmethod
    def _codes_count_the_counties(cls, content: Any) -> Any:
        if not isinstance(content, dict) or not isinstance(content.get("county_codes"), list):
            return content
        return {"counties": len(content["county_codes"]), **content}

    @model_validator(mode="after")
    def _every_county_is_coded(self) -> "StateConfig":
        if self.county_codes and len(set(self.county_codes)) != self.counties:
            found = f"{len(set(self.county_codes))} different codes"
            raise ValueError(f"county_codes: {found} for {self.counties} counties. Give each county its code.")
        if self.id_suffix == "county" and self.counties > 99:
            raise ValueError(f"id_suffix: two digits cannot number {self.counties} counties. Leave the suffix out.")
        return self

    def codes(self) -> list[str]:
        """The state's own code of each county, in order."""
        return self.county_codes or [str(1 + nth).zfill(self.county_digits) for nth in range(self.counties)]


class Lives(Strict):
    """Births, deaths, families, arrivals and moves."""

    birth_power: float = Field(
        description="Power of the uniform draw of births over 115 years; below 1 the later years hold more (number)",
        gt=0,
        le=2,
    )
    death_at_40: float = Field(description="Hazard of death at age 40 (deaths a year)", gt=0)
    death_growth: float = Field(description="Growth of that hazard with age (log units a year)", gt=0)
    native_share: float = _share("People who grew up in the state")
    arrival_years: float = Field(description="Mean time from age 18 to arrival of the others (years)", gt=0)
    leaving: dict[int, float] = _rates("Moves out of the state")
    moving: dict[int, float] = _rates("Moves of a home within the state")
    same_county_share: float = _share("Moves within the state that stay in the county")
    couple_share: float = _share("People who ever live as a couple")
    divorce_share: float = _share("Couples that part")
    name_change_share: float = _share("Wives who take the name of the home")
    child_share: float = _share("Natives under 35 who start adult life in a parent's home")
    lodger_share: float = _share("Other people under 35 who start in a shared home")
    home_years: float = Field(description="Mean time in that first home from 18.5 (years)", gt=0)
    dorm_share: float = _share("Natives who live in a dormitory from 18 to 22")
    dorm_residents: int = Field(description="Voters of one dormitory (count)", ge=1)
    twin_share: float = _share("Every second person who is the twin of the one drawn before")
    namesake_share: float = _share("Sons in a father's home who carry his first name")
    unit_share: float = _share("Homes in buildings with unit numbers")


class Registration(Strict):
    """How people come onto the file and leave it."""

    prompt_share: float = _share("People who register within months of eligibility")
    prompt_days: float = Field(description="Mean delay of those (days)", gt=0)
    slow_years: float = Field(description="Mean delay of the others (years)", gt=0)
    presidential_surge: float = _share("Slow ones who come in the run-up to the next general, if presidential")
    midterm_surge: float = _share("Slow ones who come in the run-up to the next general, if midterm")
    surge_days: float = Field(
        description="Mean time of a surge registration before the deadline's last week (days)", gt=0
    )
    removal_days_dead: float = Field(description="Mean time from death to removal (days)", gt=0)
    notice_share: float = _share("People gone from the state who are removed by notice rather than by purge")
    notice_days: float = Field(description="Mean time from leaving to removal by notice (days)", gt=0)
    unresponsive_share: float = _share("Voters still there who do not answer a confirmation card")
    inactive_after: int = Field(description="Federal generals missed before a voter is inactive (count)", ge=1)
    purge_after: int = Field(description="Federal generals missed before removal (count)", ge=2)
    party_switch_share: float = _share("People who change party once in the simulated years")


class Kind(Strict):
    """Truth model of one kind of election, all in logits unless said otherwise."""

    level: float = Field(description="Level for a person of average traits (logit)")
    age_weight: float = Field(description="Weight of the age curve (factor)")
    own_sd: float = Field(description="Spread of a person's standing taste for this kind (logit, sd)", ge=0)
    habit: float = Field(description="Voted in the last general against not (logit)")
    party: float = Field(description="Member of a major party against none (logit)")
    new: float = Field(description="Registered in the 60 days before (logit)")
    recent: float = Field(description="Registered 60 to 730 days before (logit)")
    rural: float = Field(0.0, description="Lives outside a municipality (logit)")


class Turnout(Strict):
    """The truth model of voting: one logit per person and election."""

    person_sd: float = Field(description="Spread of the standing propensity (logit, sd)", ge=0)
    drift_sd: float = Field(description="Spread of its slow swing over 12 to 30 years (logit, sd)", ge=0)
    household_sd: float = Field(description="Spread of the effect that a home shares (logit, sd)", ge=0)
    precinct_sd: float = Field(description="Spread of the precinct's effect (logit, sd)", ge=0)
    shock_sd: float = Field(description="Spread of the election's own shock (logit, sd)", ge=0)
    moved: float = Field(description="Moved in the 365 days before (logit)")
    gone: float = Field(description="Left the state but still on the file (logit)")
    kinds: dict[ElectionKind, Kind] = Field(description="Truth model by kind of election")


class SyntheticConfig(Strict):
    """The simulated electorate: same configuration, same bytes."""

    seed: int = Field(description="Seed of every draw (number)", ge=0)
    starts_on: dt.date = Field(description="First simulated day, some years before the first file (date)")
    until: dt.date = Field(description="Last simulated day (date)")
    posting_days: tuple[int, int] = Field(
        description="Days after an election when a county posts its history (least, most)"
    )
    states: dict[str, StateConfig] = Field(description="The simulated states by their two letters")
    lives: Lives = Field(description="Births, deaths, families and moves")
    registration: Registration = Field(description="How people come onto the file and leave it")
    names: NamesConfig = Field(description="Where names come from, and naming systems")
    contacts: ContactsConfig = Field(description="Phones and e-mails of people")
    marginals: Marginals = Field(description="Shares of codes and of missing values")
    turnout: Turnout = Field(description="The truth model of voting")
    pins: list[Pin] = Field(description="Ranges in which the measured moments must lie")
    vendors: VendorsConfig = Field(description="Records of vendors about the people of a state")

    def pins_of(self, state: str) -> list[Pin]:
        """The pins that hold for a state."""
        return [pin for pin in self.pins if not pin.states or state in pin.states]

    @model_validator(mode="before")
    @classmethod
    def _states_start_from_the_general_marginals(cls, content: Any) -> Any:
        if not isinstance(content, dict) or not isinstance(content.get("states"), dict):
            return content
        general = content.get("marginals") or {}
        return {**content, "states": {name: _with_marginals(own, general) for name, own in content["states"].items()}}


def _with_marginals(state: Any, general: Any) -> Any:
    """A state's settings with every marginal that it leaves out taken from the general ones."""
    if not isinstance(state, dict) or not isinstance(general, dict):
        return state
    own = state.get("marginals") or {}
    return {**state, "marginals": {**general, **own} if isinstance(own, dict) else own}
