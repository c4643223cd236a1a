"""The strict base of every configuration, and how a YAML is read."""

import re
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from models.errors import ConfigError


class Strict(BaseModel):
    """A frozen configuration that refuses unknown keys and never quotes a value in its errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


Config = TypeVar("Config", bound=Strict)


_MERGE = "tag:yaml.org,2002:merge"
_BOOL, _INT = "tag:yaml.org,2002:bool", "tag:yaml.org,2002:int"


_SafeLoader: Any = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)  # the one in C, where there is one, is ten times as fast


class _UniqueKeyLoader(_SafeLoader):
    """Reads YAML, refuses a key written twice, and keeps codes as they are written.

    Words and numbers are those of YAML 1.2: `NO`, `on` and `010` are texts, not false, true and eight.
    """


_UniqueKeyLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag not in (_BOOL, _INT)]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_UniqueKeyLoader.add_implicit_resolver(_BOOL, re.compile("^(true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
_UniqueKeyLoader.add_implicit_resolver(_INT, re.compile("^(0|[-+]?[1-9][0-9]*)$"), list("-+0123456789"))


def _mapping_without_repeats(loader: _UniqueKeyLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value if key.tag != _MERGE]
    repeated = sorted({str(key) for key in keys if keys.count(key) > 1})
    if repeated:
        raise yaml.MarkedYAMLError(problem=f"key written twice: {', '.join(repeated)}", problem_mark=node.start_mark)
    loader.flatten_mapping(node)
    return yaml.SafeLoader.construct_mapping(loader, node, deep=True)


_UniqueKeyLoader.add_constructor("tag:yaml.org,2002:map", _mapping_without_repeats)


def read_config(kind: type[Config], path: Path) -> Config:
    """The configuration that a YAML file holds.

    Args:
        kind: Its class.
        path: The YAML file.

    Raises:
        ConfigError: The file is missing, is not YAML, or breaks the class; every fault is listed with its key.
    """
    if not path.is_file():
        raise ConfigError(f"{path}: no such file.")
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeyLoader)
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise ConfigError(f"{path}{line}: {error.problem}. Mend the YAML; nothing was read.") from None
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, TypeError):
        raise ConfigError(f"{path}: not a YAML text in UTF-8. Mend the file; nothing was read.") from None
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        raise ConfigError(_faults(path, kind, error)) from None


def _faults(path: Path, kind: type[Strict], error: ValidationError) -> str:
    lines = [
        f"  {'.'.join(str(part) for part in fault['loc']) or '(top)'}: {_expected(fault)}" for fault in error.errors()
    ]
    known = f"The keys of {kind.__name__} and their meaning stand in configs/README.md."
    return f"{path}: {len(lines)} faults:\n" + "\n".join(lines) + f"\n{known}"


def _expected(fault: Any) -> str:
    if fault["type"] == "extra_forbidden":
        return "unknown key"
    if fault["type"] == "missing":
        return "required key is missing"
    return fault["msg"]
