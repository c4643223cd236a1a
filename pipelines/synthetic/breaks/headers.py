"""Breaks of the header: columns renamed, added, dropped, moved, and a header line that is not where it was."""

import re
from collections.abc import Sequence

from pipelines.layouts.formats import Delimited
from pipelines.layouts.source import Layout
from pipelines.layouts.spelling import normalise
from pipelines.synthetic.breaks.kinds import (
    HELD,
    LOADS,
    LOADS_OR_HELD,
    SOME_REFUSED,
    Break,
    all_texts,
    each,
    has_column,
    has_header,
    is_delimited,
    largest_text,
    no,
)
from pipelines.synthetic.breaks.texts import TextFile, drop_column, rename_header
from pipelines.synthetic.breaks.victim import Victim, header_of

_TITLE = "EXTRACT OF REGISTERED VOTERS"


def _columns(layout: Layout, is_required: bool) -> list[str]:
    """Headers of the columns of voters that are required, or that are not, each with a field of its own."""
    files = layout.files["voters"]
    names = [name for name, column in files.column_layouts().items() if column.is_required == is_required]
    usual = names if is_required else [name for name in _WELL_FILLED if name in names]
    return list(dict.fromkeys(header for name in usual if (header := header_of(files, name))))


_WELL_FILLED = ("zip_code", "city", "precinct_code", "gender_code", "race_code")
"""Columns whose loss shows: nearly everybody has a value."""


def _short(header: str, layout: Layout) -> str:
    """A header with the vowels of its last word left out, as `REG_DATE` became `REG_DT`; never one that is known."""
    known = {normalise(name) for name in layout.files["voters"].format.names}
    known |= {normalise(name) for column in layout.files["voters"].voters.values() for name in column.from_}
    begin, word = re.fullmatch(r"(.*?)([^ _-]+)", header, re.DOTALL).groups()  # ty: ignore
    short = begin + word[0] + re.sub("[aeiouAEIOU]", "", word[1:])
    while normalise(short) in known:
        short += "_X"
    return short


def _rename(victim: Victim, is_required: bool) -> None:
    header = victim.dice.choice(_columns(victim.layout, is_required))
    new = _short(header, victim.layout)
    victim.rewrite(lambda content, how: rename_header(content, header, new, how))


def _drop(victim: Victim, is_required: bool) -> None:
    header = victim.dice.choice(_columns(victim.layout, is_required))
    victim.rewrite(lambda content, how: drop_column(content, header, how))


def _add(content: bytes, how: TextFile) -> bytes:
    rows = how.rows(content)
    return how.content([[*row, how.quoted("REG_SOURCE" if not nth else "WEB")] for nth, row in enumerate(rows)])


def _reorder(victim: Victim) -> None:
    def reordered(content: bytes, how: TextFile) -> bytes:
        rows = how.rows(content)
        order = list(range(len(rows[0])))
        victim.dice.shuffle(order)
        return how.content([[row[place] for place in order if place < len(row)] for row in rows])

    victim.rewrite(reordered)


def _swap_names(victim: Victim) -> None:
    headers = [victim.header("last_name") or "", victim.header("first_name") or ""]

    def swapped(content: bytes, how: TextFile) -> bytes:
        rows = how.rows(content)
        last, first = (how.position(rows, header) for header in headers)
        for row in rows[1:]:
            row[last], row[first] = row[first], row[last]
        return how.content(rows)

    victim.rewrite(swapped)


def _respell(content: bytes, how: TextFile) -> bytes:
    rows = how.rows(content)
    rows[0] = [name.lower() if name.isupper() else name.upper() for name in rows[0]]
    return how.content(rows)


def _aliases(layout: Layout) -> list[tuple[str, str]]:
    """Headers that are read by one column alone, each with another name that the layout knows for it."""
    files = layout.files["voters"]
    columns = [column for column in files.column_layouts().values() if not column.flag_headers]
    read = [header for column in columns for header in column.from_] + [
        header for lookup in files.lookups for header in lookup.by
    ]
    names = {normalise(name) for name in files.format.names}
    return [
        (column.from_[0], other)
        for column in columns
        for other in column.from_[1:]
        if not column.join and read.count(column.from_[0]) == 1 and normalise(other) not in names
    ]


def _use_alias(victim: Victim) -> None:
    header, alias = victim.dice.choice(_aliases(victim.layout))
    victim.rewrite(lambda content, how: rename_header(content, header, alias, how))


def _double(victim: Victim) -> None:
    key = victim.header("voter_id")

    def doubled(content: bytes, how: TextFile) -> bytes:
        rows = how.rows(content)
        return how.content([[*row, how.quoted(str(nth) if nth else f"{key}")] for nth, row in enumerate(rows)])

    victim.rewrite(doubled)


def _without_header(content: bytes, how: TextFile) -> bytes:
    return how.content(how.rows(content)[1:])


def _repeat_header(content: bytes, how: TextFile) -> bytes:
    rows = how.rows(content)
    middle = len(rows) // 2
    return how.content([*rows[:middle], rows[0], *rows[middle:]])


def _add_title(content: bytes, how: TextFile) -> bytes:
    return how.content([[_TITLE], *how.rows(content)])


def _lose_name(victim: Victim) -> None:
    """A name is gone from the middle of the header: from there on every value stands under its neighbour's."""

    def lost(content: bytes, how: TextFile) -> bytes:
        rows = how.rows(content)
        middle = len(victim.layout.files["voters"].format.names) // 3
        return how.content([[*rows[0][:middle], *rows[0][middle + 1 :]], *rows[1:]])

    victim.rewrite(lost)


