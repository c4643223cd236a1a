"""Breaks of rows: cut, doubled, shifted, missing, too many."""

from collections import Counter
from collections.abc import Sequence

from pipelines.layouts.formats import Delimited
from pipelines.layouts.source import Layout
from pipelines.synthetic.breaks.kinds import (
    HELD,
    LOADS,
    LOADS_OR_HELD,
    SOME_REFUSED,
    Break,
    all_of_column,
    all_texts,
    each,
    has_column,
    is_delimited,
    is_fixed_width,
    is_text,
    largest_text,
    no,
    some_of_column,
)
from pipelines.synthetic.breaks.texts import TextFile, duplicate_ids, fewer_rows, header_only, next_digits


def _insert_field(content: bytes, how: TextFile, every: int) -> bytes:
    """A field more in the middle of rows: from there on every value stands one place to the right."""
    rows = how.rows(content)
    middle = len(rows[0]) // 3
    for row in rows[1::every]:
        row.insert(middle, how.quoted("X"))
    return how.content(rows)


def _lose_field(content: bytes, how: TextFile) -> bytes:
    rows = how.rows(content)
    del rows[2][len(rows[0]) // 3]
    return how.content(rows)


def _repeat_rows(content: bytes, how: TextFile) -> bytes:
    rows = how.rows(content)
    return how.content([*rows, *rows[2:6]])


def _cut(content: bytes, share: float, is_within: bool) -> bytes:
    """The first share of a text, to the end of a line or to the middle of the next one."""
    end = content.index(b"\n", int(len(content) * share)) + 1
    rest = content[end:].split(b"\n", 1)[0]
    return content[: end + len(rest) // 2] if is_within else content[:end]


def _lose_county(content: bytes, header: str, how: TextFile) -> bytes:
    """The rows of the largest county of a text are gone."""
    rows = how.rows(content)
    nth = how.position(rows, header)
    ((lost, _),) = Counter(row[nth] for row in rows[1:]).most_common(1)
    return how.content([rows[0], *(row for row in rows[1:] if row[nth] != lost)])


def _multiply(content: bytes, header: str, how: TextFile) -> bytes:
    """Each row ten times, each time under another number."""
    rows = how.rows(content)
    nth = how.position(rows, header)
    again = [
        [*row[:nth], how.quoted(next_digits(how.value(row[nth]), step)), *row[nth + 1 :]]
        for step in range(10)
        for row in rows[1:]
    ]
    return how.content([rows[0], *again])


def _widen(content: bytes, how: TextFile) -> bytes:
    end = how.newline.encode()
    return content.replace(end, b"    " + end)


def _shift_line(content: bytes, how: TextFile) -> bytes:
    """One record has a character more in its first field."""
    lines = content.split(how.newline.encode())
    lines[2] = b"X" + lines[2]
    return how.newline.encode().join(lines)


def _is_strict(layout: Layout) -> bool:
    format_ = layout.files["voters"].format
    return isinstance(format_, Delimited) and not format_.has_short_rows


def _is_by_county(layout: Layout) -> bool:
    written = layout.files["voters"].written
    return bool(written) and "{county}" in f"{written.file}{written.member}"


def _has_precedence(layout: Layout) -> bool:
    return bool(layout.files["voters"].precedence)


BREAKS: Sequence[Break] = (
    Break(  # Michigan's history of April 2024
        name="rows_shifted",
        sentence="Every row has a delimiter more in its middle than the header.",
        change=all_texts(lambda content, how: _insert_field(content, how, 1)),
        outcomes=HELD,
        cause=r"fields|columns|refused",  # a layout may allow a look with a field more; then no row holds
        fits=is_delimited,
    ),
    Break(  # Connecticut: a comma in a name; New York: stray quotes
        name="some_rows_shifted",
        sentence="Some rows have a delimiter more in their middle.",
        change=largest_text(lambda content, how: _insert_field(content, how, 500)),
        outcomes=SOME_REFUSED,
        cause=r"refused|fields|columns",
        fits=is_delimited,
    ),
    Break(  # New York's embedded line ends, of which a loader drops what has too few fields
        name="row_lost_a_field",
        sentence="A row lacks a field in its middle.",
        change=largest_text(_lose_field),
        outcomes=SOME_REFUSED,
        cause=r"refused|fields",
        fits=_is_strict,
    ),
    Break(  # Texas has three lengths of record: a wrong one shifts every field
        name="records_widened",
        sentence="Every record has four characters more than the layout says.",
        change=all_texts(_widen),
        outcomes=LOADS_OR_HELD,  # blanks behind the last of fields that a sign ends say nothing
        cause=r"characters|length|blanks that end every line",
        fits=is_fixed_width,
    ),
    Break(  # the same in one line
        name="record_shifted",
        sentence="A record has a character more in its first field.",
        change=largest_text(_shift_line),
        outcomes=SOME_REFUSED,
        cause=r"refused|characters",
        fits=is_fixed_width,
    ),
    Break(  # Oklahoma's voters files hold exact copies of rows
        name="rows_repeated",
        sentence="Some rows stand twice, word for word.",
        change=largest_text(_repeat_rows),
        outcomes=LOADS,
        cause=r"folded",
    ),
    Break(  # numbers of cancelled voters used again; New York's records of one person
        name="ids_contradict",
        sentence="Some numbers stand twice, for different people.",
        change=some_of_column(lambda content, header, how: duplicate_ids(content, header, how=how), "voter_id"),
        outcomes=SOME_REFUSED,
        cause=r"one set of facts",
        fits=each(has_column("voter_id"), no(_has_precedence)),
    ),
    Break(  # a transfer that broke off near its end
        name="cut_in_a_line",
        sentence="The text ends in the middle of a line.",
        change=largest_text(lambda content, how: _cut(content, 0.97, is_within=True)),
        outcomes=HELD,
        cause=r"cut short|truncated",
        fits=is_text,
    ),
    Break(  # the same at the end of a line
        name="cut_at_a_line_end",
        sentence="The text ends after a third of its lines.",
        change=largest_text(lambda content, how: _cut(content, 0.35, is_within=False)),
        outcomes=HELD,
        cause=r"gone|count(y|ies)|voters, the last good",
        fits=is_text,
    ),
    Break(  # Arizona's truncated rows of April 2025
        name="half_of_the_rows",
        sentence="Every second row is missing.",
        change=all_texts(lambda content, how: fewer_rows(content, 2, how)),
        outcomes=HELD,
        cause=r"a change of|gone",
    ),
    Break(  # a county that did not report to the state in time
        name="county_missing",
        sentence="The rows of a county are missing.",
        change=some_of_column(_lose_county, "county_code"),
        outcomes=HELD,
        cause=r"count(y|ies)|gone|a change of",
        fits=each(has_column("county_code"), no(_is_by_county)),
    ),
    Break(  # Florida's disk of April 2026, which held every county twice more
        name="ten_times_the_size",
        sentence="The file has ten times as many voters as before.",
        change=all_of_column(_multiply, "voter_id"),
        outcomes=HELD,
        cause=r"a change of|refused",
        fits=has_column("voter_id"),
    ),
    Break(  # an export that found nothing
        name="header_only",
        sentence="The texts hold a header and no rows, or nothing at all.",
        change=all_texts(lambda content, how: header_only(content, how)),
        outcomes=HELD,
        cause=r"no rows|empty|0 bytes",
    ),
)
"""Breaks of rows."""
