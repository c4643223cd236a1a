"""The columns of a vote, drafted from their texts: days, types of elections, how a ballot was cast, and for whom."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from pipelines.sniff.evidence import words_told
from pipelines.sniff.notes import Noted
from pipelines.sniff.profile import ColumnProfile
from pipelines.sniff.vocabulary import Vocabulary

TYPE_PATTERNS = {
    "run-?off|second primary": "runoff",
    "special|recall|referend|bond": "special",
    "primary|ppp|preference": "primary",
    "municipal|town|city|school|village": "municipal",
    "general|presidential": "general",
}
"""Words of a label to the type of the election, by general knowledge; the first that is found counts."""

METHOD_PATTERNS = {
    "provisional|challenged": "provisional",
    "early|advance|one ?stop": "early",
    "mail|absentee": "mail",
    "in.person|election day|poll|precinct|vote center": "election_day",
}
"""Words of a label to how a ballot was cast, by general knowledge."""

FLAG_WORDS = {
    "provisional": "provisional",
    "challenged": "provisional",
    "early": "early",
    "advance": "early",
    "absentee": "mail",
    "mail": "mail",
    "regular": "election_day",
    "person": "election_day",
    "poll": "election_day",
}
"""Word of a header of a column of yes and no to how a ballot was cast."""

_YES, _NO = ("Y", "YES", "TRUE", "T", "1", "X"), ("N", "NO", "FALSE", "F", "0")
_MOST_FAULTS = 0.01  # texts that no rule reads; beyond, the column is left to another rule


def pooled(profiles: Iterable[ColumnProfile], header: str) -> ColumnProfile:
    """Columns that say the same of several elections as one."""
    found = list(profiles)
    texts = sum((profile.texts for profile in found), Counter())
    return ColumnProfile(found[0].place, header, max(profile.rows for profile in found), texts)


def day_column(profile: ColumnProfile) -> dict[str, Any] | None:
    """A column that holds the day of the election."""
    return {"from": profile.header, "date": list(profile.days.formats)} if profile.is_dates else None


def type_column(profile: ColumnProfile, vocabulary: Vocabulary) -> dict[str, Any] | None:
    """A column that holds the type, by words or by codes; nothing where a text is not understood."""
    if not profile.filled or profile.is_dates:
        return None
    by_words = sum(count for text, count in profile.texts.items() if found_in(text, TYPE_PATTERNS))
    if by_words >= (1 - _MOST_FAULTS) * profile.filled and profile.longest > 3:
        return {"from": profile.header, "pattern": TYPE_PATTERNS}
    share, words = words_told(profile, "election_type", vocabulary)
    of_parties, parties = words_told(profile, "party_code", vocabulary)
    if {"democratic", "republican"} <= parties and of_parties > 1 - _MOST_FAULTS:
        return None
    if share >= 1 - _MOST_FAULTS and "general" in words:
        return {"from": profile.header, "code": code_list(profile, "election_type", vocabulary)}
    return None


def method_column(profile: ColumnProfile, vocabulary: Vocabulary) -> dict[str, Any] | None:
    """A column that says how a ballot was cast, by words or by codes."""
    if not profile.filled or profile.is_dates:
        return None
    if profile.share_in((*_YES, *_NO)) > 1 - _MOST_FAULTS:
        return _of_yes_and_no(profile)
    by_words = sum(count for text, count in profile.texts.items() if found_in(text, METHOD_PATTERNS))
    if by_words > profile.filled / 2 and profile.longest > 3:
        return {"from": profile.header, "pattern": {**METHOD_PATTERNS, ".": "other"}}
    share, _ = words_told(profile, "method_code", vocabulary)
    if share > _LEAST_KNOWN and profile.longest <= _LONGEST_CODE:
        said = code_list(profile, "method_code", vocabulary)
        return {"from": profile.header, "code": said, **unlisted(profile, said, "other")}
    return None


_LEAST_KNOWN, _LONGEST_CODE = 0.5, 6


def is_yes_or_no(profile: ColumnProfile) -> bool:
    """Whether the texts are both of `Y` and `N` and no other."""
    return {text.upper() for text in profile.texts} == {"Y", "N"}


def _of_yes_and_no(profile: ColumnProfile) -> dict[str, Any] | None:
    """One column of yes and no: whoever did not vote as it says, voted at the polls."""
    word = next((known for known in FLAG_WORDS if known in profile.header.lower()), "")
    if not word:
        return None
    said = {text: FLAG_WORDS[word] if text.upper() in _YES else "election_day" for text in profile.codes()}
    return {"from": profile.header, "code": Noted(said, "by the word in the header")}


def ballot_code(profile: ColumnProfile, told: dict[str, Any]) -> dict[str, Any] | None:
    """Ways of voting among whose codes are a yes and a no: one who did not vote is on file too.

    Args:
        profile: The column of the codes.
        told: The column as it was drafted.
    """
    code = told.get("code")
    listed = dict(code.value) if isinstance(code, Noted) else {}
    if not {"Y", "N"} < set(listed) or any(text not in listed for text in profile.texts):
        return None
    del listed["N"]
    counted = listed | {"Y": "election_day"}
    remark = "a yes and a no among the ways of voting; ask which of the others were not counted"
    return {"from": profile.header, "counted": Noted(counted, remark), "not_counted": {"N": None}}


def party_column(profile: ColumnProfile, vocabulary: Vocabulary) -> dict[str, Any] | None:
    """A column that says of which party the ballot was."""
    share, words = words_told(profile, "party_code", vocabulary) if profile.filled else (0.0, set())
    if share < _LEAST_KNOWN or not {"democratic", "republican"} <= words:
        return None
    return {"from": profile.header, "code": code_list(profile, "party_code", vocabulary), "otherwise": "other"}


def flag_columns(profiles: Iterable[ColumnProfile]) -> dict[str, Any] | None:
    """Several columns of yes and no that say how a ballot was cast, the rarest way first."""
    order = list(dict.fromkeys(FLAG_WORDS.values()))
    found = {
        profile.header: FLAG_WORDS[word]
        for profile in profiles
        if (word := next((known for known in FLAG_WORDS if known in profile.header.lower()), ""))
        and profile.filled
        and profile.share_in((*_YES, *_NO)) > 1 - _MOST_FAULTS
    }
    if len(found) < 2:
        return None
    told = sorted(found, key=lambda header: order.index(found[header]))
    texts = {text.upper() for profile in profiles if profile.header in found for text in profile.texts}
    listed = sorted({text for profile in profiles if profile.header in found for text in profile.texts})
    return {
        "flags": {header: found[header] for header in told},
        "yes": [text for text in listed if text.upper() in _YES] or ["Y"],
        **({"no": [text for text in listed if text.upper() in _NO]} if texts & set(_NO) else {}),
    }


def code_list(profile: ColumnProfile, column: str, vocabulary: Vocabulary) -> Noted:
    """The codes of a column with our words; those that nobody knows are named in a comment, as unknown."""
    told = {text: vocabulary.word_of(column, text.upper()) for text in profile.codes()}
    rare = {text: vocabulary.word_of(column, text.upper()) for text in profile.codes(1) if text not in told}
    told |= {text: word for text, word in rare.items() if word is not None}  # a code that is known is no person's
    listed = {text: word or None for text, word in told.items() if word is not None}
    if column == "party_code" and "none" not in listed.values():
        listed |= {
            text: "none"
            for text in profile.codes()
            if listed.get(text, "other") == "other" and profile.texts[text] > _MANY * profile.filled
        }
    unknown = sorted(text for text, word in told.items() if word is None)
    share = sum(profile.texts[text] for text in listed) / profile.filled
    remark = f"{share:.1%} of the sampled texts are listed"
    unknown = [text for text in unknown if text not in listed]
    told_apart = f"; meaning not known: {', '.join(unknown)}" if unknown and len(unknown) < _MOST_TOLD else ""
    return Noted(listed, remark + told_apart)


_MOST_TOLD = 12
_MANY = 0.1  # of the people: where no code says "no party", one of so many that is of no large party means it


def unlisted(profile: ColumnProfile, said: Noted, word: str) -> dict[str, str]:
    """The word for codes that are not listed, where there are some."""
    return {"otherwise": word} if any(text not in said.value for text in profile.texts) else {}


def found_in(text: str, patterns: Iterable[str]) -> str | None:
    """The first of some patterns that is found in a text."""
    return next((pattern for pattern in patterns if re.search(pattern, text, re.IGNORECASE)), None)
