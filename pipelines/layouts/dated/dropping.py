"""Headers of columns that are gone, taken out of what is said of a role with all that is read from them alone."""

import re
from collections.abc import Sequence
from typing import Any

from pipelines.layouts.dated.headers import (
    FLAGS,
    all_columns,
    all_lookups,
    column_lists,
    header_key,
    names_of,
    single_headers,
)


def drop(role: dict[str, Any], dropped: Sequence[str]) -> None:
    """Take headers out of a role, and the columns that are read from them alone.

    Raises:
        ValueError: A header is none of the columns, or what is read from it cannot be left out.
    """
    names = names_of(role["format"])
    gone = {header_key(header) for header in dropped}
    unknown = [header for header in dropped if header_key(header) not in {header_key(name) for name in names}]
    if unknown:
        raise ValueError(f"dropped: {', '.join(unknown)}: no such column")
    _drop_names(role["format"], gone)
    left = {header_key(name) for name in names_of(role["format"])}
    needed = [place[key] for place, key in single_headers(role) if _is_gone(place[key], gone, left)]
    needed += [at for lookup in all_lookups(role) for at in lookup["by"] if header_key(at) in gone]
    if needed:
        raise ValueError(f"dropped: the votes or the codes are read from {', '.join(dict.fromkeys(needed))}")
    signs = [header for column in all_columns(role) for header in column.get("minus") or {}]
    if lost := [header for header in signs if header_key(header) in gone]:
        raise ValueError(f"dropped: the sign of an amount is told by {', '.join(lost)}")
    for columns in column_lists(role):
        for name, column in list(columns.items()):
            if not _drop_from_column(name, column, gone, left):
                del columns[name]
    if role.get("withheld"):
        kept = [header for header in role["withheld"]["headers"] if header_key(header) not in gone]
        role["withheld"] = {**role["withheld"], "headers": kept} if kept else None


def _drop_names(format_: dict[str, Any], gone: set[str]) -> None:
    if "records" in format_:
        format_["records"] = [
            {name: width for name, width in record.items() if header_key(name) not in gone}
            for record in format_["records"]
        ]
    else:
        format_["names"] = [name for name in format_["names"] if header_key(name) not in gone]


def _drop_from_column(name: str, column: dict[str, Any], gone: set[str], left: set[str]) -> bool:
    """Take headers out of a column; whether something is left to read it from."""
    if not any(_is_gone(header, gone, left) for header in column["from"]):
        return True
    kept = [at for at, header in enumerate(column["from"]) if not _is_gone(header, gone, left)]
    found = [column["from"][at] for at in kept]
    stands = [header for header in found if any(_is_like(header, other) for other in left)]
    if not stands and column.get("key"):
        raise ValueError(f"dropped: {name} is the key and is read from {', '.join(column['from'])}")
    column["widths"] = [width for at, width in enumerate(column.get("widths") or []) if at in kept[:-1]]
    column["rest"] = column.get("rest") if column.get("rest") in found else None
    for flags in FLAGS:
        if column.get(flags):
            column[flags] = {header: word for header, word in column[flags].items() if header in found}
    # The first header of a column must be one of the names; one that the column had long ago may follow it.
    column["from"] = found if column.get("join") else [*stands, *(header for header in found if header not in stands)]
    return bool(stands)


def _is_gone(header: str, gone: set[str], left: set[str]) -> bool:
    """Whether a header was taken out; one of slots is when no column of its kind is left."""
    if "{n}" not in header:
        return header_key(header) in gone
    return any(_is_like(header, other) for other in gone) and not any(_is_like(header, other) for other in left)


def _is_like(header: str, key: str) -> bool:
    return re.fullmatch(r"\d+".join(map(re.escape, map(header_key, header.split("{n}")))), key) is not None
