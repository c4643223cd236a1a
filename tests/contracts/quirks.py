"""What real files do within their layout: other delimiters, spellings, orders, encodings, rows sent twice.

A quirk makes another layout to write with out of the one that reads; which ones hold for a file follows from what its
layout allows. So every YAML is tried with every quirk that it promises to bear.
"""

import datetime as dt

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.layouts.formats import Delimited
from pipelines.layouts.source import Layout
from pipelines.layouts.wide import WideHistory
from pipelines.layouts.writing.delivery import DeliveryWriter


def other_delimiter(files):
    """The last of the delimiters that are allowed."""
    delimiters = files.format.delimiters
    return _with_format(files, delimiters=delimiters[::-1]) if len(delimiters) > 1 else None


def other_encoding(files):
    """The last of the encodings that are allowed."""
    encodings = files.format.encodings
    return _with_format(files, encodings=encodings[::-1]) if len(encodings) > 1 else None


def other_line_end(files):
    """Line feeds alone, or after a carriage return."""
    return _with_format(files, line_end="\n" if files.format.line_end == "\r\n" else "\r\n")


def byte_order_mark(files):
    """A mark before UTF-8, as spreadsheets write it."""
    if "utf-8" not in files.format.encodings:
        return None
    encodings = sorted(files.format.encodings, key=lambda encoding: encoding != "utf-8")
    return _with_format(files, encodings=encodings, has_byte_order_mark=True)


def placeholder_days(files):
    """Unknown days are written as the first of January 1900."""
    told = files.model_dump(by_alias=True, mode="json", exclude_unset=True)
    days = {name: layout for name, layout in getattr(files, "voters", {}).items() if layout.date and not layout.masks}
    for name, layout in days.items():
        told["voters"][name]["masks"] = [PLACEHOLDER.strftime(layout.date[0])]
    return type(files).model_validate(told) if days else None


def no_header(files):
    """The header is missing, as it may be."""
    return _with_format(files, header=False) if files.format.header == "either" else None


def other_order(files):
    """The columns stand in another order, as a file with a header may have them."""
    names = files.format.names
    if files.format.header is not True or len(set(names)) < len(names):
        return None
    return _with_format(files, names=names[1:] + names[:1])


def surplus_column(files):
    """A column that nobody asked for, at the end."""
    if files.format.header is not True or isinstance(getattr(files, "history", None), WideHistory):
        return None
    return _with_format(files, names=[*files.format.names, "SURPLUS"])


def other_spelling(files):
    """Headers in small letters, with blanks for underscores."""
    if files.format.header is not True:
        return None
    told = files.model_dump(by_alias=True, mode="json", exclude_unset=True)
    return type(files).model_validate(_respelled(told, set(files.format.names)))


QUIRKS = (
    other_delimiter,
    other_encoding,
    byte_order_mark,
    other_line_end,
    no_header,
    other_order,
    surplus_column,
    other_spelling,
    placeholder_days,
)
PLACEHOLDER = dt.date(1900, 1, 1)


def with_quirks(layout, quirks):
    """The layout as its files are written with some quirks, wherever a file can have them."""
    return Layout.model_construct(
        valid_from=layout.valid_from,
        files={role: _quirky(files, quirks) for role, files in layout.files.items()},
        codes={name: _quirky(files, set(quirks) - {other_spelling}) for name, files in layout.codes.items()},
    )


def write_with_quirks(chunk, layout, folder, state, day, elections):
    """Write a delivery with blanks around names, and rows that are sent twice."""
    people, votes = _padded(chunk.voters(day)), chunk.history(day)
    twice = people.slice(3, 20)
    again = votes.filter(
        pc.call_function("is_in", [votes["voter_id"]], pc.SetLookupOptions(twice["voter_id"].combine_chunks()))
    )
    with DeliveryWriter(layout, folder, state, day, elections) as writer:
        writer.append(people, votes)
        writer.append(twice, again)


def _quirky(files, quirks):
    for quirk in sorted(quirks, key=lambda quirk: quirk.__name__):
        if isinstance(files.format, Delimited):
            files = quirk(files) or files
    return files


def _with_format(files, **changes):
    told = files.model_dump(by_alias=True, mode="json", exclude_unset=True)
    told["format"] = {**told["format"], **changes}
    return type(files).model_validate(told)


def _respelled(told, names, within=""):
    """Every text that is a header, in lists, keys and values, spelled in another way; our own columns stay."""
    if isinstance(told, dict):
        return {
            key if within in ("voters", "columns", "records", "always") else _spelled(key, names): value
            if key == "code"
            else _respelled(value, names, key)
            for key, value in told.items()
        }
    if isinstance(told, list):
        return [_respelled(value, names, within) for value in told]
    return _spelled(told, names) if isinstance(told, str) else told


def _spelled(text, names):
    is_header = text in names or ("{n}" in text and text.replace("{n}", "1") in names)
    return text.replace("_", " ").lower() if is_header else text


def _padded(people):
    place = people.schema.get_field_index("last_name")
    padded = pc.call_function(
        "binary_join_element_wise", [pa.scalar("  "), people["last_name"], pa.scalar(" "), pa.scalar("")]
    )
    return people.set_column(place, "last_name", padded)
