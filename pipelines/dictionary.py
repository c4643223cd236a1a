"""Renders data/dictionary.md: every table and column, from the classes that define them."""

import importlib
import inspect
import pkgutil
from pathlib import Path
from types import ModuleType

import models.features
import models.tables
import pipelines.tables
from models.tables import Column, TableContract

LAYERS = ("raw", "core", "feature", "model", "score", "plan", "published")
_OPENING = """# Dictionary

Every table of the flow and every column in it, rendered by `walklist dictionary` from the classes in
`pipelines/tables/`, `models/tables.py` and `models/features.py`; edit those, not this page.
Null means unknown; zero means counted and none.
"""
_HEADER = "| column | type | unit | meaning | null means | class | rules |\n|---|---|---|---|---|---|---|"


def table_contracts() -> list[type[TableContract]]:
    """The tables of the flow in the order of its layers, then as they are written."""
    homes = [models.tables, models.features, *_modules_of(pipelines.tables)]
    names = {home.__name__ for home in homes}
    found = [table for table in _subclasses(TableContract) if table.__module__ in names and table.table_name]
    return sorted(found, key=lambda table: (_layer(table), table.__module__, inspect.getsourcelines(table)[1]))


def _modules_of(package: ModuleType) -> list[ModuleType]:
    inside = pkgutil.iter_modules(package.__path__)
    return [importlib.import_module(f"{package.__name__}.{found.name}") for found in inside]


def _subclasses(base: type[TableContract]) -> list[type[TableContract]]:
    direct = base.__subclasses__()
    return [*direct, *(below for child in direct for below in _subclasses(child))]


def _layer(table: type[TableContract]) -> int:
    layer = table.table_name.split("_")[0]
    return LAYERS.index(layer) if layer in LAYERS else len(LAYERS)


def render_dictionary() -> str:
    """The whole dictionary as Markdown."""
    tables = table_contracts()
    listed = "\n".join(f"- [{table.table_name}](#{table.table_name}): {_first_line(table)}" for table in tables)
    return "\n".join([_OPENING, listed, "", *(render_table(table) for table in tables)])


def _first_line(table: type[TableContract]) -> str:
    return (inspect.getdoc(table) or "").split("\n")[0]


def render_table(table: type[TableContract]) -> str:
    """One table as Markdown: its grain and pitfalls, key, partitions, and a row per column."""
    paragraphs = (inspect.getdoc(table) or "").replace("Pitfalls:", "**Pitfalls:**")
    key, partitions = (", ".join(f"`{name}`" for name in names) for names in (table.key(), table.partitions()))
    rows = "\n".join(_row(found) for found in table.columns().values())
    facts = f"Key: {key or 'none'}. Partitions: {partitions or 'none'}."
    return f"## {table.table_name}\n\n{paragraphs}\n\n{facts}\n\n{_HEADER}\n{rows}\n"


def _row(found: Column) -> str:
    meaning = f"{found.meaning} From {found.source}." if found.source else found.meaning
    cells = [f"`{found.name}`", str(found.type), found.unit, meaning, found.null_means, found.kind, _rules(found)]
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _rules(found: Column) -> str:
    bounds = ((found.at_least, "at least"), (found.at_most, "at most"))
    rules = ["partition"] if found.partition else []
    rules += ["key"] if found.key else []
    rules += [] if found.nullable or found.key or found.partition else ["never null"]
    rules += [f"{words} {bound}" for bound, words in bounds if bound is not None]
    rules += ["one of " + ", ".join(f"`{value}`" for value in found.one_of)] if found.one_of else []
    return "; ".join(rules)


def write_dictionary(path: Path) -> None:
    """Write the dictionary to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render_dictionary(), encoding="utf-8")


def is_fresh(path: Path) -> bool:
    """Whether a file holds exactly what the classes say."""
    return path.is_file() and path.read_text(encoding="utf-8") == render_dictionary()
