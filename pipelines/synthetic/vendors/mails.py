"""E-mail addresses of people, made from their names, and the phones that a record has."""

import numpy as np
import pyarrow as pa

from pipelines.synthetic import words
from pipelines.synthetic.chunk import Chunk
from pipelines.synthetic.columns import blanked, initials, joined, text, worded
from pipelines.synthetic.contacts import heads
from pipelines.synthetic.draws import Ints
from pipelines.synthetic.identity import Identity
from pipelines.synthetic.vendors.config import MAIL_DOMAINS, EmailSplit, PhoneSplit

_WORDS = [word.replace("-", "").lower() for word in words.STREETS]


def mails(own: Identity, rows: Ints, nth: int) -> pa.Array:
    """E-mail addresses of the people at `rows`: the usual ones for nth 0, other ones for 1.

    A person has the same two with every vendor. The domains are reserved and belong to nobody.
    """
    contacts = own.contacts
    number, domain = contacts.mail_number[rows, nth], worded(MAIL_DOMAINS, contacts.mail_domain[rows, nth])
    first, last = own.book.first.plain(own.first[rows]), own.book.last.plain(own.last[rows])
    first = first.fill_null("me")
    short = initials(first, np.ones(rows.size, bool))
    word = worded(_WORDS, number // 10_000 % len(_WORDS))
    forms = [joined([first, last], "."), joined([short, last], ""), first, joined([last, first], "."), word]
    local = pa.concat_arrays(forms).take(pa.array(contacts.mail_form[rows, nth] * rows.size + np.arange(rows.size)))
    return joined([local, text(number % 10_000), pa.scalar("@"), domain], "")


def draw_mails(shares: EmailSplit, rng: np.random.Generator, chunk: Chunk, rows: Ints) -> pa.Array:
    """E-mail addresses of records about the people at `rows`, null for none."""
    draws, own = rng.random(rows.size), chunk.identity
    edges = np.cumsum([shares.usual, shares.other, shares.family])
    case = np.searchsorted(edges, draws, side="right")
    head = heads(chunk.people.homes.lives)[rows]
    found = mails(own, np.where(case == 2, head, rows), 0)
    other = mails(own, rows[case == 1], 1)
    found = pa.concat_arrays([found, other]).take(pa.array(_second_in(case == 1)))
    return blanked(found, case == 3)


def _second_in(where: np.ndarray) -> Ints:
    """Positions that take the rows told from a second array, put behind the first one, in their order."""
    return np.where(where, where.size + np.cumsum(where) - 1, np.arange(where.size))


def draw_phones(shares: PhoneSplit, rng: np.random.Generator, own: Identity, rows: Ints) -> pa.Array:
    """Phones of records about the people at `rows`, ten digits, null for none."""
    draws, contacts = rng.random(rows.size), own.contacts
    case = np.searchsorted(np.cumsum([shares.filed, shares.landline, shares.other]), draws, side="right")
    people = len(contacts.filed)
    numbers = pa.concat_arrays([contacts.filed, contacts.landline, contacts.other])
    return numbers.take(pa.array(case * people + rows, mask=case == 3))
