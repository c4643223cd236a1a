"""What a source says of a person becomes a fact about a voter in one place: nothing else reads core_links."""

import ast
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
WRITES = {"pipelines/linking/links.py"}
HANDS_OUT = {"pipelines/linking/handing_out.py"}
REVIEWS = {"pipelines/linking/drawing.py", "pipelines/linking/reviewed.py"}
"""Ask people about links, and learn from what they said: nothing of it leaves the review."""

REPORTS = {"pipelines/linking/coverage.py", "pipelines/linking/alarms.py", "pipelines/linking/report.py"}
"""Counts only."""

NAMES = {"pipelines/tables/links.py", "models/features.py"}
"""The class itself, and columns that say which table they come from."""

ALLOWED = WRITES | HANDS_OUT | REVIEWS | REPORTS | NAMES


def _files() -> list[Path]:
    return [file for folder in ("pipelines", "models") for file in sorted((CHECKOUT / folder).rglob("*.py"))]


def _names_links(file: Path) -> bool:
    """Whether a module imports the class of the table, or names the table or its folder in a text but a docstring."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body and isinstance(node.body[0], ast.Expr)
    }  # fmt: skip
    return any(_reads(node) for node in ast.walk(tree) if id(node) not in docstrings)


def _reads(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        names = {alias.name for alias in node.names}
        module = node.module or ""
        return (module.endswith("tables.links") and bool(names & {"Links", "*"})) or (
            module.endswith("tables") and "links" in names
        )
    if isinstance(node, ast.Import):
        return any(alias.name == "pipelines.tables.links" for alias in node.names)
    text = node.value if isinstance(node, ast.Constant) else None
    return isinstance(text, str) and any(name in text for name in ("core_links", "core/links"))


def test_nothing_but_handing_out_reads_the_links():
    found = {str(file.relative_to(CHECKOUT)) for file in _files() if _names_links(file)}
    wired = {file for file in found if file.startswith("pipelines/defs/")}
    assert found - wired <= ALLOWED
    assert found >= HANDS_OUT | WRITES | REVIEWS, "the scan no longer sees who reads the table"


def test_the_scan_sees_every_way_in(tmp_path):
    ways = (
        "from pipelines.tables.links import Links", "from pipelines.tables.links import *",
        "from pipelines.tables import links", "import pipelines.tables.links", "x = 'SELECT * FROM core_links'",
        "def f():\n    '''Doc.'''\n    return f'core/links/{1}'",
    )  # fmt: skip
    for place, way in enumerate(ways):
        (tmp_path / f"{place}.py").write_text(way)
        assert _names_links(tmp_path / f"{place}.py"), way
    (tmp_path / "other.py").write_text("'''Reads core_links.'''\nfrom pipelines.tables.links import LinkReviews")
    assert not _names_links(tmp_path / "other.py")


def test_the_assets_count_links_and_select_none():
    texts = {file.name: file.read_text(encoding="utf-8") for file in (CHECKOUT / "pipelines" / "defs").rglob("*.py")}
    of_links = {name: text for name, text in texts.items() if "from pipelines.tables.links import" in text}
    assert [name for name, text in of_links.items() if ".select()" in text] == []
