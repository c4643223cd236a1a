"""Breaks of values: days, names, codes and numbers that say less than before, or something else."""

import datetime as dt
from collections.abc import Callable, Sequence

from pipelines.layouts.columns import ColumnLayout
from pipelines.layouts.source import Layout
from pipelines.synthetic.breaks.kinds import (
    HELD,
    SOME_REFUSED,
    Break,
    Fits,
    all_of_column,
    each,
    has_column,
    some_of_column,
)
from pipelines.synthetic.breaks.texts import TextFile, change_values, next_digits, shift_values, shuffle_column
from pipelines.synthetic.breaks.victim import Victim, header_of

_DAYS = ("registration_date", "birth_date")
_BIRTHS = ("birth_date", "birth_year", "registration_date")
_CODED = ("party_code", "gender_code")
_NUMBERS = ("voter_id", "county_code", "zip_code", "precinct_code")


def _day_column(layout: Layout) -> tuple[str, str] | None:
    """Header and written format of a column of days."""
    found = _day_formats(layout)
    return (found[0], found[1][0]) if found else None


def _day_formats(layout: Layout) -> tuple[str, list[str]] | None:
    """Header of a column of days and every format that the layout reads in it."""
    files = layout.files["voters"]
    found = ((header_of(files, name), files.voters[name].date) for name in _DAYS if name in files.voters)
    return next(((header, list(formats)) for header, formats in found if header and formats), None)


def _rewrite_days(new: Callable[[list[str]], str], every: int = 1) -> Callable[[Victim], None]:
    """Write days in another format, in every so manieth row; `new` makes it of those of the layout."""

    def change(victim: Victim) -> None:
        header, known = _day_formats(victim.layout) or ("", [""])
        told = known[0], new(known)
        victim.rewrite(
            lambda content, how: change_values(content, header, lambda text: _redated(text, *told), every, how)
        )

    return change


def _redated(text: str, old: str, new: str) -> str:
    """A day in another format; a text that is none stays."""
    try:
        return dt.datetime.strptime(text, old.replace("%-", "%")).strftime(new)
    except ValueError:
        return text


def _other_format(known: list[str]) -> str:
    """A format that the layout does not read."""
    plain = {format_.replace("%-", "%") for format_ in known}
    return next(other for other in ("%Y-%m-%d", "%m/%d/%Y", "%d.%m.%Y") if other not in plain)


def _swapped(known: list[str]) -> str:
    return known[0].replace("%m", "%_").replace("%d", "%m").replace("%_", "%d")


def _has_months_and_days(layout: Layout) -> bool:
    found = _day_column(layout)
    return bool(found) and "%m" in found[1] and "%d" in found[1]


def _mask(victim: Victim) -> None:
    header, old = _day_column(victim.layout) or ("", "")
    sign = dt.date(2000, 11, 22).strftime(old.replace("%-", "%"))
    masked = "".join("#" if letter.isdigit() else letter for letter in sign)
    victim.rewrite(lambda content, how: change_values(content, header, lambda _: masked, 2, how))


def _write_placeholders(victim: Victim) -> None:
    header, old = _day_column(victim.layout) or ("", "")
    unknown = dt.date(1800, 1, 1).strftime(old.replace("%-", "%"))
    victim.rewrite(lambda content, how: change_values(content, header, lambda _: unknown, 3, how))


def _recode(victim: Victim, *columns: str) -> None:
    """The codes of a column are those of another system: numbers of two digits."""
    name = next(name for name in columns if _is_coded(name)(victim.layout))
    header = victim.header(name) or ""
    codes = {
        code: f"{place:02}" for place, code in enumerate(victim.layout.files["voters"].voters[name].code or {}, 41)
    }
    victim.rewrite(lambda content, how: change_values(content, header, lambda text: codes.get(text, text), 1, how))


