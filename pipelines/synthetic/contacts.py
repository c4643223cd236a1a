"""Phones and e-mails of people, whether or not anybody knows them; those on the voter file are among the phones."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipelines.synthetic.columns import either, joined, padded, worded
from pipelines.synthetic.draws import Dice, Ints, Purpose, picked
from pipelines.synthetic.lives import Lives
from pipelines.synthetic.vendors.config import ContactsConfig

EXCHANGES = "555 700 950 958 959 976".split()  # noqa: SIM905
"""Exchanges that no subscriber has: fiction, tests and services. One alone would give too many people one number."""


@dataclass(frozen=True)
class Contacts:
    """How people are reached, one position per person.

    Attributes:
        filed: Phone given to the election office, ten digits: the landline or the mobile.
        landline: Phone of the family's home, ten digits.
        mobile: Own phone, ten digits.
        other: Another own phone, ten digits.
        mail_form: How the e-mail address is made from the name, as a position in MAIL_FORMS, (people, 2): the
            address most used and another.
        mail_domain: Its domain as a position in MAIL_DOMAINS, (people, 2).
        mail_number: Its number, 0 to 999,999, (people, 2).
    """

    filed: pa.Array
    landline: pa.Array
    mobile: pa.Array
    other: pa.Array
    mail_form: Ints
    mail_domain: Ints
    mail_number: Ints


def draw_contacts(
    config: ContactsConfig, area_codes: Sequence[str], streams: tuple[Dice, np.random.Generator], lives: Lives
) -> Contacts:
    """Phones and e-mails of a chunk's people.

    Args:
        config: Shares.
        area_codes: Area codes of the state.
        streams: Streams of the chunk, and that of the names, from which the number on the file takes its digits.
        lives: The people.
    """
    (dice, names), people = streams, lives.birth.size
    rng = dice.rng(Purpose.CONTACTS)
    mobile = _phones(area_codes, names, rng, people)
    landline = _phones(area_codes, rng, rng, people).take(pa.array(heads(lives)))
    forms = [picked(rng, config.mail_forms, 2 * people), picked(rng, config.mail_domains, 2 * people)]
    return Contacts(
        filed=either(rng.random(people) < config.filed_landline, landline, mobile),
        landline=landline,
        mobile=mobile,
        other=_phones(area_codes, rng, rng, people),
        mail_form=forms[0].reshape(people, 2),
        mail_domain=forms[1].reshape(people, 2),
        mail_number=rng.integers(0, 1_000_000, (people, 2)),
    )


def heads(lives: Lives) -> Ints:
    """The person at the head of each one's family."""
    root = lives.family
    for _ in range(3):
        root = root[root]
    return root


def _phones(areas: Sequence[str], rng: np.random.Generator, more: np.random.Generator, people: int) -> pa.Array:
    """Numbers of ten digits; area and line from one stream, exchange from another."""
    area = worded(areas, rng.integers(0, len(areas), people))
    line = padded(rng.integers(0, 10_000, people), 4)
    return joined([area, worded(EXCHANGES, more.integers(0, len(EXCHANGES), people)), line], "")
