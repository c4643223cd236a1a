"""The words that headers are made of, whatever their spelling: `DtOfBirth`, `DOB` and `BIRTH DATE` say one thing."""

import functools
import re

_SYNONYMS = {
    "dob birthdate": "birth date",
    "yob birthyear": "birth year",
    "born": "birth",
    "dt": "date",
    "day": "date",
    "yr": "year",
    "reg regn regis regist registr registered registration": "registration",
    "registrant vtr voters elector": "voter",
    "res resi residence residential resident rad radd perm permanent physical": "residence",
    "mail mailing mailadd": "mail",
    "nbr num no numb nubr nmbr": "number",
    "cd cde abbrv abbr abbrev": "code",
    "desc descr lbl label": "description",
    "nm names": "name",
    "last family": "last",
    "surname lastname lname": "last name",
    "first given": "first",
    "firstname fname forename": "first name",
    "middle midl mid mi init initial maiden": "middle",
    "middlename mname": "middle name",
    "sufx suff sfx suf": "suffix",
    "namesuffix": "name suffix",
    "prefx pfx": "prefix",
    "addr add adr address addresses": "address",
    "st str street": "street",
    "apt apartment unit bldg": "unit",
    "hse house": "house",
    "home": "residence",
    "comm commis": "commissioner",
    "zip zipcode postal postcode": "zip",
    "tel telephone phone phoneno phonenumber": "phone",
    "cnty co": "county",
    "prec pct precinct prct": "precinct",
    "dist dists": "district",
    "cong cng congr congress congressional": "congressional",
    "sex gender": "gender",
    "ethnic ethnicity": "ethnic",
    "affil aff affiliation polital political": "political",
    "enrollment enrolment party": "party",
    "stat status": "status",
    "eff effective": "effective",
    "orig original": "original",
    "conf confidential protected exemption exempt": "confidential",
    "elect elec election elections elctn": "election",
    "typ type": "type",
    "methd method": "method",
    "vote voted voting votes": "vote",
    "ident identification identifier identity uid vuid": "id",
    "dir direction": "direction",
    "pre predirection": "pre",
    "post postdirection": "post",
    "half frac fraction halfcode": "fraction",
    "abs absentee absent": "absentee",
    "prov provisional": "provisional",
    "muni munic municipal municipality": "municipality",
    "locality": "locality",
    "fl flag ind indicator": "flag",
}
"""General knowledge of how headers are abbreviated. A word of a header to the words that it stands for."""

_WORDS = {short: long for shorts, long in _SYNONYMS.items() for short in shorts.split()}

_PLAIN = """
absentee address affiliation age area ballot birth board cancel category challenged change city code combo commission
commissioner committee confidential congressional council country county court date day description direction
district early effective election email ethnic exchange extension file fire first fraction gender general history
house id idrequired
inactive judicial jurisdiction last legislative line local locality mail method middle month municipality name number
original other parish part party permanent phone place plus poll post pre precinct prefix previous primary provisional
purge race reason received registration regular representative required residence school senate source special split
state status street suffix title town township type unit update vote voter ward year zip
"""
_KNOWN = {*_PLAIN.split(), *_WORDS, *(word for long in _WORDS.values() for word in long.split())}
_NOTHING = {"text", "of", "the", "value", "and", "in", "a", "for"}
"""Words that say nothing about a column: its type, or grammar."""


@functools.cache
def words_of(header: str) -> tuple[str, ...]:
    """The words of a header in order, abbreviations written out, with those that say nothing left out."""
    found = re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+", header.replace("#", " number "))
    told = [word for piece in found for part in _parted(piece.lower()) for word in _WORDS.get(part, part).split()]
    return tuple(word for word in told if word not in _NOTHING)


def is_known(word: str) -> bool:
    """Whether a word is one that headers are made of."""
    return word in _KNOWN


def names_a_column(text: str) -> bool:
    """Whether a text may be the name of a column: most of its words are words of headers."""
    words = [word for word in words_of(text) if not word.isdigit()]
    return bool(words) and 2 * sum(map(is_known, words)) >= len(words)


def _parted(word: str) -> list[str]:
    """A word that is written together, as its parts: `regdate` is `reg` and `date`; an unknown one stays whole."""
    if word in _KNOWN or len(word) < 4:
        return [word]
    return min(_splits(word), key=len, default=[word])


def _splits(word: str) -> list[list[str]]:
    """Ways to part a word into known ones, the first of which may be unknown and short: `ncid` is `nc` and `id`."""
    if word in _KNOWN:
        return [[word]]
    found = [
        [*head, word[at:]] for at in range(2, len(word)) if word[at:] in _ENDS for head in _splits_short(word[:at])
    ]
    return found


def _splits_short(word: str) -> list[list[str]]:
    return _splits(word) or ([[word]] if len(word) <= _LONGEST_PREFIX else [])


_ENDS = {word for word in _KNOWN if len(word) > 2} | {"id", "no", "cd", "dt", "st"}
_LONGEST_PREFIX = 4  # the letters that an office puts before `id`
