"""Where the headers of a file stand in what is said of a role, and how they are renamed everywhere.

A role is handled as the mapping that its class writes (`FileLayout.model_dump`), so that every header has one spelling.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pipelines.layouts.spelling import normalise

Header = Callable[[str], str]
"""Gives the header that now stands in the place of another one."""
FLAGS = ("flags", "every_flag")
"""Operations that name their headers themselves."""


def names_of(format_: Mapping[str, Any]) -> list[str]:
    """Every field of a format, those of fixed widths included."""
    fields = [name for record in format_.get("records", []) for name in record]
    return list(dict.fromkeys(fields)) if fields else list(format_["names"])


def renaming(renamed: Mapping[str, str], names: Sequence[str]) -> Header:
    """What a header is called now; {n} in both headers stands for the number of a slot.

    Raises:
        ValueError: A renamed header is none of the names.
    """
    known = {header_key(name) for name in names} | {header_key(re.sub(r"\d+", "{n}", name)) for name in names}
    unknown = [old for old in renamed if header_key(old) not in known]
    if unknown:
        raise ValueError(f"renamed: {', '.join(unknown)}: no such column")
    plain = {header_key(old): new for old, new in renamed.items()}
    numbered = [(_expression(old), new) for old, new in renamed.items() if "{n}" in old]

    def renamed_header(header: str) -> str:
        if header_key(header) in plain:
            return plain[header_key(header)]
        for expression, new in numbered:
            if found := expression.fullmatch(header):
                return new.replace("{n}", found[1])
        return header

    return renamed_header


def rename(role: dict[str, Any], new: Header) -> None:
    """Give headers their new names wherever they stand in a role: format, columns, lookups, slots, blotted fields."""
    format_ = role["format"]
    if "records" in format_:
        format_["records"] = [{new(name): width for name, width in record.items()} for record in format_["records"]]
    else:
        format_["names"] = [new(name) for name in format_["names"]]
    if role.get("withheld"):
        role["withheld"]["headers"] = [new(header) for header in role["withheld"]["headers"]]
    for lookup in all_lookups(role):
        lookup["by"] = {at if at.startswith("=") else new(at): code for at, code in lookup["by"].items()}
    for column in all_columns(role):
        _rename_in_column(column, new)
    for place, key in single_headers(role):
        place[key] = new(place[key])
    for votes in _votes_of(role):
        if votes.get("joined"):
            votes["joined"] = {new(header): sign for header, sign in votes["joined"].items()}


def _rename_in_column(column: dict[str, Any], new: Header) -> None:
    flags = next((key for key in FLAGS if column.get(key)), None)
    if flags:
        column[flags] = {new(header): word for header, word in column[flags].items()}
        column["from"] = list(column[flags])
    else:
        column["from"] = list(dict.fromkeys(new(header) for header in column["from"]))
    if column.get("rest"):
        column["rest"] = new(column["rest"])
    if column.get("minus"):
        column["minus"] = {new(header): texts for header, texts in column["minus"].items()}


def _votes_of(role: dict[str, Any]) -> list[dict[str, Any]]:
    """What is said of votes: the history, and the groups of slots in it."""
    history = role.get("history")
    return [history, *history.get("slots", [])] if history else []


def column_lists(role: dict[str, Any]) -> list[dict[str, Any]]:
    """The columns of core_voters, of records and of the votes, each by its name."""
    of_votes = [votes["columns"] for votes in _votes_of(role) if votes.get("columns")]
    return [role.get("voters") or {}, role.get("records") or {}, *of_votes]


def all_columns(role: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every column that is read, the voter of a history in the row included."""
    for columns in column_lists(role):
        yield from columns.values()
    yield from (votes["voter_id"] for votes in _votes_of(role) if votes.get("voter_id"))


def all_lookups(role: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The lookups of voters and of votes."""
    yield from role.get("lookups") or []
    for votes in _votes_of(role):
        yield from votes.get("lookups") or []


def single_headers(role: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Places of headers that something is read from and that cannot be left out."""
    for votes in _votes_of(role):
        named = [votes[key] for key in ("ballot", "election") if votes.get(key) and votes[key].get("from")]
        yield from ((found, "from") for found in named)
        yield from ((votes, key) for key in ("from", "stated_by") if votes.get(key))


def _expression(header: str) -> re.Pattern[str]:
    return re.compile(r"(\d+|\{n\})".join(map(re.escape, header.split("{n}", 1))), re.IGNORECASE)


def header_key(header: str) -> str:
    """A header as it is compared; of slots the sign for their number stays."""
    return "{n}".join(normalise(part) or part for part in header.split("{n}"))
