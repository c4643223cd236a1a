"""Breaks of the dialect: delimiter, quotes, encoding, marks and line ends. Most say the same in another way."""

from collections.abc import Sequence
from dataclasses import replace

from pipelines.layouts.formats import Delimited, TextFormat
from pipelines.layouts.slots import FreeText
from pipelines.layouts.source import Layout
from pipelines.synthetic.breaks.kinds import (
    HELD,
    LOADS,
    LOADS_OR_HELD,
    SOME_REFUSED,
    Break,
    Fits,
    all_texts,
    each,
    has_column,
    has_header,
    is_delimited,
    is_quoted,
    is_text,
    largest_text,
    no,
    some_of_column,
)
from pipelines.synthetic.breaks.texts import TextFile, nul_bytes, reencode, unbalanced_quote
from pipelines.synthetic.breaks.victim import Victim, read_place

_DELIMITERS = ("|", "\t", ",", ";")
_APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"


def _change_delimiter(victim: Victim) -> None:
    """Another delimiter than the layout allows, one that stands in no text."""
    format_ = victim.layout.files["voters"].format
    assert isinstance(format_, Delimited)
    contents = [read_place(place) for place in victim.places()]
    free = [sign for sign in _DELIMITERS if sign not in format_.delimiters and not _holds(contents, sign)]
    victim.rewrite(lambda content, how: replace(how, delimiter=free[0]).content(how.rows(content)))


def _holds(contents: list[bytes], sign: str) -> bool:
    return any(sign.encode() in content for content in contents)


def _add_quotes(content: bytes, how: TextFile) -> bytes:
    return how.content([[f'"{cell}"' for cell in row] for row in how.rows(content)])


def _drop_quotes(content: bytes, how: TextFile, is_bare: bool = False) -> bytes:
    """Fields without quotes; those that hold the delimiter keep them unless they are to stand bare."""
    rows = how.rows(content)
    return how.content(
        [[cell if how.delimiter in cell and not is_bare else how.value(cell) for cell in row] for row in rows]
    )


def _drop_quotes_over_delimiters(content: bytes, header: str, how: TextFile) -> bytes:
    rows = how.rows(content)
    nth = how.position(rows, header)
    rows[2][nth] = how.quoted(f"{how.value(rows[2][nth])}{how.delimiter} APT 4")
    return _drop_quotes(how.content(rows), how, is_bare=True)


def _mix_line_ends(content: bytes, how: TextFile) -> bytes:
    other = b"\n" if how.newline == "\r\n" else b"\r\n"
    lines = content.split(how.newline.encode())
    half = len(lines) // 2
    ends = [how.newline.encode() if nth < half else other for nth in range(len(lines) - 1)]
    return b"".join(line + end for line, end in zip(lines, [*ends, b""], strict=True))


def _add_blank_lines(content: bytes, how: TextFile) -> bytes:
    end = how.newline.encode()
    lines = content.split(end)
    half = len(lines) // 2
    return end.join([*lines[:half], b"", b"", *lines[half:]])


def _break_line(content: bytes, header: str, how: TextFile) -> bytes:
    rows = how.rows(content)
    nth = how.position(rows, header)
    value = how.value(rows[2][nth])
    rows[2][nth] = how.quoted(f"{value[:2]}\n{value[2:]}")
    return how.content(rows)


def _type_apostrophes(content: bytes, how: TextFile) -> bytes:
    return content.decode(how.encoding).replace("'", _APOSTROPHE).encode("cp1252")


def _add_delimiter(content: bytes, how: TextFile) -> bytes:
    end = how.newline.encode()
    return content.replace(end, how.delimiter.encode() + end)


def _format(layout: Layout) -> TextFormat:
    format_ = layout.files["voters"].format
    assert isinstance(format_, TextFormat)
    return format_


def _allows(*encodings: str) -> Fits:
    return lambda layout: is_text(layout) and bool(set(_format(layout).encodings) & set(encodings))


def _has_stray_line_feeds(layout: Layout) -> bool:
    return is_text(layout) and _format(layout).has_stray_line_feeds


def _is_free_text(layout: Layout) -> bool:
    return isinstance(layout.files["voters"].history, FreeText)


def _has_mark(layout: Layout) -> bool:
    return _format(layout).has_byte_order_mark


def _has_titles(layout: Layout) -> bool:
    return is_delimited(layout) and layout.files["voters"].format.skipped_lines > 0  # ty: ignore


