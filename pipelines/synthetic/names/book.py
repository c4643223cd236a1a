"""The book of names: every name once, and with which share each is drawn for whom."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np

from pipelines.synthetic import words
from pipelines.synthetic.names import foreign
from pipelines.synthetic.names.config import SYSTEMS, NamesConfig
from pipelines.synthetic.names.lists import NameList, Pool
from pipelines.synthetic.names.spellings import family_transliterations, given_transliterations

Shares = dict[str, float]
Sexes = tuple[Sequence[str], Sequence[str]]
FEMALE, MALE = 0, 1
_ARABIC_FEMALE, _ARABIC_MALE = (text.replace(",", " ").split() for text in (foreign.ARABIC_FEMALE, foreign.ARABIC_MALE))
_ARABIC_LAST = [article + name for name in foreign.ARABIC_LAST for article in foreign.ARTICLES]
_GIVEN: dict[str, Sexes] = {
    "spanish": (foreign.SPANISH_FEMALE, foreign.SPANISH_MALE),
    "arabic": (_ARABIC_FEMALE, _ARABIC_MALE),
    "indonesian": (foreign.INDONESIAN_FEMALE, foreign.INDONESIAN_MALE),
    "vietnamese": (foreign.VIETNAMESE_FEMALE, foreign.VIETNAMESE_MALE),
    "chinese": (foreign.CHINESE_FEMALE, foreign.CHINESE_MALE),
}
_MIDDLE: dict[str, Sexes] = {
    "spanish": (foreign.SPANISH_FEMALE, foreign.SPANISH_MALE),
    "arabic": (_ARABIC_MALE, _ARABIC_MALE),  # the father's name
    "vietnamese": (foreign.VIETNAMESE_FEMALE_MIDDLE, foreign.VIETNAMESE_MALE_MIDDLE),
}
_FAMILY: dict[str, Sequence[str]] = {
    "spanish": foreign.SPANISH_LAST,
    "arabic": _ARABIC_LAST,
    "indonesian": foreign.INDONESIAN_SECOND,
    "single": foreign.SINGLE,
    "vietnamese": foreign.VIETNAMESE_LAST,
    "chinese": foreign.CHINESE_LAST,
}


@dataclass(frozen=True)
class NameBook:
    """The lists of names; middle names are drawn from one of their own but are often first names."""

    first: NameList
    middle: NameList
    last: NameList


@lru_cache(maxsize=4)
def name_book(lists: str, special_first: float, special_last: float) -> NameBook:
    """The book of the census, or of the short lists, with the given shares of special names."""
    if lists == "short":
        given = [_zipf(words.FEMALE_NAMES, 0.6), _zipf(words.MALE_NAMES, 0.6)]
        middle = [_zipf(words.FEMALE_NAMES[:70], 0.6), _zipf(words.MALE_NAMES[:70], 0.6)]
        family = _zipf(words.LAST_NAMES, 0.5)
    else:
        special = (words.FEMALE_NAMES, words.MALE_NAMES)
        found = [_census(name) for name in ("dist.female.first", "dist.male.first")]
        given = [_mixed(own, extra, special_first) for own, extra in zip(found, special, strict=True)]
        middle, family = given, _mixed(_census("dist.all.last"), words.LAST_NAMES, special_last)
    return NameBook(_list_of(given, _GIVEN), _list_of(middle, _MIDDLE), _families(family))


def book_of(config: NamesConfig) -> NameBook:
    """The book that a configuration asks for."""
    return name_book(config.lists, config.special_first_share, config.special_last_share)


def _list_of(western: list[Shares], others: Mapping[str, Sexes]) -> NameList:
    shares = {0: western[FEMALE], 1: western[MALE]}
    for system, sexes in others.items():
        shares |= {2 * SYSTEMS.index(system) + sex: _zipf(names, 0.5) for sex, names in enumerate(sexes)}
    return _listed(shares, given_transliterations())


def _families(western: Shares) -> NameList:
    shares = {0: western, 1: western}
    for system, names in _FAMILY.items():
        shares |= {2 * SYSTEMS.index(system) + sex: _zipf(names, 0.5) for sex in (FEMALE, MALE)}
    return _listed(shares, family_transliterations())


def _listed(shares: dict[int, Shares], transliterations: dict[str, list[str]]) -> NameList:
    names = list(dict.fromkeys(name for own in shares.values() for name in own))
    position = {name: nth for nth, name in enumerate(names)}
    return NameList(names, {kind: _pool(own, position) for kind, own in shares.items()}, transliterations)


def _pool(shares: Shares, position: dict[str, int]) -> Pool:
    edges = np.cumsum(list(shares.values()))
    return Pool(np.array([position[name] for name in shares]), edges / edges[-1])


def _zipf(names: Iterable[str], power: float) -> Shares:
    """Shares that fall with the place in a list, as those of names do; of a name written twice the places add up."""
    shares: Shares = {}
    for nth, name in enumerate(names):
        shares[name] = shares.get(name, 0.0) + 1.0 / (nth + 1) ** power
    return shares


def _census(file: str) -> Shares:
    """Shares of names in the census of 1990, as the package `names` has them; about 0.9 of people are told."""
    lines = (files("names") / file).read_text(encoding="ascii").splitlines()
    return {name: float(share) for name, share, *_ in (line.split() for line in lines)}


def _mixed(census: Shares, names: Sequence[str], share: float) -> Shares:
    """Shares of the census, and a share for those of some names that it does not have, in equal parts."""
    special = [name for name in names if not (name.isascii() and name.isalpha())]
    total = sum(census.values())
    mixed = {name: (1 - share) * own / total for name, own in census.items()}
    for name in special:
        mixed[name] = mixed.get(name, 0.0) + share / len(special)
    return mixed
