"""Columns of elections in a wide file: which headers name one, and how."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipelines.calendar import Election, election_day
from pipelines.sniff.profile import DAY_FORMATS

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_DAY = r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d{2}-\d{2}|(?<!\d)(?:19|20)\d{6}(?!\d)|(?<!\d)\d{4}(?:19|20)\d{2}(?!\d)"
_YEAR = r"(?<!\d)(?:19|20)\d\d(?!\d)"
_TYPE_WORDS = {
    "runoff": "runoff", "general": "general", "gen": "general", "primary": "primary", "prim": "primary",
    "preferential": "primary", "special": "special", "recall": "special", "municipal": "municipal",
    "ppe": "presidential_primary",
    "presidential": "presidential_primary", "pres": "presidential_primary", "preference": "presidential_primary",
}  # fmt: skip
_FIRST = ("runoff", "presidential_primary", "primary", "special", "municipal", "general")
_WORD = r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+"


@dataclass(frozen=True)
class ElectionHeader:
    """A header that names an election.

    Attributes:
        header: The header.
        name: The part that names the election.
        template: The header with `{}` for that part.
        form: How it is named: `date`, `type date`, `type year date`, `type year`, `year type`, `month year`.
        kind: The words of the type, as they are written.
    """

    header: str
    name: str
    template: str
    form: str
    kind: str


def read_header(header: str) -> ElectionHeader | None:
    """What election a header names, nothing where it names none."""
    mark = re.search(_DAY, header) or re.search(_YEAR, header)
    if not mark:
        return None
    begin, end = mark.span()
    is_day = len(mark[0]) > 4
    month = re.search(rf"(?<![a-z])({_MONTHS})[a-z]*[ _-]*$", header[:begin], re.IGNORECASE)  # not that of `Primary`
    if month and not is_day:
        return _found(header, month.start(), end, "month year", "")
    before, after = _types_before(header, begin), _types_after(header, end)
    year = re.search(rf"{_YEAR}[ _-]*$", header[:begin]) if is_day else None
    if year:
        before = _types_before(header, year.start())
        return _found(header, before, end, "type year date", header[before : year.start()])
    if before < begin:
        return _found(header, before, end, "type date" if is_day else "type year", header[before:begin])
    if after > end and not is_day:
        return _found(header, begin, after, "year type", header[end:after])
    return _found(header, begin, end, "date", "") if is_day else None


def _found(header: str, begin: int, end: int, form: str, kind: str) -> ElectionHeader:
    template = header[:begin] + "{}" + header[end:]
    return ElectionHeader(header, header[begin:end], template, form, kind.strip(" _-"))


def _types_before(header: str, end: int) -> int:
    """Where the words of a type that end there begin."""
    begin = end
    for word in reversed(list(re.finditer(_WORD, header[:end]))):
        if word[0].lower() not in _TYPE_WORDS or header[word.end() : begin].strip(" _-"):
            break
        begin = word.start()
    return begin


def _types_after(header: str, begin: int) -> int:
    """Where the words of a type that begin there end."""
    end = begin
    for word in re.finditer(_WORD, header[begin:]):
        if word[0].lower() not in _TYPE_WORDS or header[end : begin + word.start()].strip(" _-"):
            break
        end = begin + word.end()
    return end


def type_of_words(kind: str) -> str:
    """The type that the words of a header name."""
    said = {_TYPE_WORDS[word.lower()] for word in re.findall(_WORD, kind) if word.lower() in _TYPE_WORDS}
    return next(known for known in _FIRST if known in said)


_PATTERNS = {
    "type year date": r"(?P<type>[A-Za-z ]+?)[ _-]*\d{4}[ _-]*(?P<date>[\d/.-]+)",
    "type date": r"(?P<type>[A-Za-z ]+?)[ _-]*(?P<date>\d[\d/.-]{7,})",
    "date": r"(?P<date>\d[\d/.-]{7,})",
    "type year": r"(?P<type>[A-Za-z ]+?)[ _-]*(?P<year>\d{4})",
    "year type": r"(?P<year>\d{4})[ _-]*(?P<type>[A-Za-z ]+)",
    "month year": rf"(?P<month>({_MONTHS})[a-z]*)[ _-]*(?P<year>\d{{4}})",
}


def name_rules(found: Iterable[ElectionHeader]) -> dict[str, object]:
    """How these headers name elections, in the words of a layout."""
    headers = list(found)
    forms = [form for form in _PATTERNS if any(header.form == form for header in headers)]
    days = [match[0] for header in headers if (match := re.search(_DAY, header.name))]
    dates = [known for known, form in DAY_FORMATS.items() if any(re.fullmatch(form, day) for day in days)]
    types = {header.kind: type_of_words(header.kind) for header in headers if header.kind}
    return {
        "pattern": [_PATTERNS[form] for form in forms],
        **({"date": dates} if dates else {}),
        **({"types": types} if types else {}),
        **({"otherwise": "special"} if "date" in forms else {}),
    }


def run_offs(found: Iterable[ElectionHeader], calendar: Sequence[Election]) -> dict[str, str]:
    """Names of run-offs to their elections, where a year had one of a primary and one of a general election."""
    told: dict[str, str] = {}
    for header in found:
        year = re.search(_YEAR, header.name)
        if not (header.kind and year and type_of_words(header.kind) == "runoff"):
            continue
        day = election_day(int(year[0]))
        of_year = [election for election in calendar if election.type == "runoff" and election.date.year == day.year]
        after = [election for election in of_year if (election.date > day) == ("general" in header.kind.lower())]
        if len(of_year) > 1 and len(after) == 1:
            told[header.name] = after[0].election_id
    return told


def election_headers(headers: Iterable[str]) -> dict[str, list[ElectionHeader]]:
    """Headers that name elections, by their template; templates of fewer than two elections name none."""
    by_template: dict[str, list[ElectionHeader]] = defaultdict(list)
    for header in dict.fromkeys(headers):
        if found := read_header(header):
            by_template[found.template].append(found)
    counts = Counter({template: len(found) for template, found in by_template.items()})
    return {template: found for template, found in by_template.items() if counts[template] >= 2}
