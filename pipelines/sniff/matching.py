"""Which header is which canonical column: all at once, so that each header and each column is used once at most."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from pipelines.sniff.evidence import COLUMNS, IMPOSSIBLE, fit
from pipelines.sniff.neighbours import by_neighbours, by_rows
from pipelines.sniff.profile import ColumnProfile
from pipelines.sniff.vocabulary import UNREAD, Vocabulary
from pipelines.sniff.words import words_of

_OF_HEADER = 2.0  # a header says more than texts do: of three dates only it tells which is which
LEAST, _LEAST_UNNAMED = 0.95, 0.29  # with a header, and without one
SURE = 1.6
_MOSTLY = 0.8  # of the rows a precinct stands in; an area code, say, in fewer
_ONLY_BY_NAME = {"is_confidential", "precinct_name"}  # columns that texts alone never tell

_AGAINST: dict[str, str] = {
    "address_line": "mail email previous",
    "city": "mail previous school council district court ward code jurisdiction",
    "zip_code": "mail 4 plus previous",
    "county_code": "mail previous vote district council voter commissioner court supervisor",
    "precinct_code": "city municipality village school part split town previous name group suffix",
    "precinct_name": "city municipality village school part split town",
    "congressional_code": "state senate school council",
    "last_name": "former previous mail date street updated changed vote",
    "first_name": "mail street previous",
    "middle_name": "mail street previous",
    "name_suffix": "street house direction mail number address precinct residence",
    "phone": "fax extension area exchange four",
    "birth_date": "registration place",
    "birth_year": "place",
    "registration_date": "party affiliation change changed update updated last birth cancel inactive mail vote number",
    "status_code": "reason date mail uocava absentee special",
    "party_code": "date previous other original organization unqual",
    "voter_id": "precinct last previous county required met district house",
    "race_code": "description",
    "gender_code": "description",
}
"""Words of a header that speak against a column: the usual traps, such as the mailing address."""
_TRAP = 0.8

_NEEDED: dict[str, set[str]] = {
    "is_confidential": {"confidential"},
    "party_code": {"party", "political", "affiliation"},
    "phone": {"phone"},
    "birth_date": {"birth"},
    "birth_year": {"birth"},
}
"""Words one of which a header must have: columns that others are easily taken for."""


@dataclass(frozen=True)
class Match:
    """A column that was found.

    Attributes:
        profile: Where it stands, and its texts.
        score: How clear it is; below `SURE` a person should look.
        likeness: How much its header is like known ones, in [0, 1].
    """

    profile: ColumnProfile
    score: float
    likeness: float

    @property
    def is_sure(self) -> bool:
        """Whether nobody needs to look."""
        return self.score >= SURE


def match_columns(
    profiles: Sequence[ColumnProfile],
    vocabulary: Vocabulary,
    has_header: bool,
    rows: Sequence[Sequence[str]] = (),
) -> dict[str, Match]:
    """The header of each canonical column that the file seems to have.

    Args:
        profiles: Columns of the file.
        vocabulary: What known sources call things.
        has_header: Whether the file names its columns; otherwise texts and their places are all there is.
        rows: Rows of the file; without headers they tell a county, which a ZIP lies in, from a precinct.
    """
    firsts = first_of_each(profiles) if has_header else list(profiles)
    likeness = [vocabulary.likeness(_said(profile)) if has_header else {} for profile in firsts]
    scores = np.array(
        [
            [_score(column, profile, like, vocabulary, has_header) for column in COLUMNS]
            for profile, like in zip(firsts, likeness, strict=True)
        ]
    )
    if not has_header:
        scores = scores + by_neighbours(firsts, scores) + by_rows(firsts, scores, rows)
    least = LEAST if has_header else _LEAST_UNNAMED
    gains = np.where(scores >= least, scores, 0.0)
    taken, columns = linear_sum_assignment(-gains)
    return {
        COLUMNS[column]: Match(firsts[row], float(scores[row, column]), likeness[row].get(COLUMNS[column], 0.0))
        for row, column in zip(taken, columns, strict=True)
        if gains[row, column] > 0
    }


def _said(profile: ColumnProfile) -> str:
    """A header, with the word that the texts say where it does not: that they are days."""
    return f"{profile.header} date" if profile.is_dates and "date" not in words_of(profile.header) else profile.header


def first_of_each(profiles: Sequence[ColumnProfile]) -> list[ColumnProfile]:
    """Of several columns of one name the first: only that one can be read by its name."""
    found: dict[str, ColumnProfile] = {}
    for profile in profiles:
        found.setdefault(profile.header.upper(), profile)
    return list(found.values())


def _score(
    column: str, profile: ColumnProfile, like: dict[str, float], vocabulary: Vocabulary, has_header: bool
) -> float:
    evidence = fit(column, profile, vocabulary)
    if not has_header:
        is_other = column == "precinct_code" and not _may_be_precinct(profile)
        return IMPOSSIBLE if not profile.filled or column in _ONLY_BY_NAME or is_other else evidence
    words = set(words_of(profile.header))
    if column in _NEEDED and not words & _NEEDED[column]:
        return IMPOSSIBLE
    own = like.get(column, 0.0)
    other = max((share for label, share in like.items() if label != column), default=0.0)
    unread = like.get(UNREAD, 0.0)
    told = own - 0.5 * max(other - own, 0.0) - 0.3 * max(unread - own, 0.0)
    trap = _TRAP * len(set(_AGAINST.get(column, "").split()) & words)
    return _OF_HEADER * told + evidence - trap


def _may_be_precinct(profile: ColumnProfile) -> bool:
    """Whether a column without a name may be the precinct: everybody has one, and shares it with many."""
    return profile.filled_share > _MOSTLY and profile.distinct_share < _SHARED and profile.longest > 1


_SHARED = 0.2  # house numbers have more different texts than that


def by_likeness(
    profiles: Sequence[ColumnProfile], column: str, vocabulary: Vocabulary, role: str
) -> ColumnProfile | None:
    """Of some columns the one whose header is most like those of a canonical column; nothing where none is."""
    likeness = {profile.place: vocabulary.likeness(profile.header, role).get(column, 0.0) for profile in profiles}
    best = max(profiles, key=lambda profile: likeness[profile.place], default=None)
    return best if best and likeness[best.place] > _ALIKE else None


_ALIKE = 0.3