BREAKS: Sequence[Break] = (
    Break(  # Washington went from tab to pipe, Colorado from pipe to comma, Delaware from comma to tab
        name="delimiter_changed",
        sentence="Another sign stands between the fields.",
        change=_change_delimiter,
        outcomes=LOADS,
        cause=r"delimiter",
        fits=each(is_delimited, has_header),
        is_harmless=True,
    ),
    Break(  # Wisconsin's files come with tab or comma
        name="delimiter_changed_without_header",
        sentence="Another sign stands between the fields of a file whose columns have no names.",
        change=_change_delimiter,
        outcomes=LOADS_OR_HELD,
        cause=r"delimiter",
        fits=each(is_delimited, no(has_header)),
    ),
    Break(  # Ohio's vintages were read as one, some as the other
        name="encoding_to_utf8",
        sentence="Letters beyond ASCII are written in UTF-8.",
        change=all_texts(lambda content, how: reencode(content, "utf-8", how)),
        outcomes=LOADS,
        cause=r"UTF-8",
        fits=each(is_text, no(_allows("utf-8"))),
        is_harmless=True,
    ),
    Break(  # Utah's and West Virginia's files, should they lose their mark and their UTF-8
        name="encoding_to_cp1252",
        sentence="Letters beyond ASCII are written in the encoding of Windows.",
        change=all_texts(lambda content, how: reencode(content, "cp1252", how)),
        outcomes=LOADS,
        cause=r"cp1252|latin-1|encoding",
        fits=each(is_text, no(_allows("latin-1", "cp1252"))),
        is_harmless=True,
    ),
    Break(  # North Carolina's snapshots of election days
        name="encoding_to_utf16",
        sentence="The file is written in UTF-16, with its mark.",
        change=all_texts(lambda content, how: reencode(content, "utf-16", how)),
        outcomes=LOADS,
        cause=r"UTF-16",
        fits=each(is_text, no(_allows("utf-16"))),
        is_harmless=True,
    ),
    Break(  # the same from a tool that leaves the mark out
        name="utf16_without_mark",
        sentence="The file is written in UTF-16 and nothing says so.",
        change=all_texts(lambda content, how: reencode(content, "utf-16-le", how)),
        outcomes=LOADS_OR_HELD,
        cause=r"NUL|UTF-16",
        fits=is_text,
    ),
    Break(  # Georgia's history since 2023, Utah, Colorado's variant with a byte order mark
        name="byte_order_mark",
        sentence="A byte order mark of UTF-8 stands before the text.",
        change=all_texts(lambda content, how: reencode(content, "utf-8-sig", how)),
        outcomes=LOADS,
        cause=r"UTF-8",
        fits=each(is_text, no(_has_mark)),
        is_harmless=True,
    ),
    Break(  # letters that are none in latin-1: typed in Windows, exported as they stand
        name="typographic_apostrophes",
        sentence="Apostrophes of names are those of Windows.",
        change=all_texts(_type_apostrophes),
        outcomes=LOADS_OR_HELD,
        cause=r"0x80 to 0x9F|cp1252",
        fits=_allows("latin-1", "cp1252"),
    ),
    Break(  # Pennsylvania's recent exports
        name="quotes_appear",
        sentence="Quotes stand around the fields of a file that had none.",
        change=all_texts(_add_quotes),
        outcomes=LOADS,
        cause=r"quot",
        fits=each(is_delimited, no(is_quoted), no(_has_titles)),
        is_harmless=True,
    ),
    Break(  # some loaders of North Carolina's file write it again without
        name="quotes_vanish",
        sentence="Quotes stand only around fields that hold the delimiter.",
        change=all_texts(_drop_quotes),
        outcomes=LOADS,
        cause=r"quot",
        fits=each(is_quoted, no(_is_free_text)),
        is_harmless=True,
    ),
    Break(  # Connecticut: a name with a comma
        name="quotes_vanish_over_delimiters",
        sentence="The quotes are gone although an address holds the delimiter.",
        change=some_of_column(_drop_quotes_over_delimiters, "last_name"),
        outcomes=SOME_REFUSED,
        cause=r"fields|refused",
        fits=each(is_quoted, no(_is_free_text), has_column("last_name")),
    ),
    Break(  # West Virginia since May 2025; rare in North Carolina and New York
        name="quote_unmatched",
        sentence="A value opens a quote that never closes.",
        change=some_of_column(lambda content, header, how: unbalanced_quote(content, header, how=how), "last_name"),
        outcomes=SOME_REFUSED,
        cause=r"refused|quote",
        fits=each(is_quoted, has_column("last_name")),
    ),
    Break(  # parts of several counties' systems, joined
        name="line_ends_mixed",
        sentence="Half of the lines end in another way than the others.",
        change=all_texts(_mix_line_ends),
        outcomes=LOADS,
        cause=r"line ends: some with",
        fits=each(is_text, no(_has_stray_line_feeds)),
        is_harmless=True,
    ),
    Break(  # an export of an old Macintosh
        name="carriage_returns_only",
        sentence="Lines end with a carriage return alone.",
        change=all_texts(lambda content, how: content.replace(how.newline.encode(), b"\r")),
        outcomes=LOADS,
        cause=r"line ends: carriage returns",
        fits=each(is_text, no(_has_stray_line_feeds)),
        is_harmless=True,
    ),
    Break(  # joined parts
        name="blank_lines",
        sentence="Blank lines stand in the middle of the rows.",
        change=all_texts(_add_blank_lines),
        outcomes=LOADS,
        cause=r"blank lines",
        fits=is_text,
        is_harmless=True,
    ),
    Break(  # North Carolina's snapshots; embedded line ends in New York's fields
        name="line_feed_in_a_field",
        sentence="A line feed stands inside a name.",
        change=some_of_column(_break_line, "last_name"),
        outcomes=SOME_REFUSED,
        cause=r"refused|fields|characters|record",
        fits=each(is_text, no(_has_stray_line_feeds), has_column("last_name")),
    ),
    Break(  # the table of 21 faults in the notes on reliability
        name="nul_bytes",
        sentence="NUL bytes stand in some rows.",
        change=largest_text(lambda content, how: nul_bytes(content, how=how)),
        outcomes=HELD,
        cause=r"NUL",
        fits=is_text,
    ),
    Break(  # Colorado's variant with a comma at the end of every line
        name="trailing_delimiter",
        sentence="Every line ends with one more delimiter.",
        change=all_texts(_add_delimiter),
        outcomes=LOADS_OR_HELD,
        cause=r"fields|columns|new",
        fits=each(is_delimited, no(_has_titles)),
    ),
)
"""Breaks of the dialect."""
