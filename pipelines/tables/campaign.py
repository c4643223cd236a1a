"""What vendors and campaign tools say about people who have no voter id, as their files tell it."""

import pyarrow as pa

from models.tables import TableContract, column
from pipelines.tables.core import RefusedRows

CHANNELS = ("canvass", "phone", "text", "mail", "email", "digital")
RESPONSES = ("reached", "not_reached", "refused", "wrong_person", "moved", "deceased", "hostile", "unknown")
SUPPORT = ("strong_support", "lean_support", "undecided", "lean_oppose", "strong_oppose", "refused")
SUPPRESSION_REASONS = (
    "do_not_contact", "do_not_call", "do_not_text", "do_not_mail", "do_not_email", "unsubscribed", "complained",
    "bounced", "deceased", "confidential", "hostile", "minor", "erased",
)  # fmt: skip
BALLOT_STATUSES = ("requested", "sent", "returned", "accepted", "rejected", "cured", "voted_in_person")
GIFT_KINDS = ("gift", "refund", "memo")
_NOT_TOLD = "The source does not tell it, or it is masked."


def _word(meaning: str, words: tuple[str, ...], null_means: str = _NOT_TOLD) -> object:
    return column(pa.string(), meaning, one_of=words, null_means=null_means)


def _usd(meaning: str, **rest: object) -> object:
    return column(pa.float64(), meaning, unit="USD", null_means=_NOT_TOLD, **rest)


class Records(TableContract):
    """One row per record of a source on the day of its delivery: who it is about, in the source's own words.

    The base of every campaign table; it is no table by itself. Key: source_record_id within a delivery. Where a file
    only adds to what came before, the rows of the last good delivery stand beside the new ones.

    Pitfalls: a record is no person. Read these tables through the links (`pipelines/linking/handing_out.py`), which
    say which voter a record belongs to, how surely, and what it may be used for.
    """

    source = column(pa.string(), "Source that told it: the name of its YAML.", partition=True)
    snapshot_date = column(pa.date32(), "Day of the delivery.", partition=True)
    source_record_id = column(
        pa.string(), "The source's own id of the record, or a hash of the row where it has none.", key=True,
        kind="identifier",
    )  # fmt: skip
    stated_voter_id = column(
        pa.string(), "`<STATE>-<the state's own id>`, where the source states one.", kind="identifier",
        null_means="The source states none.",
    )  # fmt: skip
    state = column(pa.string(), "Two-letter code of the state of the address.", null_means=_NOT_TOLD)
    full_name = column(pa.string(), "Name in one field.", kind="identifier", null_means="Told in parts, or not told.")
    first_name = column(pa.string(), "Given name.", kind="identifier", null_means=_NOT_TOLD)
    middle_name = column(pa.string(), "Middle name or initial.", kind="identifier", null_means=_NOT_TOLD)
    last_name = column(pa.string(), "Family name.", kind="identifier", null_means=_NOT_TOLD)
    name_suffix = column(pa.string(), "Jr, Sr, III.", kind="identifier", null_means="None, or not told.")
    gender_code = column(pa.string(), "F or M.", kind="sensitive", one_of=("F", "M"), null_means=_NOT_TOLD)
    birth_year = column(
        pa.int16(), "Year of birth.", unit="year", kind="sensitive", at_least=1900, null_means=_NOT_TOLD
    )
    birth_date = column(pa.date32(), "Day of birth.", kind="sensitive", null_means=_NOT_TOLD)
    address_line = column(pa.string(), "Number and street with unit.", kind="contact", null_means=_NOT_TOLD)
    city = column(pa.string(), "City.", kind="contact", null_means=_NOT_TOLD)
    zip_code = column(pa.string(), "ZIP code, five digits or nine.", kind="contact", null_means=_NOT_TOLD)
    phone = column(pa.string(), "Phone, digits only.", kind="contact", null_means=_NOT_TOLD)
    email = column(pa.string(), "E-mail address.", kind="contact", null_means=_NOT_TOLD)
    known_on = column(pa.date32(), "Day from which the row, as it stands, could be known.")
    is_known_on_assumed = column(
        pa.bool_(),
        "Whether known_on is the day of the event plus the source's usual lag, for it came with an older one.",
    )


class Consumers(Records):
    """One row per person of a commercial file. Key: source_record_id within a delivery.

    Pitfalls: most values are modelled by the vendor, not observed. Income and home value are dollars of the delivery's
    year; a range is told by its middle.
    """

    table_name = "core_consumers"
    income_usd = _usd("Income of the home by year, as the vendor has it.", kind="sensitive", at_least=0)
    home_value_usd = _usd("Value of the home.", at_least=0)
    is_home_owner = column(pa.bool_(), "Whether the home is owned by those who live in it.", null_means=_NOT_TOLD)
    residence_years = column(pa.float64(), "Time at the address.", unit="years", at_least=0, null_means=_NOT_TOLD)
    children_count = column(pa.int16(), "Children in the home.", unit="count", at_least=0, null_means=_NOT_TOLD)
    education_code = _word("Highest schooling.", ("none", "high_school", "college", "graduate"))
    interests = column(
        pa.list_(pa.string()), "Interests and magazines, in the vendor's own words, in order.", null_means=_NOT_TOLD
    )
    phone_type_code = _word("Kind of the phone.", ("mobile", "landline", "voip"))


