"""How well the texts of a column fit what a canonical column is: general knowledge of names, days, codes and places."""

from collections.abc import Callable

from pipelines.sniff.names import FIRST_NAMES, LAST_NAMES
from pipelines.sniff.profile import ColumnProfile
from pipelines.sniff.vocabulary import Vocabulary

IMPOSSIBLE = -100.0
"""Evidence against a column that no header outweighs."""

BLANK = -0.3
"""Evidence of a column without a text: it can be what its header says, and one with texts is better."""

SUFFIXES = ("JR", "SR", "II", "III", "IV", "V", "JR.", "SR.")
_NAME = r"[^\W\d_][^\d@]*"
STREET = (
    r".*\b(ST|STREET|AVE|AVENUE|RD|ROAD|DR|DRIVE|LN|LANE|CT|COURT|PL|PLACE|WAY|BLVD|CIR|CIRCLE|TRL|HWY|PKWY|TER)\b.*"
)

Judge = Callable[[ColumnProfile, Vocabulary], float]


def fit(column: str, profile: ColumnProfile, vocabulary: Vocabulary) -> float:
    """How well texts fit a canonical column: 0 says nothing, 1 is clear, IMPOSSIBLE excludes it.

    Args:
        column: Column of core_voters.
        profile: Profile of the texts.
        vocabulary: Known codes.
    """
    if not profile.filled:
        return IMPOSSIBLE if column == "voter_id" else BLANK
    return _JUDGES[column](profile, vocabulary)


def words_told(profile: ColumnProfile, column: str, vocabulary: Vocabulary) -> tuple[float, set[str]]:
    """Share of the filled rows whose text is a known code of a column, and the words that it gives."""
    told = {text: vocabulary.word_of(column, text.upper()) for text in profile.codes(3)}
    known = {text: word for text, word in told.items() if word is not None}
    return sum(profile.texts[text] for text in known) / profile.filled, {word for word in known.values() if word}


def _voter_id(profile: ColumnProfile, _: Vocabulary) -> float:
    has_digits = profile.share(r".*\d.*") > 0.95 and profile.longest <= 30 and not profile.is_dates
    is_own = profile.distinct_share > 0.7 and profile.filled_share > 0.9  # a person may stand on file several times
    return (
        0.8 + 0.2 * profile.distinct_share if has_digits and is_own and profile.share(r"\S+ .*") < 0.5 else IMPOSSIBLE
    )


def _county_code(profile: ColumnProfile, _: Vocabulary) -> float:
    if profile.is_dates or len(profile.texts) > 400 or profile.longest > 30 or profile.filled_share < 0.9:
        return IMPOSSIBLE
    few = 2 < len(profile.texts) <= 260
    return 0.4 if few and (profile.share(r"\d{1,3}") > 0.98 or profile.share(_NAME) > 0.98) else 0.0


def _precinct_code(profile: ColumnProfile, _: Vocabulary) -> float:
    if profile.is_dates or profile.distinct_share > 0.9:
        return IMPOSSIBLE
    return 0.35 if profile.longest <= 12 and profile.share(r".*\d.*") > 0.8 and len(profile.texts) > 2 else 0.0


def _precinct_name(profile: ColumnProfile, _: Vocabulary) -> float:
    return 0.25 if profile.share(r".*[A-Za-z]{2}.*") > 0.8 and not profile.is_dates else 0.0


def _congressional(profile: ColumnProfile, _: Vocabulary) -> float:
    if len(profile.texts) > 120 or profile.is_dates:
        return IMPOSSIBLE
    if profile.share(r"(?i).*congress.*") > 0.8:
        return 0.9
    missing = _EVERYBODY * (1 - profile.filled_share)
    return (0.3 if profile.share(r"(?i)(district|cd|us)?\s*0*[1-9]\d?") > 0.98 else -0.2) - missing


def _last_name(profile: ColumnProfile, _: Vocabulary) -> float:
    return _name(profile) + 2 * profile.share_in(LAST_NAMES) - 2 * profile.share_in(FIRST_NAMES)


def _first_name(profile: ColumnProfile, _: Vocabulary) -> float:
    return _name(profile) + 1.5 * profile.share_in(FIRST_NAMES) - profile.share(r"\w\.?") + 0.2 * profile.filled_share


def _middle_name(profile: ColumnProfile, _: Vocabulary) -> float:
    initials = profile.share(r"[A-Za-z]\.?")
    if profile.share(_NAME) < 0.9 or (len(profile.texts) < 12 and initials > 0.9):
        return IMPOSSIBLE
    return 0.8 * profile.share_in(FIRST_NAMES) + (0.6 if initials > 0.05 else 0.0)


def _name(profile: ColumnProfile) -> float:
    return 0.0 if profile.share(_NAME) > 0.95 and len(profile.texts) > 20 else IMPOSSIBLE


def _name_suffix(profile: ColumnProfile, _: Vocabulary) -> float:
    return 1.0 if profile.share_in(SUFFIXES) > 0.7 and profile.filled_share < 0.5 else -0.7  # a V of most is a status


