"""What stands on the file about a person beside dates: names, ids, phones and codes."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipelines.synthetic.columns import blanked, either, initials, joined, padded, worded
from pipelines.synthetic.config import StateConfig, SyntheticConfig
from pipelines.synthetic.contacts import Contacts, draw_contacts
from pipelines.synthetic.draws import NEVER, Bools, Dice, Ints, Purpose, picked, zipf_picked
from pipelines.synthetic.lives import Lives
from pipelines.synthetic.names.book import NameBook, book_of
from pipelines.synthetic.names.systems import Naming, draw_naming


@dataclass(frozen=True)
class Identity:
    """One position per person; names are positions in the lists of the book, -1 for none.

    Attributes:
        voter_id: Ids, stable and in no order of birth or family.
        first: First name.
        last: Last name at birth or before marriage.
        later_last: Last name from `renamed` on.
        renamed: Day of a change of name.
        middle: Middle name.
        initial_only: Whether only the middle name's first letter is given.
        suffix: Jr, Sr and the like.
        race: Race in the state's code.
        phone: Phone on the file, digits.
        no_gender: Whether gender is undesignated.
        is_confidential: Whether the address is kept from the public.
        is_masked: Whether the registration date is masked.
        is_birth_masked: Whether the date of birth is masked.
        is_kept: Whether the file goes on listing the person after removal.
        is_orphan: Whether the history file keeps the ballots of the person where the voter file does not.
        naming: Naming systems and second surnames.
        contacts: Phones and e-mails, on the file or not.
        book: The lists of names.
    """

    voter_id: pa.Array
    first: Ints
    last: Ints
    later_last: Ints
    renamed: Ints
    middle: Ints
    initial_only: Bools
    suffix: Ints
    race: pa.Array
    phone: pa.Array
    no_gender: Bools
    is_confidential: Bools
    is_masked: Bools
    is_birth_masked: Bools
    is_kept: Bools
    is_orphan: Bools
    naming: Naming
    contacts: Contacts
    book: NameBook

    def last_names(self, rows: Ints, day: int) -> pa.Array:
        """Last names of some people on a day, both where a person has two."""
        return self.surnames(self.last_positions(day)[rows], self.naming.second[rows])

    def last_positions(self, day: int) -> Ints:
        """Last name of each person on a day, without a second one, as a position in the book."""
        return np.where(self.renamed <= day, self.later_last, self.last)

    def surnames(self, first: Ints, second: Ints) -> pa.Array:
        """Last names of one or two words, from positions in the book; a second one of -1 is left out."""
        own = self.book.last.texts(first)
        return either(second >= 0, joined([own, self.book.last.texts(second)], " "), own)

    def first_names(self) -> pa.Array:
        """First names, null for people of a single name."""
        return self.book.first.texts(self.first)

    def middle_names(self) -> pa.Array:
        """Middle names or initials, null for none."""
        return initials(self.book.middle.texts(self.middle), self.initial_only)


def draw_identity(config: SyntheticConfig, state: StateConfig, dice: Dice, lives: Lives, ids: pa.Array) -> Identity:
    """Names, ids and codes of a chunk's people.

    Args:
        config: Shares of names.
        state: Shares of codes and missing values, form of the phones.
        dice: Streams of the chunk.
        lives: The people.
        ids: Their ids, from `draw_ids`.
    """
    rng, marginals, people = dice.rng(Purpose.NAMES), state.marginals, lives.birth.size
    book, naming = book_of(config.names), draw_naming(config.names, dice, lives)
    kinds = naming.kinds(lives)
    first, suffix = _first_names((config, marginals.suffix), rng, lives, (book, naming))
    last, later, renamed = _last_names(config, rng, lives, (book, naming))
    middle = book.middle.draw(kinds, rng.random(people))
    race = picked(rng, marginals.races, people)
    same = rng.random(people) < 0.93
    return Identity(
        voter_id=ids,
        first=first,
        last=last,
        later_last=later,
        renamed=renamed,
        middle=np.where(rng.random(people) < marginals.missing_middle, -1, middle),
        initial_only=rng.random(people) < 0.3,
        suffix=suffix,
        race=worded(list(marginals.races), np.where(same, race[lives.family], race)),
        contacts=(contacts := draw_contacts(config.contacts, state.area_codes, (dice, rng), lives)),
        phone=blanked(contacts.filed, rng.random(people) < marginals.missing_phone),
        no_gender=rng.random(people) < marginals.missing_gender,
        is_confidential=rng.random(people) < marginals.confidential,
        is_masked=rng.random(people) < marginals.masked_registration,
        is_kept=rng.random(people) < state.removed_listed_share,
        is_birth_masked=rng.random(people) < marginals.masked_birth,
        is_orphan=rng.random(people) < state.orphan_share,
        naming=naming,
        book=book,
    )


def _first_names(
    shares: tuple[SyntheticConfig, float], rng: np.random.Generator, lives: Lives, named: tuple[NameBook, Naming]
) -> tuple[Ints, Ints]:
    """First names and suffixes; some sons carry their father's name."""
    (config, suffixed), (book, naming), people = shares, named, lives.birth.size
    male = rng.random(people)
    first = book.first.draw(naming.kinds(lives), np.where(lives.is_female, rng.random(people), male))
    suffix = np.where(rng.random(people) < suffixed, zipf_picked(rng, 5, people, 1.2), -1)
    suffix[lives.is_female | ~naming.has_suffix] = -1
    sons = lives.is_child & ~lives.is_female & ~lives.is_female[lives.host]
    juniors = np.flatnonzero(sons & (rng.random(people) < config.lives.namesake_share))
    is_senior, named_alike = rng.random(juniors.size) < 0.5, naming.has_suffix[juniors]
    juniors, is_senior = juniors[named_alike], is_senior[named_alike]
    first[juniors], suffix[juniors] = first[lives.host[juniors]], 0
    suffix[lives.host[juniors]] = np.where(is_senior, 1, suffix[lives.host[juniors]])
    return first, suffix


