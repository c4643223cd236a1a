"""What `configs/synthetic.yaml` says about the facts that records tell, by campaign table."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from models.config import Strict
from pipelines.synthetic.vendors.shares import Shares, share, shares_of
from pipelines.tables.campaign import CHANNELS, SUPPORT


def _number(text: str) -> float:
    return Field(description=text, ge=0)


class ConsumerFacts(Strict):
    """What commercial files tell."""

    income_median_usd: float = _number("Median income of a home (USD a year)")
    income_sd: float = _number("Its spread (log units, sd)")
    income_missing: float = share("No income")
    home_owner: float = share("People in a home of their own")
    owner_missing: float = share("Nothing about who owns the home")
    home_value_median_usd: float = _number("Median value of a home that is owned (USD)")
    home_value_sd: float = _number("Its spread (log units, sd)")
    residence_missing: float = share("Nothing about how long people have lived there")
    children_mean: float = _number("Children of a home (mean count)")
    children_missing: float = share("Nothing about children")
    education: Shares = Field(description="Schooling (shares)")
    education_missing: float = share("Nothing about schooling")
    interests: dict[str, float] = Field(description="Interests, each apart (shares of people who have it)")
    interests_missing: float = share("Nothing about interests")
    phone_types: Shares = Field(description="Kinds of phones (shares)")


class DonationFacts(Strict):
    """Gifts and refunds."""

    pull: float = _number("How much generosity makes a donor (logit by sd)")
    gifts_mean: float = _number("Gifts of a donor in the window, at least 1 (mean count)")
    window_days: int = Field(description="How far back gifts go (days)", ge=1)
    recency_days: float = _number("Mean time since a gift: more come near an election (days)")
    amounts: Annotated[dict[float, float], AfterValidator(shares_of)] = Field(
        description="Amounts in USD, ascending (shares); who is generous gives the higher ones"
    )
    refund: float = share("Rows that give money back")
    retired: float = share("People from 65 who state that they are retired")
    not_employed: float = share("Other people who state no employment")


class SubscriberFacts(Strict):
    """An e-mail list."""

    pull: float = _number("How much engagement and support make a subscriber (logit by sd)")
    left: float = share("Subscribers who leave in their first year")
    signup_sources: Shares = Field(description="Where they signed up (shares)")


class VolunteerFacts(Strict):
    """People who help."""

    pull: float = _number("How much engagement and support make a volunteer (logit by sd)")
    shifts_a_month: float = _number("Shifts of a volunteer of average engagement (mean count a month)")
    roles: dict[str, float] = Field(description="What they offer, each apart (shares)")


class SupportFacts(Strict):
    """What people say when they are asked."""

    answers: dict[Literal[SUPPORT[:5]], float] = Field(  # ty: ignore
        description="Answers from the strongest support down (shares of those who say)"
    )
    noise_sd: float = _number("Spread of an answer around what the person thinks (sd of support)")
    refused: float = share("People who do not say")


class AttemptFacts(Strict):
    """Attempts to reach people."""

    days: int = Field(description="How long ago the programme began (days)", ge=1)
    attempts: Annotated[dict[int, float], AfterValidator(shares_of)] = Field(
        description="Attempts at a person (shares)"
    )
    responses: dict[Literal[CHANNELS], Shares] = Field(  # ty: ignore
        description="What comes of an attempt, by channel; none: nothing is told (shares)"
    )
    found_out: float = share("Attempts that find out that the person has died, moved, or is another")
    asked: float = share("Of the people reached, those who are asked whom they support")
    programmes: Shares = Field(description="Names of the programmes (shares)")


class SurveyFacts(Strict):
    """Answered surveys."""

    days: int = Field(description="How long ago the first wave began (days)", ge=1)
    waves: int = Field(description="Waves, one after the other (count)", ge=1)
    issues: Shares = Field(description="Most important issue (shares)")
    weight_sd: float = _number("Spread of the weights (log units, sd)")


class BallotFacts(Strict):
    """Ballots before the day of an election, in days before it."""

    mailing_opens: int = Field(description="First day on which ballots are mailed (days before)", ge=1)
    early_opens: int = Field(description="First day of early voting (days before)", ge=1)
    request_days: float = _number("Mean time of a request before the mailing, or after it (days)")
    return_days: float = _number("Mean time that a voter keeps the ballot (days)")
    unreturned: float = share("Mailed ballots that never come back")
    cured: float = share("Counted ballots that are refused at first and mended")


class SuppressionFacts(Strict):
    """Who must not be contacted."""

    for_a_time: float = share("Suppressions that end")
    years: float = _number("How long those last (years)")


class FactsConfig(Strict):
    """What records say about people."""

    consumers: ConsumerFacts = Field(description="Commercial files")
    donations: DonationFacts = Field(description="Gifts and refunds")
    subscribers: SubscriberFacts = Field(description="E-mail lists")
    volunteers: VolunteerFacts = Field(description="Volunteers")
    support: SupportFacts = Field(description="Answers on support, at the door and in surveys")
    contact_attempts: AttemptFacts = Field(description="Contact attempts and what came of them")
    surveys: SurveyFacts = Field(description="Surveys")
    ballots: BallotFacts = Field(description="Ballots before election day")
    suppressions: SuppressionFacts = Field(description="Suppressions")
