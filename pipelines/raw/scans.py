"""How SQL reads texts: as delimited records, or by the places of their fields."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from pipelines.layouts.dated.mending import merge
from pipelines.layouts.formats import Delimited
from pipelines.raw.dialects import SAMPLED_LINES, Dialect, named, split_header
from pipelines.raw.opening import LONGEST_LINE, OpenedText
from pipelines.raw.places import Places
from pipelines.raw.quoting import quoted_share
from pipelines.sql import literal, literals

UNPAIRED = "closes its quotes"
"""Rule of a line whose quotes do not stand in pairs."""

_ABSENT = "\x1f"  # a sign that stands in no line: the whole line is one field
_MOSTLY = 0.5  # share of the fields in quotes from which they stand around fields as a rule
_NO_NULL = "\x1e"  # likewise: no text of a field stands for null


@dataclass(frozen=True)
class TextScan(ABC):
    """How SQL reads one text.

    Attributes:
        opened: The text.
    """

    opened: OpenedText

    @property
    @abstractmethod
    def headers(self) -> tuple[str, ...]:
        """Names of the columns, in order."""

    @property
    @abstractmethod
    def lines_before(self) -> int:
        """Lines before the data: a title, the header."""

    @property
    @abstractmethod
    def delimiter(self) -> str | None:
        """What stands between two fields; nothing where they have their places."""

    @property
    @abstractmethod
    def dialect(self) -> tuple[object, ...]:
        """What texts must share to be read together."""

    @abstractmethod
    def together(self, texts: Sequence[OpenedText]) -> str:
        """SQL of texts of this dialect as one relation: c0 .. cN and `file_index`, which counts them from 0."""

    @abstractmethod
    def by_line(self) -> Self:
        """The text read line by line, for one whose quotes swallow lines; itself where no line can swallow another."""

    @abstractmethod
    def left_out(self) -> Iterator[tuple[int, str]]:
        """Numbers of the lines that the relation leaves out without a word, from 1, with the rule that each breaks."""

    @property
    def told(self) -> list[str]:
        """Sentences on what is other than the layout lists and was bridged."""
        encoded = self.opened.encoded
        return [encoded.told] if encoded and encoded.told else []

    @property
    def change(self) -> Mapping[str, Any]:
        """What a dated layout would say of it, in the words of `RoleChange`."""
        return self.opened.encoded.change if self.opened.encoded else {}

    @property
    def written(self) -> dict[str, str]:
        """Traits of how it is written, in words; a trait without a word is one that it does not show."""
        return dict(self.opened.written)

    def first_rows(self) -> list[tuple[str, ...]]:
        """The fields of the first rows, where they can be split without SQL."""
        return []

    def relation(self) -> str:
        """SQL of the relation: text columns c0 .. cN and `file_index`, which is 0."""
        return self.together([self.opened])


@dataclass(frozen=True)
class DelimitedScan(TextScan):
    """How SQL reads a delimited text.

    Attributes:
        found: Its delimiter and headers.
        format: Format of its layout.
        is_by_line: Whether quotes are plain characters, stripped from the ends of a field.
    """

    found: Dialect
    format: Delimited
    is_by_line: bool = False

    @property
    def headers(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return self.found.headers

    @property
    def lines_before(self) -> int:
        """Lines before the data: a title, the header."""
        return self.format.skipped_lines + self.found.has_header

    @property
    def told(self) -> list[str]:
        """Sentences on what is other than the layout lists and was bridged."""
        return [*super().told, *self.found.told]

    @property
    def change(self) -> Mapping[str, Any]:
        """What a dated layout would say of it, in the words of `RoleChange`."""
        return merge(dict(super().change), dict(self.found.change))

    @property
    def written(self) -> dict[str, str]:
        """Traits of how it is written, in words."""
        is_quoted = quoted_share(self._first_lines(), self.delimiter, self.format.quote or '"') >= _MOSTLY
        return {**super().written, "delimiter": named([self.delimiter]), "quotes": "around fields" if is_quoted else ""}

    def first_rows(self) -> list[tuple[str, ...]]:
        """The fields of the first rows."""
        return [split_header(line, self.delimiter, self.format.quote) for line in self._first_lines()]

    def _first_lines(self) -> list[str]:
        """Lines of the first rows, without those that are blank."""
        lines = self.opened.head(self.lines_before + SAMPLED_LINES)[self.lines_before :]
        return [line for line in lines if line.strip()]

    @property
    def delimiter(self) -> str:
        """What stands between two fields."""
        return self.found.delimiter

    @property
    def dialect(self) -> tuple[object, ...]:
        """What texts must share to be read together."""
        return (self.headers, self.delimiter, self.lines_before, self.format.quote)

    def together(self, texts: Sequence[OpenedText]) -> str:
        """SQL of texts of this dialect as one relation."""
        quote = "" if self.is_by_line else self.format.quote
        names = [f"c{place}" for place in range(len(self.headers))]
        options = f"null_padding = {str(self.format.has_short_rows).lower()}"
        # In parallel DuckDB refuses the whole scan where a quoted line end meets a row that it has to fill up.
        options += ", parallel = false" if self.format.has_short_rows and quote else ""
        scan = _read_csv(texts, names, self.delimiter, quote, self.lines_before, options)
        if not (self.is_by_line and self.format.quote):
            cells = ", ".join(f"nullif({name}, '') AS {name}" for name in names)
            return f"(SELECT {cells}, file_index FROM {scan})"
        cells = ", ".join(f"{_unquoted(name, self.format.quote)} AS {name}" for name in names)
        return f"(SELECT {cells}, file_index FROM {scan}{self._where_paired(names)})"

    def by_line(self) -> "DelimitedScan":
        """The same text read line by line."""
        return replace(self, is_by_line=True)

    def left_out(self) -> Iterator[tuple[int, str]]:
        """Lines whose quotes do not stand in pairs, where a row may be short.

        A quoted delimiter makes a field too many, which is refused by the number of fields only where all must be
        there; in a short row it would move every field behind it.
        """
        if not self._needs_pairs:
            return
        for number, line in enumerate(self.opened.lines(), 1):
            fields = line.split(self.delimiter)
            if (
                number > self.lines_before
                and len(fields) <= len(self.headers)
                and not all(map(self._is_paired, fields))
            ):
                yield number, UNPAIRED

    @property
    def _needs_pairs(self) -> bool:
        return self.is_by_line and bool(self.format.quote) and self.format.has_short_rows

    def _is_paired(self, field: str) -> bool:
        quote = self.format.quote
        return field.startswith(quote) == field.endswith(quote) and field != quote

    def _where_paired(self, names: Sequence[str]) -> str:
        if not self._needs_pairs:
            return ""
        quote = literal(self.format.quote)
        pairs = [f"starts_with({name}, {quote}) = ends_with({name}, {quote}) AND {name} <> {quote}" for name in names]
        return " WHERE " + " AND ".join(f"({name} IS NULL OR {pair})" for name, pair in zip(names, pairs, strict=True))


@dataclass(frozen=True)
class FixedScan(TextScan):
    """How SQL reads a text by the places of its fields.

    Attributes:
        places: Where they stand.
    """

    places: Places

    @property
    def headers(self) -> tuple[str, ...]:
        """Names of the fields, in order."""
        return self.places.headers

    @property
    def written(self) -> dict[str, str]:
        """Traits of how it is written, in words."""
        lines = [line for line in self.opened.head(SAMPLED_LINES) if line]
        if not self.places.separator:
            return {**super().written, "width": f"{len(next(iter(lines), ''))} characters"}
        blanks = min((len(line) - len(line.rstrip()) for line in lines), default=0)  # the last field takes the rest
        width = f"{self.places.starts[-1] - 1} characters before the last field"
        return {**super().written, "width": width, "blanks that end every line": str(blanks or "")}

    @property
    def lines_before(self) -> int:
        """None: such texts have no header."""
        return 0

    @property
    def delimiter(self) -> str | None:
        """The separator, if there is one."""
        return self.places.separator or None

    @property
    def dialect(self) -> tuple[object, ...]:
        """What texts must share to be read together."""
        return (self.places,)

    def together(self, texts: Sequence[OpenedText]) -> str:
        """SQL of texts of these places as one relation, fields without the blanks at their ends."""
        lines = _read_csv(texts, ["line"], _ABSENT, "", 0, "null_padding = false")
        fields = ", ".join(
            f"nullif(rtrim({_piece(start, width)}), '') AS c{place}" for place, (start, width) in enumerate(self._spans)
        )
        plain = f"SELECT line, strlen(line) = length(line) AS is_plain, file_index FROM {lines}"
        return f"(SELECT {fields}, file_index FROM ({plain}) WHERE {self._is_record()})"

    def first_rows(self) -> list[tuple[str, ...]]:
        """The fields of the first rows."""
        ends = [None if width is None else start - 1 + width for start, width in self._spans]
        lines = [line for line in self.opened.head(SAMPLED_LINES) if line]
        starts = [start - 1 for start, _ in self._spans]
        return [tuple(line[at:end].rstrip() for at, end in zip(starts, ends, strict=True)) for line in lines]

    @property
    def _spans(self) -> list[tuple[int, int | None]]:
        """First character and width of each field."""
        return list(zip(self.places.starts, self.places.widths, strict=True))

    def by_line(self) -> "FixedScan":
        """Itself: no line can swallow another."""
        return self

    def left_out(self) -> Iterator[tuple[int, str]]:
        """Lines that are no record, blank ones aside."""
        for number, line in enumerate(self.opened.lines(), 1):
            if line and (fault := self.places.fault(line)):
                yield number, fault

    def _is_record(self) -> str:
        if self.places.lengths:
            return f"length(line) IN ({', '.join(map(str, self.places.lengths))})"
        stops = "".join("_" * width + f"\\{self.places.separator}" for width in self.places.widths if width is not None)
        return f"line LIKE {literal(stops + '%')} ESCAPE '\\'"


def scan_together(scans: Sequence[TextScan]) -> str:
    """SQL of several texts of one dialect as one relation, in the order given; `file_index` counts them from 0."""
    return scans[0].together([scan.opened for scan in scans])


def _read_csv(
    texts: Sequence[OpenedText], names: Sequence[str], delimiter: str, quote: str, skipped: int, options: str
) -> str:
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    # A field too many is let pass where it is null: a row with a delimiter more, shifted, and empty at its end. So no
    # text is null here, not even an empty one.
    return (
        f"read_csv([{literals(str(text.path) for text in texts)}], auto_detect = false, columns = {{{columns}}}, "
        f"delim = {literal(delimiter)}, quote = {literal(quote)}, escape = {literal(quote)}, comment = '', "
        f"nullstr = {literal(_NO_NULL)}, header = false, skip = {skipped}, strict_mode = true, {options}, "
        f"store_rejects = true, rejects_limit = 0, max_line_size = {LONGEST_LINE})"
    )


def _piece(start: int, width: int | None) -> str:
    """SQL of a field of a line.

    In a line of ASCII a grapheme is a character, and found at its place at once; elsewhere characters are counted from
    the start of the line, for a grapheme may be several.
    """
    place = f"(line, {start}{'' if width is None else f', {width}'})"
    return f"CASE WHEN is_plain THEN substring_grapheme{place} ELSE substr{place} END"


def _unquoted(text: str, quote: str) -> str:
    sign = literal(quote)
    inner = f"replace(substr({text}, 2, length({text}) - 2), {literal(quote * 2)}, {sign})"
    whole = f"length({text}) >= 2 AND starts_with({text}, {sign}) AND ends_with({text}, {sign})"
    return f"CASE WHEN {whole} THEN {inner} ELSE replace({text}, {sign}, '') END"