def _last_names(
    config: SyntheticConfig, rng: np.random.Generator, lives: Lives, named: tuple[NameBook, Naming]
) -> tuple[Ints, Ints, Ints]:
    """Last names before and after marriage, and the day of the change on the file."""
    (book, naming), people = named, lives.birth.size
    last = book.last.draw(naming.kinds(lives), rng.random(people))
    for _ in range(4):
        last = np.where(naming.inherits & lives.is_child, last[lives.host], last)
    takes = (lives.mate >= 0) & lives.is_female & (rng.random(people) < config.lives.name_change_share)
    takes &= naming.is_western & naming.is_western[lives.mate]
    later = np.where(takes, last[lives.mate], last)
    lag = rng.exponential(150, people).astype(np.int64)
    return last, later, np.where(takes, np.minimum(lives.marry + lag, NEVER), NEVER)


def draw_ids(state: StateConfig, dice: Dice, first_county: Ints, opens: int) -> pa.Array:
    """`<STATE>-` and the state's own id of each person of a chunk: its prefix, letters, then digits, then a suffix.

    Args:
        state: Form of the ids.
        dice: Streams of the chunk.
        first_county: County in which each person came onto the file, from 0, (people,).
        opens: Number of the chunk's first id.
    """
    number = state.id_first + opens + dice.rng(Purpose.IDENTIFIERS).permutation(first_county.size)
    letters, size = number // 10**state.id_digits, 26
    parts = [chr(65 + nth) for nth in range(size)]
    columns = [worded(parts, letters // size**place % size) for place in reversed(range(state.id_letters))]
    rest = number if not state.id_letters else number % 10**state.id_digits
    suffix = [pa.scalar("-"), padded(1 + first_county, 2)] if state.id_suffix == "county" else []
    opening = pa.scalar(f"{dice.state}-{state.id_prefix}")
    return joined([opening, *columns, padded(rest, state.id_digits), *suffix], "")