def _is_coded(*columns: str) -> Fits:
    """Whether one of some columns has a field of its own with codes of which the layout has a list."""

    def is_coded(layout: Layout) -> bool:
        files = layout.files["voters"]
        return any(header_of(files, name) and files.voters[name].code for name in columns)

    return is_coded


def _is_plain(column: str) -> Fits:
    """Whether a column has a field of its own that is read as it stands."""

    def is_plain(layout: Layout) -> bool:
        files = layout.files["voters"]
        return bool(header_of(files, column)) and _is_free(files.voters[column])

    return is_plain


def _is_free(column: ColumnLayout) -> bool:
    return column.operation_name is None


def _swap_sexes(victim: Victim) -> None:
    header, codes = victim.header("gender_code") or "", victim.layout.files["voters"].voters["gender_code"].code or {}
    told = {word: code for code, word in reversed(codes.items()) if word}
    other = {told["F"]: told["M"], told["M"]: told["F"]}
    victim.rewrite(lambda content, how: change_values(content, header, lambda text: other.get(text, text), 1, how))


def _has_sexes(layout: Layout) -> bool:
    column = layout.files["voters"].voters.get("gender_code")
    return _is_coded("gender_code")(layout) and bool(column) and {"F", "M"} <= set((column.code or {}).values())


def _strip_zeros(victim: Victim) -> None:
    headers = {header for name in _NUMBERS if (header := victim.header(name))}

    def stripped(content: bytes, how: TextFile) -> bytes:
        for header in sorted(headers):
            content = change_values(content, header, lambda text: text.lstrip("0") or "0", 1, how)
        return content

    victim.rewrite(stripped)


def _empty(content: bytes, header: str, how: TextFile) -> bytes:
    return change_values(content, header, lambda _: "", 2, how)


def _zero_ids(content: bytes, header: str, how: TextFile) -> bytes:
    rows = how.rows(content)
    nth = how.position(rows, header)
    for row in rows[-3:]:
        row[nth] = how.quoted("0")
    return how.content(rows)


def _is_unkeyed(layout: Layout) -> bool:
    return not layout.files["voters"].precedence