def _city(profile: ColumnProfile, _: Vocabulary) -> float:
    if profile.share(_NAME) < 0.95 or profile.is_dates or profile.share(STREET) > 0.5:
        return IMPOSSIBLE
    is_many = len(profile.texts) > 8 and profile.distinct_share < 0.5 and profile.longest > 5
    names = profile.share_in(FIRST_NAMES | LAST_NAMES)
    return 0.6 - 2 * names if is_many else -0.2


def _zip_code(profile: ColumnProfile, _: Vocabulary) -> float:
    if profile.share(r"0?\d{4,5}(-? ?\d{4})?-?") < 0.95 or profile.is_years or profile.is_dates:
        return IMPOSSIBLE
    return 0.9 if profile.share(r"\d{5}(-?\d{4})?") > 0.95 and profile.distinct_share < 0.9 else -0.3


def _phone(profile: ColumnProfile, _: Vocabulary) -> float:
    return 1.0 if profile.share(r"\(?[2-9]\d{2}\)?[ -.]?\d{3}[ -.]?\d{4}") > 0.9 else -0.8


def _birth_date(profile: ColumnProfile, _: Vocabulary) -> float:
    if not profile.is_dates:
        return IMPOSSIBLE
    days = profile.days
    is_born = 1935 < days.middle_year < 1995 and days.first_year < 1965 and days.last_year < 2012
    return 0.9 if is_born else -0.6


def _birth_year(profile: ColumnProfile, _: Vocabulary) -> float:
    if not profile.is_years:
        return IMPOSSIBLE
    middle = sorted(int(text) for text, count in profile.texts.items() if text.isdigit() for _ in range(count))
    return 0.9 if 1935 < middle[len(middle) // 2] < 1995 else -0.6


def _registration_date(profile: ColumnProfile, _: Vocabulary) -> float:
    if not profile.is_dates and (not profile.days.formats or profile.days.share < 0.5):
        return IMPOSSIBLE
    missing = _EVERYBODY * (1 - profile.filled_share)
    return (0.6 if profile.days.last_year >= 2012 and profile.days.middle_year >= 1985 else -0.4) - missing


_EVERYBODY = 0.8  # all registered on some day and live in a district; not all moved, or changed a party, on a day


def _gender(profile: ColumnProfile, _: Vocabulary) -> float:
    known = profile.share_in(("F", "M", "FEMALE", "MALE", "U", "X", "O", "UNKNOWN", "NON-BINARY", "N", "1", "2"))
    both = min(profile.share_in(("F", "FEMALE")), profile.share_in(("M", "MALE")))
    return 1.0 if known > 0.95 and both > 0.1 else IMPOSSIBLE


def _race(profile: ColumnProfile, _: Vocabulary) -> float:
    if profile.is_dates or len(profile.texts) > 40 or profile.is_years:
        return IMPOSSIBLE
    return 0.1 if 3 <= len(profile.texts) <= 14 and profile.share(r"[1-9]|[A-Z]{1,2}") > 0.98 else 0.0


def _party(profile: ColumnProfile, vocabulary: Vocabulary) -> float:
    if len(profile.texts) > 500 or profile.is_dates:
        return IMPOSSIBLE
    share, words = words_told(profile, "party_code", vocabulary)
    has_both = {"democratic", "republican"} <= words or profile.share(r"(?i)(dem|rep).*") > 0.5
    return 0.9 if has_both and (share > 0.6 or profile.share(r"(?i)(dem|rep).*") > 0.5) else -0.5


def _status(profile: ColumnProfile, vocabulary: Vocabulary) -> float:
    if profile.is_dates or len(profile.texts) > 60:
        return IMPOSSIBLE
    share, words = words_told(profile, "status_code", vocabulary)
    return 0.9 if "active" in words and share > 0.8 and profile.filled_share > 0.9 else -0.2


def _confidential(profile: ColumnProfile, _: Vocabulary) -> float:
    return 0.1 if len(profile.texts) <= 4 and profile.longest <= 5 else IMPOSSIBLE


_JUDGES: dict[str, Judge] = {
    "voter_id": _voter_id,
    "county_code": _county_code,
    "precinct_code": _precinct_code,
    "precinct_name": _precinct_name,
    "congressional_code": _congressional,
    "last_name": _last_name,
    "first_name": _first_name,
    "middle_name": _middle_name,
    "name_suffix": _name_suffix,
    "city": _city,
    "zip_code": _zip_code,
    "phone": _phone,
    "birth_year": _birth_year,
    "birth_date": _birth_date,
    "gender_code": _gender,
    "race_code": _race,
    "party_code": _party,
    "status_code": _status,
    "registration_date": _registration_date,
    "is_confidential": _confidential,
}

COLUMNS = tuple(_JUDGES)
"""Columns of core_voters that one header tells; an address and a phone in parts are found apart."""
