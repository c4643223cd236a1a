"""What `configs/synthetic.yaml` says about phones and e-mails, and about the records of vendors."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from models.config import Strict
from pipelines.synthetic.vendors.facts.config import FactsConfig
from pipelines.synthetic.vendors.shares import share, shares_of
from pipelines.synthetic.vendors.source_config import ListRates, SourceConfig

KINDS = ("commercial", "donors", "subscribers", "volunteers", "contacts")
"""Kinds of vendors by how they know people, in the order of their streams."""
COLUMNS = (
    "first_name", "middle_name", "last_name", "name_suffix", "full_name", "birth_date", "birth_year", "gender_code",
    "address_line", "city", "zip_code", "phone", "email",
)  # fmt: skip
"""Columns that a kind may give, beside record_id and source."""
RELATIONS = ("housemate", "minor", "departed", "former", "unregistered", "elsewhere")
"""Who a record of nobody on the file is about; see `people.py`."""
ERRORS = ("substitution", "deletion", "transposition", "doubled", "ocr")
FIELDS = ("first_name", "last_name", "address_line", "birth_date")
MAIL_FORMS = ("dotted", "initial_last", "first", "last_first", "other_word")
MAIL_DOMAINS = ("mail.example.com", "home.example.com", "post.example.net", "web.example.org")


class Split(Strict):
    """Shares of which one case each holds; they sum to 1."""

    @model_validator(mode="after")
    def _sums_to_one(self) -> "Split":
        if abs(sum(dict(self).values()) - 1) > 1e-6:
            raise ValueError(f"{', '.join(dict(self))}: these shares must sum to 1. Change one of them.")
        return self


class ContactsConfig(Strict):
    """Phones and e-mails of people, known to whomever."""

    filed_landline: float = share("People who give the election office the landline of the home, not the mobile")
    mail_forms: Annotated[dict[Literal[MAIL_FORMS], float], AfterValidator(shares_of)] = Field(  # ty: ignore
        description="How e-mail addresses are made from names (shares)"
    )
    mail_domains: Annotated[dict[Literal[MAIL_DOMAINS], float], AfterValidator(shares_of)] = Field(  # ty: ignore
        description="Their domains (shares)"
    )


class Typos(Strict):
    """Which errors are made, and where."""

    errors: Annotated[dict[Literal[ERRORS], float], AfterValidator(shares_of)] = Field(  # ty: ignore
        description="Kinds of errors (shares)"
    )
    fields: Annotated[dict[Literal[FIELDS], float], AfterValidator(shares_of)] = Field(  # ty: ignore
        description="Fields in which they stand (shares)"
    )


class MiddleSplit(Split):
    """What a record has of a middle name that the voter has, in full or not."""

    full: float = share("As the voter file has it")
    initial: float = share("First letter")
    missing: float = share("Nothing")


class BirthSplit(Split):
    """What a record has of the day of birth."""

    full: float = share("Day")
    year: float = share("Year only")
    missing: float = share("Nothing")


class PhoneSplit(Split):
    """Which phone a record has."""

    filed: float = share("The number given to the election office, whether or not its file shows it")
    landline: float = share("Landline of the family's home")
    other: float = share("Another own number")
    missing: float = share("None")


class EmailSplit(Split):
    """Which e-mail address a record has."""

    usual: float = share("The person's usual one")
    other: float = share("Another one of the person's")
    family: float = share("That of the head of the family")
    missing: float = share("None")


class AddressConfig(Strict):
    """How a record writes an address."""

    type_spelled: float = share("Street type in full, STREET for ST")
    ordinal: float = share("1ST for FIRST, of streets so named")
    unit_dropped: float = share("Unit left out, of addresses with one")
    unit_other: float = share("# for APT, of the other addresses with a unit")
    po_box: float = share("PO box in place of the home")
    zip_changed: float = share("ZIP next to the true one")


class VendorConfig(Strict):
    """Records of one kind of vendor. Shares are of its records unless said otherwise."""

    gives: list[Literal[COLUMNS]] = Field(description="Columns that it gives; all others are null.")  # ty: ignore
    title_case: bool = Field(description="Whether names and addresses are written Like This.")
    accents_dropped: float = share("N for Ñ, and so on, in all names of a record")
    nobody: float = share("Records of people who are not on the file")
    relations: dict[Literal[RELATIONS], float] = Field(description="Who those people are (shares)")  # ty: ignore
    no_name: float = share("No name at all")
    nickname: float = share("Nickname in place of the first name")
    married_name: float = share("Last name before a marriage where the file has that after it, or the other way round")
    other_form: float = share(
        "Name written in another way that its naming system allows, of people of other systems than the western"
    )
    mover: float = share("Address before the last move")
    typo: float = share("One error in one field")
    middle: MiddleSplit = Field(description="Middle names, of people who have one")
    suffix_dropped: float = share("Suffix left out, of people who have one")
    birth: BirthSplit = Field(description="Day of birth")
    gender_missing: float = share("No gender")
    phone: PhoneSplit = Field(description="Phone")
    email: EmailSplit = Field(description="E-mail")
    address: AddressConfig = Field(description="How addresses are written")


class VendorsConfig(Strict):
    """Records of vendors."""

    typos: Typos = Field(description="Errors")
    kinds: dict[Literal[KINDS], VendorConfig] = Field(description="Vendors by kind")  # ty: ignore
    facts: FactsConfig = Field(description="What records say about people, by campaign table")
    lists: ListRates = Field(description="How lists change from one delivery to the next")
    days: list[dt.date] = Field(description="Days of deliveries, of vendors without days of their own (dates)")
    sources: dict[str, SourceConfig] = Field(description="Simulated vendors by the name of their file in vendors/")

    @model_validator(mode="after")
    def _every_kind_is_told(self) -> "VendorsConfig":
        if missing := set(KINDS) - set(self.kinds):
            raise ValueError(f"kinds: {', '.join(sorted(missing))} missing. Give every kind its shares.")
        named = {role.kind for source in self.sources.values() for role in source.roles.values()}
        if unknown := named - set(KINDS):
            raise ValueError(f"sources: no kind is named {', '.join(sorted(unknown))}. Known are {', '.join(KINDS)}.")
        return self