class Donations(Records):
    """One row per gift or refund. Key: source_record_id within a delivery.

    Pitfalls: a memo repeats an amount that another row has (an earmarked gift stands at the conduit and at the
    committee): add up `gift_kind_code` gift and refund only. A refund is negative. Federal contribution records may not
    be used to ask for money (52 USC 30111(a)(4)); `configs/policy.yaml` keeps them from it.
    """

    table_name = "core_donations"
    donation_date = column(pa.date32(), "Day of the gift.", null_means="Blank or impossible in the file.")
    amount_usd = column(pa.float64(), "Amount; a refund is negative.", unit="USD", null_means=_NOT_TOLD)
    gift_kind_code = _word("What the row is; null is a gift.", GIFT_KINDS, "The source knows gifts only.")
    committee_id = column(pa.string(), "Who received it, in the source's own code.", null_means=_NOT_TOLD)
    employer = column(pa.string(), "Employer as stated.", kind="sensitive", null_means=_NOT_TOLD)
    occupation = column(pa.string(), "Occupation as stated.", kind="sensitive", null_means=_NOT_TOLD)


class Subscribers(Records):
    """One row per address on an e-mail list. Key: source_record_id within a delivery."""

    table_name = "core_subscribers"
    subscribed_on = column(pa.date32(), "Day of signing up.", null_means=_NOT_TOLD)
    unsubscribed_on = column(pa.date32(), "Day of leaving the list.", null_means="Still on it, or not told.")
    signup_source = column(pa.string(), "Where the person signed up, in the source's own words.", null_means=_NOT_TOLD)
    is_active = column(pa.bool_(), "Whether mail may be sent, as the source has it.", null_means=_NOT_TOLD)


class Volunteers(Records):
    """One row per volunteer. Key: source_record_id within a delivery."""

    table_name = "core_volunteers"
    signed_up_on = column(pa.date32(), "Day of signing up.", null_means=_NOT_TOLD)
    shift_count = column(pa.int16(), "Shifts worked up to now.", unit="count", at_least=0, null_means=_NOT_TOLD)
    last_shift_on = column(pa.date32(), "Day of the last shift.", null_means="None, or not told.")
    roles = column(pa.list_(pa.string()), "What they did or offered, in the source's own words.", null_means=_NOT_TOLD)


class ContactAttempts(Records):
    """One row per attempt to reach a person, with what came of it. Key: source_record_id within a delivery.

    Pitfalls: an attempt is no contact; `response_code` reached is one.
    """

    table_name = "core_contact_attempts"
    attempted_on = column(pa.date32(), "Day of the attempt.", null_means=_NOT_TOLD)
    channel_code = _word("By which way.", CHANNELS)
    response_code = _word("What came of it.", RESPONSES, "Nothing is told: mail and texts that nobody answered.")
    support_code = _word("What the person said.", SUPPORT, "Not asked, or not told.")
    campaign_name = column(pa.string(), "Name of the programme, in the source's own words.", null_means=_NOT_TOLD)


class Surveys(Records):
    """One row per answered survey. Key: source_record_id within a delivery."""

    table_name = "core_surveys"
    answered_on = column(pa.date32(), "Day of the answer.", null_means=_NOT_TOLD)
    survey_name = column(pa.string(), "Name or wave of the survey.", null_means=_NOT_TOLD)
    support_code = _word("Support, as asked.", SUPPORT)
    issue_code = column(pa.string(), "Most important issue, in the source's own words.", null_means=_NOT_TOLD)
    weight = column(
        pa.float64(), "The survey's own weight of the answer.", at_least=0, null_means="The survey is not weighted."
    )


class Ballots(Records):
    """One row per voter and event of a ballot in an early-vote feed. Key: source_record_id within a delivery."""

    table_name = "core_ballots"
    election_date = column(pa.date32(), "Day of the election.", null_means=_NOT_TOLD)
    ballot_date = column(pa.date32(), "Day of what happened to the ballot.", null_means=_NOT_TOLD)
    ballot_status_code = _word("Where the ballot stands.", BALLOT_STATUSES)
    method_code = _word("How it is cast.", ("early", "mail", "provisional", "other"))


class Suppressions(Records):
    """One row per person, phone or address that must not be contacted. Key: source_record_id within a delivery.

    Pitfalls: a suppression without a name means whoever has that phone or e-mail.
    """

    table_name = "core_suppressions"
    reason_code = _word("Why.", SUPPRESSION_REASONS)
    suppressed_on = column(pa.date32(), "Day from which it holds.", null_means="Since ever, or not told.")
    until_date = column(pa.date32(), "Last day on which it holds.", null_means="For good.")


class RecordRejects(RefusedRows):
    """One row per refused row of a received campaign file. Key: file, row and rule; never a value of the row."""

    table_name = "core_record_rejects"
    source = column(pa.string(), "Source of the file.", partition=True)
    snapshot_date = column(pa.date32(), "Day of the delivery.", partition=True)


RECORD_TABLES: dict[str, type[Records]] = {
    table.table_name.removeprefix("core_"): table
    for table in (
        Consumers, Donations, Subscribers, Volunteers, ContactAttempts, Surveys, Ballots, Suppressions,
    )
}  # fmt: skip
"""Campaign tables by the role of their files."""

EVENT_DATES = {
    "donations": "donation_date", "subscribers": "subscribed_on", "volunteers": "signed_up_on",
    "contact_attempts": "attempted_on", "surveys": "answered_on", "ballots": "ballot_date",
    "suppressions": "suppressed_on",
}  # fmt: skip
"""Of each role the day that its rows are about; a commercial file has none."""