BREAKS: Sequence[Break] = (
    Break(  # Washington's and Arizona's birth dates became years
        name="dates_to_year",
        sentence="Days carry only their year.",
        change=_rewrite_days(lambda _: "%Y"),
        outcomes=HELD,
        cause=r"year|is a day|is stated",
        fits=lambda layout: bool(_day_column(layout)),
    ),
    Break(  # West Virginia's timestamps, Arkansas' two formats
        name="date_format_changed",
        sentence="Days are written in another format.",
        change=_rewrite_days(_other_format),
        outcomes=HELD,
        cause=r"is a day|written as",
        fits=lambda layout: bool(_day_column(layout)),
    ),
    Break(  # parts of two systems, joined
        name="date_formats_mixed",
        sentence="Half of the days are written in another format.",
        change=_rewrite_days(_other_format, every=2),
        outcomes=HELD,
        cause=r"is a day|written as",
        fits=lambda layout: bool(_day_column(layout)),
    ),
    Break(  # the same where both formats can be read
        name="days_and_months_swapped",
        sentence="Day and month have changed places in half of the days.",
        change=_rewrite_days(_swapped, every=2),
        outcomes=HELD,
        cause=r"registration_date|birth_date",
        fits=_has_months_and_days,
    ),
    Break(  # North Carolina's registr_dt since May 2024
        name="dates_masked",
        sentence="Signs stand in place of half of the days.",
        change=_mask,
        outcomes=HELD,
        cause=r"registration_date|birth_date",
        fits=lambda layout: bool(_day_column(layout)),
    ),
    Break(  # Florida's people with a public-records exemption, of whom every field is a star
        name="names_masked",
        sentence="Stars stand in place of all last names.",
        change=all_of_column(
            lambda content, header, how: change_values(content, header, lambda _: "***", 1, how), "last_name"
        ),
        outcomes=HELD,
        cause=r"last_name",
        fits=has_column("last_name"),
    ),
    Break(  # Georgia's registration numbers; any file that went through a spreadsheet
        name="leading_zeros_dropped",
        sentence="Numbers have lost the zeros before them.",
        change=_strip_zeros,
        outcomes=frozenset({"loads", "rows_refused", "held"}),
        cause=r"zeros filled up|gone|digits|refused|another value|county_code|precinct_code|zip_code",
        fits=has_column(*_NUMBERS),
    ),
    Break(  # Washington's new system of 2019 wrote other codes
        name="codes_recoded",
        sentence="The codes of a column are those of another system.",
        change=lambda victim: _recode(victim, *_CODED),
        outcomes=HELD,
        cause=r"party_code|gender_code",
        fits=_is_coded(*_CODED),
    ),
    Break(  # New York's statuses, words until December 2021
        name="statuses_recoded",
        sentence="The codes of the status are those of another system.",
        change=lambda victim: _recode(victim, "status_code"),
        outcomes=HELD,
        cause=r"status_code",
        fits=_is_coded("status_code"),
    ),
    Break(  # the same where the layout has no list of codes
        name="races_recoded",
        sentence="The codes of race are those of another system.",
        change=all_of_column(
            lambda content, header, how: change_values(content, header, lambda text: f"R{text}", 1, how), "race_code"
        ),
        outcomes=HELD,
        cause=r"race_code",
        fits=_is_plain("race_code"),
    ),
    Break(  # a code that means the opposite
        name="sexes_swapped",
        sentence="The codes of the sexes have changed places.",
        change=_swap_sexes,
        outcomes=HELD,
        cause=r"gender_code",
        fits=_has_sexes,
    ),
    Break(  # a column that stayed and says nothing any more
        name="column_emptied",
        sentence="Half of a column is empty.",
        change=all_of_column(_empty, *_BIRTHS),
        outcomes=HELD,
        cause=r"birth|registration_date|year",
        fits=has_column(*_BIRTHS),
    ),
    Break(  # Ohio's 325,419 rows of 1900-01-01
        name="placeholder_dates",
        sentence="A third of the days are the first of January 1800.",
        change=_write_placeholders,
        outcomes=HELD,
        cause=r"registration_date|birth_date",
        fits=lambda layout: bool(_day_column(layout)),
    ),
    Break(  # sorting a sheet by one column alone
        name="column_shuffled",
        sentence="The values of a column stand in other people's rows.",
        change=all_of_column(lambda content, header, how: shuffle_column(content, header, how=how), *_BIRTHS),
        outcomes=HELD,
        cause=r"birth|registration_date|year",
        fits=has_column(*_BIRTHS),
    ),
    Break(  # Michigan's history of April 2024, read by position
        name="values_shifted",
        sentence="From the last name on values stand one column to the right.",
        change=all_of_column(lambda content, header, how: shift_values(content, header, how), "last_name"),
        outcomes=HELD,
        cause=r"(last|first|middle)_name|refused",
        fits=has_column("last_name"),
    ),
    Break(  # Arizona's new system of 2019; numbers of cancelled voters are used again in some states
        name="ids_renumbered",
        sentence="Every voter has another number than before.",
        change=all_of_column(
            lambda content, header, how: change_values(content, header, next_digits, 1, how), "voter_id"
        ),
        outcomes=HELD,
        cause=r"gone|known|other ids|is a number|has the form|refused",
        fits=has_column("voter_id"),
    ),
    Break(  # Arizona's rows of April 2025
        name="ids_zero",
        sentence="Some rows have the number 0.",
        change=some_of_column(_zero_ids, "voter_id"),
        outcomes=SOME_REFUSED,
        cause=r"refused",
        fits=each(has_column("voter_id"), _is_unkeyed),
    ),
)
"""Breaks of values."""
