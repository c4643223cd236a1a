"""A value of a draft with a remark, and how such a draft is written as YAML."""

import json
import re
from dataclasses import dataclass
from typing import Any

_WIDTH = 112
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_ .()-]*[A-Za-z0-9_)]|[A-Za-z_]")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n", "~"}


@dataclass(frozen=True)
class Noted:
    """A value with a remark, which is written behind it as a comment.

    Attributes:
        value: The value.
        remark: What a person should know of it.
    """

    value: Any
    remark: str


def plain(value: Any) -> Any:
    """A draft without its remarks."""
    if isinstance(value, Noted):
        return plain(value.value)
    if isinstance(value, dict):
        return {key: plain(found) for key, found in value.items()}
    return [plain(found) for found in value] if isinstance(value, list | tuple) else value


def to_yaml(value: dict[str, Any], indent: int = 0) -> str:
    """A draft as YAML, remarks as comments; what is short stands on one line."""
    return "\n".join(line for key, found in value.items() for line in _entry(_text(key) + ":", found, indent)) + "\n"


def _entry(begin: str, value: Any, indent: int) -> list[str]:
    """The lines of one entry: on a line where it fits, else its parts below."""
    space = " " * indent
    remark = ""
    while isinstance(value, Noted):
        remark, value = f"{remark}  # {one_line(value.remark)}", value.value
    flow = _flow(value)
    is_deep = isinstance(value, dict | list) and "#" in _marks(value)
    if not value or (not is_deep and len(space + begin + flow) + 1 <= _WIDTH):
        return [f"{space}{begin} {flow}{remark}"]
    if isinstance(value, dict):
        return [
            f"{space}{begin}{remark}",
            *(line for key, found in value.items() for line in _entry(_text(key) + ":", found, indent + 2)),
        ]
    if isinstance(value, list) and not is_deep:
        return [f"{space}{begin} [{remark}", *_wrapped([_flow(found) for found in value], indent + 2), f"{space}]"]
    if isinstance(value, list):
        return [f"{space}{begin}{remark}", *(line for found in value for line in _item(found, indent + 2))]
    return [f"{space}{begin} {flow}{remark}"]


def _item(value: Any, indent: int) -> list[str]:
    if not isinstance(value, dict) or not value:
        return _entry("-", value, indent)
    lines = [line for key, found in value.items() for line in _entry(_text(key) + ":", found, indent + 2)]
    return [" " * indent + "- " + lines[0].lstrip(), *lines[1:]]


def _wrapped(parts: list[str], indent: int) -> list[str]:
    lines, line = [], ""
    for part in parts:
        if line and len(line) + len(part) + indent + 2 > _WIDTH:
            lines.append(" " * indent + line.rstrip())
            line = ""
        line += part + ", "
    return [*lines, " " * indent + line.rstrip()] if line else lines


def _marks(value: Any) -> str:
    """`#` where something inside has a remark."""
    if isinstance(value, Noted):
        return "#"
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return "".join(map(_marks, inner))


def _flow(value: Any) -> str:
    if isinstance(value, Noted):
        return _flow(value.value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(key)}: {_flow(found)}" for key, found in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _text(value)


def _text(value: Any) -> str:
    """A text as YAML writes it: plain where it can be nothing but itself."""
    if value is None or isinstance(value, bool | int | float):
        return json.dumps(value)
    text = str(value)
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS and "  " not in text:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(sign if sign.isprintable() else f"\\U{ord(sign):08x}" for sign in quoted)


def one_line(text: str) -> str:
    """A text as a comment can hold it: on one line, without signs that cannot be printed."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
