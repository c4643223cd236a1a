"""The words of our sentences: counts, and foreign names, which may be any while a sentence stays one line."""

import unicodedata
from collections.abc import Sequence

LONGEST_NAME = 200
"""Characters of a foreign name that a sentence repeats; names of real files and columns are shorter."""

_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")  # Unicode's controls, directions, halves of pairs, line ends
_NAMED = 20  # names of a list; a reader learns nothing from the next thousand


def counted(count: int, noun: str, one: str = "", many: str = "") -> str:
    """A number, what it counts and what is said of it: `1 row`, `1,012,345 rows`, `1 row was refused`.

    Args:
        count: Number, at least 0.
        noun: What is counted, in the singular; its plural ends in s.
        one: What is said of a single one: `was refused`.
        many: What is said of several: `were refused`.
    """
    told = f"{count:,} {noun} {one}" if count == 1 else f"{count:,} {noun}s {many}"
    return told.rstrip()


def shown(name: str, at_most: int = LONGEST_NAME) -> str:
    r"""A foreign name as a sentence may repeat it: what cannot be seen is written `\xNN`, what is too long is cut.

    Args:
        name: Of a file, a member of an archive, a column.
        at_most: Characters, count, at least 4.
    """
    if len(name) > at_most:
        return f"{shown(name[: at_most // 2], 4 * at_most)[: at_most - 3]}..."
    if name.isascii() and name.isprintable():
        return name
    plain = "".join(_escaped(sign) if unicodedata.category(sign) in _UNSEEN else sign for sign in name)
    return plain if len(plain) <= at_most else f"{plain[: at_most - 3]}..."


def visible(header: str) -> str:
    """A foreign header with a blank for every sign that cannot be seen, cut where it is too long for a name."""
    if header.isascii() and header.isprintable():
        return shown(header)
    return shown("".join(" " if unicodedata.category(sign) in _UNSEEN else sign for sign in header)).strip()


def is_plain(name: str) -> bool:
    """Whether a sentence repeats a name as it is."""
    return shown(name) == name


def shown_list(names: Sequence[str], at_most: int = _NAMED) -> str:
    """Foreign names as a list; of more than `at_most` the number of the others is told."""
    more = f" and {len(names) - at_most:,} more" if len(names) > at_most else ""
    return ", ".join(map(shown, names[:at_most])) + more


def one_line(text: str, at_most: int = 20_000) -> str:
    """A text about data as one line of at most so many characters, whatever names stand in it."""
    return shown(text, at_most) if len(text) <= at_most else f"{shown(text[:at_most], 8 * at_most)} ..."


def _escaped(sign: str) -> str:
    return sign.encode("unicode_escape").decode("ascii") if sign not in "\n\r\t" else f"\\x{ord(sign):02x}"