def _is_told_apart(layout: Layout) -> bool:
    names = layout.files["voters"].format.names
    return len(set(names)) == len(names)


def _has_optional(layout: Layout) -> bool:
    return bool(_columns(layout, is_required=False))


def _has_strict_rows(layout: Layout) -> bool:
    format_ = layout.files["voters"].format
    return isinstance(format_, Delimited) and not format_.has_short_rows


_WITHOUT_HEADER = each(is_delimited, no(has_header))

BREAKS: Sequence[Break] = (
    Break(  # Arizona's RegistrantID became Id; Michigan's CANCELLATION_REASON became STATUS_REASON in September 2022
        name="column_renamed",
        sentence="A required column carries a new name.",
        change=lambda victim: _rename(victim, is_required=True),
        outcomes=HELD,
        cause=r"(is|may) now",
        fits=has_header,
    ),
    Break(  # Arizona's PEVL became AEVL
        name="optional_column_renamed",
        sentence="A column that is read where it stands carries a new name.",
        change=lambda victim: _rename(victim, is_required=False),
        outcomes=HELD,
        cause=r"(is|may) now|is missing|are missing|empty for|have lost",
        fits=each(has_header, _has_optional),
    ),
    Break(  # North Carolina gained three flags in February 2026
        name="column_added",
        sentence="A column that nobody has heard of stands at the end.",
        change=all_texts(_add),
        outcomes=LOADS_OR_HELD,
        cause=r"new",
        fits=has_header,
    ),
    Break(  # Pennsylvania grew from 153 to 154 columns in 2024; New York's files with a telephone have a 46th field
        name="column_added_without_header",
        sentence="A column more stands in a file whose columns have no names.",
        change=all_texts(_add),
        outcomes=LOADS_OR_HELD,  # New York's layout has a look with a field more
        cause=r"fields|columns",
        fits=_WITHOUT_HEADER,
    ),
    Break(  # North Carolina dropped four columns in February 2022
        name="column_dropped",
        sentence="A required column is gone.",
        change=lambda victim: _drop(victim, is_required=True),
        outcomes=HELD,
        cause=r"missing|(is|may) now",
        fits=has_header,
    ),
    Break(  # columns of districts come and go between Ohio's vintages
        name="optional_column_dropped",
        sentence="A column that is read where it stands is gone.",
        change=lambda victim: _drop(victim, is_required=False),
        outcomes=HELD,
        cause=r"is missing|are missing|empty for|have lost",
        fits=each(has_header, _has_optional),
    ),
    Break(  # Georgia's mailing block stands elsewhere in other deliveries
        name="columns_reordered",
        sentence="The columns stand in another order, under their names.",
        change=_reorder,
        outcomes=LOADS,
        cause=r"another order",
        fits=each(has_header, _is_told_apart, _has_strict_rows),
        is_harmless=True,
    ),
    Break(  # the same where no header tells of it
        name="names_swapped_without_header",
        sentence="First and last name have changed places in a file whose columns have no names.",
        change=_swap_names,
        outcomes=HELD,
        cause=r"(last|first)_name",
        fits=each(no(has_header), is_delimited, has_column("last_name"), has_column("first_name")),
    ),
    Break(  # Georgia's headers came in capitals; North Carolina's Confidential_ind became confidential_ind
        name="header_case_changed",
        sentence="The header is written in other letters, small or capital.",
        change=all_texts(_respell),
        outcomes=LOADS,
        cause=r"spelled otherwise",
        fits=has_header,
        is_harmless=True,
    ),
    Break(  # North Carolina's midl_name became middle_name
        name="known_alias_used",
        sentence="A column carries another of the names that the layout knows for it.",
        change=_use_alias,
        outcomes=LOADS,
        cause=r"columns that are new",
        fits=each(has_header, lambda layout: bool(_aliases(layout))),
        is_harmless=True,
    ),
    Break(  # Arizona's file of December 2024 has RegistrantID twice
        name="header_doubled",
        sentence="Two columns carry the name of the voter's number.",
        change=_double,
        outcomes=HELD,
        cause=r"twice in the header",
        fits=each(has_header, has_column("voter_id")),
    ),
    Break(  # Georgia's files of December 2022, some with and some without
        name="header_missing",
        sentence="The header line is missing.",
        change=all_texts(_without_header),
        outcomes=HELD,
        cause=r"no header|not the header",
        fits=has_header,
    ),
    Break(  # Iowa's joined parts
        name="header_repeated",
        sentence="The header stands again in the middle of the rows.",
        change=largest_text(_repeat_header),
        outcomes=SOME_REFUSED,
        cause=r"header",
        fits=has_header,
    ),
    Break(  # Rhode Island's title of the report
        name="title_added",
        sentence="A title stands in the line before the header.",
        change=all_texts(_add_title),
        outcomes=HELD,
        cause=r"title|line 2|not the header",
        fits=has_header,
    ),
    Break(  # Michigan's history of April 2024: a name was taken from the header only
        name="header_lost_a_name",
        sentence="The rows have a field more than the header has names.",
        change=_lose_name,
        outcomes=HELD,
        cause=r"fields|missing",
        fits=each(has_header, _has_strict_rows),
    ),
)
"""Breaks of the header."""
